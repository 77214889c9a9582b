"""The trace as one HTML file: small, written by the command line, opened from disk without network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from hsal.cli import main
from hsal.export.player.page import PageError, save_page, standalone_html
from hsal.tracing.interventions.schema import Edit, Interventions
from hsal.zoo.samples import recorded
from tests.fixtures.commands import refused, weights
from tests.fixtures.players import Shown
from tests.fixtures.traces import make_trace

FIVE = {"labels": (3, 7, 7, 5, 10), "rewards": (1.0, -1.0, -1.0, 1.0, -1.0)}
MOST_BYTES = 1_000_000


def test_a_trace_of_five_steps_is_under_a_megabyte() -> None:
    trace = make_trace(**FIVE, rows=14, columns=14, glimpses=4, image_px=(100, 200), color=True)
    assert len(standalone_html(trace).encode()) < MOST_BYTES


def test_an_edited_trace_says_so_above_the_player() -> None:
    trace = make_trace(names=(*"012", "<3>", *"456789", "stop"))
    made = replace(trace, interventions=Interventions((Edit(0, label=3),)))
    assert '<p class="base">Changed by hand: meta-step 1: label set to &lt;3&gt;</p>' in standalone_html(made)
    assert "Changed by hand" not in standalone_html(trace)


def test_so_are_the_recorded_traces() -> None:
    assert all(len(standalone_html(trace).encode()) < MOST_BYTES for trace in recorded().values())


def test_from_disk_and_without_network_keys_step_through_the_trace(browser: Browser, tmp_path: Path) -> None:
    save_page(make_trace(**FIVE, name="a <b> & c"), tmp_path / "trace.html")
    context = browser.new_context(offline=True, reduced_motion="reduce")
    page, asked, errors = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "trace.html").as_uri())
    assert page.title() == "Attention over a <b> & c"
    shown = Shown(page)
    assert shown.moment == 0
    page.locator(".attention-player").focus()
    assert shown.press("ArrowRight", "ArrowRight").moment == 2
    sentences = {shown.sentence}
    for moment in range(3, 39):  # 5 steps of 5 moments, 2 glimpses each, and 4 times inhibition of return
        assert shown.press("ArrowRight").moment == moment
        sentences.add(shown.sentence)
    assert shown.press("ArrowRight").moment == 38
    assert len(sentences) > 10
    assert shown.press("ArrowLeft", "ArrowLeft").moment == 36
    assert shown.press("Home").moment == 0
    assert asked == [page.url.partition("?")[0]]
    assert errors == []
    context.close()


def test_trace_writes_the_file(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene, model = made / "scenes" / "scene-5-00000.png", weights(made, "model")
    command = ["trace", str(scene), "--weights", str(model), "--device", "cpu"]
    assert main([*command, "--html", str(tmp_path / "trace.html")]) == 0
    page = (tmp_path / "trace.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert scene.name in page
    assert "--html writes .html" in refused(capsys, *command, "--html", tmp_path / "trace.pdf")
    nowhere = tmp_path / "nowhere" / "trace.html"
    assert str(nowhere) in refused(capsys, *command, "--html", nowhere)


def test_a_page_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="cannot be written"):
        save_page(make_trace(), tmp_path / "nowhere" / "trace.html")
