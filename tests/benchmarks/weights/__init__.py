"""What a page weighs on the way to a browser: at the first visit, and later."""
