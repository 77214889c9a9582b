"""Scenes: a function of seed and index, with digits that do not overlap and correct boxes."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from hsal.config import ConfigError, Placement, SceneConfig, task_scene
from hsal.data.base import Box, Scene
from hsal.data.digits import scenes
from hsal.data.digits.mnist import Digits
from hsal.data.digits.scenes import SceneRenderer
from hsal.data.tasks import open_scenes

PLACEMENTS = get_args(Placement)
SMALL = {"size_px": 30, "digit_min_px": 8, "digit_max_px": 12, "clutter_px": 3}


def flat_digits() -> Digits:
    """One digit per class, all ink: class c has level 20 * (c + 1) everywhere, also when resized."""
    levels = 20 * np.arange(1, 11, dtype=np.uint8)
    return Digits(np.repeat(levels, 28 * 28).reshape(10, 28, 28), np.arange(10, dtype=np.uint8), "flat")


def noisy_digits() -> Digits:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (50, 28, 28), dtype=np.uint8)
    return Digits(images, np.tile(np.arange(10, dtype=np.uint8), 5), "noise")


def render(count: int, digits: Digits | None = None, **changes: object) -> list[Scene]:
    renderer = SceneRenderer(digits or flat_digits(), SceneConfig(**changes))
    return [renderer.render(3, index) for index in range(count)]


def inside(scene: Scene, box: Box) -> np.ndarray:
    return scene.image[box.top_px : box.bottom_px, box.left_px : box.right_px]


def overlap(one: Box, other: Box) -> bool:
    return (
        one.top_px < other.bottom_px and other.top_px < one.bottom_px
        and one.left_px < other.right_px and other.left_px < one.right_px
    )


def test_a_scene_is_a_function_of_seed_and_index_alone() -> None:
    config = SceneConfig(placement="mixed")
    first, second = SceneRenderer(noisy_digits(), config), SceneRenderer(noisy_digits(), config)
    forwards = [first.render(5, index) for index in range(6)]
    backwards = [second.render(5, index) for index in reversed(range(6))][::-1]
    for one, other in zip(forwards, backwards, strict=True):
        np.testing.assert_array_equal(one.image, other.image)
        assert (one.labels, one.boxes) == (other.labels, other.boxes)
    assert not np.array_equal(forwards[0].image, forwards[1].image)
    assert not np.array_equal(forwards[1].image, first.render(6, 0).image)  # seed and index, not their sum


def test_batch_boundaries_do_not_change_scenes() -> None:
    renderer = SceneRenderer(noisy_digits(), SceneConfig())
    wanted = [renderer.render(1, index) for index in range(5)]
    parts = list(renderer.batches(1, total=5, size=2))
    assert [len(counts) for _, counts in parts] == [2, 2, 1]
    np.testing.assert_array_equal(np.concatenate([images for images, _ in parts]), [scene.image for scene in wanted])
    counts = np.concatenate([counts for _, counts in parts])
    for row, scene in zip(counts, wanted, strict=True):
        assert tuple(np.repeat(np.arange(10), row)) == scene.labels
    np.testing.assert_array_equal(renderer.batch(1, 3, 2)[0], [scene.image for scene in wanted[3:]])


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("count", range(1, 10))
def test_digits_lie_inside_the_scene_and_apart(placement: Placement, count: int) -> None:
    largest = 50 if count <= 4 else 33  # with five digits or more a grid cell is 100 // 3 px
    for scene in render(12, digits_min=count, digits_max=count, clutter=0, placement=placement):
        assert len(scene.boxes) == len(scene.labels) == count
        for box in scene.boxes:
            assert 0 <= box.top_px < box.bottom_px <= 100
            assert 0 <= box.left_px < box.right_px <= 100
            assert box.bottom_px - box.top_px == box.right_px - box.left_px
            assert 20 <= box.bottom_px - box.top_px <= largest
        assert not any(overlap(one, other) for one, other in combinations(scene.boxes, 2))


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_boxes_contain_exactly_the_ink_of_their_label(placement: Placement) -> None:
    for scene in render(20, clutter=0, placement=placement):
        covered = np.zeros_like(scene.image, dtype=bool)
        for box in scene.boxes:
            assert (inside(scene, box) == 20 * (box.label + 1)).all()
            covered[box.top_px : box.bottom_px, box.left_px : box.right_px] = True
        assert (scene.image[~covered] == 0).all()
        assert tuple(sorted(box.label for box in scene.boxes)) == scene.labels


def test_counts_and_sizes_use_their_full_range() -> None:
    made = render(150, clutter=0, digits_min=2, digits_max=3, digit_min_px=20, digit_max_px=24)
    assert {len(scene.labels) for scene in made} == {2, 3}
    sides = {box.bottom_px - box.top_px for scene in made for box in scene.boxes}
    assert sides == {20, 21, 22, 23, 24}


def crosses_the_grid(scene: Scene) -> bool:
    """Whether a digit lies across the lines of a 2x2 grid of 50 px."""
    return any(
        box.top_px // 50 != (box.bottom_px - 1) // 50 or box.left_px // 50 != (box.right_px - 1) // 50
        for box in scene.boxes
    )


def test_placements_differ() -> None:
    crossing = {
        placement: np.mean([crosses_the_grid(scene) for scene in render(100, clutter=0, placement=placement)])
        for placement in PLACEMENTS
    }
    assert crossing["grid"] == 0
    assert crossing["free"] > 0.65
    assert 0.2 < crossing["mixed"] < 0.6


def test_no_label_occurs_twice_in_a_set() -> None:
    for scene in render(100, repeats=False, digits_max=9, **SMALL):
        assert len(set(scene.labels)) == len(scene.labels)


def test_some_labels_occur_twice_in_multisets() -> None:
    repeated = sum(len(set(scene.labels)) < len(scene.labels) for scene in render(200, **SMALL))
    # a share of 0, 0.1, 0.28, 0.496 of the scenes with 1, 2, 3, 4 digits repeats a label: 0.219 on average
    assert 25 < repeated < 65


def test_all_labels_are_equally_likely() -> None:
    labels = np.concatenate([scene.labels for scene in render(1000, clutter=0, **SMALL)])
    # about 2500 labels, 250 of each; the standard deviation is 15
    assert (abs(np.bincount(labels, minlength=10) - len(labels) / 10) < 75).all()


def test_clutter_is_scattered_in_patches_that_never_darken() -> None:
    plain = render(20, clutter=0)
    cluttered = render(20, clutter=8, clutter_px=5)
    outside = []
    for without, with_ in zip(plain, cluttered, strict=True):
        assert without.boxes == with_.boxes
        assert (with_.image >= without.image).all()
        outside.append(int((with_.image != without.image).sum()))
    assert max(outside) <= 8 * 25
    assert np.mean(outside) > 50
    assert not np.array_equal(cluttered[0].image > plain[0].image, cluttered[1].image > plain[1].image)


@pytest.mark.parametrize("side", [8, 20, 28, 33, 50])
def test_resizing_agrees_with_pillow(side: int) -> None:
    for digit in noisy_digits().images[:5]:
        pillow = np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BILINEAR))
        assert abs(scenes._resize(digit, side).astype(int) - pillow).max() <= 1


@pytest.mark.parametrize(
    "changes",
    [
        {"digits_min": 0},
        {"digits_min": 3, "digits_max": 2},
        {"digits_max": 10},
        {"digit_min_px": 7},
        {"digit_min_px": 30, "digit_max_px": 29},
        {"digit_max_px": 101},
        {"clutter": -1},
        {"clutter": 101},
        {"clutter_px": 0},
        {"clutter_px": 21},
    ],
)
def test_rejects_an_impossible_scene_by_field_name(changes: dict[str, int]) -> None:
    with pytest.raises(ConfigError) as caught:
        SceneConfig(**changes)
    assert any(name in str(caught.value) for name in changes)


def test_tasks() -> None:
    assert task_scene("mnist-multiset") == SceneConfig(repeats=True)
    assert task_scene("mnist-set", digits_max=1) == SceneConfig(repeats=False, digits_max=1)
    with pytest.raises(ConfigError, match="Choose one of: mnist-multiset, mnist-set"):
        task_scene("svhn")


def test_a_single_digit_may_be_larger_than_a_grid_cell() -> None:
    for placement in PLACEMENTS:
        made = render(
            20, clutter=0, digits_max=1, digit_min_px=55, digit_max_px=60, placement=placement
        )
        sides = {box.bottom_px - box.top_px for scene in made for box in scene.boxes}
        assert sides <= set(range(55, 61))
        assert len(sides) > 1
        assert all(scene.boxes[0].bottom_px <= 100 and scene.boxes[0].right_px <= 100 for scene in made)
        assert len({(scene.boxes[0].top_px, scene.boxes[0].left_px) for scene in made}) > 10


def test_rejects_changes_to_scenes_of_other_tasks() -> None:
    with pytest.raises(ConfigError, match="leave out clutter"):
        open_scenes("street-numbers", "test", changes={"clutter": 3})
    changed = open_scenes("mnist-multiset", "test", digits="embedded", changes={"clutter": 3})
    assert changed.config == SceneConfig(clutter=3)
