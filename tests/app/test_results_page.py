"""The Results page without a browser, on synthetic files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app import cache
from hsal import paths as files
from tests.fixtures import step_through
from tests.fixtures.browser import ROOT
from tests.fixtures.figures import case, result, write, write_cases_file
from tests.fixtures.step_through import address, parameter, shown


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty folders for results and scenes."""
    monkeypatch.setattr(files, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(files, "CASES", tmp_path / "cases")
    return tmp_path


visit = partial(step_through.visit, script=str(ROOT / "pages" / "results.py"), timeout_s=280)


def html(page: AppTest) -> str:
    """All HTML of the page."""
    return " ".join(element.proto.body for element in page.get("html"))


def tiles(page: AppTest) -> list[int]:
    """Indices of the scenes shown."""
    return [int(index) for index in re.findall(r"amp;index=(\d+)", html(page))]


def put_cases(folder: Path, count: int = 30) -> None:
    """In every third scene, the first label is predicted incorrectly."""
    source = cache.scenes("mnist-multiset", 100, *cache.DEFAULT_SCENE)
    truths = [source.render(1, index).labels for index in range(count)]
    answers = [
        ((truth[0] + 1) % 10, *truth[1:]) if index % 3 == 0 else truth for index, truth in enumerate(truths)
    ]
    write_cases_file(folder / "cases", "mnist-multiset",
                     [case(index, *both) for index, both in enumerate(zip(truths, answers, strict=True))])


def test_without_results_the_page_shows_the_papers_values_and_the_commands(folder: Path) -> None:
    page = visit()
    assert "paper 0.978 / 0.935" in html(page)
    assert "hsal reproduce --task svhn-multiset" in html(page)
    assert "hsal evaluate" in page.info[0].value
    assert not page.get("plotly_chart")


def test_every_figure_comes_from_the_files(folder: Path) -> None:
    for seed, share in ((0, 0.91), (1, 0.93)):
        write(folder / "results", result(seed=seed, exact_match=share, intervals={"exact_match": [0.9, 0.94]}))
    ablation = result(ablation="no <b> inhibition", exact_match=0.111)
    write(folder / "results", ablation | {"validation": ablation.pop("test")})
    write(folder / "results", result(task="mnist-set") | {"extrapolation": {"5 digits": {"exact_match": 0.777,
                                                                                       "macro_f1": 0.888}},
                                                       "before": {"exact_match": 0.222, "macro_f1": 0.333}})
    page = visit()
    written = html(page)
    assert "0.500 / 0.920" in written  # (0.91 + 0.93) / 2
    assert "[0.900, 0.940]" in written
    assert "2 seeds" in written
    assert "0.111" in written
    assert "no &lt;b&gt; inhibition" in written
    # rows are kinds of scenes, columns are training runs
    assert ">5 digits</th><td>0.888 / 0.777</td></tr>" in written
    assert "0.333 / 0.222" in written
    assert "hsal reproduce --only mnist-multiset-reinforce" in written
    assert "--task mnist-multiset<" not in written
    assert len(page.get("plotly_chart")) == 4


def on_map(title: str, before: float, after: float) -> dict[str, Any]:
    """A result of one saliency model, with 0.1 less glimpses on digits than correct scenes."""
    parts = (
        {"exact_match": share, "macro_f1": 0.5, "attn_saliency": 0.25, "mask_peak": 0.9, "scenes": 2000,
         "localization": {"glimpses_in_digit": share - 0.1}} for share in (before, after)
    )
    made = result(ablation=title) | {"name": title, "title": title, "not_retrained": next(parts)}
    made["validation"] = next(parts)
    return made


def test_effect_of_each_map_on_attention(folder: Path) -> None:
    for one in (on_map("Uni<form>", 0.2, 0.3), on_map("Itti", 0.4, 0.9)):
        write(folder / "results" / "saliency", one)
    written = html(visit())
    assert written.index("Itti") < written.index("Uni&lt;form&gt;")  # the better one first
    cells = ("0.500 / 0.400", "0.25", "0.30", "0.500 / 0.900", "0.25", "0.80")
    assert "Itti</th>" + "".join(f"<td>{cell}</td>" for cell in cells) in written
    assert "paper 0.978 / 0.935" in written  # the main table does not contain these results
    assert "What is changed" not in written


@pytest.mark.parametrize("damage", [{"not_retrained": None}, {"title": ""}, {"title": 3}])
def test_a_damaged_result_of_a_map_is_one_sentence(folder: Path, damage: dict[str, Any]) -> None:
    write(folder / "results" / "saliency", on_map("Itti", 0.4, 0.9) | damage)
    assert "damaged" in shown(visit().error[0].value)


def test_a_damaged_result_is_one_sentence_and_the_page_goes_on(folder: Path) -> None:
    (folder / "results").mkdir()
    (folder / "results" / "bad-0.json").write_text("{")
    put_cases(folder)
    page = visit()
    assert "bad-0.json" in shown(page.error[0].value)
    assert len(tiles(page)) == 24


def test_damaged_cases_are_one_sentence(folder: Path) -> None:
    (folder / "cases").mkdir()
    (folder / "cases" / "mnist-multiset.json").write_text('{"columns": [], "rows": [[1]]}')
    assert "mnist-multiset.json" in shown(visit().error[0].value)


def test_filters_and_pages_are_in_the_link(folder: Path) -> None:
    put_cases(folder)
    page = visit()
    assert tiles(page) == list(range(24))
    next(button for button in page.button if button.label == "Next").click().run()
    assert tiles(page) == list(range(24, 30))
    assert parameter(page, "page") == "1"
    page.pills(key="cases.answers").set_value(["wrong"]).run()
    assert set(tiles(page)) <= set(range(0, 30, 3))
    assert tiles(page)
    assert parameter(page, "answers") == "wrong"
    assert "page" not in address(page)
    again = visit(answers="wrong")
    assert tiles(again) == tiles(page)
    next(button for button in again.button if button.label == "Clear all filters").click().run()
    assert tiles(again) == list(range(24))


def test_a_link_to_a_pair_shows_it_and_can_be_cleared(folder: Path) -> None:
    put_cases(folder)
    truth = cache.scenes("mnist-multiset", 100, *cache.DEFAULT_SCENE).render(1, 0).labels
    page = visit(pair=f"{truth[0]},{(truth[0] + 1) % 10}", digits="9")  # no scene has nine digits: ignored
    assert 0 in tiles(page)
    assert len(tiles(page)) < 10
    page.button(key="cases.unpair").click().run()
    assert tiles(page) == list(range(24))


def test_a_tile_links_to_its_trace_and_shows_true_and_predicted_labels(folder: Path) -> None:
    put_cases(folder)
    written = html(visit())
    assert "step-through?input=scene&amp;seed=1&amp;index=3&amp;digits=0" in written
    assert "weights=mnist-multiset" in written
    assert 'class="wrong" href' in written
    assert written.count("data:image/png") == 24
    assert {"✓", "✗"} <= set(written)


def test_no_passing_scene_is_reported(folder: Path) -> None:
    put_cases(folder)
    page = visit(answers="early")
    assert not tiles(page)
    assert "remove one to see more" in page.info[0].value


def test_scenes_of_another_dataset_are_not_shown(folder: Path) -> None:
    write_cases_file(folder / "cases", "mnist-multiset", [case(0, (0, 0, 0, 0, 0), (0,))])
    page = visit()
    assert "data:image" not in html(page)
    assert any("Without images" in caption.value for caption in page.caption)


def test_results_need_no_torch() -> None:
    code = (
        "import sys; from streamlit.testing.v1 import AppTest\n"
        "page = AppTest.from_file('pages/results.py', default_timeout=280).run()\n"
        "assert not page.exception and page.title[0].value == 'Results'\n"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=290,
                          env={**os.environ, "PYTHONPATH": "."})
    assert done.returncode == 0, done.stderr[-500:]
