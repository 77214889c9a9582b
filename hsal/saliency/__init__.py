"""Saliency models: image (B,1,H,W) and volume (B,C,h,w) -> map (B,h,w), >= 0, on any scale.

To add one, add a file here with a docstring that cites its source and a function
`build() -> Callable[[Tensor, Tensor], Tensor]`. The model divides each map by its maximum, so
that scale does not matter. Every entry passes the contract in tests/test_saliency.py.
"""
