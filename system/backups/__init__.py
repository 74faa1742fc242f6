"""备份: which there are, how they came out, when the next one is due."""
