"""Any timm model as a backbone: `--backbone timm:NAME`.

Wightman, *PyTorch Image Models*, 2019, https://github.com/huggingface/pytorch-image-models. The volume is the last
feature map of `timm.create_model(NAME, features_only=True)`; `python -c "import timm; print(timm.list_models())"`
lists the names. Images are normalized as the model's pretrained weights expect.

Choice: cells finer than the model's own come from timm's `output_stride`, which replaces strides with dilation, as in
Yu, Koltun, Funkhouser, *Dilated Residual Networks*, CVPR 2017. A ReLU follows, because some models end without an
activation and a volume must not be negative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from hsal.backbones._memory_format import laid_out, memory_format_for
from hsal.config import ConfigError, ModelConfig
from hsal.registry import UnknownNameError

PREFIX = "timm:"
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class TimmBackbone(nn.Module):
    """A timm model up to its last feature map: (B,1 or 3,H,W) in [0,1] -> (B,C,h,w), >= 0.

    Args:
        config: the model's config; its `backbone`, `size_px` and `cell_px` count.
        body: a timm model made with `features_only`, in the layout of its features, NCHW or NHWC.
        channels: C.
        mean: of the images that the model was trained on, one value or one per color.
        std: standard deviation of those images.
        rename: key of a state dict -> timm's name; weights saved by earlier versions have other names.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self, config: ModelConfig, body: nn.Module, channels: int, mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD, rename: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self.config, self.name, self.body = config, config.backbone, body
        self.channels, self.rename = channels, rename
        self.map_size = (config.map_side, config.map_side)
        self.layout = memory_format_for(self)
        self.register_buffer("mean", torch.tensor(mean)[:, None, None], persistent=False)  # (3,1,1)
        self.register_buffer("std", torch.tensor(std)[:, None, None], persistent=False)
        self.register_load_state_dict_pre_hook(_rename_keys)

    def features(self, x: Tensor) -> Tensor:
        """The last feature map (B,C,h,w) of a normalized image (B,3,H,W)."""
        last = self.body(x)[-1]
        return last.permute(0, 3, 1, 2) if getattr(self.body, "output_fmt", "NCHW") == "NHWC" else last

    def forward(self, image: Tensor) -> Tensor:
        # gray broadcasts to three equal channels
        normalized = laid_out((image - self.mean) / self.std, self.layout)  # (B,3,H,W)
        return functional.relu(self.features(normalized))  # (B,C,h,w)


def build(config: ModelConfig) -> nn.Module:
    """The timm model that `config.backbone` names after "timm:", with random weights; `config.width` has no effect.

    Raises:
        UnknownNameError: timm has no model of that name.
        ConfigError: the model does not take images of this size, or has no cells of this size.
    """
    name = config.backbone.removeprefix(PREFIX)
    body = create_body(name, config)
    given = body.pretrained_cfg
    backbone = TimmBackbone(config, body, body.feature_info.channels()[-1], given["mean"], given["std"])
    _check_map(backbone, config)
    return backbone


def create_body(name: str, config: ModelConfig, pretrained: bool = False) -> Any:
    """A timm model that returns its last feature map alone, as a list of one.

    Args:
        pretrained: load timm's weights for it, from the Hugging Face cache or the network.

    Raises:
        UnknownNameError: timm has no model of that name.
        ConfigError: the model has no cells of this size.
    """
    import timm  # takes seconds to import, and not every backbone needs it

    if not timm.is_model(name):
        close = get_close_matches(name, timm.list_models(), n=3)
        hint = f"did you mean {' or '.join(close)}?" if close else "timm.list_models() lists the names."
        raise UnknownNameError(f"timm has no model {name!r}: {hint}")
    # convolutional networks take an output stride, transformers an image size, and some models neither
    choices: tuple[dict[str, Any], ...] = ({"output_stride": config.cell_px}, {"img_size": config.size_px}, {})
    for options in choices:
        try:
            body: Any = timm.create_model(name, pretrained=pretrained, features_only=True, out_indices=(-1,), **options)
        except TypeError:
            continue
        except (AssertionError, NotImplementedError) as error:
            raise ConfigError(f"timm's {name} has no cells of {config.cell_px} px: set another cell_px.") from error
        except RuntimeError as error:
            raise ConfigError(f"timm's {name} gives no feature maps ({error}): choose another model.") from error
        stride = body.feature_info.reduction()[-1]
        if stride != config.cell_px:
            raise ConfigError(f"timm's {name} has cells of {stride} px: set cell_px to that, not {config.cell_px}.")
        return body
    raise ConfigError(f"timm's {name} gives no feature maps: choose another model.")


def _check_map(backbone: TimmBackbone, config: ModelConfig) -> None:
    """Run the model once, since timm does not report which image sizes it takes."""
    image = torch.zeros(1, 3, config.size_px, config.size_px)
    name = f"timm's {backbone.name.removeprefix(PREFIX)}"
    try:
        with torch.inference_mode():
            shape = tuple(backbone.eval()(image).shape[1:])
    except (AssertionError, RuntimeError, ValueError) as error:
        raise ConfigError(f"{name} does not take images of {config.size_px} px: set another size_px.") from error
    finally:
        backbone.train()
    if shape != (backbone.channels, *backbone.map_size):
        rows, columns = shape[1:]
        side = config.map_side
        raise ConfigError(f"{name} has a map of {rows}x{columns} cells, not {side}x{side}: set another size_px.")


def _rename_keys(backbone: nn.Module, state: dict[str, Any], prefix: str, *_: object) -> None:
    assert isinstance(backbone, TimmBackbone)
    if backbone.rename is None:
        return
    for key in [key for key in state if key.startswith(prefix) and not key.startswith(f"{prefix}body.")]:
        state[f"{prefix}body.{backbone.rename(key.removeprefix(prefix))}"] = state.pop(key)
