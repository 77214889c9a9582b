"""Street numbers: the same again, labels and boxes agree, nothing shared between splits, SVHN's statistics kept."""

import numpy as np
import pytest

from hsal.data.digits import DataError
from hsal.data.street_glyphs import FAMILIES, faces
from hsal.data.street_grounds import PHOTOGRAPHS, WALLS
from hsal.data.street_layout import draw_layout
from hsal.data.street_statistics import measure, street_statistics
from hsal.data.streets import StreetNumbers

SPLITS = ("train", "validation", "test")


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("split", SPLITS)
def test_scene_is_a_function_of_seed_and_index(split, single):
    source = StreetNumbers(split, 32, single)
    images, counts = source.batch(5, 3, 4)
    again = StreetNumbers(split, 32, single).render(5, 4)
    assert images.shape == (4, 32, 32, 3)
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images[1], again.image)
    np.testing.assert_array_equal(counts[1], np.bincount(again.labels, minlength=10))
    assert not np.array_equal(source.render(6, 4).image, again.image)


@pytest.mark.parametrize("single", [False, True])
def test_one_box_per_label_inside_the_image(single):
    source = StreetNumbers("train", 48, single)
    for index in range(60):
        scene = source.render(1, index)
        assert scene.labels == tuple(sorted(box.label for box in scene.boxes))
        assert len(scene.labels) == 1 if single else 1 <= len(scene.labels) <= 6
        for box in scene.boxes:
            assert 0 <= box.top_px < box.bottom_px <= 48
            assert 0 <= box.left_px < box.right_px <= 48


def test_boxes_hold_the_ink():
    inside, outside = [], []
    for index in range(60):  # contrast is in the boxes, on average over many walls
        scene = StreetNumbers("train", 48).render(2, index)
        grey = scene.image.mean(axis=2)
        slope = np.hypot(*np.gradient(grey))
        number = np.zeros((48, 48), dtype=bool)
        for box in scene.boxes:
            number[box.top_px : box.bottom_px, box.left_px : box.right_px] = True
        inside.append(slope[number].mean())
        outside.append(slope[~number].mean() if not number.all() else 0.0)
    assert np.mean(inside) > 1.8 * np.mean(outside)


def test_splits_share_no_face_and_no_background():
    for table in (FAMILIES, PHOTOGRAPHS, WALLS):
        entries = [entry for split in SPLITS for entry in table[split]]
        assert len(entries) == len(set(entries))
    seen = {split: {face.family for face in faces(split)} for split in SPLITS}
    assert all(seen[split] == set(FAMILIES[split]) for split in SPLITS)
    drawn = {split: {field.tobytes() for face in faces(split) for field in face.fields} for split in SPLITS}
    assert not drawn["train"] & (drawn["validation"] | drawn["test"])


def test_lengths_and_first_digits_follow_the_table():
    layouts = [draw_layout(np.random.default_rng((0, index))) for index in range(600)]
    table = street_statistics()
    lengths = np.bincount([len(layout.labels) for layout in layouts], minlength=7)[1:] / 600
    assert np.abs(lengths - table.lengths).max() < 0.07  # three standard errors of a share of one half
    firsts = [layout.labels[0] for layout in layouts if len(layout.labels) == 2]
    shares = np.bincount(firsts, minlength=10) / len(firsts)
    assert np.abs(shares - table.labels[1][0]).max() < 0.07


def test_measure_by_hand():
    # numbers 20 and 7: heights 10 and 30; widths 5, 5 and 15 of them; gap 2 of 10; second digit 7 right, 7 down
    table = measure(
        label=np.array([2, 10, 7], dtype=np.uint8),
        box=np.array([[0, 0, 5, 10], [7, 7, 12, 17], [0, 0, 15, 30]], dtype=np.int16),
        offset=np.array([0, 2, 3]),
    )
    assert table.lengths == [0.5, 0.5, 0, 0, 0, 0]
    assert table.labels[1] == [[0, 0, 1, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
    assert (table.height_px[0], table.height_px[-1]) == (10, 30)
    assert set(table.width) == {0.5}
    assert set(table.gap) == {0.2}
    assert set(table.slope) == {45}


def test_unknown_split_is_told():
    with pytest.raises(DataError, match="no split 'extra'"):
        StreetNumbers("extra")
