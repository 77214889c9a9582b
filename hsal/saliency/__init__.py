"""Saliency models: which there are, what they share, and what is made of their maps."""

from hsal.registry import Registry

FORMER = {"centre_prior": "center_prior"}  # codespell:ignore
SALIENCY = Registry("hsal.saliency.models", "hsal.saliency", FORMER)
