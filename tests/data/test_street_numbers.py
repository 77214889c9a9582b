"""Street numbers: reproducible, with correct labels and boxes, disjoint splits and SVHN's statistics."""

import numpy as np
import pytest

from hsal.data.base import DataError
from hsal.data.street.backgrounds import PHOTOS, WALLS
from hsal.data.street.glyphs import FAMILIES, faces
from hsal.data.street.layout import LOOSE, Glyph, Layout, draw_layout, place, seen_boxes, view_digit, view_number
from hsal.data.street.numbers import StreetNumbers
from hsal.data.street.statistics import measure, street_statistics

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
    assert not np.array_equal(images[0], images[1])


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


def test_boxes_contain_the_ink():
    inside, outside = [], []
    for index in range(60):  # on average over many walls, contrast is in the boxes
        scene = StreetNumbers("train", 48).render(2, index)
        gray = scene.image.mean(axis=2)
        slope = np.hypot(*np.gradient(gray))
        number = np.zeros((48, 48), dtype=bool)
        for box in scene.boxes:
            number[box.top_px : box.bottom_px, box.left_px : box.right_px] = True
        inside.append(slope[number].mean())
        outside.append(slope[~number].mean() if not number.all() else 0.0)
    assert np.mean(inside) > 1.8 * np.mean(outside)


def test_splits_share_no_face_and_no_background():
    for table in (FAMILIES, PHOTOS, WALLS):
        entries = [entry for split in SPLITS for entry in table[split]]
        assert len(entries) == len(set(entries))
    seen = {split: {face.family for face in faces(split)} for split in SPLITS}
    assert all(seen[split] == set(FAMILIES[split]) for split in SPLITS)
    drawn = {split: {field.tobytes() for face in faces(split) for field in face.fields} for split in SPLITS}
    assert not drawn["train"] & (drawn["validation"] | drawn["test"])


@pytest.mark.parametrize("view_of", [view_number, view_digit])
def test_digits_without_a_label_are_cut_off(view_of):
    strangers = 0
    for index in range(200):
        rng = np.random.default_rng((3, index))
        face = faces("train")[index % len(faces("train"))]
        view = view_of(rng, draw_layout(rng), face)
        for box in seen_boxes(view.glyphs[view.targets :], view.matrix, face) if view.glyphs[view.targets :] else ():
            shown = np.minimum(box[2:], view.crop[2:]) - np.maximum(box[:2], view.crop[:2])
            assert (shown > 0).all()
            assert shown.prod() <= 0.5 * (box[2:] - box[:2]).prod() + 1e-9
            strangers += 1
        assert (view.boxes[:, :2] > view.crop[:2] - 1e-9).all()
        assert (view.boxes[:, 2:] < view.crop[2:] + 1e-9).all()
    assert strangers > 10


def test_a_glyph_appears_where_the_matrix_puts_it():
    face = faces("train")[0]
    scale = np.diag([1 / 40, 1 / 40, 1.0])  # 40 px of the flat wall are one unit
    box = seen_boxes([Glyph(8, 20.0, 10.0)], scale, face)[0] - LOOSE
    wide = face.ink_px[8] / 40  # the ink begins at 20,10 px and is 40 px high, to half a pixel of its corners
    np.testing.assert_allclose(box, [0.5, 0.25, 0.5 + wide, 1.25], atol=0.04)


@pytest.mark.parametrize(("slope_deg", "right_of"), [(0.0, True), (90.0, False), (-90.0, False)])
def test_digits_of_steep_numbers_are_stacked(slope_deg, right_of):
    layout = Layout(labels=(2, 3), height_px=30, width=0.5, gap=0.0, slope_deg=slope_deg)
    face = faces("train")[0]
    boxes = seen_boxes(*place(np.random.default_rng(0), layout, face), face)
    right, down = (boxes[1, :2] + boxes[1, 2:] - boxes[0, :2] - boxes[0, 2:]) / 2
    assert (abs(right) > abs(down)) == right_of
    assert right_of or np.sign(down) == np.sign(slope_deg)


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


def test_reports_an_unknown_split():
    with pytest.raises(DataError, match="no split 'extra'"):
        StreetNumbers("extra")


def test_sizes_at_both_ends_and_beyond():
    for size_px in (16, 448):
        assert StreetNumbers("test", size_px).render(0, 1).image.shape == (size_px, size_px, 3)
    with pytest.raises(DataError, match="cannot be 8 px"):
        StreetNumbers("train", 8)
