"""Fixtures of several tests of language models."""

from tests.tiny_model import garbage_model, tiny_model

__all__ = ["garbage_model", "tiny_model"]
