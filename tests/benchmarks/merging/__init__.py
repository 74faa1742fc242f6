"""How long making two customers one takes, by how much hangs on the one that goes."""
