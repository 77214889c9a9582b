"""The model in the browser against the model in PyTorch, on the same scenes and Gaussians."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from app.lesson.sandbox import MODEL, controller_bytes
from app.lesson.scenes import REINFORCE, lesson_trace, volume_of
from hsal.model.attention import Gaussians
from hsal.model.hsal import HSAL, MetaStep
from hsal.model.overrides import Override, always
from hsal.tracing.recording import to_tensor
from hsal.zoo.checkpoint import load_model
from tests.fixtures.scripts import evaluate

SCENES = 8
TOLERANCE = 1e-3
RUN = """(input) => {
  const controller = controllerOf(readTensors(fromBase64(input.weights)).tensors);
  return input.cases.map(({ view, gaussians }) => {
    const seen = { ...view, volume: readHalves(fromBase64(view.volume)), saliency: Float32Array.from(view.saliency) };
    const step = metaStep(controller, seen, gaussians, { glimpses: 2 });
    return Object.fromEntries(Object.entries(step).map(([name, value]) => [name, plain(value)]));
  });
}"""


@cache
def model() -> HSAL:
    return load_model(REINFORCE).model


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def case(index: int, random: np.random.Generator) -> tuple[dict[str, Any], MetaStep]:
    """A scene with random spotlights: the input of the browser, and the result of PyTorch."""
    count = 1 + index % 3
    parameters = (random.dirichlet(np.ones(count)), random.uniform(0.05, 0.4, count),
            random.uniform(0, 13, count), random.uniform(0, 13, count))
    trace, volume = lesson_trace(1, index), volume_of(1, index)
    with torch.inference_mode():
        view = model().perceive(to_tensor(trace.image[None]))
        gaussians = Gaussians(*(torch.tensor(value[None]).float() for value in parameters))
        step = next(model().rollout(view, overrides=always(Override(gaussians=gaussians))))
    gaussians = [dict(zip(("weight", "beta", "row", "column"), map(float, each), strict=True))
                 for each in zip(*parameters, strict=True)]
    seen = {"rows": 13, "columns": 13, "channels": len(volume), "volume": encoded(volume.astype("<f2").tobytes()),
            "saliency": trace.steps[0].saliency.ravel().tolist()}
    return {"view": seen, "gaussians": gaussians}, step


def test_one_meta_step_in_the_browser_is_the_models_own(browser_if_needed: Any) -> None:
    random = np.random.default_rng(7)
    cases, wanted = zip(*(case(index, random) for index in range(SCENES)), strict=True)
    given = {"weights": encoded(controller_bytes(REINFORCE)), "cases": cases}
    for got, step in zip(evaluate(MODEL, RUN, given, browser_if_needed), wanted, strict=True):
        assert got["cells"] == step.cells[0].tolist()
        assert got["label"] == int(step.label)
        for name, tensor in {
            "mask": step.mask, "priority": step.priority, "broadWeights": step.broad_weights,
            "nextSaliency": step.next_saliency, "classes": step.class_logits.softmax(1),
            "locations": step.location_logits.softmax(2),
        }.items():
            assert np.abs(np.array(got[name]).ravel() - tensor.numpy().ravel()).max() < TOLERANCE, name


def test_half_precision_is_read_bit_by_bit(browser_if_needed: Any) -> None:
    numbers = np.array([0, 1, -2, 0.1, 65504, 6e-8, -6.1e-5, 1 / 3], np.float16)
    code = "(input) => Array.from(readHalves(fromBase64(input)))"
    got = evaluate(MODEL, code, encoded(numbers.astype("<f2").tobytes()), browser_if_needed)
    assert np.array(got, np.float16).tobytes() == numbers.tobytes()


def test_a_forced_cell_and_a_broad_glimpse_in_place_of_sharp_ones(browser_if_needed: Any) -> None:
    code = """({ weights, cases: [{ view, gaussians }] }) => {
      const controller = controllerOf(readTensors(fromBase64(weights)).tensors);
      const seen = { ...view, volume: readHalves(fromBase64(view.volume)), saliency: Float32Array.from(view.saliency) };
      const blind = { ...seen, volume: seen.volume.map((value, place) => (place % 169 === 0 ? 99 : value)) };
      const far = [{ weight: 1, beta: 0.4, row: 13, column: 13 }]; // the mask is almost 0 at cell 0
      const looking = { glimpses: 2, cells: [0, 0] };
      const classes = (at, options) => metaStep(controller, at, far, { ...looking, ...options }).classes;
      return { sharp: [classes(seen, {}), classes(blind, {})],
               broad: [classes(seen, { sharp: false }), classes(blind, { sharp: false })] };
    }"""
    given = {"weights": encoded(controller_bytes(REINFORCE)), "cases": [case(0, np.random.default_rng(0))[0]]}
    got = {name: np.array(pair) for name, pair in evaluate(MODEL, code, given, browser_if_needed).items()}
    assert np.abs(got["sharp"][0] - got["sharp"][1]).max() > 0.01  # the sharp glimpse sees cell 0
    assert np.abs(got["broad"][0] - got["broad"][1]).max() < 1e-6  # cell 0 hardly contributes to the broad one


def test_the_weights_are_about_a_megabyte_and_none_is_missing(tmp_path: Path) -> None:
    data = controller_bytes(REINFORCE)
    assert len(data) < 1.2e6
    assert b"recur.weight_hh" in data
    assert b"value" not in data[:2000]
