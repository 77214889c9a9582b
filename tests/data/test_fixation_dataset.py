"""Datasets of images with fixations or boxes, from every supported format."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from hsal.cli import main
from hsal.config import task_scene
from hsal.data.base import Box, DataError
from hsal.data.digits.mnist import load_digits
from hsal.data.digits.scenes import SceneRenderer
from hsal.data.fixations import custom
from hsal.data.fixations.base import Fixations
from hsal.data.fixations.custom import example_zip, open_custom, scaled
from hsal.data.fixations.dataset import FixatedImage, of_scenes, open_fixated
from hsal.data.fixations.osie import open_osie

IMAGE = np.zeros((4, 6, 3), np.uint8)


def osie_folder(folder: Path, kind: str) -> Path:
    """Two of three images exist; the second has fixations of two people."""
    (folder / "stimuli").mkdir()
    for name in ("1002.jpg", "1003.jpg"):
        Image.new("RGB", (80, 60)).save(folder / "stimuli" / name)
    if kind == "npz":
        np.savez(
            folder / "fixations.npz", image=["1001.jpg", "1002.jpg", "1003.jpg"], offset=[0, 1, 4, 5],
            x=np.float32([9, 1, 80, 40.5, 7]), y=np.float32([9, 1, 60, 30, 7]), subject=np.uint8([0, 0, 0, 1, 0]),
            duration_ms=np.float32([1, 100, 200, 300, 5]), included=[False, True, True],
        )
        return folder
    people = {"1001.jpg": [[[9, 9, 1]]], "1002.jpg": [[[1, 1, 100], [80, 60, 200]], [[40.5, 30, 300]]],
              "1003.jpg": [[[7, 7, 5]]]}
    records = np.empty(len(people), object)
    for index, (name, each) in enumerate(people.items()):
        subjects = np.empty(len(each), object)
        for person, points in enumerate(each):
            subjects[person] = dict(zip(("fix_x", "fix_y", "fix_duration"), np.transpose(points), strict=True))
        records[index] = {"img": name, "subjects": subjects}
    savemat(folder / "fixations.mat", {"fixations": records})
    return folder


@pytest.mark.parametrize("kind", ["npz", "mat"])
def test_osie_counts_from_0_and_uses_only_existing_images(tmp_path: Path, kind: str) -> None:
    found = open_fixated(osie_folder(tmp_path, kind))
    assert found.names == ("1002.jpg", "1003.jpg")
    stimulus = found[0]
    assert stimulus.image.shape == (60, 80, 3)
    np.testing.assert_array_equal(stimulus.fixations.x, [0, 79, 39.5])
    np.testing.assert_array_equal(stimulus.fixations.y, [0, 59, 29])
    np.testing.assert_array_equal(stimulus.fixations.subject, [0, 0, 1])
    np.testing.assert_array_equal(stimulus.fixations.duration_ms, [100, 200, 300])
    assert [len(one.fixations.x) for one in found] == [3, 1]


def test_osie_has_photos_to_measure_on_and_others_to_train_on(tmp_path: Path) -> None:
    root = osie_folder(tmp_path, "npz")
    with pytest.raises(DataError, match="stimuli_train"):
        open_fixated(root, "train")
    (root / "stimuli_train").mkdir()
    photo = root / "stimuli" / "1003.jpg"
    photo.rename(root / "stimuli_train" / photo.name)
    assert open_fixated(root).names == ("1002.jpg",)
    assert open_fixated(root, "train").names == ("1003.jpg",)
    np.testing.assert_array_equal(open_fixated(root, "train")[0].fixations.x, [6])
    photo.write_bytes((root / "stimuli_train" / photo.name).read_bytes())
    with pytest.raises(DataError, match=r"1003\.jpg is in both"):
        open_fixated(root, "train")


@pytest.mark.parametrize("kind", ["npz", "mat"])
def test_reports_a_damaged_or_empty_osie_folder(tmp_path: Path, kind: str) -> None:
    path = osie_folder(tmp_path, kind) / f"fixations.{kind}"
    whole = path.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"nonsense" * 40):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="is damaged"):
            open_osie(tmp_path)
    path.write_bytes(whole)
    for stimulus in (tmp_path / "stimuli").iterdir():
        stimulus.unlink()
    with pytest.raises(DataError, match="none of their photos"):
        open_osie(tmp_path)


def test_the_real_osie_has_the_published_contents() -> None:
    root = Path(os.environ.get("HSAL_DATA", "")) / "osie_fixations"
    if not os.environ.get("HSAL_DATA") or not root.is_dir():
        pytest.skip("HSAL_DATA is not set, or has no osie_fixations")
    found = open_fixated(root)
    assert len(found) == 120
    first = found[0]
    assert first.image.shape == (600, 800, 3)
    assert first.fixations.x[0] == pytest.approx(394.5)  # 395.5 in Matlab, which counts from 1
    assert len(np.unique(first.fixations.subject)) == 15


def test_targets_are_fixated_pixels_or_all_pixels_of_the_boxes() -> None:
    fixated = FixatedImage("a", IMAGE, Fixations(np.float32([0.4, 5, 5]), np.float32([1.5, 3, 3])))
    rows, columns = fixated.targets()
    assert (rows.tolist(), columns.tolist()) == ([2, 3, 3], [0, 5, 5])  # one per fixation, also where two share a pixel
    boxes = (Box(1, 0, 0, 2, 1), Box(2, 1, 0, 2, 2))  # pixels (0,0) (1,0), and (1,0) again with (1,1)
    rows, columns = FixatedImage("b", IMAGE, boxes=boxes).targets()
    assert (rows.tolist(), columns.tolist()) == ([0, 1, 1], [0, 0, 1])
    assert not len(FixatedImage("c", IMAGE).targets()[0])


def custom_folder(folder: Path, text: str) -> Path:
    Image.new("L", (30, 20), 9).save(folder / "gray.png")
    Image.new("RGBA", (30, 20), (9, 9, 9, 99)).save(folder / "glass.png")
    (folder / "fixations.csv").write_text(text)
    return folder


def test_a_custom_folder_may_have_gray_and_transparent_images(tmp_path: Path) -> None:
    found = open_fixated(custom_folder(tmp_path, "image,x,y\ngray.png,3,4\nlost.png,1,1\n"))
    assert found.names == ("glass.png", "gray.png")
    assert [one.image.shape for one in found] == [(20, 30, 3)] * 2
    assert found[0].fixations is None
    np.testing.assert_array_equal(found[-1].fixations.x, [3])
    assert any("lost.png" in note for note in found.notes)
    assert any("1 of 2 images have no fixations" in note for note in found.notes)
    assert any("filled with" in note for note in found[0].notes)
    with pytest.raises(IndexError):
        found[2]


def test_skips_and_reports_a_damaged_image(tmp_path: Path) -> None:
    custom_folder(tmp_path, "image,x,y\ngray.png,3,4\nbad.png,1,1\n")
    (tmp_path / "bad.png").write_text("no image")
    found = open_custom(tmp_path)
    assert "bad.png" not in found.names
    assert found.notes[0].startswith('Left out: "bad.png"')


def test_reports_missing_files_of_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no folder"):
        open_fixated(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"has no fixations\.csv"):
        open_fixated(tmp_path)
    (tmp_path / "a.csv").write_text("image,x,y\na.png,1,2\n")
    with pytest.raises(DataError, match="has no image"):
        open_fixated(tmp_path)
    (tmp_path / "b.csv").write_text("x,y\n1,2\n")
    with pytest.raises(DataError, match=r"several \.csv files"):
        open_fixated(tmp_path)


def test_fixations_follow_an_image_that_is_reduced_and_rotated(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter turn: 4000 wide and 1000 high on disk, 1000 wide and 4000 high upright
    Image.new("RGB", (4000, 1000)).save(tmp_path / "tall.jpg", exif=turned)
    (tmp_path / "fixations.csv").write_text("image,x,y\ntall.jpg,999,3999\ntall.jpg,0,0\ntall.jpg,1500,3\n")
    found = open_custom(tmp_path)
    stimulus = found[0]
    assert stimulus.image.shape == (2048, 512, 3)
    # pixel 999 of 1000 has its center at 999.5: 999.5 * 512 / 1000 - 0.5 = 511.244, cut to 511, the last
    np.testing.assert_allclose(stimulus.fixations.x, [511, 0], atol=1e-3)
    np.testing.assert_allclose(stimulus.fixations.y, [2047, 0], atol=1e-3)
    assert "1 fixations outside their images were left out, line 4 first" in found.notes[0]


def test_scaling_preserves_subjects_and_durations() -> None:
    before = Fixations(np.float32([1.5]), np.float32([0]), np.array([3]), np.float32([200]))
    after = scaled(before, (2, 4), (4, 8))
    # the border between columns 1 and 2 of 4 lies between 3 and 4 of 8; the center of row 0 of 2 between 0 and 1 of 4
    assert (after.x.tolist(), after.y.tolist()) == ([3.5], [0.5])
    assert (after.subject.tolist(), after.duration_ms.tolist()) == ([3], [200])


def test_example_can_be_downloaded_and_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(example_zip())) as archive:
        archive.extractall(tmp_path)
    found = open_fixated(tmp_path / "fixations-example")
    assert found.names == ("astronaut.jpg", "chelsea.jpg", "coffee.jpg")
    assert found.notes == ()
    assert all(len(np.unique(one.fixations.subject)) == 2 for one in found)
    assert sum((custom.EXAMPLE / name).stat().st_size for name in found.names) < 100_000


def test_scenes_have_the_boxes_of_their_digits(tmp_path: Path) -> None:
    renderer = SceneRenderer(load_digits("test", "embedded"), task_scene("mnist-multiset"))
    made = of_scenes(renderer, 5, 3)
    assert main(["scenes", "--out", str(tmp_path), "--count", "3", "--seed", "5"]) == 0
    read = open_fixated(tmp_path)
    for one, other in zip(made, read, strict=True):
        np.testing.assert_array_equal(one.image, other.image)
        assert one.boxes == other.boxes
        assert one.fixations is other.fixations is None
    (tmp_path / read.names[0]).unlink()
    assert open_fixated(tmp_path).notes == ("scenes.jsonl names 1 missing images: left out.",)
    with (tmp_path / "scenes.jsonl").open("a") as file:
        file.write('{"image": 3}\n')
    with pytest.raises(DataError, match="line 4: damaged"):
        open_fixated(tmp_path)
