"""The Train page without a browser, on run folders in every state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import cache
from app.train import form
from app.train import runs as train_runs
from app.train.settings import command
from hsal.runs.status import run_lock
from hsal.runs.store import RunError, read_run
from hsal.tracing.recording import trace_image
from hsal.training.commands import Train
from hsal.training.loop import fresh_model
from hsal.zoo import samples
from hsal.zoo.checkpoint import load_into
from hsal.zoo.weights import describe_snapshots
from tests.fixtures.browser import ROOT
from tests.fixtures.run_folders import FRESH, lines, make_run, write_lines
from tests.fixtures.step_through import parameter, shown, traced
from tests.fixtures.step_through import visit as step_through


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of runs; caches of runs of the same names are cleared."""
    monkeypatch.setenv("HSAL_RUNS", str(tmp_path))
    yield tmp_path
    cache.checkpoint.cache_clear()
    st.cache_data.clear()


def visit(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "tests" / "fixtures" / "train_app.py"), default_timeout=120)
    for name, value in parameters.items():
        page.query_params[name] = value
    return again(page)


def again(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception
    return page


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click()
    return again(page)


def charts(page: AppTest) -> dict:
    """The data of the curves."""
    return json.loads(page.get("bidi_component")[0].proto.json)


def messages(page: AppTest) -> str:
    """All warnings and errors as a reader sees them."""
    return shown(" ".join(one.value for one in [*page.warning, *page.error]))


def texts(page: AppTest) -> str:
    """All text, captions and progress labels."""
    bars = [bar.proto.text for bar in page.get("progress")]
    return shown(" ".join([*(one.value for one in [*page.markdown, *page.caption]), *bars]))


def test_without_runs_there_are_the_form_and_the_shipped_snapshots(runs: Path) -> None:
    page = visit()
    assert not messages(page)
    assert page.selectbox(key="train.task").value == "mnist-multiset"
    assert page.selectbox(key="train.of").options == ["MNIST Multiset, as shipped"]
    last = describe_snapshots("mnist-multiset")[1][-1]
    assert traced(page)["source"]["weights"] == f"series:mnist-multiset@{last}"
    page.select_slider(key="train.watch").set_value(0)
    again(page)
    assert traced(page)["source"]["weights"] == "series:mnist-multiset@0"  # untrained
    assert parameter(page, "watch") == "0"


@pytest.mark.parametrize(
    ("state", "expected"),
    [("running", "Update 40 of 80 · 16 examples per second · 20 s left"), ("queued", "Queued"),
     ("preparing", "training scenes, 3,200 of 8,000"), ("starting", "Starting")],
)
def test_an_active_run_shows_its_progress_and_can_be_stopped(runs: Path, state: str, expected: str) -> None:
    folder = make_run(runs, "one", None, steps=80)
    status = {"state": state, "phase": "training scenes", "done": 3200, "total": 8000, "changed_at": 4e9}
    (folder / "status.json").write_text(json.dumps(status))
    with run_lock(folder):
        page = visit()
        assert expected in texts(page)
        assert page.button(key="train.delete").disabled
        press(page, "train.stop")
        assert (folder / "stop").exists()


@pytest.mark.parametrize("state", ["running", "queued", "preparing", "interrupted"])
def test_a_run_without_its_process_is_interrupted(runs: Path, state: str) -> None:
    make_run(runs, "one", state)
    page = visit()
    assert page.selectbox(key="train.run").options == ["one · interrupted"]
    assert "The process that trained this run ended unexpectedly." in messages(page)
    assert page.button(key="train.resume")
    assert not [button for button in page.button if button.key == "train.stop"]


def test_a_failed_run_shows_its_reason_and_the_logs_end(runs: Path) -> None:
    log = "\n".join(f"line {number}" for number in range(40))
    make_run(runs, "one", "failed", reason="The disk is full: make room, and resume.", log=log)
    page = visit()
    assert "Failed: The disk is full: make room, and resume." in messages(page)
    assert "line 39" in page.code[0].value
    assert "line 3\n" not in page.code[0].value


def test_stopped_and_finished_runs_show_their_values(runs: Path) -> None:
    make_run(runs, "one", "stopped", done=20)
    make_run(runs, "two", "finished")
    page = visit(run="one")
    assert "20 of 40 updates" in texts(page)
    assert "0-1 **0.200** (from 0.000)" in texts(page)
    assert page.button(key="train.resume")
    page.selectbox(key="train.run").set_value("two")
    again(page)
    assert "Finished. 40 of 40 updates in 21 s." in texts(page)
    assert parameter(page, "run") == "two"
    assert "train.resume" not in [button.key for button in page.button]


def test_an_older_run_is_shown_and_damaged_folders_are_left_out(runs: Path) -> None:
    make_run(runs, "old", None)  # no status.json
    (runs / "empty").mkdir()
    (make_run(runs, "bad", "finished") / "config.json").write_text("{")
    page = visit(run="bad")
    assert page.selectbox(key="train.run").value == "bad"
    assert "config.json cannot be read" in messages(page)
    assert len(page.selectbox(key="train.run").options) == 2


def test_new_values_are_drawn_in_the_same_element(runs: Path) -> None:
    folder = make_run(runs, "one", done=10)
    page = visit()
    before = page.get("bidi_component")[0].proto.id
    write_lines(folder, lines(20, start=11))
    again(page)
    exact = next(chart for chart in charts(page)["charts"] if chart["id"] == "validation_exact_match")
    assert exact["lines"][0]["x"] == [0, 10, 20]
    assert page.get("bidi_component")[0].proto.id == before


def test_compared_runs_are_in_the_link_and_their_settings_in_a_table(runs: Path) -> None:
    make_run(runs, "one", learning_rate=0.5)
    make_run(runs, "two", "stopped")
    page = visit(run="one")
    page.multiselect(key="train.with").set_value(["two"])
    again(page)
    assert parameter(page, "with") == "two"
    table = " ".join(element.proto.body for element in page.get("html"))
    assert "learning rate" in table
    assert "0.5" in table
    assert {run["name"] for run in charts(page)["runs"]} == {"one", "two"}
    shared = visit(run="one", **{"with": "two,gone"})
    assert shared.multiselect(key="train.with").value == ["two"]
    assert "These runs to compare with no longer exist: gone." in messages(shared)


def test_the_options_of_the_curves_are_stored(runs: Path) -> None:
    make_run(runs, "one")
    page = visit()
    page.slider(key="train.smoothing").set_value(0.25)
    page.toggle(key="train.log").set_value(True)
    page.pills(key="train.groups").set_value(["Losses"])
    again(page)
    assert [chart["id"] for chart in charts(page)["charts"]] == ["total", "policy", "value", "gradient_norm"]
    assert charts(page)["charts"][0]["log"]
    stored = dict(page.session_state["hsal.train.stored"])
    assert (stored["smoothing"], stored["log"], stored["groups"]) == (0.25, True, ["Losses"])


def test_a_link_to_a_missing_run_is_reported(runs: Path) -> None:
    assert "The run “gone” no longer exists." in messages(visit(run="gone"))
    make_run(runs, "one")
    page = visit(run="gone")
    assert "The run “gone” no longer exists; showing the newest instead." in messages(page)
    assert page.selectbox(key="train.run").value == "one"


def test_a_started_run_has_the_chosen_settings_and_is_shown(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Train] = []

    def start(command: Train) -> Path:
        started.append(command)
        return make_run(runs, "new", "queued", done=0)

    monkeypatch.setattr(form.launch, "start", start)
    page = visit()
    page.number_input(key="train.form.train.steps").set_value(77)
    page.selectbox(key="train.form.train.objective").set_value("multiset")
    page.text_input(key="train.name").set_value("my first")
    page.button(key="train.start_button").click()
    again(page)
    command = started[0]
    assert (command.config.steps, command.config.objective, command.pretrained) == (77, "multiset", "mnist-multiset")
    assert page.selectbox(key="train.run").value == "new"
    assert read_run(runs / "new").name == "my first"
    assert parameter(page, "run") == "new"


def test_an_impossible_setting_stops_the_start_with_one_sentence(runs: Path) -> None:
    page = visit()
    page.number_input(key="train.form.train.batch").set_value(0)
    again(page)
    assert "batch must be a whole number of at least 1" in messages(page)
    assert page.button(key="train.start_button").disabled
    page.number_input(key="train.form.train.batch").set_value(8)
    again(page)
    assert not page.button(key="train.start_button").disabled


def test_a_preset_fills_the_form_and_a_change_makes_it_custom(runs: Path) -> None:
    page = visit()
    first, second = form.PRESETS[:2]
    assert page.segmented_control(key="train.preset").value == first.name
    page.segmented_control(key="train.preset").set_value(second.name)
    again(page)
    before = page.number_input(key="train.form.train.steps").value
    assert before == second.config.steps
    page.number_input(key="train.form.train.seed").set_value(5)
    again(page)
    assert page.segmented_control(key="train.preset").value == form.CUSTOM
    assert page.number_input(key="train.form.train.steps").value == before


def test_minutes_become_updates_at_the_speed_of_the_last_run(runs: Path) -> None:
    make_run(runs, "one")  # 40 updates in 21 s
    page = visit()
    page.segmented_control(key="train.unit").set_value("minutes")
    again(page)
    page.number_input(key="train.minutes").set_value(2.0)
    again(page)
    assert "229 updates" in texts(page)  # 120 s / 0.525 s


def test_a_failed_launch_is_one_sentence(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RunError("The folder cannot be written: choose another.")

    monkeypatch.setattr(form.launch, "start", fails)
    monkeypatch.setattr(train_runs.launch, "resume", fails)
    page = press(visit(), "train.start_button")
    assert "The folder cannot be written: choose another." in messages(page)
    make_run(runs, "one", "stopped")
    page = press(visit(), "train.resume")
    assert "The folder cannot be written: choose another." in messages(page)


def test_duplicating_fills_the_form(runs: Path) -> None:
    make_run(runs, "one", learning_rate=0.25, objective="cross-entropy", clip=2.5)
    page = press(visit(), "train.duplicate")
    assert page.number_input(key="train.form.train.learning_rate").value == 0.25
    assert page.selectbox(key="train.form.train.objective").value == "cross-entropy"
    assert page.number_input(key="train.form.train.clip").value == 2.5
    assert page.number_input(key="train.form.train.steps").value == 40
    assert page.text_input(key="train.name").value == "one again"


def test_a_run_gets_a_name_and_a_note(runs: Path) -> None:
    folder = make_run(runs, "one")
    page = press(visit(), "train.rename")
    next(one for one in page.text_input if one.value == "one").set_value("best *so* far")
    page.text_area[0].set_value("with <b> care")
    next(button for button in page.button if button.label == "Save").click()
    again(page)
    run = read_run(folder)
    assert (run.name, run.note) == ("best *so* far", "with <b> care")
    assert page.selectbox(key="train.run").options == ["best *so* far · finished"]
    assert "with <b> care" in texts(page)


def test_a_run_is_deleted_only_after_confirmation(runs: Path) -> None:
    folder = make_run(runs, "one")
    make_run(runs, "two")
    page = press(visit(run="one"), "train.delete")
    next(button for button in page.button if button.label == "Keep it").click()
    assert folder.exists()
    again(page)
    page = press(page, "train.delete")
    next(button for button in page.button if button.label == "Delete it").click()
    again(page)
    assert not folder.exists()
    assert page.selectbox(key="train.run").value == "two"
    assert not messages(page)


def test_watching_offers_the_snapshots_of_the_run(runs: Path) -> None:
    make_run(runs, "one", weights=True, kept=(10, 20, 30))
    page = visit(watch="20")
    assert page.select_slider(key="train.watch").options == ["0", "10", "20", "30", "40"]
    assert traced(page)["source"]["weights"] == "run:one@20"
    page.select_slider(key="train.watch").set_value(40)
    again(page)
    assert traced(page)["source"]["weights"] == "run:one"
    assert parameter(page, "watch") == "40"
    page.selectbox(key="train.sample").set_value("5")
    again(page)
    truth = traced(page)["truth"]
    page.segmented_control(key="train.image").set_value("scene")
    again(page)
    page.number_input(key="train.seed").set_value(9)
    again(page)
    assert traced(page)["source"]["seed"] == 9
    assert truth == list(samples.recorded()["5"].truth)


def test_a_slider_keeps_its_value_when_a_snapshot_is_added(runs: Path) -> None:
    folder = make_run(runs, "one", "stopped", kept=(10, 20))
    page = visit(watch="10")
    (folder / "series" / "000020.safetensors").rename(folder / "series" / "000030.safetensors")
    again(page)
    assert page.select_slider(key="train.watch").value == 10
    assert page.select_slider(key="train.watch").options == ["0", "10", "30"]


def test_a_run_without_snapshots_offers_the_shipped_ones(runs: Path) -> None:
    make_run(runs, "one", "stopped")
    page = visit()
    assert traced(page)["source"]["weights"].startswith("series:")
    page.selectbox(key="train.of").set_value("")
    again(page)
    assert "has no snapshots" in page.info[0].value


def test_a_runs_weights_can_be_chosen_in_step_through(runs: Path) -> None:
    make_run(runs, "one", weights=True, kept=(10,))
    make_run(runs, "unfinished", "stopped")
    page = step_through(weights="run:one")
    assert not page.warning
    assert traced(page)["source"]["weights"] == "run:one"
    options = page.selectbox(key="weights").options
    assert "one (MNIST Multiset)" in options
    assert not any("unfinished" in option for option in options)
    snapshot = step_through(weights="run:one@10", input="scene", seed="3")
    assert traced(snapshot)["source"]["weights"] == "run:one@10"
    assert "one, update 10 (MNIST Multiset)" in snapshot.selectbox(key="weights").options


def test_new_weights_of_a_run_are_traced_again(runs: Path) -> None:
    folder = make_run(runs, "one", "stopped", kept=(10,))
    before = traced(step_through(weights="run:one"))
    (folder / "series" / "000010.safetensors").rename(folder / "away")
    make_run(runs, "other", "stopped", kept=(20,))
    (runs / "other" / "series" / "000020.safetensors").rename(folder / "series" / "000020.safetensors")
    assert traced(step_through(weights="run:one"))["steps"] != before["steps"]


def test_update_0_is_the_model_that_the_run_started_from(runs: Path) -> None:
    make_run(runs, "one", "stopped", kept=(10,), seed=3)
    wanted_command = command("mnist-multiset", FRESH, {"train.seed": 3})
    started = fresh_model(wanted_command.model, 3)
    load_into(started, "mnist-multiset")
    wanted = trace_image(started, samples.recorded()["3"].image, samples.recorded()["3"].source)
    page = visit(watch="0")
    assert traced(page)["steps"][0]["mask"]["data"] == wanted.to_dict()["steps"][0]["mask"]["data"]


@pytest.mark.parametrize("weights", ["run:gone", "run:../one", "run:one@99", "run:"])
def test_a_link_to_missing_weights_is_one_sentence(runs: Path, weights: str) -> None:
    make_run(runs, "one", weights=True)
    page = step_through(weights=weights)
    assert len(page.warning) == 1
    assert "not available; showing what suits the image instead" in shown(page.warning[0].value)
    assert traced(page)["source"]["weights"] == "mnist-multiset"


def test_deleted_weights_are_replaced_by_the_default(runs: Path) -> None:
    folder = make_run(runs, "one", weights=True)
    page = step_through(weights="run:one")
    folder.rename(runs / ".away")
    page.run()
    assert not page.exception
    assert "weights of the run “one”" in shown(page.warning[0].value)
    assert parameter(page, "weights") == "auto"
