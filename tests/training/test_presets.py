"""The short trainings that the app offers."""

from __future__ import annotations

import subprocess
import sys

from hsal.training.presets import PRESETS


def test_each_preset_is_checked_a_dozen_times_and_keeps_its_weights_as_often() -> None:
    assert len({preset.name for preset in PRESETS}) == len(PRESETS) == 3
    for preset in PRESETS:
        config = preset.config
        assert 12 <= config.steps / config.validate_every <= 16
        assert config.steps % config.validate_every == 0  # the last check is no extra one
        assert preset.series == config.validate_every
        assert preset.expect.endswith(".")
    assert [preset.config.scenes for preset in PRESETS] == sorted(preset.config.scenes for preset in PRESETS)


def test_presets_load_no_torch() -> None:
    told = "import sys, hsal.training.presets; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True).stdout == "False\n"
