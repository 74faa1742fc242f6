"""重复: rows that are one thing entered twice, how they are found and made one."""
