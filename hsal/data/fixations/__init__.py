"""Images of which it is known where people looked."""
