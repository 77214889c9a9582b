"""`hsal trace` and `hsal scenes`."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from hsal.data.base import Box
from hsal.data.fixations.custom import ENDINGS, SCENES
from hsal.data.images import ImageError, read_image
from hsal.data.preprocess import for_model
from hsal.device import find_device
from hsal.errors import HsalError
from hsal.export.film import FORMATS as FILMS
from hsal.export.film import save_film
from hsal.export.player.page import FORMATS as PAGES
from hsal.export.player.page import save_page
from hsal.export.strip import FORMATS as STRIPS
from hsal.export.strip import save_strip
from hsal.export.table import Row, Rows, row_of
from hsal.paths import open_output
from hsal.tracing.interventions.checks import InterventionError, check
from hsal.tracing.interventions.codec import LARGEST, read_interventions
from hsal.tracing.interventions.description import changed, without_effect
from hsal.tracing.interventions.schema import NONE, Interventions
from hsal.tracing.recording import trace_image
from hsal.tracing.schema import Source, Trace, TraceError
from hsal.zoo.checkpoint import Checkpoint, load_model
from hsal.zoo.weights import weights_path

if TYPE_CHECKING:
    from hsal import cli
    from hsal.model.hsal import HSAL

# flag, endings of its files, what makes one
DRAWN = (("strip", STRIPS, save_strip), ("film", FILMS, save_film), ("html", PAGES, save_page))


def run_trace(command: cli.Trace) -> int:
    """Carry out `hsal trace`: a bad image is told, and the others finish; exit status 1 if one was bad."""
    if not command.images:
        raise HsalError("Give at least one image, for example: hsal trace scene.png")
    _check_endings(command)
    paths = images_in(command.images)
    checkpoint = load_model(command.weights)
    checkpoint.model.to(find_device(command.device))
    interventions = _plan(command.intervene, checkpoint.model) if command.intervene else NONE
    bad = 0
    with ExitStack() as stack:
        rows = stack.enter_context(Rows(command.out, _settings(command, interventions))) if command.out else None
        file = stack.enter_context(open_output(command.json)) if command.json else None
        missing = [path for path in paths if rows is None or not rows.has(path)]
        quiet = None if len(paths) > 2 else True  # None: only where a person watches
        for path in tqdm(missing, desc="tracing", unit="picture", disable=quiet):
            line, row = _trace_one(command, checkpoint, path, interventions, len(paths) > 1)
            bad += bool(row.problem)
            if file:
                file.write(json.dumps(line, allow_nan=False) + "\n")
            if rows:
                rows.add(path, row)
        if rows:
            rows.finish(paths)
            print(_written(len(paths), bad, command.out), file=sys.stderr)
    return 1 if bad else 0


def _written(rows: int, bad: int, out: Path) -> str:
    """The last line of a table's making."""
    told = f"; {bad} image{'s' * (bad != 1)} could not be read, and the table says why" if bad else ""
    return f"{rows} row{'s' * (rows != 1)} written to {out}{told}."


def _check_endings(command: cli.Trace) -> None:
    for flag, formats, _ in DRAWN:
        file = getattr(command, flag)
        if file and file.suffix.lower()[1:] not in formats:
            wanted = ", ".join(f".{one}" for one in formats)
            raise HsalError(f"--{flag} makes {wanted}, not {file.suffix or 'a file without an ending'}.")


def _trace_one(
    command: cli.Trace, checkpoint: Checkpoint, path: Path, interventions: Interventions, several: bool
) -> tuple[dict[str, Any], Row]:
    """Trace, draw and print one image, or tell why not; what --json and --out say of it."""
    try:
        trace = trace_file(checkpoint, path, command.saliency, interventions)
    except (ImageError, TraceError) as error:
        tqdm.write(f"hsal: {path}: {error}", file=sys.stderr)
        return {"image": str(path), "error": str(error)}, Row(str(path), problem=str(error))
    if late := without_effect(trace):
        tqdm.write(f"hsal: {path}: {late}", file=sys.stderr)
    _show(command, path, trace, several)
    return {"image": str(path), "labels": trace.labels, "trace": trace.to_dict()}, row_of(str(path), trace)


def images_in(paths: Sequence[Path]) -> list[Path]:
    """The files as they are, and of folders all images in and below them by their names, each once.

    Raises:
        ImageError: a folder without an image.
    """
    found: dict[Path, None] = {}
    for path in paths:
        inside = [path]
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.suffix.lower() in ENDINGS and one.is_file())
            if not inside:
                raise ImageError(f"{path} holds no image: give a folder with PNG, JPEG, WebP, BMP or GIF files.")
        found |= dict.fromkeys(inside)
    return list(found)


def _settings(command: cli.Trace, interventions: Interventions) -> dict[str, Any]:
    """What all rows of a table share."""
    weights = hashlib.sha256(weights_path(command.weights).read_bytes()).hexdigest()[:12]
    return {"weights": weights, "saliency": command.saliency, "interventions": interventions.to_dict()}


def _plan(path: Path, model: HSAL) -> Interventions:
    """What is to be done, if all of it can be done with the model."""
    try:
        interventions = read_plan(path)
        check(interventions, model.config, model.map_size)
    except InterventionError as error:
        raise InterventionError(f"{error} Nothing was run.") from error
    return interventions


def read_plan(path: Path) -> Interventions:
    """The interventions in a JSON file.

    Raises:
        InterventionError: there is no such file, or it holds none.
    """
    try:
        text = sys.stdin.read(LARGEST) if str(path) == "-" else path.read_text(encoding="utf-8")
        return read_interventions(json.loads(text))
    except OSError as error:
        raise InterventionError(f"{path} cannot be read ({error.strerror}): check the path.") from error
    except InterventionError:
        raise
    except (ValueError, RecursionError) as error:
        raise InterventionError(f"{path} is not JSON: {error}.") from error


def trace_file(
    checkpoint: Checkpoint, path: Path, saliency: str = "", interventions: Interventions = NONE
) -> Trace:
    """Trace one image file; the truth is known where `hsal scenes` made it.

    Args:
        saliency: name of a saliency model in place of the weights' own.
        interventions: what is done in place of the model.
    Raises:
        UnknownNameError: there is no such saliency model.
        SaliencyError: it needs more than an image.
        ImageError: it cannot be read as an image.
        TraceError: what scenes.jsonl says of it cannot be true.
    """
    picture = read_image(path)
    ready = for_model(picture.pixels, checkpoint.model.config)
    source = Source("file", path.name, "", checkpoint.name, checkpoint.model.config.saliency)
    truth, boxes = _rendered(path)
    boxes = [ready.moved(box) for box in boxes]
    notes = (*picture.notes, *ready.notes)
    return trace_image(checkpoint.model, ready.image, source, truth, boxes, notes, saliency, interventions)


def _rendered(path: Path) -> tuple[list[int] | None, list[Box]]:
    """Truth and boxes that the scenes.jsonl beside an image tells; (None, []) where it is not such a scene."""
    try:
        lines = [json.loads(line) for line in (path.parent / SCENES).read_text().splitlines()]
        known = next(line for line in lines if line["image"] == path.name)
        return list(map(int, known["labels"])), [Box(*map(int, astuple(Box(**box)))) for box in known["boxes"]]
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        return None, []


def _show(command: cli.Trace, path: Path, trace: Trace, several: bool) -> None:
    for flag, _, save in DRAWN:
        if file := getattr(command, flag):
            save(trace, file.with_name(f"{file.stem}-{path.stem}{file.suffix}") if several else file)
    if command.json is None and command.out is None:
        named = " ".join(trace.class_names[label] for label in trace.labels) or "nothing"
        end = "then stop" if trace.ended_by_stop else "without saying stop"
        print(f"{path}: {named}, {end}; attn_saliency {trace.attn_saliency:.2f} of the maximum")
        for note in trace.notes:
            print(f"    {note}")
        if done := changed(trace):
            print(f"    {done}")
