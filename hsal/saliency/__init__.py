"""Saliency models, their registry, and the processing of their maps."""

from hsal.registry import Registry

FORMER = {"centre_prior": "center_prior"}  # names in old weights and files  # codespell:ignore
SALIENCY = Registry("hsal.saliency.models", "hsal.saliency", FORMER)
