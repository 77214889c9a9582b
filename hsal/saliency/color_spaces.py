"""Differentiable conversions between color spaces, for batches of sRGB images.

Images are (B,1 or 3,H,W) in [0,1]. A gray image is treated as R = G = B.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

ColorSpace = Literal["rgb", "gray", "lab", "hsv", "ycbcr"]

# ITU-R BT.601, as in JPEG, Pillow and OpenCV.
_LUMA = (0.299, 0.587, 0.114)
# IEC 61966-2-1: linear sRGB to CIE XYZ under D65, each row divided by the white point (0.950456, 1, 1.088754).
_XYZ = ((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227))
_WHITE = (0.950456, 1.0, 1.088754)


def rgb_to_gray(image: Tensor) -> Tensor:
    """BT.601 luma, (B,1 or 3,H,W) -> (B,1,H,W) in [0,1]. A gray image is returned unchanged."""
    if image.shape[1] == 1:
        return image
    return (image * image.new_tensor(_LUMA)[:, None, None]).sum(dim=1, keepdim=True)


def rgb_to_lab(image: Tensor) -> Tensor:
    """CIE L*a*b* under D65, (B,1 or 3,H,W) -> (B,3,H,W): L in [0,100], a and b in about [-110,110]."""
    image = _three(image)
    linear = torch.where(image <= 0.04045, image / 12.92, ((image.clamp_min(0.04045) + 0.055) / 1.055) ** 2.4)
    matrix = image.new_tensor(_XYZ) / image.new_tensor(_WHITE)[:, None]
    xyz = (matrix @ linear.flatten(2)).reshape(image.shape)  # (B,3,H,W), white is (1,1,1)
    threshold = (6 / 29) ** 3
    root = torch.where(xyz > threshold, xyz.clamp_min(threshold) ** (1 / 3), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = root.unbind(dim=1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=1)


def rgb_to_hsv(image: Tensor) -> Tensor:
    """HSV, (B,1 or 3,H,W) -> (B,3,H,W): hue in [0,1), where 1 is a full circle; saturation and value in [0,1]."""
    image = _three(image)
    red, green, blue = image.unbind(dim=1)
    value = image.amax(dim=1)  # (B,H,W)
    spread = value - image.amin(dim=1)
    safe = torch.where(spread > 0, spread, torch.ones_like(spread))
    by_green, by_blue = 2 + (blue - red) / safe, 4 + (red - green) / safe
    hue = torch.where(value == red, (green - blue) / safe, torch.where(value == green, by_green, by_blue))
    hue = torch.where(spread > 0, (hue / 6) % 1, torch.zeros_like(hue))
    return torch.stack([hue, torch.where(value > 0, spread / value.clamp_min(1e-12), spread), value], dim=1)


def rgb_to_ycbcr(image: Tensor) -> Tensor:
    """YCbCr as in JPEG (BT.601, full range), (B,1 or 3,H,W) -> (B,3,H,W) in [0,1]; Cb and Cr of gray are 0.5."""
    image = _three(image)
    luma = rgb_to_gray(image)[:, 0]
    blue, red = (image[:, 2] - luma) / 1.772, (image[:, 0] - luma) / 1.402
    return torch.stack([luma, blue + 0.5, red + 0.5], dim=1)


def convert_color(image: Tensor, space: ColorSpace) -> Tensor:
    """Convert images to a color space with every channel in [0,1].

    L*a*b* is scaled as in OpenCV's 8-bit images: L/100, (a+128)/255, (b+128)/255.

    Args:
        image: (B,1 or 3,H,W) in [0,1], gray or sRGB.
        space: the color space; "rgb" returns the image unchanged.
    Returns:
        (B,1,H,W) for "gray", (B,3,H,W) for "lab", "hsv" and "ycbcr".
    """
    if space == "rgb":
        return image
    if space == "lab":
        scale, shift = image.new_tensor([[1 / 100, 1 / 255, 1 / 255], [0, 128 / 255, 128 / 255]])[..., None, None]
        return (rgb_to_lab(image) * scale + shift).clamp(0, 1)
    return {"gray": rgb_to_gray, "hsv": rgb_to_hsv, "ycbcr": rgb_to_ycbcr}[space](image).clamp(0, 1)


def _three(image: Tensor) -> Tensor:
    return image.expand(-1, 3, -1, -1)
