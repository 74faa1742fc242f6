"""Papers: the company at their head, and the templates they are set by."""
