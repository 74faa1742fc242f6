"""None: the app makes its tables before the program migrates."""
