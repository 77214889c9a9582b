"""The Python example of the README runs as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.fixtures.browser import ROOT


def test_the_first_python_block_runs(made: Path, tmp_path: Path) -> None:
    block = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block is not None
    (tmp_path / "scene.png").write_bytes((made / "scenes" / "scene-5-00000.png").read_bytes())
    example = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{block[1]}"
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"\((\d, ?)*\d?\)", done.stdout.strip())
