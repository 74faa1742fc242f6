"""News of other sites: the sources, and what they told that nobody has taken yet."""
