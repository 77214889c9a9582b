"""Attribution of a label, compared with traces in which the same interventions were made."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from app.whatif.why_view import share_sentence
from hsal.config import ModelConfig
from hsal.evaluation.attribution import LabelAttribution, as_intervention, explain
from hsal.model.hsal import HSAL, MetaStep
from hsal.model.perception import Perception
from hsal.tracing.interventions.schema import NONE, Edit, Interventions, Rule
from hsal.tracing.recording import to_tensor, trace_image
from hsal.tracing.schema import Source, Trace
from hsal.training.loop import fresh_model
from tests.fixtures.devices import device_required

CONFIG = ModelConfig(width=2, cell_px=16, hidden=16, size_px=48, gaussians=2, glimpses=2, meta_steps=3)
IMAGE = np.random.default_rng(3).integers(0, 256, (48, 48), dtype=np.uint8)
NO_STOP = tuple(Edit(step, veto=(10,)) for step in range(3))


@pytest.fixture(scope="module")
def model() -> HSAL:
    made = fresh_model(CONFIG, seed=2).eval()
    with torch.no_grad():  # glimpses of an untrained model have almost no effect
        made.controller.encode.weight.mul_(8)
        made.controller.classify.weight.mul_(8)
    return made


def traced(model: HSAL, interventions: Interventions = NONE) -> tuple[Perception, Trace]:
    edits = {edit.step: edit for edit in NO_STOP} | {edit.step: edit for edit in interventions.edits}
    whole = Interventions(tuple(edits.values()), interventions.rules)
    with torch.inference_mode():
        perception = model.perceive(to_tensor(IMAGE[None]))
    return perception, trace_image(model, IMAGE, Source("file", "x", "", "w", "channel_energy"), interventions=whole)


@pytest.mark.parametrize("step", [0, 1, 2])
def test_removing_a_glimpse_equals_a_trace_without_it(model: HSAL, step: int) -> None:
    perception, trace = traced(model)
    why = explain(model, perception, trace, step)
    assert why.probability == pytest.approx(float(trace.steps[step].class_probabilities[why.label]))
    cells = tuple(glimpse.cell for glimpse in trace.steps[step].glimpses)
    for blind in range(3):
        _, again = traced(model, Interventions((Edit(step, look=cells, blind=(blind,), veto=(10,)),)))
        assert why.without[blind] == pytest.approx(float(again.steps[step].class_probabilities[why.label]), abs=1e-5)
    assert len(set(why.without)) == 3


@pytest.mark.parametrize("step", [0, 1])
def test_finds_the_nearest_cell_that_changes_the_label(model: HSAL, step: int) -> None:
    perception, trace = traced(model)
    change = explain(model, perception, trace, step).change
    assert change is not None
    _, again = traced(model, as_intervention(trace, change, step))
    assert again.steps[step].label == change.label != trace.steps[step].label
    assert float(again.steps[step].class_probabilities[change.label]) == pytest.approx(change.probability, abs=1e-5)
    own = [glimpse.cell for glimpse in trace.steps[step].glimpses]
    assert change.distance == pytest.approx(np.hypot(*np.subtract(change.cell, own[change.glimpse])))
    for glimpse in range(2):
        for cell in np.ndindex(3, 3):
            if np.hypot(*np.subtract(cell, own[glimpse])) < change.distance:
                look = tuple(cell if number == glimpse else None for number in range(2))
                _, other = traced(model, Interventions((Edit(step, look=look, veto=(10,)),)))
                assert other.steps[step].label == trace.steps[step].label


def test_earlier_interventions_stay_in_effect(model: HSAL) -> None:
    done = Interventions(
        (Edit(0, gaussians=((1.0, 0.5, 2.0, 2.0),), paint=((1, 1, 1.0),), label=4),), (Rule(1, glimpses=1),)
    )
    perception, trace = traced(model, done)
    why = explain(model, perception, trace, 1)
    assert len(why.without) == 2
    assert why.label == trace.steps[1].label
    assert why.probability == pytest.approx(float(trace.steps[1].class_probabilities[why.label]))
    if why.change is not None:
        _, again = traced(model, as_intervention(trace, why.change, 1))
        assert again.steps[1].label == why.change.label


def test_shares_are_fractions_of_the_total_decrease() -> None:
    # 0.8 decreases by 0.2 and 0.6, and increases once: the increase is ignored
    assert LabelAttribution(0, 3, 0.8, (0.6, 0.9, 0.2), None).shares == pytest.approx((0.25, 0, 0.75))
    assert LabelAttribution(0, 3, 0.5, (0.5, 0.6), None).shares == (0, 0)


def test_there_are_no_shares_if_no_single_glimpse_matters() -> None:
    # 1.00 falls to 0.99 without the first sharp glimpse: that is not 100% of the decision
    steady = LabelAttribution(0, 3, 1.0, (1.0, 0.99, 1.0), None)
    assert steady.losses == pytest.approx((0, 0.01, 0))
    assert not steady.rests_on_one
    assert steady.shares == (0, 0, 0)
    one = LabelAttribution(0, 3, 1.0, (1.0, 0.9, 1.0), None)
    assert one.rests_on_one
    assert one.shares == pytest.approx((0, 1, 0))
    assert "No single glimpse matters" in share_sentence(steady)
    assert "at most 1%" in share_sentence(steady)
    assert "share is the drop in probability" in share_sentence(one)


def sampled(model: HSAL, seed: int) -> tuple[Perception, Trace]:
    return traced(model, Interventions(rules=(Rule(0, temperature=30.0, seed=seed),)))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("step", [0, 2])
def test_a_sampled_trace_is_evaluated_at_its_own_cells_and_labels(
    model: HSAL, seed: int, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    perception, trace = sampled(model, seed)
    played: list[tuple[int, MetaStep]] = []
    rollout = HSAL.rollout

    def recording(self: HSAL, *args: object, **options: object) -> Iterator[MetaStep]:
        for number, meta_step in enumerate(rollout(self, *args, **options)):
            if number < step:
                played.append((number, meta_step))
            yield meta_step

    monkeypatch.setattr(HSAL, "rollout", recording)
    found = explain(model, perception, trace, step)
    assert len(played) == 4 * step  # three runs without one glimpse, and the batch of moved glimpses
    for number, meta_step in played:
        own = trace.steps[number]
        cells = [row * 3 + column for row, column in (glimpse.cell for glimpse in own.glimpses)]
        assert (meta_step.label == own.label).all()
        assert (meta_step.cells == torch.tensor(cells)).all()
    # the label's own probability is that of the cells in the trace
    glimpses = tuple(glimpse.cell for glimpse in trace.steps[step].glimpses)
    edits = tuple(
        Edit(number, look=tuple(glimpse.cell for glimpse in one.glimpses), label=one.label)
        for number, one in enumerate(trace.steps[:step])
    )
    for blank in range(3):
        _, again = traced(model, Interventions((*edits, Edit(step, look=glimpses, blind=(blank,), veto=(10,)))))
        expected = float(again.steps[step].class_probabilities[found.label])
        assert found.without[blank] == pytest.approx(expected, abs=1e-5)
    if found.change is not None:
        assert found.change.distance > 0
        assert found.change.label not in (found.label, int(trace.steps[step].class_probabilities.argmax()))


def test_no_cell_changes_a_forced_label(model: HSAL) -> None:
    perception, trace = traced(model, Interventions((Edit(0, label=4),)))
    change = explain(model, perception, trace, 0).change
    assert change is None or change.distance > 0


def test_creates_every_tensor_on_the_models_device(model: HSAL, monkeypatch: pytest.MonkeyPatch) -> None:
    with torch.inference_mode():
        perception = model.perceive(to_tensor(IMAGE[None]))
    _, trace = traced(model)
    with device_required(monkeypatch) as asked:
        explain(model, perception, trace, 1)
    assert asked
