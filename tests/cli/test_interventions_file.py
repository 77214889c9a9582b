"""`hsal trace --intervene`: the interventions of a file are applied and recorded; an impossible one is one line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from hsal.cli import main
from hsal.tracing.schema import Trace
from tests.fixtures.commands import refused, weights

PLAN = {"edits": [{"step": 0, "look": [[3, 4]], "label": 7}], "rules": [{"inhibition": False}]}


def test_applies_and_records_interventions(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, image = tmp_path / "plan.json", made / "scenes" / "scene-5-00000.png"
    plan.write_text(json.dumps(PLAN))
    command = ["trace", str(image), "--weights", str(weights(made, "model")), "--device", "cpu", "--json", "-"]
    capsys.readouterr()
    assert main([*command, "--intervene", str(plan)]) == 0
    line = json.loads(capsys.readouterr().out)
    trace = Trace.from_dict(line["trace"])
    assert trace.steps[0].glimpses[0].cell == (3, 4)
    assert trace.steps[0].label == 7
    assert (trace.steps[0].next_saliency == trace.steps[0].saliency).all()
    assert line["trace"]["interventions"] == PLAN
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(line["trace"]["interventions"])))
    assert main([*command, "--intervene", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["trace"] == line["trace"]


@pytest.mark.parametrize(("text", "message"), [
    (None, "cannot be read"),
    ("{", "is not JSON"),
    ('{"edits": [{"step": 0, "label": "x"}]}', "label: expected int | null, got str"),
    ('{"edits": [{"step": 0, "lok": []}]}', "The edit 1 of the interventions cannot be read: it has unknown fields"),
    ('{"edits": [{"step": 99}]}', "there is no meta-step 100 (step 99 counted from 0). Nothing was run."),
])
def test_reports_impossible_interventions_in_one_line(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, message: str
) -> None:
    plan = tmp_path / "plan.json"
    if text is not None:
        plan.write_text(text)
    image = made / "scenes" / "scene-5-00000.png"
    assert message in refused(capsys, "trace", image, "--weights", weights(made, "model"), "--intervene", plan)


def test_reports_changes_and_interventions_without_effect(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, image = tmp_path / "plan.json", made / "scenes" / "scene-5-00000.png"
    plan.write_text(json.dumps({"edits": [{"step": 0, "label": 10}, {"step": 1, "label": 7}]}))  # stop at once
    command = ["trace", str(image), "--weights", str(weights(made, "model")), "--device", "cpu"]
    capsys.readouterr()
    assert main([*command, "--intervene", str(plan)]) == 0
    out, error = capsys.readouterr()
    assert out.splitlines()[1:] == ["    Changed by hand: meta-step 1: label set to stop"]
    late = "The interventions at meta-step 2 had no effect: the trace ended at meta-step 1."
    assert error == f"hsal: {image}: {late}\n"
