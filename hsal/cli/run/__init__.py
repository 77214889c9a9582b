"""What the commands do; separate from their settings so that `hsal --help` loads no torch."""
