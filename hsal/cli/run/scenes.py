"""`hsal scenes`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from PIL import Image
from tqdm import tqdm

from hsal.data.digits.mnist import load_digits
from hsal.data.digits.scenes import SceneRenderer
from hsal.data.fixations.custom import SCENES
from hsal.errors import HsalError

if TYPE_CHECKING:
    from hsal.cli.scenes import ScenesCommand


def run_scenes(command: ScenesCommand) -> int:
    """Carry out `hsal scenes`."""
    if command.count < 1:
        raise HsalError(f"--count must be at least 1, not {command.count}.")
    renderer = SceneRenderer(load_digits(command.split, command.digits), command.scene)
    command.out.mkdir(parents=True, exist_ok=True)
    with (command.out / SCENES).open("w") as file:
        for index in tqdm(range(command.count), desc="rendering", unit="scene"):
            scene = renderer.render(command.seed, index)
            name = f"scene-{command.seed}-{index:05d}.png"
            Image.fromarray(scene.image).save(command.out / name)
            line: dict[str, Any] = {
                "image": name, "seed": command.seed, "index": index, "labels": scene.labels,
                "boxes": [asdict(box) for box in scene.boxes],
            }
            file.write(json.dumps(line) + "\n")
    return 0
