"""The attention player, used as a visitor uses it: moments, keys, layers, address."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fixtures.players import Bench, player_bench
from tests.fixtures.traces import make_trace

STEP = ["saliency", "mask", "priority", "broad", "glimpse", "glimpse", "label"]


@pytest.fixture(scope="module")
def bench(browser: object) -> Iterator[Bench]:
    with player_bench(browser) as made:
        yield made


def test_every_moment_in_order(bench: Bench) -> None:
    trace = make_trace()
    shown = bench.show(trace)
    expected = [*STEP, "inhibition", *STEP, "inhibition", *STEP]
    kinds = shown.page.locator(".segment").evaluate_all("all => all.map((segment) => segment.dataset.kind)")
    assert kinds == expected
    assert len(expected) == trace.moments
    sentences = [shown.sentence, *(shown.press("ArrowRight").sentence for _ in expected[1:])]
    for kind, sentence in zip(kinds, sentences, strict=True):
        tone = {"glimpse": "overt", "label": "overt", "inhibition": "inhibition of return"}.get(kind, "covert")
        assert f", {tone}: " in sentence
    assert shown.press("ArrowRight").moment == len(expected) - 1


def test_sentences_match_the_numbers(bench: Bench) -> None:
    shown = bench.show(make_trace())
    expected = {
        1: "Prediction 1 of 2, covert: attention spreads over the upper right without any eye movement (covert mask).",
        4: "Prediction 1 of 2, overt: sharp glimpse 1 of 2 lands on row 2, column 6, where priority is 1.00.",
        6: "Prediction 1 of 2, overt: the model names a 3 (80%); this is correct: a 3 was still to be named.",
        14: "Prediction 2 of 2, overt: the model names a 7 (80%); this is incorrect: there is no 7 in the image.",
        22: "Final step, overt: the model says stop (80%); this is incorrect: 5 was still to be named.",
    }
    for moment, sentence in expected.items():
        shown.page.locator(".scrub").fill(str(moment))
        assert shown.sentence == sentence


def test_a_label_named_too_often_and_a_trace_without_stop(bench: Bench) -> None:
    shown = bench.show(make_trace(labels=(3, 3), rewards=(1.0, -1.0)), moment=14)
    assert shown.sentence.endswith("this is incorrect: every 3 was already named.")
    assert shown.press("End").sentence.endswith("the trace ends here, without a stop.")
    assert [shown.text(".chips"), shown.text(".truth")] == ["3✓\n3✗", "In the image: 3 5"]


def test_without_truth_nothing_is_judged(bench: Bench) -> None:
    shown = bench.show(make_trace(truth=None), moment=6)
    assert shown.sentence == "Prediction 1 of 2, overt: the model names a 3 (80%)."
    assert shown.text(".reason") == "true labels unknown"
    assert shown.page.locator(".sign").count() == 0
    assert shown.page.locator(".truth").is_hidden()


def test_keys_step_and_jump(bench: Bench) -> None:
    shown = bench.show(make_trace())
    assert shown.press("ArrowRight", "ArrowRight", "ArrowLeft").moment == 1
    assert shown.press("ArrowDown").moment == 8
    assert shown.press("Shift+ArrowRight").moment == 16
    assert shown.press("ArrowLeft", "ArrowUp").moment == 8
    assert shown.press("Shift+ArrowLeft").moment == 0
    assert shown.press("End").moment == 22
    assert shown.press("Home").moment == 0


def test_a_focused_control_handles_its_own_keys(bench: Bench) -> None:
    shown = bench.show(make_trace())
    shown.page.get_by_role("button", name="Forward one moment").focus()
    assert shown.press("Space").moment == 1
    assert not shown.playing
    assert shown.press("ArrowRight").moment == 2
    shown.page.locator(".opacity").focus()
    assert shown.press("ArrowLeft").moment == 2
    assert shown.page.locator(".opacity").input_value() == "70"
    shown.page.locator(".scrub").focus()
    assert shown.press("ArrowRight").moment == 3
    assert shown.press("ArrowDown").moment == 8


def test_play_pause_and_speed(bench: Bench) -> None:
    shown = bench.show(make_trace(), clock=True)
    shown.press("Space").page.clock.run_for(3 * 1600 + 100)
    assert shown.moment == 3
    shown.press("Space").page.clock.run_for(10_000)
    assert shown.moment == 3
    shown.page.get_by_role("button", name="4×").click()
    shown.page.get_by_role("button", name="Play", exact=True).click()
    shown.page.clock.run_for(2 * 400 + 100)
    assert shown.moment == 5
    shown.page.clock.run_for(60_000)
    assert shown.moment == 22
    assert not shown.playing


@pytest.mark.parametrize("layer", ["saliency", "covert mask", "priority", "glimpses", "inhibition"])
def test_each_layer_can_be_switched(bench: Bench, layer: str) -> None:
    shown = bench.show(make_trace(), moment=12)  # a glimpse of the second meta-step: something is inhibited by then
    before = shown.pixels()
    shown.page.get_by_role("button", name=layer, exact=True).click()
    assert shown.pixels() != before
    assert shown.pressed(layer) == ("false" if layer == "glimpses" else "true")
    assert shown.pressed("automatic") == "false"
    shown.page.get_by_role("button", name="automatic").click()
    assert shown.pixels() == before


def test_colors_keep_their_meaning(bench: Bench) -> None:
    shown = bench.show(make_trace())
    red, green, blue = shown.pixel(1, 6.9 / 7, 1.2 / 7)  # a dark area beside the attended square
    assert (red < 40, blue > green > red) == (True, True)
    red, green, blue = shown.pixel(2, 5.5 / 7, 1.5 / 7)  # the cell of highest priority
    assert green > blue > red
    red, green, blue = shown.pixel(4, 5 / 7, 1.8 / 7)  # the outline of the first glimpsed cell
    assert (red > 200, 130 < green < 190, blue < 40) == (True, True, True)


def test_a_color_image_is_drawn_in_its_colors(bench: Bench) -> None:
    shown = bench.show(make_trace(color=True, image_px=(64, 64), rows=8, columns=8))
    shown.page.get_by_role("button", name="saliency", exact=True).click()
    assert shown.pixel(0, 0.05, 0.05) == [150, 70, 50]
    assert shown.pixel(0, 0.79, 0.21) == [240, 220, 60]
    shown = bench.show(make_trace(color=True))
    red, _, blue = shown.pixel(1, 5.8 / 7, 1.2 / 7)  # attended, beside the number in the drawn circle
    assert (red < 170, blue > 80) == (True, True)  # tinted blue, not bleached


def test_a_switched_layer_stays_switched(bench: Bench) -> None:
    shown = bench.show(make_trace())
    shown.page.get_by_role("button", name="priority").click()
    shown.page.locator(".scrub").fill("5")
    assert [shown.pressed(layer) for layer in ("priority", "saliency", "glimpses")] == ["true", "false", "true"]


def test_smooth_maps_and_opacity(bench: Bench) -> None:
    shown = bench.show(make_trace())
    cells = shown.pixels()
    shown.page.get_by_role("button", name="smooth").click()
    smooth = shown.pixels()
    shown.page.locator(".opacity").fill("0")
    bare = shown.pixels()
    shown.page.get_by_role("button", name="saliency").click()
    assert len({cells, smooth, bare}) == 3
    assert shown.pixels() == bare


def test_the_readout_shows_the_cell_under_the_pointer(bench: Bench) -> None:
    trace = make_trace()
    shown = bench.show(trace)
    box = shown.page.locator(".image").bounding_box()
    shown.page.mouse.move(box["x"] + box["width"] * 4.5 / 7, box["y"] + box["height"] * 1.5 / 7)
    step = trace.steps[0]
    numbers = [f"{float(array[1, 4]):.2f}" for array in (step.saliency, step.mask, step.priority)]
    assert shown.text(".readout") == "row 2, column 5 · saliency {} · mask {} · priority {}".format(*numbers)
    shown.page.mouse.move(box["x"] + box["width"] + 30, box["y"])
    assert shown.text(".readout") == "Point at the image to read the values of a cell."


def test_the_address_contains_the_moment_and_everything_else(bench: Bench) -> None:
    shown = bench.show(make_trace(), "?seed=4&moment=3#here")
    assert shown.moment == 3
    shown.press(*["ArrowRight"] * 12)
    shown.page.wait_for_url("**moment=15**")
    parts = urlsplit(shown.page.url)
    assert (parse_qs(parts.query), parts.fragment) == ({"seed": ["4"], "moment": ["15"]}, "here")
    assert shown.page.evaluate("window.writes") < 12


@pytest.mark.parametrize(("asked", "got"), [("999", 22), ("nonsense", 0), ("-4", 0)])
def test_an_impossible_moment_is_corrected(bench: Bench, asked: str, got: int) -> None:
    assert bench.show(make_trace(), f"?moment={asked}").moment == got
