"""Saliency models: a `Stimulus` -> map (B,h,w), >= 0, on any scale and of any resolution.

To add one, add a file here with a docstring that cites its source, an `ABOUT` (`hsal.saliency.base.About`), a frozen
dataclass `Parameters` where it has any, and a function `build(parameters: Parameters = Parameters()) -> SaliencyModel`.
The attention model takes the means of its cells and divides each map by its maximum, so that neither resolution
nor scale matter. Every entry passes the contract in tests/saliency/test_models.py.
"""
