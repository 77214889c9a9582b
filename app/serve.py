"""Start the app's server, with everything that the first page needs imported before the first visitor comes.

`python -m app.serve --server.port 8501` takes the flags of `streamlit run`; `hsal app` is the same with fewer flags.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from streamlit.web.cli import main

from app import player
from hsal.zoo import samples


def serve(flags: Sequence[str] = ()) -> None:
    """Serve the app until stopped.

    Args:
        flags: flags of `streamlit run`.
    """
    samples.recorded()
    player.bundle()
    main(["run", str(Path(__file__).with_name("main.py")), *flags], prog_name="streamlit")


if __name__ == "__main__":
    serve(sys.argv[1:])
