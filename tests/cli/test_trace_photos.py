"""`hsal trace` and `hsal.trace` on photos and on folders of photos and digits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import hsal
from hsal.cli import main
from hsal.data.images import ImageError
from hsal.zoo.samples import sample_photos
from hsal.zoo.suitability import DIGITS_AS_PHOTO, WITHHELD
from tests.fixtures.commands import refused
from tests.fixtures.photo_weights import ship_photo_weights

CAT = sample_photos()["cat"]


@pytest.fixture(autouse=True)
def _weights(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    ship_photo_weights(tmp_path_factory.mktemp("weights"), monkeypatch)


@pytest.fixture
def mixed(made: Path, tmp_path: Path) -> Path:
    """A folder with a photo, a scene, and a photo that is too elongated."""
    Image.open(CAT).resize((150, 100)).save(tmp_path / "a-cat.jpg")
    Image.open(made / "scenes" / "scene-5-00000.png").save(tmp_path / "b-scene.png")
    strip = np.random.default_rng(0).integers(0, 256, (10, 1000, 3), np.uint8)
    Image.fromarray(strip).save(tmp_path / "c-strip.png")
    return tmp_path


def test_a_folder_mixes_photos_and_digits(mixed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["trace", str(mixed), "--device", "cpu", "--json", "-"]) == 1
    out, error = capsys.readouterr()
    photo, scene, strip = map(json.loads, out.splitlines())
    assert (photo["trace"]["source"]["weights"], photo["trace"]["viewing"]) == ("photos", "free")
    assert photo["trace"]["image"]["shape"] == [100, 150, 3]
    assert scene["trace"]["source"]["weights"] == "mnist-multiset"
    assert scene["labels"]
    assert "One side of the photo is 100 times as long as the other" in strip["error"]
    assert error.count("\n") == 1


def test_labels_of_a_photo_are_printed_with_their_probability(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["trace", str(CAT), "--device", "cpu", "--meta-steps", "2"]) == 0
    line = capsys.readouterr().out
    assert line.count("%") == 2
    assert "cat" in line.removeprefix(f"{CAT}")


def test_digit_weights_on_a_photo_withhold_their_labels(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command = ["trace", str(CAT), "--weights", "mnist-multiset", "--device", "cpu"]
    assert main(command) == 0
    first, *notes = capsys.readouterr().out.splitlines()
    assert ": labels withheld, " in first
    assert notes[-1] == f"    {WITHHELD}"
    assert main([*command, "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["labels"] is None


def test_photo_weights_on_digits_say_so_and_have_no_truth(made: Path) -> None:
    trace = hsal.trace(made / "scenes" / "scene-5-00000.png", "photos", meta_steps=2)
    assert trace.notes[-1] == DIGITS_AS_PHOTO
    assert (trace.truth, trace.boxes, len(trace.steps)) == (None, (), 2)


def test_interventions_fit_the_model_that_suits_the_first_image(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"edits": [{"step": 0, "look": [[2, 3]]}]}))
    capsys.readouterr()
    assert main(["trace", str(CAT), "--intervene", str(plan), "--device", "cpu", "--json", "-"]) == 0
    trace = json.loads(capsys.readouterr().out)["trace"]
    assert trace["source"]["weights"] == "photos"
    assert trace["steps"][0]["glimpses"][0]["cell"] == [2, 3]
    plan.write_text(json.dumps({"edits": [{"step": 0, "look": [[99, 3]]}]}))
    assert main(["trace", str(CAT), "--intervene", str(plan), "--device", "cpu"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("weights", ["auto", "photos", "mnist-multiset"])
def test_a_blank_photo_is_one_sentence(weights: str) -> None:
    with pytest.raises(ImageError, match=r"^The image is blank: .*\.$"):
        hsal.trace(np.full((60, 90, 3), (200, 120, 40), np.uint8), weights)


@pytest.mark.parametrize(("size", "words"), [((1, 1), "only 1 x 1 pixels"), ((20_000, 200), "as long as the other")])
def test_impossible_sizes_are_one_line(
    size: tuple[int, int], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "photo.png"
    Image.open(CAT).resize(size).save(file)
    capsys.readouterr()
    assert main(["trace", str(file), "--device", "cpu"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert words in error


def test_missing_weights_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "'nope'" in refused(capsys, "trace", CAT, "--weights", "nope")
