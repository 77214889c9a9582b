"""The attention player on photos: their proportions, fixations, soft inhibition, and labels with their certainty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hsal.export.player import page as player
from hsal.export.player.page import save_page
from hsal.tracing.schema import UNSURE, Trace
from hsal.tracing.timeline import moments_of
from tests.fixtures.photo_traces import make_photo_trace, photo_of
from tests.fixtures.players import Bench, Shown, player_bench

SALIENCY, MASK, GLIMPSE, LABEL, INHIBITION, STEP = 0, 1, 4, 5, 6, 7  # moments of the first meta-step; moments in one
REASON = "These weights know digits only, so what they would call a photo means nothing."
DRAWN = "document.querySelector('.image').getContext('2d').getImageData(3, 3, 1, 1).data[3] > 0"


@pytest.fixture(scope="module")
def bench(browser: object) -> Iterator[Bench]:
    with player_bench(browser) as made:
        yield made


def show(bench: Bench, trace: Trace, query: str = "", **options: int) -> Shown:
    """A player whose photo is decoded."""
    shown = bench.show(trace, query, **options)
    shown.page.wait_for_function(DRAWN)
    return shown


@pytest.mark.parametrize(("height", "width"), [(400, 600), (500, 500), (900, 300), (300, 900), (2, 3)])
def test_the_stage_has_the_photos_proportions_and_shows_it_whole(bench: Bench, height: int, width: int) -> None:
    photo = photo_of(height, width)
    shown = show(bench, make_photo_trace(photo))
    box = shown.page.locator(".image").bounding_box()
    assert box["width"] / box["height"] == pytest.approx(width / height, rel=0.02)
    for across, down in ((0.03, 0.03), (0.97, 0.97)):  # the corners of the photo are those of the stage
        expected = photo[int(down * height), int(across * width)].tolist()
        assert shown.pixel(GLIMPSE, across, down) == pytest.approx(expected, abs=6)


@pytest.mark.parametrize("tone", [3, 127, 252])
def test_a_gray_photo_is_drawn_and_its_fixation_is_visible(bench: Bench, tone: int) -> None:
    shown = show(bench, make_photo_trace(np.full((300, 400, 3), tone, np.uint8)))
    assert shown.pixel(GLIMPSE, 0.03, 0.03) == [tone] * 3
    colors = shown.page.evaluate("""() => {
        const canvas = document.querySelector(".image");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const found = new Set();
        for (let at = 0; at < data.length; at += 4) found.add(data.slice(at, at + 3).join());
        return [...found];
    }""")
    assert "230,159,0" in colors  # the overt orange, at full strength


def test_the_photo_keeps_its_quality_at_the_screens_resolution(bench: Bench) -> None:
    shown = show(bench, make_photo_trace(photo_of(600, 800)))
    canvas, ratio = shown.page.evaluate("""() => {
        const canvas = document.querySelector(".image");
        return [[canvas.width, canvas.height, canvas.clientWidth, canvas.clientHeight], devicePixelRatio];
    }""")
    assert canvas[0] == canvas[2] * ratio
    assert abs(canvas[1] - canvas[3] * ratio) <= 1


@pytest.mark.parametrize(("height", "width"), [(600, 800), (800, 600), (900, 300)])
def test_photo_and_controls_are_in_view_at_once(bench: Bench, height: int, width: int) -> None:
    shown = bench.show(make_photo_trace(photo_of(height, width)), width=1280)
    shown.page.set_viewport_size({"width": 1280, "height": 800})
    shown.page.wait_for_function(DRAWN)
    assert shown.page.locator(".image").bounding_box()["height"] <= 0.55 * 800
    for part in (".scrub", ".play", ".scale"):
        box = shown.page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 800
    shown.page.set_viewport_size({"width": 390, "height": 844})
    box = shown.page.locator(".image").bounding_box()
    full = 350  # 390 without the margins of the page
    assert box["width"] == pytest.approx(min(full, 0.8 * 844 * width / height), abs=1)
    assert shown.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_sentences_speak_of_fixations(bench: Bench) -> None:
    shown = show(bench, make_photo_trace())
    assert shown.sentence.startswith("Fixation 1 of 6, covert: this is what draws people\u2019s eyes (saliency map)")
    shown.pixel(GLIMPSE, 0, 0)
    assert shown.sentence == ("Fixation 1 of 6, overt: the eyes land in the center, row 11, column 17 (sharp glimpse). "
                              "This spot alone looks like \u201claptop\u201d (62%).")
    shown.pixel(LABEL + 2 * STEP, 0, 0)
    assert shown.sentence == ("Fixation 3 of 6, overt: what attention covers could be \u201cmouse\u201d, but that is "
                              "unsure (12%).")
    shown.press("End")
    assert shown.sentence.endswith(", and earlier ones regain some; here it stops, after 6 glimpses.")
    stopped = show(bench, make_photo_trace(stops=True))
    stopped.press("End")
    assert stopped.sentence.startswith("Fixation 6 of 6, overt: the model stops")


def test_bars_show_the_five_most_probable_of_the_glimpse_and_of_the_broad_glimpse(bench: Bench) -> None:
    shown = show(bench, make_photo_trace())
    assert {*shown.page.locator(".bar .name").all_inner_texts()} == {"\u2013"}  # no label yet
    shown.pixel(LABEL, 0, 0)
    assert shown.page.locator(".bar").count() == 5
    assert shown.text(".bar >> nth=0").split("\n") == ["laptop", "62%"]
    assert "5 most probable of 1001 classes" in shown.text(".rest")
    shown.pixel(GLIMPSE + STEP, 0, 0)
    assert shown.text(".classes h2") == "What this glimpse alone shows"
    assert [shown.text(f".bar >> nth={n}").split("\n") for n in range(2)] == [["computer keyboard", "34%"],
                                                                             ["mouse", "5%"]]
    assert shown.page.locator(".bar.unsure").count() == 4


def test_chips_mark_unsure_labels(bench: Bench) -> None:
    shown = show(bench, make_photo_trace())
    shown.press("End")
    chips = shown.page.locator(".chip").all_inner_texts()
    assert [text.replace("\u00a0", " ") for text in chips] == [
        "laptop", "computer keyboard", "mouse? unsure, 12%", "coffee mug", "wooden spoon? unsure, 7%", "lamp",
    ]
    assert shown.page.locator(".chip.unsure").count() == 2
    assert not shown.page.locator(".rewards").is_visible()


def test_withheld_labels_are_nowhere_and_the_reason_is_there_once(bench: Bench) -> None:
    trace = make_photo_trace(withheld=REASON)
    assert not [moment for moment in moments_of(trace) if moment.kind == "label"]
    shown = show(bench, trace)
    assert int(shown.page.locator(".scrub").get_attribute("max")) + 1 == trace.moments == len(moments_of(trace))
    said = []
    for moment in range(trace.moments):
        shown.page.locator(".scrub").fill(str(moment))
        said.append(shown.sentence)
    text = shown.page.locator(".attention-player").inner_text()
    assert text.count(REASON) == 1
    assert not [name for name in ("laptop", "mouse", "keyboard") if name in text + " ".join(said)]
    assert not shown.page.locator(".classes, .chips").first.is_visible()


def test_inhibition_is_hatched_by_the_share_lost_and_recedes(bench: Bench) -> None:
    shown = show(bench, make_photo_trace(np.zeros((300, 400, 3), np.uint8)))
    shown.page.locator(".scrub").fill(str(INHIBITION))
    shown.page.get_by_role("button", name="saliency", exact=True).click()  # only the hatching remains, over black
    shown.page.get_by_role("button", name="inhibition", exact=True).click(click_count=2)
    assert [shown.pressed(name) for name in ("saliency", "inhibition")] == ["false", "true"]

    def brightness(moment: int, place: tuple[float, float]) -> float:
        shown.page.locator(".scrub").fill(str(moment))
        return shown.page.evaluate("""([down, across]) => {
            const canvas = document.querySelector(".image");
            const [x, y] = [across * canvas.width - 15, down * canvas.height - 15].map(Math.round);
            const { data } = canvas.getContext("2d").getImageData(x, y, 30, 30);
            return data.filter((_, at) => at % 4 < 3).reduce((sum, value) => sum + value, 0) / (30 * 30 * 3);
        }""", list(place))

    first, elsewhere = (0.42, 0.52), (0.9, 0.95)
    assert brightness(SALIENCY, first) == 0
    hatched = brightness(INHIBITION, first)
    assert hatched > 20
    assert brightness(INHIBITION, elsewhere) < 3
    assert brightness(INHIBITION + 2 * STEP, first) < 0.8 * hatched  # saliency has recovered there
    assert brightness(INHIBITION + 2 * STEP, (0.7, 0.3)) > 20


def test_maps_are_smooth_and_have_a_scale_with_their_range(bench: Bench) -> None:
    trace = make_photo_trace()
    shown = show(bench, trace)
    assert shown.pressed("smooth") == "true"
    assert shown.text(".scale").split() == ["saliency", "0", "1.00"]
    shown.pixel(MASK, 0, 0)
    assert shown.text(".scale").split() == ["covert", "mask", "0", f"{trace.steps[0].mask.max():.2f}"]
    shown.pixel(GLIMPSE, 0, 0)
    assert not shown.page.locator(".scale").is_visible()


def test_the_page_works_from_disk_without_network(bench: Bench, tmp_path: Path) -> None:
    save_page(make_photo_trace(), tmp_path / "photo.html")
    page = bench.pages[False][0]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split(":")[0]))
    page.goto(f"file://{tmp_path}/photo.html")
    page.wait_for_function(DRAWN)
    assert set(asked) <= {"file", "data"}


def test_python_and_javascript_agree_on_what_is_unsure() -> None:
    assert f"const UNSURE = {UNSURE};" in (player.HERE / "trace.js").read_text()
