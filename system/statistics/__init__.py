"""统计: the charts that kinds of records declare, as pictures, tables and files."""
