"""The phrase check of `make lint`: what it finds, what it accepts, and what it prints."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from tests.fixtures.browser import ROOT

_spec = importlib.util.spec_from_file_location("check_phrases", ROOT / ".ci" / "check_phrases.py")
assert _spec is not None
assert _spec.loader is not None
checker = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(checker)


@pytest.mark.parametrize("text", [
    "Take the trace home.", "what is\n    reckoned", "It shall be trained anew.", "two walks", "A training of the app",
    "whence it came", "learnt", "the walk of attention",
])
def test_phrases_to_avoid_are_found(text: str) -> None:
    assert list(checker.find(text, checker.load_phrases()))


@pytest.mark.parametrize("text", [
    "for folder in os.walk(root):", "a training run", "a training scene", "a shallow copy", "a mental model", "renew",
    "The trace is downloaded.", "learned",
])
def test_plain_words_pass(text: str) -> None:
    assert list(checker.find(text, checker.load_phrases())) == []


def test_the_line_is_that_of_the_match() -> None:
    phrases = [(re.compile(r"take\s+home"), "download")]
    assert list(checker.find("one\ntwo take\nhome", phrases)) == [(2, "take home", "download")]


def test_data_is_not_read() -> None:
    texts = set(checker.tracked_texts(ROOT))
    assert {Path("hsal/errors.py"), Path("README.md"), Path("Makefile"), Path("hsal/export/player/player.js")} <= texts
    assert not any(path.suffix in (".json", ".safetensors", ".png") for path in texts)
    assert not any(path.is_relative_to("tests/fixtures/landed") for path in texts)


def test_a_phrase_fails_the_check_with_place_and_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.md").write_text("Fine.\nThis is reckoned.\n")
    monkeypatch.setattr(checker, "HERE", tmp_path / ".ci")
    monkeypatch.setattr(checker, "tracked_texts", lambda root: [Path("text.md")])
    assert checker.main() == 1
    assert capsys.readouterr().out == 'text.md:2: "reckoned": say compute, calculate, estimate\n'
    (tmp_path / "text.md").write_text("Fine.\n")
    assert checker.main() == 0
