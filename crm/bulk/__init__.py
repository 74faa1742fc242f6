"""批量操作: the same thing done to many records, looked at before, taken back after."""
