"""备份与恢复: one file with everything, proved to be whole, and the way back."""
