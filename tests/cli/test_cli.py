"""The command line, run in this process with settings so small that every command is quick."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hsal.cli import COMMANDS, command_name, main
from hsal.config import ModelConfig
from hsal.tracing.schema import Trace
from hsal.training.loop import fresh_model
from hsal.zoo.checkpoint import save_model
from tests.fixtures.commands import refused, weights


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.array(image)


def test_scenes_are_images_with_a_list_of_their_labels_and_boxes(made: Path) -> None:
    lines = [json.loads(line) for line in (made / "scenes" / "scenes.jsonl").read_text().splitlines()]
    assert [line["image"] for line in lines] == [f"scene-5-0000{index}.png" for index in range(3)]
    for index, line in enumerate(lines):
        assert (line["seed"], line["index"]) == (5, index)
        assert sorted(box["label"] for box in line["boxes"]) == line["labels"]
        image = pixels(made / "scenes" / line["image"])
        assert image.shape == (100, 100)
        for box in line["boxes"]:
            assert image[box["top_px"] : box["bottom_px"], box["left_px"] : box["right_px"]].max() > 128


def test_the_same_seed_gives_the_same_files(made: Path, tmp_path: Path) -> None:
    assert main(["scenes", "--out", str(tmp_path), "--count", "2", "--seed", "5"]) == 0
    for path in sorted(tmp_path.glob("*.png")):
        assert path.read_bytes() == (made / "scenes" / path.name).read_bytes()
    assert len(list(tmp_path.glob("*.png"))) == 2


def test_scene_flags_change_the_scenes(tmp_path: Path) -> None:
    flags = ["--digits-min", "2", "--digits-max", "2", "--size-px", "64", "--digit-max-px", "24", "--no-repeats"]
    assert main(["scenes", "--out", str(tmp_path), "--count", "4", *flags]) == 0
    for line in (tmp_path / "scenes.jsonl").read_text().splitlines():
        assert len(set(json.loads(line)["labels"])) == 2
    assert pixels(tmp_path / "scene-0-00000.png").shape == (64, 64)


def test_trace_prints_the_predicted_labels(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = made / "scenes" / "scene-5-00000.png"
    capsys.readouterr()
    assert main(["trace", str(image), "--weights", str(weights(made, "model")), "--device", "cpu"]) == 0
    out, error = capsys.readouterr()
    assert out.startswith(f"{image}: ")
    assert "attn_saliency" in out
    assert error == ""


def test_trace_draws_a_strip_and_writes_a_trace_with_the_truth(made: Path, tmp_path: Path) -> None:
    image, strip, lines = made / "scenes" / "scene-5-00001.png", tmp_path / "strip.png", tmp_path / "traces.jsonl"
    command = ["trace", str(image), "--weights", str(weights(made, "model")), "--device", "cpu"]
    assert main([*command, "--strip", str(strip), "--json", str(lines)]) == 0
    with Image.open(strip) as drawn:
        assert drawn.format == "PNG"
        assert drawn.width > 300
    (line,) = map(json.loads, lines.read_text().splitlines())
    trace = Trace.from_dict(line["trace"])
    known = json.loads((made / "scenes" / "scenes.jsonl").read_text().splitlines()[1])
    np.testing.assert_array_equal(trace.image, pixels(image))
    assert list(trace.truth) == known["labels"]
    assert line["labels"] == list(trace.labels)
    assert trace.steps[0].reward in (-1, 1)


def test_trace_uses_color_and_scales_boxes_as_the_weights_need(made: Path, tmp_path: Path) -> None:
    config = ModelConfig(width=2, hidden=8, size_px=48, image_channels=3, cell_px=8, meta_steps=2)
    save_model(tmp_path / "colored.safetensors", fresh_model(config, 0), {"task": "street-numbers"})
    scenes, lines = made / "scenes", tmp_path / "traces.jsonl"
    command = ["trace", str(scenes / "scene-5-00001.png"), "--weights", str(tmp_path / "colored.safetensors")]
    assert main([*command, "--device", "cpu", "--json", str(lines)]) == 0
    trace = Trace.from_dict(json.loads(lines.read_text())["trace"])
    known = json.loads((scenes / "scenes.jsonl").read_text().splitlines()[1])
    assert trace.image.shape == (48, 48, 3)
    assert trace.steps[0].saliency.shape == (6, 6)
    share = 48 / pixels(scenes / "scene-5-00001.png").shape[0]
    assert [box.top_px for box in trace.boxes] == [round(box["top_px"] * share) for box in known["boxes"]]
    assert trace.notes[0].startswith("Scaled from")


@pytest.mark.parametrize("boxes", ["[]", '[{"label": 3}]', '[{"label": 99, "top_px": 0}]', '"boxes"', "[3]"])
def test_ignores_impossible_truth(made: Path, tmp_path: Path, boxes: str) -> None:
    image = tmp_path / "scene.png"
    image.write_bytes((made / "scenes" / "scene-5-00001.png").read_bytes())
    (tmp_path / "scenes.jsonl").write_text(f'{{"image": "scene.png", "labels": [1, 77], "boxes": {boxes}}}\n')
    command = ["trace", str(image), "--weights", str(weights(made, "model")), "--device", "cpu"]
    assert main([*command, "--json", str(tmp_path / "out.jsonl")]) in (0, 1)


def test_reports_a_bad_image_and_traces_the_others(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, good = tmp_path / "bad.png", made / "scenes" / "scene-5-00002.png"
    bad.write_text("not an image")
    command = ["trace", str(bad), str(good), "--weights", str(weights(made, "model")), "--device", "cpu"]
    capsys.readouterr()
    assert main([*command, "--json", "-", "--strip", str(tmp_path / "strip.png")]) == 1
    out, error = capsys.readouterr()
    failed, traced = map(json.loads, out.splitlines())
    assert failed.keys() == {"image", "error"}
    assert (failed["image"], traced["image"]) == (str(bad), str(good))
    assert Trace.from_dict(traced["trace"]).source.name == good.name
    assert error == f"hsal: {bad}: {failed['error']}\n"
    assert [path.name for path in tmp_path.glob("strip*")] == ["strip-scene-5-00002.png"]  # one for each image


def test_reports_errors_in_one_line_with_status_2(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, image = weights(made, "model"), made / "scenes" / "scene-5-00000.png"
    assert "'nobodys'" in refused(capsys, "evaluate", "--weights", "nobodys")
    assert "'nobodys'" in refused(capsys, "trace", image, "--weights", "nobodys")
    assert "--scenes" in refused(capsys, "evaluate", "--weights", model, "--scenes", 0)
    assert "--count" in refused(capsys, "scenes", "--out", tmp_path / "new", "--count", 0)
    assert "digits_max" in refused(capsys, "scenes", "--out", tmp_path / "new", "--digits-max", 12)
    assert not (tmp_path / "new").exists()
    for device in ("abacus", "cuda:99"):
        assert device in refused(capsys, "evaluate", "--weights", model, "--device", device)
        assert device in refused(capsys, "trace", image, "--weights", model, "--device", device)
    assert "--strip writes" in refused(capsys, "trace", image, "--weights", model, "--strip", tmp_path / "strip.bmp")
    assert "already holds a run" in refused(capsys, "pretrain", "--out", made / "backbone")
    assert "no run to resume" in refused(capsys, "pretrain", "--resume", tmp_path)
    assert "other settings (batch)" in refused(capsys, "pretrain", "--resume", made / "backbone", "--batch", 8)
    # also if the flag has the default value, but the run another one
    assert "other settings (batch)" in refused(capsys, "pretrain", "--resume", made / "backbone", "--batch", 128)
    assert "of hsal pretrain" in refused(capsys, "train", "--resume", made / "backbone")
    assert "remove --out" in refused(capsys, "train", "--resume", made / "model", "--out", tmp_path / "elsewhere")
    assert "add --out" in refused(capsys, "train")
    nowhere = tmp_path / "nowhere" / "measured.json"
    assert str(nowhere) in refused(capsys, "trace", image, "--weights", model, "--device", "cpu", "--json", nowhere)


@pytest.mark.parametrize("arguments", [[], ["paint"], ["scenes"], ["scenes", "--out", "x", "--count", "many"]])
def test_exits_with_status_2_if_a_command_cannot_be_parsed(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


HELP = """
import contextlib, io, json, sys
from hsal.cli import main
texts = {}
for name in json.loads(sys.argv[1]):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            main([*name.split(), "--help"])
        except SystemExit as end:
            assert end.code == 0, end.code
    texts[name] = out.getvalue()
print(json.dumps({"texts": texts, "torch": "torch" in sys.modules}))
"""


def test_help_shows_an_example_without_loading_torch() -> None:
    names = ["", *map(command_name, COMMANDS)]
    done = subprocess.run([sys.executable, "-c", HELP, json.dumps(names)], capture_output=True, text=True, check=True)
    shown = json.loads(done.stdout)
    assert not shown["torch"]
    for name, text in shown["texts"].items():
        assert f"hsal {name}" in text
        assert ("Example:" if name else "Start with:") in text, name
        assert "--help" in text
    assert all(name in shown["texts"][""] for name in names)
