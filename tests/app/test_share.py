"""Downloads of Step through: Python that recomputes the trace, and the trace as JSON, which opens again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.address import pack_drawing
from app.downloads import KINDS
from app.whatif.traces import branch_trace
from hsal.errors import HsalError
from hsal.tracing.interventions.schema import Edit, Interventions
from hsal.tracing.schema import Trace
from hsal.zoo.samples import recorded
from tests.fixtures.step_through import shown, traced, visit
from tests.fixtures.traces import make_trace


def choose_download(page: AppTest, name: str) -> AppTest:
    """Choose the kind of download."""
    return next(box for box in page.selectbox if box.label == "Download as").select(name).run()


def notes(page: AppTest) -> str:
    """All captions, warnings and errors."""
    return shown(" ".join(part.value for kind in ("warning", "error", "caption") for part in page.get(kind)))


@pytest.mark.parametrize("link", [
    {"input": "scene", "seed": "42", "digits": "2", "smallest": "30", "largest": "40", "clutter": "0"},
    {"input": "scene", "seed": "1", "index": "57", "digits": "0"},
    {"input": "scene", "seed": "3", "weights": "street-numbers"},
    {"input": "sample", "sample": "2", "weights": "mnist-set"},
    {"input": "draw", "drawing": pack_drawing(np.roll(recorded()["2"].image, 3, axis=0))},
])
def test_python_recomputes_the_trace_shown(link: dict[str, str]) -> None:
    page = choose_download(visit(**link), "Python")
    names: dict[str, object] = {}
    exec(page.code[0].value, names)
    assert json.loads(names["trace"].to_json()) == traced(page)


def uploaded(content: str | bytes, name: str = "trace.json") -> AppTest:
    page = visit(input="upload")
    data = content.encode() if isinstance(content, str) else content
    page.file_uploader[0].upload(name, data, "application/json").run()
    assert not page.exception
    return page


def test_a_downloaded_trace_opens_again() -> None:
    trace = recorded()["3"]
    page = uploaded(trace.to_json())
    assert traced(page) == json.loads(trace.to_json())
    assert not page.warning
    assert "This is a trace of mnist-multiset on scene-5-00002.png" in notes(page)
    edited = replace(trace, interventions=Interventions((Edit(0, label=trace.steps[0].label),)))
    assert "Changed by hand: meta-step 1: " in notes(uploaded(edited.to_json()))
    assert "Changed by hand" not in notes(page)


@pytest.mark.parametrize(("change", "sentence"), [
    (lambda v: (v.update(schema=1), v.pop("interventions")), "older version (1, now 3); all of it was restored"),
    (lambda v: v["steps"][2].update(label=99), "damaged from meta-step 3 on"),
    (lambda v: v["image"]["data"].__setitem__(0, 77), "the file was changed"),
])
def test_problems_of_a_file_are_reported_and_the_rest_is_shown(
    change: Callable[[dict], object], sentence: str
) -> None:
    values = recorded()["3"].to_dict()
    change(values)
    page = uploaded(json.dumps(values))
    assert sentence in notes(page)
    assert Trace.from_dict(traced(page)).steps[0].label == recorded()["3"].steps[0].label


@pytest.mark.parametrize(("content", "sentence"), [
    ("{", "is not JSON, or was cut off"), ('{"schema": 7, "steps": []}', "by a newer version"),
    ('{"a": 1}', "but not a trace"), (make_trace(rows=129).to_json(), "129 cells on a side; at most 128"),
])
def test_a_file_that_cannot_be_opened_is_one_sentence(content: str, sentence: str) -> None:
    page = uploaded(content)
    assert len(page.error) == 1
    assert sentence in shown(page.error[0].value)
    assert not page.get("bidi_component")


def test_a_trace_of_unknown_weights_has_no_python_but_all_other_downloads() -> None:
    page = choose_download(uploaded(make_trace().to_json()), "Python")
    assert "The weights hand-made do not come with the project" in notes(page)
    assert not page.get("download_button")
    for name in KINDS:
        if name != "Python":
            assert len(choose_download(page, name).get("download_button")) == 1


def random_paint(count: int) -> Interventions:
    """An edit that paints `count` random cells, which hardly compresses."""
    rng = np.random.default_rng(0)
    cells = [(int(rng.integers(7)), int(rng.integers(7)), float(rng.random())) for _ in range(count)]
    return Interventions((Edit(0, paint=tuple(cells)),))


@pytest.mark.parametrize(("count", "warned"), [(10, False), (150, True)])
def test_interventions_too_long_for_a_link_are_kept_in_the_file(count: int, warned: bool) -> None:
    trace = replace(make_trace(), interventions=random_paint(count))
    page = uploaded(trace.to_json())
    assert ("too long for a link" in shown(" ".join(one.value for one in page.info))) == warned
    assert traced(page)["interventions"] == json.loads(trace.to_json())["interventions"]


@pytest.mark.parametrize("weights", ["mnist-multiset", "unknown"])
def test_what_if_rejects_a_trace_that_its_weights_cannot_have_made(weights: str) -> None:
    foreign = make_trace(image_px=(60, 80))
    foreign = replace(foreign, source=replace(foreign.source, weights=weights))
    with pytest.raises(HsalError, match="unknown" if weights == "unknown" else "cannot have made"):
        branch_trace(foreign, random_paint(1))
    page = uploaded(foreign.to_json())
    next(one for one in page.get("button_group") if one.key == "mode").set_value("whatif").run()
    assert not page.exception
