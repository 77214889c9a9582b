"""Results of training runs, read from files and summarized, with numbers computed by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hsal.errors import ResultsError
from hsal.reproduce.results import PAPER, PAPER_ATTN_RATIO, load_results
from hsal.reproduce.summary import SeedSummary, summarize
from tests.fixtures.browser import ROOT
from tests.fixtures.figures import result, write


def test_seeds_are_summarized(tmp_path: Path) -> None:
    write(tmp_path, result(seed=0, exact_match=0.90, intervals={"exact_match": [0.88, 0.92]}, seconds=600))
    write(tmp_path, result(seed=1, exact_match=0.94, intervals={"exact_match": [0.92, 0.96]}, seconds=720))
    (row,) = summarize(load_results(tmp_path))
    assert row.seeds == (0, 1)
    assert row.exact_match.mean == pytest.approx(0.92)  # (0.90 + 0.94) / 2
    assert (row.exact_match.low, row.exact_match.high) == (0.90, 0.94)
    assert row.exact_match.interval == pytest.approx((0.90, 0.94))  # (0.88 + 0.92) / 2, (0.92 + 0.96) / 2
    assert row.macro_f1 == SeedSummary(0.5, 0.5, 0.5, None)  # no interval was measured
    assert row.minutes == pytest.approx(11)  # (10 + 12) / 2


def test_attention_ratio_is_end_over_start(tmp_path: Path) -> None:
    write(tmp_path, result(seed=0, attn=(0.2, 0.9, 0.5), mask_peak=0.6))  # 0.5 / 0.2 = 2.5
    write(tmp_path, result(seed=1, attn=(0.4, 0.6), mask_peak=0.8))  # 1.5
    (row,) = summarize(load_results(tmp_path))
    assert row.attn_ratio == pytest.approx(2.0)
    assert row.mask_peak == pytest.approx(0.7)


@pytest.mark.parametrize("curve", [[], [{"step": 100, "attn_saliency": 0.5}], [{"step": 0, "exact_match": 0.1}]])
def test_without_a_start_there_is_no_ratio(tmp_path: Path, curve: list[dict[str, float]]) -> None:
    write(tmp_path, result() | {"curve": curve})
    (row,) = summarize(load_results(tmp_path))
    assert row.attn_ratio is None
    assert row.mask_peak is None


def test_summaries_are_in_the_order_of_the_table(tmp_path: Path) -> None:
    for task, method, ablation in [
        ("street-numbers", "reinforce", ""), ("mnist-set", "count", ""), ("mnist-set", "reinforce", "no inhibition"),
        ("mnist-set", "reinforce", ""), ("mnist-multiset", "cross-entropy", ""),
    ]:
        made = result(task=task, method=method, ablation=ablation)
        if ablation:  # ablations are evaluated on validation scenes
            made["validation"] = made.pop("test")
        write(tmp_path, made)
    assert [(row.task, row.method, row.ablation) for row in summarize(load_results(tmp_path))] == [
        ("mnist-multiset", "cross-entropy", ""), ("mnist-set", "reinforce", ""),
        ("mnist-set", "reinforce", "no inhibition"), ("mnist-set", "count", ""), ("street-numbers", "reinforce", ""),
    ]


def test_files_of_version_0_1_are_read(tmp_path: Path) -> None:
    old = result() | {"samples": {"after": {"pictures": 10, "right": 9}}}
    old["row"] = old.pop("method")
    write(tmp_path, old)
    (read,) = load_results(tmp_path)
    assert read.method == "reinforce"
    assert read.samples == {"after": {"images": 10, "correct": 9}}


def test_a_missing_folder_has_no_results(tmp_path: Path) -> None:
    assert load_results(tmp_path / "nowhere") == []


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in result().items() if key != name}


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "3", json.dumps(_without("test")), json.dumps(_without("task")),
        json.dumps(result() | {"test": {"macro_f1": 0.5}}), json.dumps(result() | {"method": "nope"}),
        json.dumps(result() | {"task": ["x"]}), json.dumps(result() | {"seconds": "long"}),
        json.dumps(result() | {"curve": 5}), json.dumps(result() | {"curve": [{"exact_match": 0.5}]}),
        json.dumps(result() | {"seconds": float("nan")}), json.dumps(result() | {"extrapolation": {"5 digits": {}}}),
        json.dumps(result(intervals={"macro_f1": [0.5]})), json.dumps(result() | {"command": None}),
        "\x00", "[" * 100_000,
    ],
)
def test_the_error_names_the_damaged_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken-0.json").write_text(text)
    with pytest.raises(ResultsError, match=r"broken-0\.json") as caught:
        load_results(tmp_path)
    assert "\n" not in str(caught.value)


def test_reports_bytes_that_are_not_text_as_damage(tmp_path: Path) -> None:
    (tmp_path / "broken-0.json").write_bytes(b"\xff\xfe{}")
    with pytest.raises(ResultsError, match=r"broken-0\.json"):
        load_results(tmp_path)


def test_the_papers_figures() -> None:
    assert PAPER["mnist-multiset", "reinforce"] == (0.978, 0.935)
    assert PAPER["svhn-multiset", "cross-entropy"].exact_match == 0.307
    assert pytest.approx(2.155, abs=0.001) == PAPER_ATTN_RATIO


def test_reading_results_needs_no_torch() -> None:
    code = "import sys, hsal.reproduce.summary, hsal.evaluation.per_scene;"
    code += " sys.exit('torch' in sys.modules or 'streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0
