"""Interventions: each takes effect, everything else is the model's choice, and all are stored and described."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace

import numpy as np
import pytest
import torch

from hsal.config import ModelConfig
from hsal.model.hsal import HSAL
from hsal.model.interface import broad_weights
from hsal.tracing.interventions.checks import InterventionError
from hsal.tracing.interventions.codec import pack, read_interventions, restore_interventions, unpack
from hsal.tracing.interventions.description import describe, ineffective_note, intervention_note
from hsal.tracing.interventions.schema import Edit, Interventions, Rule, cover
from hsal.tracing.recording import trace_image
from hsal.tracing.schema import Source, Trace
from hsal.training.loop import fresh_model
from tests.fixtures.traces import make_trace

CONFIG = ModelConfig(width=2, cell_px=16, hidden=16, size_px=48, gaussians=2, glimpses=2, meta_steps=4)
IMAGE = np.random.default_rng(3).integers(0, 256, (48, 48), dtype=np.uint8)
ALL = Interventions(
    edits=(
        Edit(0, gaussians=((0.25, 0.5, 1.0, 3.0), (0.25, 0.5, 2.0, 2.0)), look=(None, (2, 1)), veto=(10,)),
        Edit(1, paint=((0, 0, 1.0), (2, 2, 0.0)), bar=((1, 1),), label=7, blind=(0,)),
    ),
    rules=(Rule(1, glimpses=3, temperature=0.5, seed=4), Rule(2, covert=False, inhibition=False)),
    hidden=((0, 0, 8, 16),),
)


@pytest.fixture(scope="module")
def model() -> HSAL:
    return fresh_model(CONFIG, seed=1).eval()


def trace_with(model: HSAL, interventions: Interventions) -> Trace:
    """A trace of the image; stop is excluded, so that it has all meta-steps."""
    edits = {edit.step: edit for edit in interventions.edits}
    valid = tuple(edits.get(step, Edit(step, veto=(10,))) for step in range(4))
    whole = Interventions(valid, interventions.rules, interventions.hidden, interventions.saliency)
    return trace_image(model, IMAGE, Source("file", "x", "", "w", "channel_energy"), interventions=whole)


def test_applies_each_intervention_at_its_meta_step_only(model: HSAL) -> None:
    own, made = trace_with(model, Interventions()), trace_with(model, ALL)
    first, second, third = made.steps[:3]
    assert first.gaussians.tolist() == [[0.5, 0.5, 1, 3], [0.5, 0.5, 2, 2]]  # weights over their sum
    assert first.glimpses[1].cell == (2, 1)
    assert len(first.glimpses) == 2
    assert (second.saliency[0, 0], second.saliency[2, 2]) == (1, 0)
    assert second.saliency[0, 1] == first.next_saliency[0, 1]  # only what was painted
    assert second.label == 7
    assert len(second.glimpses) == 3
    assert (1, 1) not in {glimpse.cell for glimpse in second.glimpses}
    assert second.gaussians.shape == (2, 4)
    assert third.mask.tolist() == np.ones((3, 3)).tolist()
    assert np.array_equal(third.next_saliency, third.saliency)
    assert np.ptp(made.image[:8, :16]) == 0
    assert np.array_equal(made.image[8:], IMAGE[8:])
    assert made.source.image_sha256 == own.source.image_sha256  # of the original image
    assert made.interventions.rules == ALL.rules


def test_no_interventions_change_nothing(model: HSAL) -> None:
    source = Source("file", "x", "", "w", "channel_energy")
    plain = trace_image(model, IMAGE, source)
    without = trace_image(model, IMAGE, source, interventions=Interventions())
    assert plain.to_json() == without.to_json()
    # the model's own choices, forced, give the same trace
    glimpses = tuple(glimpse.cell for glimpse in plain.steps[0].glimpses)
    forced = Interventions((Edit(0, look=glimpses, label=plain.steps[0].label),))
    again = trace_image(model, IMAGE, source, interventions=forced)
    assert again.labels == plain.labels
    assert np.array_equal(again.steps[-1].mask, plain.steps[-1].mask)


def test_sampling_is_reproducible_by_seed(model: HSAL) -> None:
    drawn = [trace_with(model, Interventions(rules=(Rule(temperature=50.0, seed=seed),))) for seed in (1, 1, 2)]
    cells = [[glimpse.cell for step in one.steps for glimpse in step.glimpses] for one in drawn]
    assert cells[0] == cells[1]
    assert cells[0] != cells[2]


def test_another_saliency_model_replaces_that_of_the_weights(model: HSAL) -> None:
    flat = trace_image(
        model, IMAGE, Source("file", "x", "", "w", "channel_energy"), interventions=Interventions(saliency="uniform")
    )
    assert flat.steps[0].saliency.tolist() == np.ones((3, 3)).tolist()
    assert flat.source.saliency == "uniform"


def test_a_later_rule_overrides_an_earlier_one() -> None:
    first = Rule(0, inhibition=False, glimpses=1, temperature=1, seed=9)
    rules = Interventions(rules=(Rule(2, inhibition=True), first))
    assert rules.rule_at(1) == Rule(1, glimpses=1, inhibition=False, temperature=1, seed=9)
    assert rules.rule_at(2) == Rule(2, glimpses=1, inhibition=True, temperature=1, seed=9)


def test_a_hidden_part_gets_the_median_color_of_the_image() -> None:
    image = np.array([[[9, 8, 7]] * 3, [[9, 8, 7], [1, 2, 3], [1, 2, 3]]], np.uint8)
    assert cover(image, ((1, 1, 2, 3),))[1].tolist() == [[9, 8, 7]] * 3
    assert image[1, 1].tolist() == [1, 2, 3]  # the image itself is not modified


@pytest.mark.parametrize(("wrong", "sentence"), [
    (Interventions((Edit(9),)), "at most 4 meta-steps: there is no meta-step 10 (step 9 counted from 0)"),
    (Interventions((Edit(1), Edit(1))), "two edits"),
    (Interventions((Edit(0, look=((3, 0),)),)), "row 4, column 1 (3, 0 counted from 0) lies outside the map"),
    (Interventions((Edit(0, look=(None, None, (0, 0))),)), "has 2 glimpses, not 3"),
    (Interventions((Edit(0, bar=tuple((r, c) for r in range(3) for c in range(3))),)), "no cell is left for a glimpse"),
    (Interventions((Edit(0, veto=tuple(range(11))),)), "no label is left"),
    (Interventions((Edit(0, label=11),)), "no such label"),
    (Interventions((Edit(0, blind=(3,)),)), "does not have such a glimpse"),
    (Interventions((Edit(0, paint=((0, 0, 1.5),)),)), "saliency lies between 0 and 1"),
    (Interventions((Edit(0, gaussians=((0.0, 1.0, 1.0, 1.0),)),)), "all Gaussians have weight 0"),
    (Interventions((Edit(0, gaussians=((1.0, 0.0, 1.0, 1.0),)),)), "beta lies between"),
    (Interventions((Edit(0, gaussians=((1.0, 1.0, 9.0, 1.0),)),)), "center lies outside"),
    (Interventions((Edit(0, gaussians=((1.0, 100.0, 0.0, 0.0),)),)), "the Gaussians are too narrow for the mask"),
    (Interventions((Edit(0, gaussians=((1.0, 100.0, 4.0, 0.0), (0.0, 1.0, 2.0, 2.0))),)), "too narrow for the mask"),
    (Interventions(rules=(Rule(glimpses=99),)), "0 to 16 glimpses"),
    (Interventions(rules=(Rule(temperature=-1.0),)), "temperature"),
    (Interventions(rules=(Rule(seed=-1),)), "seed"),
    (Interventions(hidden=((0, 0, 49, 4),)), "reaches out of the image of 48 x 48 px"),
])
def test_reports_impossible_interventions_in_one_sentence(model: HSAL, wrong: Interventions, sentence: str) -> None:
    with pytest.raises(InterventionError) as caught:
        trace_image(model, IMAGE, Source("file", "x", "", "w", "channel_energy"), interventions=wrong)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("gaussian", [(1.0, 100.0, 1.5, 1.5), (1.0, 60.0, 0.0, 1.0), (0.001, 100.0, 3.5, 2.0)])
def test_a_narrow_gaussian_within_reach_of_a_cell_gives_finite_weights(
    model: HSAL, gaussian: tuple[float, float, float, float]
) -> None:
    made = trace_with(model, Interventions((Edit(0, gaussians=(gaussian,)),)))
    assert made.steps[0].mask.max() > 0
    assert made.steps[0].broad_weights.sum() == pytest.approx(1)


def test_an_empty_mask_gives_an_empty_broad_glimpse() -> None:
    assert broad_weights(torch.zeros(1, 3, 3)).tolist() == [[[0.0] * 3] * 3]


def test_a_trace_stores_its_interventions(model: HSAL) -> None:
    made = trace_with(model, ALL)
    again = Trace.from_json(made.to_json())
    assert again.interventions == made.interventions
    assert again.to_json() == made.to_json()


def test_a_trace_of_schema_1_has_no_interventions(model: HSAL) -> None:
    older = {**trace_image(model, IMAGE, Source("file", "x", "", "w", "channel_energy")).to_dict(), "schema": 1}
    older.pop("interventions")
    assert Trace.from_dict(older).interventions == Interventions()


def test_json_and_link_are_equivalent() -> None:
    assert read_interventions(json.loads(json.dumps(ALL.to_dict()))) == ALL
    assert unpack(pack(ALL)) == (ALL, [])
    assert unpack(pack(Interventions())) == (Interventions(), [])
    assert pack(Interventions()) == ""


def test_ten_interventions_fit_in_a_link() -> None:
    numbers = np.random.default_rng(0).uniform(0.1, 9, (10, 3, 4)).round(3)
    ten = Interventions(tuple(
        Edit(step, tuple((1.0, *map(float, one[1:])) for one in numbers[step]), look=((step, 12 - step), None))
        for step in range(10)
    ))
    assert len(pack(ten)) < 1200


def packed(text: str) -> str:
    """Any text, encoded as in a link."""
    return urlsafe_b64encode(zlib.compress(text.encode())).rstrip(b"=").decode()


@pytest.mark.parametrize(("word", "valid", "sentence"), [
    ("%%%", Interventions(), "damaged"),
    (pack(ALL)[:-9], Interventions(), "damaged"),
    (packed("{"), Interventions(), "damaged"),
    (packed("[" * 5000), Interventions(), "damaged"),
    (packed("[]"), Interventions(), "not a JSON object"),
    (packed(" " * 200_000), Interventions(), "larger than a link can hold"),
    (packed('{"edits": 3}'), Interventions(), "edits of the interventions are not a list"),
    (packed('{"edits": [{"step": 0, "label": 3}, {"step": 1, "label": "x"}]}'), Interventions((Edit(0, label=3),)),
     "edit 2 of the interventions was left out: label: expected int | null, got str"),
    (packed('{"rules": [{"covert": 0}, {"glimpses": 1}]}'), Interventions(rules=(Rule(glimpses=1),)),
     "rule 1 of the interventions was left out: covert: expected bool | null, got int"),
    (packed('{"edits": [{"look": [[1, 2]]}]}'), Interventions(), "missing required field step"),
    (packed('{"edits": [{"step": 0, "power": 9}]}'), Interventions(), "unknown fields (power; known are step,"),
    (packed('{"edits": [{"step": 0, "gaussians": [[1, 2, 3]]}]}'), Interventions(),
     "gaussians[0]: expected array of length 4, got 3"),
    (packed('{"edits": [{"step": 0, "paint": [[0, 0, NaN]]}]}'), Interventions(), "paint[0][2]: expected float"),
    (packed('{"hidden": [[1, 2, 3]], "saliency": "uniform"}'), Interventions(saliency="uniform"), "hidden part 1"),
    (packed('{"saliency": 3}'), Interventions(), "is not a name"),
    (packed('{"model": 3}'), Interventions(), "unknown fields (model; known are edits, rules,"),
])
def test_restores_the_valid_part_of_a_tampered_link(word: str, valid: Interventions, sentence: str) -> None:
    restored, problems = unpack(word)
    assert restored == valid
    assert len(problems) == 1
    assert sentence in problems[0]
    assert "\n" not in problems[0]


def test_strict_reading_rejects_what_restoring_skips() -> None:
    values = {"edits": [{"step": 0, "label": "x"}]}
    assert restore_interventions(values)[0] == Interventions()
    with pytest.raises(InterventionError, match=r"The edit 1 .* cannot be read: label: expected int"):
        read_interventions(values)


def test_describes_each_intervention() -> None:
    names = [*"0123456789", "stop"]
    assert list(describe(ALL, names)) == [
        "hidden: rows 0 to 7, columns 0 to 15 px",
        "meta-step 1: 2 Gaussians set by hand", "meta-step 1: glimpse 2 at row 3, column 2",
        "meta-step 1: label stop excluded",
        "meta-step 2: saliency painted on 2 cells", "meta-step 2: no glimpse at row 2, column 2",
        "meta-step 2: the broad glimpse is blank", "meta-step 2: label set to 7",
        "meta-step 2: from here 3 glimpses", "meta-step 2: from here sampled at temperature 0.5, seed 4",
        "meta-step 3: from here covert attention off", "meta-step 3: from here inhibition of return off",
    ]
    assert list(describe(Interventions(saliency="gbvs"))) == ["saliency of gbvs"]
    assert list(describe(Interventions(rules=(Rule(glimpses=0),)))) == ["meta-step 1: from here no glimpses"]


def test_notes_list_the_interventions_and_those_without_effect() -> None:
    trace = make_trace()  # 3 meta-steps
    assert (intervention_note(trace), ineffective_note(trace)) == ("", "")
    late = replace(trace, interventions=Interventions((Edit(0, label=3), Edit(5, label=1)), (Rule(3, covert=False),)))
    assert intervention_note(late) == "Changed by hand: meta-step 1: label set to 3"
    note = ineffective_note(late)
    assert note == "The interventions at meta-steps 4, 6 had no effect: the trace ended at meta-step 3."
    many = tuple(Edit(step, bar=tuple((row, 0) for row in range(7))) for step in range(3))
    line = intervention_note(replace(trace, interventions=Interventions(many)))
    assert len(line) <= 300
    assert line.endswith(" …")
