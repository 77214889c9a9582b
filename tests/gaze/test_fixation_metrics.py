"""Metrics of saliency maps on numbers worked out by hand; test_fixation_oracle.py holds them to pysaliency."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hsal.data.base import Box
from hsal.data.fixations.base import Fixations
from hsal.gaze.metrics import catalog as fm
from hsal.gaze.metrics.catalog import METRICS, GroundTruth, MetricError

STEPS = np.array([[[0, 1, 2], [3, 4, 5]]], np.float32)  # (1,2,3)


def points(*pairs: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = zip(*pairs, strict=True)
    return np.array(rows), np.array(columns)


def test_auc_counts_pixels_below_and_half_of_the_ties() -> None:
    # value 4: four of six below, itself a tie: 4.5/6; value 0: 0.5/6; mean 2.5/6
    assert fm.auc(STEPS, *points((1, 1), (0, 0))) == pytest.approx([2.5 / 6])
    assert fm.auc(np.ones((1, 2, 3)), *points((0, 0))) == [0.5]


def test_a_fixation_that_occurs_twice_counts_twice() -> None:
    assert fm.auc(STEPS, *points((1, 2), (1, 2), (0, 0))) == pytest.approx([(5.5 + 5.5 + 0.5) / 18])


def test_auc_judd_compares_with_pixels_without_fixations() -> None:
    # fixated: 5 and 2; others 0, 1, 3, 4. Curve: (0,0) (0,1/2) (1/2,1) (1,1): 3/4*1/2 + 1*1/2
    assert fm.auc_judd(STEPS, *points((1, 2), (0, 2))) == pytest.approx([7 / 8])


def test_auc_borji_has_ten_steps_and_a_seed() -> None:
    peak = np.full((1, 20, 20), 0.02, np.float32)
    peak[0, 0, 0], peak[0, 5, 5] = 1, 0.05
    # 0.05 is above nearly all values, but below the first step: only the peak differs, and it is rarely drawn
    assert fm.auc_borji(peak, *points((5, 5))) == pytest.approx([0.5], abs=0.02)
    assert fm.auc_borji(peak, *points((0, 0))) == pytest.approx([1.0], abs=0.02)
    noise = np.random.RandomState(0).rand(1, 20, 20)
    one, same, other = (fm.auc_borji(noise, *points((3, 4), (9, 9)), seed=seed) for seed in (1, 1, 2))
    assert one == same != other


def test_shuffled_auc_compares_with_other_images_fixations() -> None:
    # value 3 against 0, 3, 5, 5: one below, one tie
    others = points((0, 0), (1, 0), (1, 2), (1, 2))
    assert fm.shuffled_auc(STEPS, *points((1, 0)), *others) == pytest.approx([1.5 / 4])


def test_points_of_another_size_are_rescaled() -> None:
    rows, columns = fm.rescale_pixels(*points((0, 0), (9, 19), (5, 10)), (10, 20), (20, 10))
    assert (rows.tolist(), columns.tolist()) == ([0, 18, 10], [0, 9, 5])


def test_nss_is_in_population_deviations() -> None:
    # mean 2.5, variance (6.25 + 2.25 + 0.25) * 2 / 6 = 35/12
    assert fm.nss(STEPS, *points((1, 2))) == pytest.approx([2.5 / np.sqrt(35 / 12)])
    assert fm.nss(np.full((1, 7, 9), 0.1), *points((0, 0))) == [0]


def test_cc_of_a_map_with_itself_reversed_and_constant() -> None:
    maps = np.concatenate([STEPS, 5 - STEPS, 2 + 0 * STEPS])
    assert fm.cc(maps, STEPS[0]) == pytest.approx([1, -1, 0])
    assert np.isnan(fm.cc(maps, np.ones((2, 3)))).all()


def test_sim_is_the_lower_of_both_densities_summed() -> None:
    # 0..5 over 15 against an even sixth: 0 + 1/15 + 2/15 + 3 * 1/6
    assert fm.sim(STEPS, np.ones((2, 3))) == pytest.approx([0.2 + 0.5])
    assert fm.sim(STEPS - 2, np.ones((2, 3))) == pytest.approx([0.2 + 0.5])  # below 0: raised by the minimum
    assert fm.sim(0 * STEPS, np.ones((2, 3))) == pytest.approx([1])  # nothing: even


def test_kl_in_nats() -> None:
    density = np.array([[0, 0, 0], [0, 0.5, 0.5]])
    # half of it at 4/15 and half at 5/15
    expected = 0.5 * np.log(0.5 / (4 / 15)) + 0.5 * np.log(0.5 / (5 / 15))
    assert fm.kl(STEPS, density) == pytest.approx([expected])
    assert fm.kl(density[None], density) == pytest.approx([0], abs=1e-12)


def test_the_gain_over_the_center_bias_counts_bits_over_the_density_of_other_fixations() -> None:
    others, here = points((0, 0), (1, 1)), points((1, 2))
    bias = 0.99 * fm.fixation_density(*others, (2, 3)) + 0.01 / 6
    gain = fm.center_information_gain(STEPS, *here, *others)
    assert gain == pytest.approx(fm.information_gain(STEPS, bias, *here))
    assert gain == pytest.approx([np.log2((5 / 15) / bias[1, 2])])
    assert fm.center_information_gain(bias[None], *here, *others) == pytest.approx([0])


def test_information_gain_in_bits_over_the_baseline() -> None:
    even = np.ones((2, 3))
    assert fm.information_gain(STEPS, even, *points((1, 2))) == pytest.approx([1])  # 5/15 is twice 1/6
    assert fm.information_gain(STEPS, STEPS[0], *points((1, 2), (0, 1))) == pytest.approx([0])


def test_attn_saliency_is_a_share_of_the_maximum() -> None:
    maps = np.concatenate([STEPS, STEPS - 5, 0 * STEPS])
    assert fm.attn_saliency(maps, *points((1, 2), (0, 1))) == pytest.approx([0.6, 0.6, 0])


def test_a_density_sums_to_one_and_is_reflected_at_the_borders() -> None:
    density = fm.fixation_density(*points((0, 0), (0, 0), (3, 4)), (4, 5), sigma_px=1)
    assert density.sum() == pytest.approx(1)
    # one point in a line of two, sigma 0.1: the neighbor at distance 10 sigma is cut off
    assert fm.fixation_density(*points((0, 1)), (1, 2), sigma_px=0.1) == pytest.approx(np.array([[0, 1]]))
    # sigma so wide that reflections even everything out
    assert fm.fixation_density(*points((0, 0)), (4, 5), sigma_px=50) == pytest.approx(np.full((4, 5), 0.05), rel=0.02)


def test_many_points_blur_to_the_same_as_few() -> None:
    rows, columns = np.random.RandomState(0).randint(8, size=(2, 10))
    few, many = (fm.fixation_density(np.tile(rows, n), np.tile(columns, n), (8, 9), 1.5) for n in (1, 50))
    assert few == pytest.approx(many, abs=1e-12)


def test_fixations_fall_on_the_nearest_pixel() -> None:
    rows, columns = fm.fixated_pixels(Fixations(np.float32([0.4, 1.6, 0.5]), np.float32([2.51, 0, 1.5])))
    assert (rows.tolist(), columns.tolist()) == ([3, 0, 2], [0, 2, 1])


@pytest.mark.parametrize("power", [0.01, 1, 8, 40])
@pytest.mark.parametrize(("scale", "offset"), [(1, 0), (1e-6, 0), (1e-6, 1), (1e-38, 0), (1e30, -1e30)])
def test_counting_by_buckets_equals_counting_all(power: float, scale: float, offset: float) -> None:
    drawn = np.random.RandomState(3)
    pixels = (drawn.rand(1, 40, 50) ** power * scale + offset).astype(np.float32)
    at = drawn.randint(40, size=30), drawn.randint(50, size=30)
    jittered = pixels.ravel() + 1e-7 * float(np.abs(pixels).max()) * np.random.RandomState(42).randn(2000)
    fixated, never = np.ravel_multi_index(at, (40, 50)), np.ones(2000, bool)
    never[fixated] = False
    assert fm.auc(pixels, *at) == pytest.approx(compared(pixels.ravel()[fixated], pixels.ravel()), abs=1e-12)
    corners = [((jittered[never] >= t).mean(), (jittered[fixated] >= t).mean()) for t in np.sort(jittered[fixated])]
    across, up = np.array([(1, 1), *corners, (0, 0)]).T[:, ::-1]
    assert fm.auc_judd(pixels, *at) == pytest.approx(np.trapezoid(up, across), abs=1e-12)


POSITIVE = tuple(name for name in METRICS if name not in ("kl", "information_gain", "center_information_gain"))


@given(
    seed=st.integers(0, 9999), exponent=st.floats(-9, 9), kind=st.sampled_from([np.float32, np.float64]),
    lowest=st.integers(0, 1),
)
def test_no_metric_depends_on_the_scale_of_a_map(seed: int, exponent: float, kind: type, lowest: int) -> None:
    """KL and information gain are compared where no pixel is 0: there only the added 1e-20 would differ."""
    drawn = np.random.default_rng(seed)
    steps = np.concatenate([[0, 17], drawn.integers(0, 18, 22 * 25 - 2)])  # of 17: none is at a threshold of AUC-Borji
    maps = ((drawn.permutation(steps).reshape(1, 22, 25) + lowest) / (17 + lowest)).astype(kind)  # maximum 1
    names = tuple(METRICS) if lowest else POSITIVE
    points_px = drawn.integers(22, size=(4, 12))
    truth = GroundTruth(
        points_px[0], points_px[1], other_rows=points_px[2], other_columns=points_px[3],
        baseline=1 + drawn.random((22, 25)), boxes=[Box(1, 3, 4, 9, 12)],
    )
    scaled = (maps * 10.0**exponent).astype(kind)
    expected, found = (fm.compute_metrics(values, truth, names) for values in (maps, scaled))
    for name in names:
        assert found[name] == pytest.approx(expected[name], rel=1e-5, abs=1e-5), name


def test_auc_judd_of_a_density_of_a_large_image_is_that_of_the_map() -> None:
    drawn = np.random.default_rng(0)
    maps = np.repeat(np.repeat(drawn.random((1, 54, 96)), 20, axis=1), 20, axis=2)  # (1,1080,1920)
    rows, columns = drawn.integers(1080, size=60), drawn.integers(1920, size=60)
    density = maps / maps.sum()  # values of about 5e-7, close to a fixed jitter
    assert fm.auc_judd(density, rows, columns) == pytest.approx(fm.auc_judd(maps, rows, columns), abs=1e-6)


def compared(positives: np.ndarray, others: np.ndarray) -> float:
    pairs = positives[:, None] - others
    return float(((pairs > 0) + 0.5 * (pairs == 0)).mean())


def test_metrics_without_their_ground_truth_are_omitted() -> None:
    rows, columns = points((1, 2))
    truth = GroundTruth(rows, columns, baseline=np.ones((2, 3)))
    others, boxes = {"shuffled_auc", "center_information_gain"}, {"box_share", "box_nss", "box_auc"}
    assert set(fm.compute_metrics(STEPS, truth)) == set(METRICS) - others - boxes
    assert fm.compute_metrics(STEPS, truth, ["auc"])["auc"] == fm.auc(STEPS, rows, columns)
    density = fm.fixation_density(rows, columns, (2, 3))
    assert fm.compute_metrics(STEPS, truth, ["cc"])["cc"] == fm.cc(STEPS, density)
    with pytest.raises(MetricError, match="Shuffled AUC needs others"):
        fm.compute_metrics(STEPS, truth, ["shuffled_auc"])
    with pytest.raises(MetricError, match="no metric named 'ucb'"):
        fm.compute_metrics(STEPS, truth, ["ucb"])


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_documented_in_one_sentence(name: str) -> None:
    metric = METRICS[name]
    assert metric.meaning.endswith(".")
    assert metric.meaning.count(". ") == 0
    assert metric.title
    assert metric.citation


@pytest.mark.parametrize(
    ("maps", "at", "sentence"),
    [
        (STEPS[0], points((0, 0)), r"not of shape \(2, 3\)"),
        (np.array([[["a"]]]), points((0, 0)), "must be numbers"),
        (np.empty((0, 2, 3)), points((0, 0)), "of shape"),
        (np.where(STEPS == 3, np.nan, STEPS), points((0, 0)), "Map 0 holds NaN"),
        (np.where(STEPS == 3, np.inf, STEPS), points((0, 0)), "Map 0 holds NaN or infinity"),
        (STEPS, points((0, 0), (2, 1)), "1 of 2 fixations lie outside the image of 3x2 pixels.* column 1, row 2"),
        (STEPS, points((0, -1)), "outside"),
        (STEPS, (np.empty(0, int), np.empty(0, int)), "no fixations"),
        (STEPS, (np.array([0, 1]), np.array([0])), "one length"),
        (STEPS, (np.array([0.5]), np.array([0.5])), "whole numbers"),
    ],
)
@pytest.mark.parametrize("name", ["auc", "auc_judd", "auc_borji", "nss", "cc", "attn_saliency"])
def test_invalid_input_is_reported_in_one_sentence(
    name: str, maps: np.ndarray, at: tuple[np.ndarray, np.ndarray], sentence: str
) -> None:
    with pytest.raises(MetricError, match=sentence):
        METRICS[name].compute(maps, GroundTruth(*at))


def test_images_must_have_the_size_of_the_maps() -> None:
    with pytest.raises(MetricError, match=r"density is of shape \(3, 2\)"):
        fm.cc(STEPS, np.ones((3, 2)))
    with pytest.raises(MetricError, match="baseline holds NaN"):
        fm.information_gain(STEPS, np.full((2, 3), np.nan), *points((0, 0)))
    with pytest.raises(MetricError, match="Every pixel is fixated"):
        fm.auc_judd(STEPS[:, :1, :2], *points((0, 0), (0, 1)))
    with pytest.raises(MetricError, match="wider than 0"):
        fm.fixation_density(*points((0, 0)), (2, 3), sigma_px=0)
