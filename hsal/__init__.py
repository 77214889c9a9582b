"""HSAL: hierarchical, saliency-based attention after Welleck et al., NIPS 2017.

Read the package in this order to follow the paper's figure from left to right: config, data,
backbones, saliency, meta_controller (with attention), interface, controller, inhibition, model,
trace; then reward, objectives, metrics, train, evaluate, checkpoint, cli.
"""

__version__ = "0.1.0"
