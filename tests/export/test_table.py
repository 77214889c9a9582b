"""Tables of traced images: their values, their files, and `hsal trace FOLDER --out`, also interrupted and resumed."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from hsal.cli import main
from hsal.export import table as table_module
from hsal.export.table import ImageRow, TableError, TableWriter, row_of, table_bytes
from tests.fixtures.commands import refused, weights
from tests.fixtures.traces import make_trace

LANDED = Path(__file__).parents[1] / "fixtures" / "landed"


def test_confidence_is_the_probability_of_all_predicted_labels() -> None:
    trace = make_trace()
    chances = ([0.5, 0.5], [0.25, 0.75], [0.2, 0.8])  # of the label predicted first
    steps = []
    for step, (named, other) in zip(trace.steps, chances, strict=True):
        odds = np.zeros(11, np.float32)
        odds[step.label], odds[(step.label + 1) % 11] = named, other
        steps.append(replace(step, class_probabilities=odds))
    row = row_of("a.png", replace(trace, steps=tuple(steps), notes=("Scaled.", "Bands.")))
    assert row.confidence == pytest.approx(0.5 * 0.25 * 0.2)
    assert (row.image, row.labels, row.steps, row.stopped) == ("a.png", "3 7", 3, True)
    assert row.attn_saliency == trace.attn_saliency
    assert row.notes == "Scaled. Bands."


def test_columns_equal_those_of_version_0_1_but_for_the_image() -> None:
    header = table_bytes([], "csv").decode().splitlines()[0]
    former = (LANDED / "table.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == former.replace("picture", "image")


def test_files_contain_the_rows() -> None:
    rows = [ImageRow("a.png", "3 7", 0.5, 3, True, 0.25), ImageRow("=1+1.png", problem="It is, \"empty\".")]
    read = parquet.read_table(io.BytesIO(table_bytes(rows, "parquet"))).to_pylist()
    assert read == [vars(row) for row in rows]
    first, second = csv.DictReader(io.StringIO(table_bytes(rows, "csv").decode()))
    assert first == {"image": "a.png", "labels": "3 7", "confidence": "0.5", "steps": "3", "stopped": "True",
                     "attn_saliency": "0.25", "notes": "", "problem": ""}
    assert second["image"] == "'=1+1.png"  # no formula
    assert (second["steps"], second["problem"]) == ("", "It is, \"empty\".")


def test_resumes_from_complete_lines_of_unchanged_files(tmp_path: Path) -> None:
    out, files = tmp_path / "table.csv", [tmp_path / name for name in ("a", "b", "c", "d")]
    for file in files:
        file.write_text("x")
    with TableWriter(out, {"weights": "1"}) as rows:
        for file in files[:3]:
            rows.add(file, ImageRow(str(file), "3"))
        rows.add(files[3], ImageRow(str(files[3]), problem="bad"))
    part = tmp_path / "table.csv.part"
    part.write_bytes(part.read_bytes()[:-5])  # the process ended within the last line, that of c
    files[0].write_text("other")
    with TableWriter(out, {"weights": "1"}) as rows:
        assert [rows.has(file) for file in files] == [False, True, False, False]
        for file in (files[0], *files[2:]):
            rows.add(file, ImageRow(str(file), "4"))
        rows.finish(files)
    assert [line.split(",")[1] for line in out.read_text().splitlines()[1:]] == ["4", "3", "4", "4"]
    assert not part.exists()


@pytest.mark.parametrize("text", ["{", "[1]\n", '{"weights": "1"}\n{}\n', '{"weights": "1"}\n[]\n'])
def test_reports_a_damaged_or_foreign_part(tmp_path: Path, text: str) -> None:
    (tmp_path / "table.csv.part").write_text(text)
    with pytest.raises(TableError, match="delete it"):
        TableWriter(tmp_path / "table.csv", {"weights": "1"})


def test_traces_a_folder_despite_a_bad_image_and_resumes(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = tmp_path / "images", tmp_path / "table.parquet"
    shutil.copytree(made / "scenes", folder / "below")
    (folder / "bad.png").write_text("no image")
    model = str(weights(made, "model"))
    command = ["trace", str(folder), "--weights", model, "--device", "cpu", "--out", str(out)]
    added = table_module.TableWriter.add

    def stopping(self: TableWriter, path: Path, row: ImageRow) -> None:
        added(self, path, row)
        if path.name == "scene-5-00001.png":
            raise KeyboardInterrupt

    monkeypatch.setattr(table_module.TableWriter, "add", stopping)
    assert main(command) == 130
    assert not out.exists()
    lines = (tmp_path / "table.parquet.part").read_text().splitlines()
    assert [Path(json.loads(line)["image"]).name for line in lines[1:]] == ["scene-5-00000.png", "scene-5-00001.png"]
    assert "other settings" in refused(capsys, *command, "--saliency", "uniform")

    seen: list[str] = []

    def noting(self: TableWriter, path: Path, row: ImageRow) -> None:
        seen.append(path.name)
        added(self, path, row)

    monkeypatch.setattr(table_module.TableWriter, "add", noting)
    assert main(command) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == f"4 rows written to {out}; 1 image could not be read, and the table says why."
    assert seen == ["bad.png", "scene-5-00002.png"]
    rows = parquet.read_table(out).to_pylist()
    assert [Path(row["image"]).name for row in rows] == ["bad.png", *(f"scene-5-0000{n}.png" for n in range(3))]
    assert "is not a PNG" in rows[0]["problem"]
    assert rows[0]["confidence"] is None
    assert all(0 < row["confidence"] <= 1 and row["steps"] > 0 for row in rows[1:])
    assert not (tmp_path / "table.parquet.part").exists()


def test_reports_a_table_that_cannot_be_created_in_one_line(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, scenes = weights(made, "model"), made / "scenes"
    assert "--out writes .parquet or .csv" in refused(capsys, "trace", scenes, "--weights", model, "--out", "a.xlsx")
    (tmp_path / "empty").mkdir()
    assert "contains no image" in refused(capsys, "trace", tmp_path / "empty", "--weights", model)


def test_an_unfinished_table_of_version_0_1_continues(tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    image.write_bytes(b"image")
    stat = image.stat()
    row = {"stamp": [stat.st_size, stat.st_mtime_ns], "picture": str(image), "labels": "3"}
    (tmp_path / "table.csv.part").write_text(f"{json.dumps({'weights': 'w'})}\n{json.dumps(row)}\n")
    with TableWriter(tmp_path / "table.csv", {"weights": "w"}) as table:
        assert table.has(image)
        assert table.rows[str(image)] == ImageRow(str(image), "3")
