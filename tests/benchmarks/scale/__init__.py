"""The same pages with ten thousand and with a million customers, in turn."""
