"""Training runs: their folders, processes, states and queue."""
