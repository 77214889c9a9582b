"""What if without a browser: links and their problems, branches, pinned traces, explanations."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.whatif import state
from app.whatif.why_view import bars, change_sentence
from hsal.evaluation.attribution import LabelAttribution, LabelChange
from hsal.tracing.interventions.codec import pack
from hsal.tracing.interventions.schema import Edit, Interventions, Rule
from tests.fixtures.step_through import address, parameter, shown, visit

EDITED = Interventions(edits=(Edit(0, look=((0, 0),)),))


def players(page: AppTest) -> list[dict]:
    """The data of the two players."""
    data = [json.loads(player.proto.json) for player in page.get("bidi_component")]
    return [player | {"trace": json.loads(player["trace"])} for player in data]


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if label in shown(button.label)).click().run()
    assert not page.exception
    return page


@pytest.fixture
def branched() -> AppTest:
    """A page opened by a link to a branch."""
    return visit(input="sample", sample="2", do=pack(EDITED))


def test_a_link_restores_the_branch_beside_the_original(branched: AppTest) -> None:
    original, branch = players(branched)
    assert not branched.warning
    assert original["trace"]["interventions"] == {}
    assert branch["trace"]["interventions"] == EDITED.to_dict()
    assert branch["trace"]["steps"][0]["glimpses"][0]["cell"] == [0, 0]
    assert original["mark"] == branch["mark"] == 4  # after saliency, mask, priority and the broad glimpse
    assert original["group"] == branch["group"] != ""
    assert (parameter(branched, "do"), parameter(branched, "mode")) == (pack(EDITED), "whatif")


def test_undo_redo_and_a_click_in_the_history(branched: AppTest) -> None:
    press(branched, "Undo")
    assert players(branched)[1]["trace"]["interventions"] == {}
    assert "do" not in address(branched)
    press(branched, "Redo")
    assert players(branched)[1]["trace"]["interventions"] == EDITED.to_dict()
    press(branched, "The original")
    assert "do" not in address(branched)
    press(branched, "glimpse 1 at row 1, column 1")
    assert parameter(branched, "do") == pack(EDITED)


def test_another_image_starts_without_the_interventions_in_the_first(branched: AppTest) -> None:
    branched.button_group(key="sample").set_value("3").run()
    assert not branched.exception
    assert players(branched)[1]["trace"]["interventions"] == {}
    assert "do" not in address(branched)


def test_an_image_chosen_again_has_its_branches(branched: AppTest) -> None:
    for sample in "32":
        branched.button_group(key="sample").set_value(sample).run()
    assert not branched.exception
    assert players(branched)[1]["trace"]["interventions"] == EDITED.to_dict()
    assert parameter(branched, "do") == pack(EDITED)
    press(branched, "The original")  # the history is still there


def test_only_the_last_trees_are_stored(branched: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MAX_TREES", 1)
    for sample in "32":
        branched.button_group(key="sample").set_value(sample).run()
    assert players(branched)[1]["trace"]["interventions"] == {}


def test_a_damaged_link_is_reported_and_shows_the_original() -> None:
    page = visit(input="sample", sample="2", mode="whatif", do=pack(EDITED)[:-6] + "AAAAAA")
    assert len(page.warning) == 1
    assert "damaged" in page.warning[0].value
    assert players(page)[1]["trace"]["interventions"] == {}


def test_a_tampered_link_restores_the_possible_interventions() -> None:
    tampered = Interventions(edits=(Edit(0, look=((0, 0),)), Edit(1, bar=((77, 0),))), rules=(Rule(400),))
    page = visit(input="sample", sample="2", do=pack(tampered))
    assert len(page.warning) == 1
    assert "row 78, column 1 (77, 0 counted from 0) lies outside the map" in shown(page.warning[0].value)
    assert "there is no meta-step 401" in shown(page.warning[0].value)
    assert players(page)[1]["trace"]["interventions"] == EDITED.to_dict()
    assert parameter(page, "do") == pack(EDITED)


def test_the_trace_alone_has_no_interventions(branched: AppTest) -> None:
    branched.segmented_control(key="mode").set_value("").run()
    assert not branched.exception
    assert len(players(branched)) == 1
    assert players(branched)[0]["trace"]["interventions"] == {}


def test_why_shows_shares_and_applies_the_smallest_change() -> None:
    page = visit(input="sample", sample="1", mode="whatif", moment="6")  # the label of the first meta-step
    press(page, "Why this label?")
    table = next(html.proto.body for html in page.get("html") if "class='why'" in html.proto.body)
    assert "Meta-step 1 predicts <b>8</b>" in table
    assert table.count("<tr>") == 1 + 3  # the broad glimpse and two sharp ones
    sentence = next(text.value for text in page.markdown if "smallest change" in text.value)
    press(page, "Apply this change")
    trace = players(page)[1]["trace"]
    label = trace["class_names"][trace["steps"][0]["label"]]
    assert f"the label is {label} " in shown(sentence)
    assert label != "8"
    assert "do" in address(page)


def test_a_pinned_trace_stays_while_the_image_changes_and_a_link_restores_it() -> None:
    page = press(visit(input="sample", sample="2", mode="whatif"), "Pin this trace")
    assert [box.value for box in page.info] == ["Both traces are the same at every moment."]
    page.button_group(key="sample").set_value("3").run()
    assert not page.exception
    pinned, other = players(page)
    assert pinned["title"] == "Pinned: sample 2, MNIST Multiset (mnist-multiset)"
    assert other["title"] == "sample 3, MNIST Multiset (mnist-multiset)"
    assert pinned["trace"]["truth"] == [7]
    assert other["trace"]["truth"] == [0, 2, 4, 7]
    assert any("they show two images" in shown(text.value) for text in page.markdown)

    again = visit(**{name: parameter(page, name) for name in address(page)})
    assert not again.warning
    sources = [player["trace"]["source"] for player in players(again)]
    assert sources == [pinned["trace"]["source"], other["trace"]["source"]]
    press(again, "Unpin")
    assert players(again)[0]["title"] == "Original"
    assert "pin" not in address(again)


def test_a_training_snapshot_is_shown_beside_a_pinned_trace() -> None:
    page = press(visit(input="sample", sample="2", mode="whatif"), "Pin this trace")
    page.select_slider(key="whatif.snapshot").set_value(0).run()
    assert not page.exception
    assert not page.warning
    pinned, other = players(page)
    assert (pinned["trace"]["source"]["weights"], other["trace"]["source"]["weights"]) == (
        "mnist-multiset", "series:mnist-multiset@0",
    )
    assert parameter(page, "weights") == "series:mnist-multiset@0"


@pytest.mark.parametrize(
    ("pin", "sentence"), [("nonsense", "damaged"), ("x" * 5000, "damaged"), ("input=upload", "uploaded"),
                          ("input=sample&sample=99", "which is not available")],
)
def test_an_unusable_pin_is_one_sentence(pin: str, sentence: str) -> None:
    page = visit(input="sample", sample="2", mode="whatif", pin=pin)
    assert len(page.warning) == 1
    assert sentence in shown(page.warning[0].value)
    assert len(players(page)) == 2


def test_shares_and_the_sentence_of_a_change() -> None:
    change = LabelChange(glimpse=1, cell=(2, 3), label=4, probability=0.62, distance=2**0.5)
    found = LabelAttribution(step=0, label=8, probability=0.9, without=(0.9, 0.6, 0.3), change=change)
    names = tuple("0123456789")
    assert change_sentence(found, names) == (
        "The smallest change: with glimpse 2 on row 3, column 4, 1.4 cells from where it fell, the label is 4 (62%)."
    )
    # losses of 0, 0.3 and 0.6, with sum 0.9
    assert [part in bars(found, names) for part in ("width: 0%", "width: 33%", "width: 67%")] == [True] * 3
    assert "probability of 8 without it" in bars(found, names)
    assert change_sentence(replace(found, change=None), names).startswith("Moving any single glimpse")
