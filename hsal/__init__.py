"""HSAL: hierarchical, saliency-based attention after Welleck et al., NIPS 2017.

    import hsal
    trace = hsal.trace("scene.png")
    print(trace.labels)

The names below are the public interface. Each is imported when it is first used, so that `import hsal` is quick and
loads no torch.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # that of `typing`, whose import would take longer than all of this module

if TYPE_CHECKING:
    from hsal.api import evaluate, saliency_map, saliency_models, trace
    from hsal.config import ModelConfig, PretrainConfig, SceneConfig, TrainConfig
    from hsal.errors import HsalError
    from hsal.model.hsal import HSAL
    from hsal.paths import shipped_weights
    from hsal.saliency.pipeline import MapOptions, SaliencyMap
    from hsal.tracing.interventions.schema import Interventions
    from hsal.tracing.schema import Trace
    from hsal.zoo.checkpoint import Checkpoint, load_model, save_model

__version__ = "0.2.0"

__all__ = [
    "HSAL",
    "Checkpoint",
    "HsalError",
    "Interventions",
    "MapOptions",
    "ModelConfig",
    "PretrainConfig",
    "SaliencyMap",
    "SceneConfig",
    "Trace",
    "TrainConfig",
    "__version__",
    "evaluate",
    "load_model",
    "saliency_map",
    "saliency_models",
    "save_model",
    "shipped_weights",
    "trace",
]

_MODULES = {
    "hsal.api": ("evaluate", "saliency_map", "saliency_models", "trace"),
    "hsal.config": ("ModelConfig", "PretrainConfig", "SceneConfig", "TrainConfig"),
    "hsal.errors": ("HsalError",),
    "hsal.model.hsal": ("HSAL",),
    "hsal.paths": ("shipped_weights",),
    "hsal.saliency.pipeline": ("MapOptions", "SaliencyMap"),
    "hsal.tracing.interventions.schema": ("Interventions",),
    "hsal.tracing.schema": ("Trace",),
    "hsal.zoo.checkpoint": ("Checkpoint", "load_model", "save_model"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'hsal' has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
