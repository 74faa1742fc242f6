"""What PostgreSQL itself is told to watch over, and how it says no."""
