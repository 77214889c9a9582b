"""House numbers reassembled from crops: geometry by hand, synthetic crops, and the real file if available."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hsal.config import ConfigError
from hsal.data.base import Box, DataError
from hsal.data.svhn.crop import Crop, digit_crop, jittered, number_crop, recolored, visible_share
from hsal.data.svhn.house_numbers import neighbors
from hsal.data.svhn.mosaic import MARGIN_PX, filled, mosaic
from hsal.data.svhn.reassembled import FILE, Reassembled, load_crops

REAL = Path(os.environ.get("HSAL_DATA") or "/nowhere") / FILE
real = pytest.mark.skipif(not REAL.is_file(), reason=f"HSAL_DATA holds no {FILE}")
NUMBERS = 4200  # ids 10, 11, 12, 13, ... have 1, 2, 3, 1, ... digits


def write_crops(root: Path, numbers: int = NUMBERS) -> None:
    """A file structured like the real one: digits of 10x20 side by side; red encodes the id, green the label."""
    counts = np.arange(numbers) % 3 + 1
    ids = np.repeat(np.arange(numbers) + 10, counts).astype(np.int32)
    place = np.concatenate([np.arange(count) for count in counts])
    labels = (ids + place) % 10 + 1  # 1..10, where 10 is the digit 0
    images = np.zeros((len(ids), 32, 32, 3), dtype=np.uint8)
    images[..., 0], images[..., 1] = (ids % 200 + 20)[:, None, None], (20 * (labels % 10))[:, None, None]
    boxes = np.stack([30 + 10 * place, 0 * place + 5, 40 + 10 * place, 0 * place + 25], 1).astype(np.int16)
    (root / FILE).parent.mkdir(parents=True)
    np.savez(root / FILE, image=images, label=labels.astype(np.uint8), image_id=ids, box_xyxy=boxes)


@pytest.fixture(scope="module")
def synthetic_crops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    write_crops(root)
    return root


@pytest.fixture
def _use_synthetic_crops(synthetic_crops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSAL_DATA", str(synthetic_crops))


def test_window_is_the_union_of_the_boxes_plus_30_percent() -> None:
    # union 10..50 x 20..30: 40 x 10, enlarged to 52 x 13 about its center
    view = number_crop(np.array([[10, 20, 30, 30], [30, 21, 50, 29]]))
    assert (view.center_x, view.center_y) == (30, 25)
    assert (view.width, view.height) == pytest.approx((52, 13))


def test_a_narrow_number_gets_a_square_window() -> None:
    view = number_crop(np.array([[10, 20, 14, 30]]))
    assert (view.width, view.height) == pytest.approx((13, 13))


def test_boxes_in_the_output_by_hand() -> None:
    # the window 0..40 x 10..30 on 80 px: twice as large across, four times down
    view = Crop(20, 20, 40, 20)
    boxes = np.array([[10, 15, 20, 25], [35, 5, 50, 40]])
    assert view.boxes(boxes, (7, 3), 80) == (Box(7, 20, 20, 60, 40), Box(3, 0, 70, 80, 80))


def test_a_quarter_turn_swaps_the_sides_of_a_box() -> None:
    # 10 right of the center; a window rotated clockwise shows it 10 above, and 8 x 4 becomes 4 x 8
    view = Crop(50, 50, 40, 40, turn=math.pi / 2)
    assert view.boxes(np.array([[56, 48, 64, 52]]), (1,), 40) == (Box(1, 6, 18, 14, 22),)


def test_shear_moves_rows_sideways() -> None:
    # row 10 below the window's center shows what lies 5 further right, so an object there appears 5 further left
    view = Crop(20, 20, 40, 40, shear=0.5)
    box = view.boxes(np.array([[19, 29.9, 21, 30.1]]), (1,), 40)[0]
    assert (box.left_px, box.right_px) == (14, 16)


def test_a_box_outside_the_window_is_one_pixel() -> None:
    assert Crop(5, 5, 10, 10).boxes(np.array([[20, 2, 30, 4]]), (1,), 10) == (Box(1, 2, 9, 4, 10),)


def test_visible_share_of_a_box() -> None:
    view = Crop(10, 10, 20, 20)
    assert visible_share(view, np.array([15, 5, 25, 15])) == 0.5
    assert visible_share(view, np.array([30, 30, 40, 40])) == 0
    assert visible_share(view, np.array([1, 1, 2, 2])) == 1


def test_digit_fills_30_to_100_percent_of_its_window() -> None:
    box, rng = np.array([10.0, 20, 22, 40]), np.random.default_rng(0)
    views = [digit_crop(box, rng) for _ in range(300)]
    shares = np.array([20 / view.height for view in views])
    assert 0.3 <= shares.min() < 0.35
    assert 0.95 < shares.max() <= 1
    assert min(visible_share(view, box) for view in views) == pytest.approx(1)


def test_a_jittered_window_contains_the_number() -> None:
    boxes, rng = np.array([[0.0, 0, 20, 30], [20, 0, 40, 30]]), np.random.default_rng(0)
    views = [jittered(number_crop(boxes), rng) for _ in range(300)]
    assert min(visible_share(view, box) for view in views for box in boxes) > 0.9
    assert 5 < max(abs(math.degrees(view.turn)) for view in views) <= 6
    assert 0.1 < max(abs(view.shear) for view in views) <= 0.15


def test_fills_gaps_smoothly_from_known_pixels() -> None:
    known = np.zeros((16, 16, 4), dtype=np.float32)
    known[:, :4] = (200, 0, 0, 1)
    known[:, 12:] = (0, 0, 100, 1)
    near = np.asarray(filled(known).near)
    assert (near[:, :4] == (200, 0, 0)).all()
    assert (near[:, 12:] == (0, 0, 100)).all()
    assert (np.diff(near[8, 3:13, 0].astype(int)) <= 0).all()  # from red
    assert (np.diff(near[8, 3:13, 2].astype(int)) >= 0).all()  # to blue
    assert 0 < near[8, 5, 2] < near[8, 10, 2] < 100


def test_reassembles_an_image_from_its_crops() -> None:
    # a ramp of 3 a pixel, cut into two overlapping squares of 32 px, 10 apart
    ramp = np.broadcast_to((3 * np.arange(42))[None, :, None], (32, 42, 3)).astype(np.uint8)
    squares = np.array([[100.0, 50, 132, 82], [110, 50, 142, 82]])
    canvas, place = mosaic(np.stack([ramp[:, :32], ramp[:, 10:]]), squares)
    near = np.asarray(canvas.near).astype(int)[MARGIN_PX : MARGIN_PX + 32, MARGIN_PX : MARGIN_PX + 42]
    assert np.abs(near - ramp).max() <= 1
    assert place.apply(np.array([[100, 50, 132, 82]])).tolist() == [[20, 20, 52, 52]]


def test_hides_neighbors_but_not_the_digit_itself() -> None:
    # own box columns 8..16 of 0..32; the other's 12..20, of which 16..20 are not the digit's
    boxes = np.array([[8, 0, 16, 32], [12, 0, 20, 32]])
    hidden = neighbors(boxes, 0, np.array([0, 0, 32, 32]))
    assert hidden.all(0).nonzero()[0].tolist() == [16, 17, 18, 19]
    assert hidden.sum() == 4 * 32


def test_recoloring_preserves_the_shape_and_varies_by_draw() -> None:
    gray = Image.fromarray(np.full((8, 8, 3), 90, dtype=np.uint8))
    rng = np.random.default_rng(0)
    seen = {recolored(gray, rng).getpixel((4, 4)) for _ in range(20)}
    assert len(seen) == 20


@pytest.mark.usefixtures("_use_synthetic_crops")
def test_splits_partition_the_numbers() -> None:
    parts = {split: Reassembled(split) for split in ("train", "validation", "test")}
    assert [parts[split].scenes for split in parts] == [3600, 400, NUMBERS - 4000]
    together = [id_ for part in parts.values() for id_ in part.ids]
    assert sorted(together) == list(range(10, NUMBERS + 10))
    assert Reassembled("train", single=True).ids == parts["train"].ids


@pytest.mark.usefixtures("_use_synthetic_crops")
def test_a_scene_shows_its_number() -> None:
    source = Reassembled("test", size_px=32)
    for index, id_ in enumerate(source.ids[:9]):
        scene = source.render(0, index)
        count = (id_ - 10) % 3 + 1
        assert scene.image.shape == (32, 32, 3)
        assert scene.image.dtype == np.uint8
        assert scene.labels == tuple(sorted((id_ + place + 1) % 10 for place in range(count)))
        assert sorted(box.label for box in scene.boxes) == list(scene.labels)
        assert abs(int(scene.image[16, 16, 0]) - (id_ % 200 + 20)) <= 1
        for box in scene.boxes:
            assert 24 <= box.bottom_px - box.top_px <= 25  # 32 / 1.3


@pytest.mark.usefixtures("_use_synthetic_crops")
def test_only_the_training_order_depends_on_the_seed() -> None:
    train, test = Reassembled("train", single=True), Reassembled("test")
    first, second = ([train.item(seed, index) for index in range(train.scenes)] for seed in (0, 1))
    again = [train.item(0, train.scenes + index) for index in range(train.scenes)]
    assert first != second
    assert first != again
    assert len(set(first)) == train.scenes
    assert set(first) == set(second) == set(again)
    assert [test.item(5, index)[0] for index in range(test.scenes + 2)] == [*range(test.scenes), 0, 1]


@pytest.mark.usefixtures("_use_synthetic_crops")
@pytest.mark.parametrize("single", [False, True])
def test_a_scene_is_a_function_of_seed_and_index(single: bool) -> None:
    train = Reassembled("train", single=single)
    images, counts = train.batch(3, 5, 4)
    alone = Reassembled("train", single=single).render(3, 7)
    assert (images[2] == alone.image).all()
    assert counts[2].tolist() == np.bincount(alone.labels, minlength=10).tolist()
    assert not (train.render(4, 7).image == alone.image).all()
    test = Reassembled("test", single=single)
    assert (test.render(0, 3).image == test.render(9, 3).image).all()
    assert (test.render(0, 3).image == test.render(0, 3 + test.scenes).image).all()
    assert not (Reassembled("test", single=single, augment=True).render(0, 3).image == test.render(0, 3).image).all()


@pytest.mark.usefixtures("_use_synthetic_crops")
def test_single_scenes_have_one_digit_and_hide_neighbors() -> None:
    source = Reassembled("validation", single=True)
    whole = Reassembled("validation")
    assert source.scenes == sum(len(whole.number(number).labels) for number in range(400))
    for index in range(60):
        scene = source.render(0, index)
        assert len(scene.labels) == len(scene.boxes) == 1
        box = scene.boxes[0]
        middle = scene.image[(box.top_px + box.bottom_px) // 2, (box.left_px + box.right_px) // 2]
        assert abs(int(middle[1]) - 20 * scene.labels[0]) <= 12
        assert 19 <= box.bottom_px - box.top_px <= 64


@pytest.mark.usefixtures("_use_synthetic_crops")
def test_reports_impossible_settings() -> None:
    with pytest.raises(ConfigError, match="size_px"):
        Reassembled("train", size_px=4)
    with pytest.raises(ConfigError, match="seed"):
        Reassembled("train").render(-1)


def test_reports_missing_data_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("", str(tmp_path)):
        monkeypatch.setenv("HSAL_DATA", value)
        with pytest.raises(DataError, match="set HSAL_DATA to a folder that holds svhn_cropped/"):
            Reassembled("train")


@pytest.mark.parametrize("content", [b"", b"PK nothing", None])
def test_reports_damaged_data_with_a_remedy(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "crops.npz"
    if content is None:
        np.savez(
            path, image=np.zeros((2, 32, 32, 3)), label=np.zeros(3), image_id=np.zeros(2), box_xyxy=np.zeros((2, 4))
        )
    else:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"damaged .*download the file again"):
        load_crops(path)


@real
def test_the_real_file() -> None:
    parts = {split: Reassembled(split) for split in ("train", "validation", "test")}
    assert [part.scenes for part in parts.values()] == [3600, 400, 1033]
    assert sum(Reassembled(split, single=True).scenes for split in parts) == 10_000
    for part in parts.values():
        images, counts = part.batch(0, 0, 8)
        assert images.shape == (8, 64, 64, 3)
        assert counts.sum(1).min() >= 1
        assert images.std((1, 2, 3)).min() > 3  # none is blank
