"""Requirements in plain English, understood sentence by sentence or not at all."""

from __future__ import annotations

from rtlgen.spec.requirements.overlap import NotUnderstood
from rtlgen.spec.requirements.reading import Requirements, read_requirements

__all__ = ["NotUnderstood", "Requirements", "read_requirements"]
