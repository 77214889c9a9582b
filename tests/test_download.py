"""Downloads: whole and checked, or one error and no file."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from hsal.download import download

CONTENT = b"a few bytes" * 1000


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/slow":
            threading.Event().wait(2)
        self.send_response(200 if self.path in ("/file", "/slow") else 404)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *_: object) -> None:
        """Nothing: the server's log is noise here."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # a client that gave up is part of a test
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_downloaded_whole(url: str, tmp_path: Path) -> None:
    checksum = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    path = download(f"{url}/file", tmp_path / "folder" / "name", checksum)
    assert path == tmp_path / "folder" / "name"
    assert path.read_bytes() == CONTENT


def test_a_wrong_checksum_leaves_no_file(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="hash"):
        download(f"{url}/file", tmp_path / "name", "md5:00000000000000000000000000000000")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", ["/missing", "/slow"])
def test_a_refusal_or_a_slow_server_is_an_os_error(path: str, url: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"404|timed out"):
        download(url + path, tmp_path / "name", timeout_s=0.3)
    assert not list(tmp_path.iterdir())
