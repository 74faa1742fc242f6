"""离职交接: what a leaver owns or is asked for goes to successors, with a receipt."""
