"""Setting the rules by which targets are set."""
