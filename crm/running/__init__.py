"""Running the program: database, processes, connections, limits, faults."""
