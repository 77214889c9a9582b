"""`python -m hsal` is the command `hsal`."""

import sys

from hsal.cli import main

sys.exit(main())
