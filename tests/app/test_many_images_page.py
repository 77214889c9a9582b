"""Many images without a browser: a zip becomes a table, a few rows at a time, and rows open in Step through."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app.many_images import state
from app.many_images import table as many_table
from hsal.zoo.samples import recorded
from tests.data.test_archive import zipped
from tests.fixtures.browser import ROOT
from tests.fixtures.step_through import image_bytes, shown, traced

PAGE = str(ROOT / "pages" / "many_images.py")


@pytest.fixture(autouse=True)
def _all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_table, "WORK_S", 60.0)


def opened() -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=120).run()
    assert not page.exception
    return page


def button(page: AppTest, label: str) -> object:
    return next(one for one in page.button if one.label == label)


def try_samples(page: AppTest) -> None:
    button(page, "Try the sample scenes").click().run()
    page.run()  # in the browser, a timer reruns the page once all images are done


def columns(page: AppTest) -> dict[str, list]:
    return page.dataframe[0].value.to_dict("list")


def test_the_uploader_shows_its_limits() -> None:
    (uploader,) = opened().file_uploader
    assert uploader.proto.max_upload_size_mb == 50
    assert "zips of up to 50 MB" in uploader.label


def test_the_samples_become_a_table() -> None:
    page = opened()
    assert not page.dataframe
    try_samples(page)
    assert not page.exception
    table = columns(page)
    assert table["labels"] == [" ".join(map(str, trace.labels)) for trace in recorded().values()]
    assert table["steps"] == [len(trace.steps) for trace in recorded().values()]
    assert "notes" not in table  # a scene is not changed for the model
    assert [one.label for one in page.get("download_button")] == ["Table as CSV", "Table as Parquet"]
    button(page, "Remove all").click().run()
    assert not page.dataframe


def test_a_bad_image_is_reported_and_the_others_finish() -> None:
    page = opened()
    inside = zipped(("good.png", image_bytes()), ("bad.png", b"none"), ("../out.png", b"x"))
    page.file_uploader[0].upload("images.zip", inside, "application/zip").run()
    page.run()
    assert not page.exception
    table = columns(page)
    assert table["image"] == ["good.png", "bad.png"]
    assert "Light and dark were inverted" in table["notes"][0]
    assert "is not a PNG" in table["notes"][1]
    assert table["steps"][0] >= 1
    captions = [shown(one.value) for one in page.caption]
    assert any(text.startswith("1 image read, 1 could not be.") for text in captions)
    assert any(text.startswith("A photo goes to the model of free viewing") for text in captions)
    assert "having a path outside of it: 1" in shown(page.warning[0].value)
    assert page.selectbox[-1].options == ["good.png"]


def test_work_continues_after_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened()
    trace_row, seen = many_table.trace_row, []

    def stopping(weights: str, name: str, data: bytes) -> object:
        seen.append(name)
        if len(seen) == 3:
            state.set_running(False)
        return trace_row(weights, name, data)

    monkeypatch.setattr(many_table, "trace_row", stopping)
    try_samples(page)
    assert "Stopped: 3 of 8 images are done." in " ".join(shown(one.value) for one in page.caption)
    assert len(columns(page)["image"]) == 3
    button(page, "Continue").click().run()
    assert len(seen) == len(set(seen)) == 8
    assert len(columns(page)["image"]) == 8


def test_other_weights_trace_all_images_again() -> None:
    page = opened()
    try_samples(page)
    before = columns(page)["confidence"]
    page.selectbox(key=state.WEIGHTS).select("mnist-set").run()
    assert columns(page)["confidence"] != before
    assert len(columns(page)["confidence"]) == 8


def test_a_row_opens_in_step_through() -> None:
    page = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=120).run()
    page.switch_page(PAGE).run()
    try_samples(page)
    page.selectbox[-1].select_index(2).run()
    button(page, "Open in Step through").click().run()
    assert not page.exception
    trace = traced(page)
    assert trace["source"]["name"] == "scene-5-00002.png"
    assert [step["label"] for step in trace["steps"]] == [step.label for step in recorded()["3"].steps]
