"""Activation models: image (B,1 or 3,H,W) in [0,1] -> volume (B,C,h,w), the last activations, >= 0.

To add one, add a file here with a docstring that cites its source and a function
`build(config: ModelConfig) -> torch.nn.Module` whose result has `channels` (C) and `map_size` ((h, w)) beside
`forward`. Every entry passes the contract in tests/backbones/test_backbones.py. `timm:NAME` is any timm model.
"""

from hsal.registry import Registry

BACKBONES = Registry("hsal.backbones", "hsal.backbones", families={"timm": "timm_models"})
