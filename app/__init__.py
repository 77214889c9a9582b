"""What the pages share. Pages import from here, and here only from hsal."""
