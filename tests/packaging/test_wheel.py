"""The built wheel, installed in a separate environment and used outside the checkout.

Third-party packages are not installed again: the environment sees the folders that the running one has them in. Path
files inside those folders are not processed there, so an editable install of the checkout stays invisible.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import hsal
from tests.fixtures.browser import ROOT, free_port

LIBRARY_ONLY = """
import sys
for name in ("streamlit", "plotly", "cachetools", "streamlit_drawable_canvas"):
    sys.modules[name] = None  # importing it raises ImportError
import hsal
print(hsal.trace(sys.argv[1]).labels)
"""

# The configuration that `streamlit run` has read when it starts the server.
CONFIG = """
import streamlit.web.bootstrap as bootstrap
from streamlit import config
from app.serve import serve
bootstrap.run = lambda *args, **named: print(*map(config.get_option, ("client.toolbarMode", "theme.baseRadius")))
serve(["--server.headless=true"])
"""

PAGE = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest
import app
page = AppTest.from_file(str(Path(app.__file__).with_name("main.py")), default_timeout=120).run()
assert not page.exception, page.exception
page.switch_page(sys.argv[1])
page.run()
assert not page.exception, page.exception
print(len(page.main.children) > 0)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=250)
    (built,) = folder.glob(f"hsal_explorer-{hsal.__version__}-*.whl")
    return built


@pytest.fixture(scope="module")
def binaries(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the executables of an environment in which only the wheel is installed."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    binaries = folder / "bin"
    install = [sys.executable, "-m", "pip", "--python", str(binaries / "python"), "install", "--no-deps", "--no-index"]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True, timeout=200)
    (packages,) = folder.glob("lib/python*/site-packages")
    third_party = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (packages / "third_party.pth").write_text("\n".join(third_party) + "\n")
    return binaries


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder outside the checkout, from which Python cannot import it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return tmp_path


def run(*command: object) -> str:
    """The output of a command."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.usefixtures("home")
def test_packages_come_from_the_wheel(binaries: Path) -> None:
    printed = run(binaries / "python", "-c", "import app, hsal; print(app.__file__, hsal.__file__, sep='\\n')")
    assert all(Path(line).is_relative_to(binaries.parent) for line in printed.splitlines())
    assert str(ROOT) not in run(binaries / "python", "-c", "import sys; print(sys.path)").split("'")


def test_the_commands_find_weights_and_data(binaries: Path, home: Path) -> None:
    run(binaries / "hsal", "scenes", "--out", "scenes", "--count", "1")
    (scene,) = (home / "scenes").glob("*.png")
    line = json.loads(run(binaries / "hsal", "trace", scene, "--json", "-"))
    assert line["labels"] == line["trace"]["truth"]
    measured = run(binaries / "hsal", "evaluate", "--scenes", "4", "--digits", "embedded", "--json", "-")
    assert json.loads(measured)["scenes"] == 4
    assert run(binaries / "python", "-c", LIBRARY_ONLY, scene).strip() == str(tuple(line["labels"]))


@pytest.mark.usefixtures("home")
def test_folders_of_data_are_shipped(binaries: Path) -> None:
    script = "from hsal import paths; print(paths.ASSETS, paths.RESULTS, paths.SHIPPED / 'pages', sep='\\n')"
    for line, source in zip(run(binaries / "python", "-c", script).splitlines(), ("assets", "results", "pages"),
                            strict=True):
        tracked = subprocess.run(["git", "ls-files", source], cwd=ROOT, capture_output=True, text=True, check=True)
        names = [Path(name).relative_to(source) for name in tracked.stdout.splitlines()]
        assert [name for name in names if not (Path(line) / name).is_file()] == []


@pytest.mark.usefixtures("home")
def test_the_app_has_its_settings_and_pages(binaries: Path) -> None:
    assert run(binaries / "python", "-c", CONFIG).split() == ["minimal", "0.5rem"]
    pages = run(binaries / "python", "-c", "from app.page_files import page_file; print(page_file('results'))").strip()
    assert run(binaries / "python", "-c", PAGE, pages).strip() == "True"


@pytest.mark.usefixtures("home")
def test_the_app_starts(binaries: Path) -> None:
    with running_app(binaries / "hsal") as address:
        assert fetch(f"{address}/_stcore/health") == "ok"
        assert "<title>" in fetch(f"{address}/results")


@contextmanager
def running_app(command: Path) -> Iterator[str]:
    """The address of `hsal app`, which exits on Ctrl-C without an error."""
    port = free_port()
    server = subprocess.Popen(
        [str(command), "app", "--port", str(port), "--headless"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, "HSAL_RUNS": str(Path("runs").absolute())}, text=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(address, server)
        yield address
    finally:
        server.send_signal(signal.SIGINT)
        errors = server.communicate(timeout=60)[1]
    assert "Traceback" not in errors
    assert server.returncode == 0


def wait_until_healthy(address: str, server: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, server.communicate()[1]
        try:
            fetch(f"{address}/_stcore/health")
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the app did not start within two minutes")


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as response:
        return response.read().decode()
