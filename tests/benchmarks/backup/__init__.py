"""How long a backup takes, how large it is, and how much room it wants."""
