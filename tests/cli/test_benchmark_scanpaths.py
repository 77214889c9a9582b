"""`hsal benchmark-scanpaths` on small folders, good and bad."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hsal.cli import main

MODELS = ["--models", "sampling", "uniform"]


def folder(tmp_path: Path, lines: list[str]) -> Path:
    rng = np.random.default_rng(0)
    for name in ("a.png", "b.png"):
        Image.fromarray(rng.integers(0, 256, (60, 80, 3), dtype=np.uint8)).save(tmp_path / name)
    (tmp_path / "fixations.csv").write_text("\n".join(["image,x,y,subject", *lines]) + "\n")
    return tmp_path


def run(data: Path, *more: str) -> int:
    command = ["benchmark-scanpaths", "--data", str(data), "--out", str(data / "out.parquet"), "--saliency",
               "spectral_residual", "--pixels-per-degree", "5", *MODELS, *more]
    return main(command)


GOOD = [f"{name},{10 * step + person},{8 * step + person},{person}" for name in ("a.png", "b.png")
        for person in range(3) for step in range(1, 5)]


def test_prints_a_table_and_resumes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = folder(tmp_path, GOOD)
    assert run(data, "--report", str(tmp_path / "report.md")) == 0
    first = capsys.readouterr().out
    for title in ("Saliency, sampled", "Uniform", "Other people on this photo (ceiling)", "People on another photo"):
        assert title in first
    assert (tmp_path / "out.json").is_file()
    assert run(data) == 0
    assert capsys.readouterr().out in first


def test_people_with_one_fixation_and_unequal_numbers_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    data = folder(tmp_path, [*GOOD[:8], "a.png,5,5,9", *GOOD[12:]])
    assert run(data) == 0
    assert caplog.text.count("has one fixation on a.png") == 1


@pytest.mark.parametrize(("lines", "message"), [
    (["a.png,5,5,1"], "no scanpath of at least two fixations"),
    (["a.png,500,5,1", "a.png,510,5,1"], "outside"),
    (["z.png,5,5,1"], "z.png"),
])
def test_bad_fixations_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: list[str], message: str
) -> None:
    assert run(folder(tmp_path, lines)) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_scanpaths_of_another_program_are_scored_without_a_likelihood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    data = folder(tmp_path, GOOD)
    (tmp_path / "model").mkdir()
    own = tmp_path / "model" / "samples.csv"
    own.write_text("image,x,y\n" + "".join(f"a.png,{10 * step},{8 * step}\n" for step in range(1, 5)))
    assert run(data, "--models", f"recorded:{own}", "sampling") == 0
    (row,) = (line for line in capsys.readouterr().out.splitlines() if "samples.csv" in line)
    assert row.split("|")[2:4] == ["  ", "  "]
    assert row.split("|")[4].startswith(" 1.000")
    assert "no scanpath on b.png" in caplog.text


def test_a_blank_photo_is_told_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    data = folder(tmp_path, GOOD)
    Image.new("RGB", (80, 60), (90, 90, 90)).save(data / "a.png")
    assert run(data) == 0
    assert "Left out: a.png" in caplog.text
    assert "Saliency, sampled" in capsys.readouterr().out


def test_unknown_people_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = folder(tmp_path, GOOD)
    (data / "fixations.csv").write_text("image,x,y\na.png,5,5\na.png,6,6\n")
    assert run(data) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_unknown_models_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder(tmp_path, GOOD), "--models", "bogus") == 2
    assert "bogus" in capsys.readouterr().err
