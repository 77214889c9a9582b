"""TensorBoard's event files beside the run's own metrics."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from hsal.cli import main
from tests.fixtures.commands import TRAIN, refused, weights


@pytest.mark.skipif(
    importlib.util.find_spec("tensorboardX") is None, reason="tensorboardX is not installed: pip install tensorboardX"
)
def test_metrics_are_also_written_as_events(made: Path, tmp_path: Path) -> None:
    from tensorboardX.proto.event_pb2 import Event

    command = ["train", "--out", str(tmp_path / "run"), "--pretrained", str(weights(made, "backbone")), *TRAIN]
    assert main([*command, "--tensorboard"]) == 0
    (file,) = (tmp_path / "run" / "tensorboard").iterdir()
    data, points = file.read_bytes(), set()
    while data:  # a record is its length in 8 bytes, 4 of checksum, the event, 4 of checksum
        length = int.from_bytes(data[:8], "little")
        event = Event.FromString(data[12 : 12 + length])
        points |= {(value.tag, event.step) for value in event.summary.value}
        data = data[16 + length :]
    assert {("training/total", 1), ("training/total", 2), ("validation/exact_match", 0),
            ("validation/exact_match", 2)} <= points
    assert ("validation/exact_match", 1) not in points


def test_missing_tensorboardx_is_reported_before_a_run_is_created(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    command = ["train", "--out", tmp_path / "run", "--pretrained", weights(made, "backbone"), *TRAIN]
    assert "pip install tensorboardX" in refused(capsys, *command, "--tensorboard")
    assert not (tmp_path / "run").exists()
