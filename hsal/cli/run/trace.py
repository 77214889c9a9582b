"""`hsal trace`."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from tqdm import tqdm

from hsal import api
from hsal.data.fixations.custom import ENDINGS
from hsal.data.images import ImageError, read_image
from hsal.device import find_device
from hsal.errors import HsalError
from hsal.export.film import FORMATS as FILMS
from hsal.export.film import save_film
from hsal.export.player.page import FORMATS as PAGES
from hsal.export.player.page import save_page
from hsal.export.strip import FORMATS as STRIPS
from hsal.export.strip import save_strip
from hsal.export.table import ImageRow, TableWriter, row_of
from hsal.paths import DEFAULT_WEIGHTS, PHOTO_WEIGHTS, open_output, shipped_weights
from hsal.tracing.interventions.checks import InterventionError, check
from hsal.tracing.interventions.codec import LARGEST_BYTES, read_interventions
from hsal.tracing.interventions.description import ineffective_note, intervention_note
from hsal.tracing.interventions.schema import NONE, Interventions
from hsal.tracing.label_text import labels_text
from hsal.tracing.schema import Trace, TraceError
from hsal.zoo.checkpoint import Checkpoint, load_model
from hsal.zoo.suitability import AUTO, suitable_weights
from hsal.zoo.weights import weights_path

if TYPE_CHECKING:
    from hsal.cli.trace import TraceCommand
    from hsal.model.hsal import HSAL

# flag, file extensions, function that writes the file
DRAWINGS = (("strip", STRIPS, save_strip), ("film", FILMS, save_film), ("html", PAGES, save_page))


def run_trace(command: TraceCommand) -> int:
    """Carry out `hsal trace`: a bad image is reported and the others are traced; exit status 1 if any was bad."""
    if not command.images:
        raise HsalError("Give at least one image, for example: hsal trace scene.png")
    _check_extensions(command)
    paths = images_in(command.images)
    weights, interventions = _prepare(command, paths)
    bad = 0
    with ExitStack() as stack:
        rows = stack.enter_context(TableWriter(command.out, _settings(command, interventions))) if command.out else None
        file = stack.enter_context(open_output(command.json)) if command.json else None
        missing = [path for path in paths if rows is None or not rows.has(path)]
        quiet = None if len(paths) > 2 else True  # None: a progress bar on a terminal only
        for path in tqdm(missing, desc="tracing", unit="image", disable=quiet):
            trace, problem = _trace_one(command, weights, path, interventions, len(paths) > 1)
            bad += trace is None
            if file:
                file.write(_json_line(path, trace, problem) + "\n")
            if rows:
                rows.add(path, ImageRow(str(path), problem=problem) if trace is None else row_of(str(path), trace))
        if rows and command.out:
            rows.finish(paths)
            print(_summary(len(paths), bad, command.out), file=sys.stderr)
    return 1 if bad else 0


def _prepare(command: TraceCommand, paths: Sequence[Path]) -> tuple[Checkpoint | str, Interventions]:
    """The weights of all images, or `AUTO`, and the interventions, which fit one model alone."""
    device = find_device(command.device)
    if command.weights == AUTO and not command.intervene:
        return AUTO, NONE
    name = suitable_weights(read_image(paths[0]).pixels) if command.weights == AUTO else command.weights
    checkpoint = load_model(name)
    checkpoint.model.to(device)
    return checkpoint, _checked_interventions(command.intervene, checkpoint.model) if command.intervene else NONE


def _summary(rows: int, bad: int, out: Path) -> str:
    """The line that reports a finished table."""
    problems = f"; {bad} image{'s' * (bad != 1)} could not be read, and the table says why" if bad else ""
    return f"{rows} row{'s' * (rows != 1)} written to {out}{problems}."


def _check_extensions(command: TraceCommand) -> None:
    for flag, formats, _ in DRAWINGS:
        file = getattr(command, flag)
        if file and file.suffix.lower()[1:] not in formats:
            extensions = ", ".join(f".{name}" for name in formats)
            raise HsalError(f"--{flag} writes {extensions}, not {file.suffix or 'a file without an extension'}.")


def _trace_one(
    command: TraceCommand, weights: Checkpoint | str, path: Path, interventions: Interventions, several: bool
) -> tuple[Trace | None, str]:
    """Trace, draw and print one image, or report the problem; returns the trace, or None and the problem."""
    try:
        trace = api.trace(path, weights, saliency=command.saliency, interventions=interventions,
                          meta_steps=command.meta_steps, device=command.device)
    except (ImageError, InterventionError, TraceError) as error:
        tqdm.write(f"hsal: {path}: {error}", file=sys.stderr)
        return None, str(error)
    if warning := ineffective_note(trace):
        tqdm.write(f"hsal: {path}: {warning}", file=sys.stderr)
    _show(command, path, trace, several)
    return trace, ""


def _json_line(path: Path, trace: Trace | None, problem: str) -> str:
    """One image as a line of --json; the trace's own JSON is inserted as it is."""
    image: dict[str, Any] = {"image": str(path)}
    if trace is None:
        image["error"] = problem
    else:
        labels = None if trace.withheld else trace.labels
        image |= {"labels": labels, "trace": msgspec.Raw(trace.to_json().encode())}
    return msgspec.json.encode(image).decode()


def images_in(paths: Sequence[Path]) -> list[Path]:
    """The given files, and all images in and below the given folders sorted by name, without duplicates.

    Raises:
        ImageError: a folder without an image.
    """
    found: dict[Path, None] = {}
    for path in paths:
        inside = [path]
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file())
            if not inside:
                raise ImageError(f"{path} contains no image: give a folder with PNG, JPEG, WebP, BMP or GIF files.")
        found |= dict.fromkeys(inside)
    return list(found)


def _settings(command: TraceCommand, interventions: Interventions) -> dict[str, Any]:
    """The settings that all rows of a table share."""
    names = [DEFAULT_WEIGHTS, PHOTO_WEIGHTS] if command.weights == AUTO else [command.weights]
    files = [weights_path(name) for name in names if command.weights != AUTO or name in shipped_weights()]
    weights = " ".join(hashlib.sha256(file.read_bytes()).hexdigest()[:12] for file in files)
    settings = {"weights": weights, "saliency": command.saliency, "interventions": interventions.to_dict()}
    return settings if command.meta_steps is None else {**settings, "meta_steps": command.meta_steps}


def _checked_interventions(path: Path, model: HSAL) -> Interventions:
    """The interventions in a file, if all of them are possible for the model."""
    try:
        interventions = load_interventions(path)
        if model.config.viewing == "objects":  # else the map depends on the photo, and each is checked by itself
            check(interventions, model.config, (model.config.size_px, model.config.size_px))
    except InterventionError as error:
        raise InterventionError(f"{error} Nothing was run.") from error
    return interventions


def load_interventions(path: Path) -> Interventions:
    """The interventions in a JSON file.

    Raises:
        InterventionError: the file cannot be read or does not hold interventions.
    """
    try:
        text = sys.stdin.read(LARGEST_BYTES) if str(path) == "-" else path.read_text(encoding="utf-8")
        return read_interventions(json.loads(text))
    except OSError as error:
        raise InterventionError(f"{path} cannot be read ({error.strerror}): check the path.") from error
    except InterventionError:
        raise
    except (ValueError, RecursionError) as error:
        raise InterventionError(f"{path} is not JSON: {error}.") from error


def _show(command: TraceCommand, path: Path, trace: Trace, several: bool) -> None:
    for flag, _, save in DRAWINGS:
        if file := getattr(command, flag):
            save(trace, file.with_name(f"{file.stem}-{path.stem}{file.suffix}") if several else file)
    if command.json is None and command.out is None:
        end = "then stop" if trace.ended_by_stop else "without stop"
        print(f"{path}: {labels_text(trace)}, {end}; attn_saliency {trace.attn_saliency:.2f} of the maximum")
        for note in (*trace.notes, *filter(None, [trace.withheld])):
            print(f"    {note}")
        if changes := intervention_note(trace):
            print(f"    {changes}")
