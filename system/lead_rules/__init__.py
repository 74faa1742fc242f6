"""Setting the rules by which leads are assigned."""
