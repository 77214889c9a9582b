"""Digits, scenes made of them, and strangers' images."""
