"""Setting up pools of customers."""
