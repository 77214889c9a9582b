"""`hsal benchmark-saliency` on images so small that it is quick."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from hsal.cli import main
from hsal.gaze.benchmark import runner as measuring
from hsal.gaze.benchmark.table import load_benchmark
from tests.fixtures.commands import refused
from tests.fixtures.gaze_data import write_fixations

MODELS = ("uniform", "center_prior", "human")


def benchmark(data: Path, out: Path, *more: str, models: tuple[str, ...] = MODELS) -> list[str]:
    chosen = ["--models", *models] if models else []
    return ["benchmark-saliency", "--data", str(data), "--out", str(out), *chosen, *more]


def test_evaluates_a_folder_and_prints_the_leaderboard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "table.parquet"
    assert main(benchmark(write_fixations(tmp_path), out, "--docs", str(tmp_path / "docs"), "--seed", "4")) == 0
    printed = capsys.readouterr().out
    titles = ("Uniform (baseline)", "Center prior (baseline)", "Human fixations (upper bound)")
    assert all(title in printed for title in titles)
    found = load_benchmark(out)
    assert set(found.models) == set(MODELS)
    assert len(found.images) == 3
    assert {"auc", "shuffled_auc", "nss", "cc", "sim", "kl", "information_gain"} <= set(found.metrics)
    assert "attn_saliency" not in found.metrics
    assert found.about["settings"]["seed"] == 4
    assert found.of("auc")[found.models.index("uniform")].tolist() == [0.5] * 3
    assert (tmp_path / "docs" / "table.md").is_file()


def test_the_same_command_gives_the_same_results(tmp_path: Path) -> None:
    write_fixations(tmp_path)
    tables = []
    for name in ("one.parquet", "two.parquet"):
        assert main(benchmark(tmp_path, tmp_path / name)) == 0
        tables.append(load_benchmark(tmp_path / name))
    assert (tables[0].values == tables[1].values).all()


def test_does_not_recompute_existing_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, computed = tmp_path / "table.parquet", []
    write_fixations(tmp_path)
    made = measuring.saliency_map
    monkeypatch.setattr(measuring, "saliency_map", lambda name, *args, **named: (
        computed.append(name), made(name, *args, **named))[1])
    metrics = ("--metrics", "auc", "nss")
    assert main(benchmark(tmp_path, out, *metrics, models=("uniform",))) == 0
    assert computed == ["uniform"] * 3
    assert main(benchmark(tmp_path, out, *metrics, models=("uniform", "random"))) == 0
    assert computed == ["uniform"] * 3 + ["random"] * 3
    assert load_benchmark(out).models == ("uniform", "random")
    assert main(benchmark(tmp_path, out, *metrics, "--fresh", models=("uniform",))) == 0
    assert computed[6:] == ["uniform"] * 3


def test_the_same_command_finishes_a_killed_run(tmp_path: Path) -> None:
    write_fixations(tmp_path, images=60)
    out, part = tmp_path / "table.parquet", tmp_path / "table.parquet.part"
    command = [sys.executable, "-m", "hsal", *benchmark(tmp_path, out, models=("random", "center_prior"))]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ) as running:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and (not part.exists() or part.read_bytes().count(b"\n") < 4):
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
    assert not out.exists()
    finished = part.read_bytes().splitlines()[1:4]
    assert main(benchmark(tmp_path, out, models=("random", "center_prior"))) == 0
    found = load_benchmark(out)
    assert len(found.images) == 60
    times = {(one.model, one.image): one.milliseconds for one in found.records()}
    for one in map(json.loads, finished):  # times differ between runs: these are from the killed run
        assert times[one["model"], one["image"]] == pytest.approx(one["milliseconds"])


def test_scenes_with_boxes_have_separate_metrics(tmp_path: Path) -> None:
    assert main(["scenes", "--out", str(tmp_path), "--count", "2"]) == 0
    out = tmp_path / "table.parquet"
    assert main(benchmark(tmp_path, out, models=("uniform", "center_prior"))) == 0
    assert load_benchmark(out).metrics == ("box_share", "box_nss", "box_auc")


def test_omits_unavailable_models_unless_requested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from hsal.cli.run import benchmark_saliency as benchmarking

    write_fixations(tmp_path, people=1)
    monkeypatch.setattr(type(benchmarking.SALIENCY), "names", lambda _: ["uniform", "human"])
    assert main(benchmark(tmp_path, tmp_path / "table.parquet", models=())) == 0
    assert "human is skipped. Human fixations need at least two" in capsys.readouterr().err
    assert load_benchmark(tmp_path / "table.parquet").models == ("uniform",)
    with_bar = main(benchmark(tmp_path, tmp_path / "other.parquet"))
    assert with_bar == 2
    assert "Human fixations need at least two" in capsys.readouterr().err


def test_reports_errors_in_one_line_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "table.parquet"
    assert "There is no folder" in refused(capsys, *benchmark(tmp_path / "nowhere", out))
    write_fixations(tmp_path)
    assert "'nobodys'" in refused(capsys, *benchmark(tmp_path, out, models=("nobodys",)))
    assert "'nothing'" in refused(capsys, *benchmark(tmp_path, out, "--metrics", "nothing"))
    assert "--images" in refused(capsys, *benchmark(tmp_path, out, "--images", "0"))
    assert "smooth" in refused(capsys, *benchmark(tmp_path, out, "--smooth", "3"))
    assert "network" in refused(capsys, *benchmark(tmp_path, out, "--network", "nobodys"))
    assert not out.exists()
    assert main(benchmark(tmp_path, out, "--images", "2")) == 0
    assert "other settings (images)" in refused(capsys, *benchmark(tmp_path, out))
    out.write_bytes(b"nonsense")
    assert "is damaged" in refused(capsys, *benchmark(tmp_path, out))


def test_skips_and_reports_a_damaged_image(tmp_path: Path) -> None:
    write_fixations(tmp_path)
    whole = (tmp_path / "1.png").read_bytes()
    (tmp_path / "1.png").write_bytes(whole[: len(whole) // 2])  # its header is valid
    out = tmp_path / "table.parquet"
    assert main(benchmark(tmp_path, out, models=("uniform",))) == 0
    found = load_benchmark(out)
    assert found.images == ("0.png", "2.png")
    assert any('"1.png" is damaged' in note for note in found.about["notes"])


def test_selects_images_evenly_from_the_folder(tmp_path: Path) -> None:
    write_fixations(tmp_path, images=6)
    Image.new("L", (40, 30)).save(tmp_path / "9.png")  # without fixations
    assert main(benchmark(tmp_path, tmp_path / "t.parquet", "--images", "3", models=("uniform",))) == 0
    assert load_benchmark(tmp_path / "t.parquet").images == ("0.png", "2.png", "4.png")
