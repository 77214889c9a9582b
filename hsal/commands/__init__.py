"""What the commands do; apart from hsal/cli.py so that `hsal --help` need not load torch."""
