"""What if without a browser: links, what is wrong with them, and the way back."""

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

LOOKED = Interventions(edits=(Edit(0, look=((0, 0),)),))


def players(page: AppTest) -> list[dict]:
    """What the two players were given."""
    given = [json.loads(player.proto.json) for player in page.get("bidi_component")]
    return [one | {"trace": json.loads(one["trace"])} for one in given]


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if label in shown(button.label)).click().run()
    assert not page.exception
    return page


@pytest.fixture
def forked() -> AppTest:
    """A link to a fork."""
    return visit(input="sample", sample="2", do=pack(LOOKED))


def test_a_link_restores_the_fork_beside_the_original(forked: AppTest) -> None:
    original, branch = players(forked)
    assert not forked.warning
    assert original["trace"]["interventions"] == {}
    assert branch["trace"]["interventions"] == LOOKED.to_dict()
    assert branch["trace"]["steps"][0]["glimpses"][0]["cell"] == [0, 0]
    assert original["mark"] == branch["mark"] == 4  # after saliency, mask, priority and the broad glimpse
    assert original["group"] == branch["group"] != ""
    assert (parameter(forked, "do"), parameter(forked, "mode")) == (pack(LOOKED), "whatif")


def test_undo_redo_and_a_click_in_the_tree(forked: AppTest) -> None:
    press(forked, "Undo")
    assert players(forked)[1]["trace"]["interventions"] == {}
    assert "do" not in address(forked)
    press(forked, "Redo")
    assert players(forked)[1]["trace"]["interventions"] == LOOKED.to_dict()
    press(forked, "The original")
    assert "do" not in address(forked)
    press(forked, "glimpse 1 at row 1, column 1")
    assert parameter(forked, "do") == pack(LOOKED)


def test_another_picture_starts_without_what_was_done_to_the_first(forked: AppTest) -> None:
    forked.button_group(key="sample").set_value("3").run()
    assert not forked.exception
    assert players(forked)[1]["trace"]["interventions"] == {}
    assert "do" not in address(forked)


def test_coming_back_to_a_picture_finds_its_forks(forked: AppTest) -> None:
    for sample in "32":
        forked.button_group(key="sample").set_value(sample).run()
    assert not forked.exception
    assert players(forked)[1]["trace"]["interventions"] == LOOKED.to_dict()
    assert parameter(forked, "do") == pack(LOOKED)
    press(forked, "The original")  # the tree is there


def test_the_trees_of_the_last_few_walks_are_kept(forked: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST_TREES", 1)
    for sample in "32":
        forked.button_group(key="sample").set_value(sample).run()
    assert players(forked)[1]["trace"]["interventions"] == {}


def test_a_damaged_link_says_so_and_shows_the_original() -> None:
    page = visit(input="sample", sample="2", mode="whatif", do=pack(LOOKED)[:-6] + "AAAAAA")
    assert len(page.warning) == 1
    assert "damaged" in page.warning[0].value
    assert players(page)[1]["trace"]["interventions"] == {}


def test_a_tampered_link_restores_what_can_be_done() -> None:
    tampered = Interventions(edits=(Edit(0, look=((0, 0),)), Edit(1, bar=((77, 0),))), rules=(Rule(400),))
    page = visit(input="sample", sample="2", do=pack(tampered))
    assert len(page.warning) == 1
    assert "row 78, column 1 (77, 0 counted from 0) lies outside the map" in shown(page.warning[0].value)
    assert "there is no meta-step 401" in shown(page.warning[0].value)
    assert players(page)[1]["trace"]["interventions"] == LOOKED.to_dict()
    assert parameter(page, "do") == pack(LOOKED)


def test_the_walk_alone_is_as_it_was_without_forks(forked: AppTest) -> None:
    forked.segmented_control(key="mode").set_value("").run()
    assert not forked.exception
    assert len(players(forked)) == 1
    assert players(forked)[0]["trace"]["interventions"] == {}


def test_why_tells_shares_and_does_the_smallest_change() -> None:
    page = visit(input="sample", sample="1", mode="whatif", moment="6")  # the label of the first meta-step
    press(page, "Why this label?")
    table = next(html.proto.body for html in page.get("html") if "class='why'" in html.proto.body)
    assert "Meta-step 1 names <b>8</b>" in table
    assert table.count("<tr>") == 1 + 3  # the broad glimpse and two sharp ones
    sentence = next(text.value for text in page.markdown if "smallest change" in text.value)
    press(page, "Do it")
    walk = players(page)[1]["trace"]
    label = walk["class_names"][walk["steps"][0]["label"]]
    assert f"the label is {label} " in shown(sentence)
    assert label != "8"
    assert "do" in address(page)


def test_a_pinned_walk_stays_while_the_picture_changes_and_a_link_restores_it() -> None:
    page = press(visit(input="sample", sample="2", mode="whatif"), "Pin this trace")
    assert [box.value for box in page.info] == ["Both traces are the same at every moment."]
    page.button_group(key="sample").set_value("3").run()
    assert not page.exception
    kept, other = players(page)
    assert kept["title"].startswith("Pinned: ")
    assert kept["trace"]["truth"] == [7]
    assert other["trace"]["truth"] == [0, 2, 4, 7]
    assert any("they show two images" in shown(text.value) for text in page.markdown)

    again = visit(**{name: parameter(page, name) for name in address(page)})
    assert not again.warning
    sources = [player["trace"]["source"] for player in players(again)]
    assert sources == [kept["trace"]["source"], other["trace"]["source"]]
    press(again, "Unpin")
    assert players(again)[0]["title"] == "Original"
    assert "pin" not in address(again)


def test_a_moment_of_training_is_set_beside_a_pinned_walk() -> None:
    page = press(visit(input="sample", sample="2", mode="whatif"), "Pin this trace")
    page.select_slider(key="whatif.training").set_value(0).run()
    assert not page.exception
    assert not page.warning
    kept, other = players(page)
    assert (kept["trace"]["source"]["weights"], other["trace"]["source"]["weights"]) == (
        "mnist-multiset", "series:mnist-multiset@0",
    )
    assert parameter(page, "weights") == "series:mnist-multiset@0"


@pytest.mark.parametrize(
    ("pin", "sentence"), [("nonsense", "damaged"), ("x" * 5000, "damaged"), ("input=upload", "uploaded"),
                          ("input=sample&sample=99", "which is not here")],
)
def test_a_bad_pin_is_one_sentence(pin: str, sentence: str) -> None:
    page = visit(input="sample", sample="2", mode="whatif", pin=pin)
    assert len(page.warning) == 1
    assert sentence in shown(page.warning[0].value)
    assert len(players(page)) == 2


def test_the_sentence_of_a_change_is_worked_out_by_hand() -> None:
    change = LabelChange(glimpse=1, cell=(2, 3), label=4, probability=0.62, distance=2**0.5)
    found = LabelAttribution(step=0, label=8, probability=0.9, without=(0.9, 0.6, 0.3), change=change)
    names = tuple("0123456789")
    assert change_sentence(found, names) == (
        "The smallest change: with glimpse 2 on row 3, column 4, 1.4 cells from where it fell, the label is 4 (62%)."
    )
    # lost: 0, 0.3 and 0.6 of 0.9 in all
    assert [part in bars(found, names) for part in ("width: 0%", "width: 33%", "width: 67%")] == [True] * 3
    assert "probability of 8 without it" in bars(found, names)
    assert change_sentence(replace(found, change=None), names).startswith("No other cell")
