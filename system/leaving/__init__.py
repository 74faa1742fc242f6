"""What people leave behind, and what has gone to whom."""
