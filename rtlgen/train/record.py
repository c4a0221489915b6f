"""What a run writes down of its configuration, its model and its data."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path

from rtlgen.train.config import Method, Placed
from rtlgen.train.hardware import Hardware
from rtlgen.train.model import resolve
from rtlgen.train.rows_read import Source
from rtlgen.train.run_folder import Record

_VERSIONED = ("rtlgen", "torch", "transformers", "trl", "peft", "accelerate", "datasets")
_PIECE = 1 << 20
_WEIGHTS = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt")


def record_of(
    method: Method, placed: Placed, sources: Sequence[Source], hardware: Hardware
) -> Record:
    """Return the record of a run that begins."""
    model = resolve(placed.config.model, placed.folder)
    adapter = placed.config.lora.adapter if placed.config.lora else None
    return Record(
        method=method,
        config=placed.config.model_dump(mode="json", exclude={"output"}),
        model=Path(model).name if Path(model).exists() else model,
        model_digest=digest_of(Path(model)),
        adapter_digest=digest_of(placed.path(adapter)) if adapter else "",
        data=_digests(sources),
        versions={name: version(name) for name in _VERSIONED},
        hardware=asdict(hardware),
    )


def version(package: str) -> str:
    """Return the installed version; empty for none."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def digest_of(model: Path) -> str:
    """Return a hex digest of a model's files: names, sizes, and both ends of each.

    All of them would take minutes for large models. Empty for a name on the hub.
    """
    if not model.exists():
        return ""
    files = [model] if model.is_file() else [file for glob in _WEIGHTS for file in model.glob(glob)]
    found = hashlib.sha256()
    for file in sorted(files):
        found.update(f"{file.name}\n{file.stat().st_size}\n".encode())
        with file.open("rb") as content:
            found.update(content.read(_PIECE))
            content.seek(max(file.stat().st_size - _PIECE, 0))
            found.update(content.read(_PIECE))
    return found.hexdigest()


def _digests(sources: Sequence[Source]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, source in enumerate(sources):
        name = "/".join(source.path.parts[-3:])
        found[name if name not in found else f"{name} ({number})"] = source.digest()
    return found
