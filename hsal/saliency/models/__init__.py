"""Saliency models: `Stimulus` -> map (B,h,w) >= 0, at any scale and resolution.

To add a model, add a file here with a docstring that cites its source, an `ABOUT` (`hsal.saliency.base.About`), a
frozen dataclass `Parameters` if it has parameters, and a function
`build(parameters: Parameters = Parameters()) -> SaliencyModel`. The attention model averages the map over each cell and
divides it by its maximum, so resolution and scale do not matter. Every model passes the contract test in
tests/saliency/test_models.py.
"""
