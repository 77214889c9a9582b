"""Start the app's server, with all that the first page needs imported before the first visitor comes.

`python -m app.serve --server.port 8501` takes the flags of `streamlit run`.
"""

import sys
from pathlib import Path

from streamlit.web.cli import main

from app import player
from hsal.zoo import samples


def serve() -> None:
    """Run until stopped."""
    samples.recorded()
    player.bundle()
    sys.argv[:1] = ["streamlit", "run", str(Path(__file__).with_name("main.py"))]
    main(prog_name="streamlit")


if __name__ == "__main__":
    serve()
