"""The short training runs that the app offers."""

from __future__ import annotations

import subprocess
import sys

from hsal.training.presets import PRESETS


def test_each_preset_validates_and_saves_a_snapshot_a_dozen_times() -> None:
    assert len({preset.name for preset in PRESETS}) == len(PRESETS) == 3
    for preset in PRESETS:
        config = preset.config
        assert 12 <= config.steps / config.validate_every <= 16
        assert config.steps % config.validate_every == 0  # the last validation is not an additional one
        assert preset.series == config.validate_every
        assert preset.expect.endswith(".")
    assert [preset.config.scenes for preset in PRESETS] == sorted(preset.config.scenes for preset in PRESETS)


def test_presets_do_not_load_torch() -> None:
    code = "import sys, hsal.training.presets; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
