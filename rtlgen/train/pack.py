"""A trained adapter as part of rtlgen: `adapter.gguf` and `model.json`."""

from __future__ import annotations

from pathlib import Path

from rtlgen.embedded.files import (
    ADAPTER,
    FOLDER,
    MANIFEST,
    MOST_BYTES,
    AdapterFile,
    Manifest,
    base_of,
    digest_of,
    read_manifest,
)
from rtlgen.errors import UsageError
from rtlgen.evaluation.replacing import write_whole
from rtlgen.llm.style import style_in
from rtlgen.train.gguf_export import Stored, export_adapter

_STORED: Stored = "q8_0"


def pack(folder: Path, target: Path = FOLDER, *, most: int = MOST_BYTES) -> Manifest:
    """Write the LoRA adapter in `folder` to `target`, for the base that rtlgen is shipped with.

    What was there is replaced at the end, and not at all if it fails.

    Raises:
        UsageError: `folder` holds no LoRA adapter for a Llama, or one of more than `most` bytes.
        ModelFault: The base model is not installed.
    """
    manifest = read_manifest()
    target.mkdir(parents=True, exist_ok=True)
    partial = target / f".{ADAPTER}.new"
    try:
        rank = export_adapter(folder, partial, like=base_of(manifest), stored=_STORED)
        size = partial.stat().st_size
        if size > most:
            raise UsageError(
                f"a shipped adapter must have at most {most >> 20} MiB, {folder} has "
                f"{size / (1 << 20):.1f} MiB at rank {rank}\n\nhint: train one of a smaller rank"
            )
        adapter = AdapterFile(
            file=ADAPTER, sha256=digest_of(partial), bytes=size, rank=rank, stored=_STORED
        )
        packed = manifest.model_copy(update={"adapter": adapter, "prompt": style_in(folder)})
        partial.replace(target / ADAPTER)
        write_whole(target / MANIFEST, packed.model_dump_json(indent=2) + "\n")
    finally:
        partial.unlink(missing_ok=True)
    return packed
