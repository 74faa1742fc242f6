"""Charts: what a kind of record says of them, and how their numbers are found."""
