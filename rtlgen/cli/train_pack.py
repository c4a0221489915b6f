"""`rtlgen train pack`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def pack(
    adapter: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="Folder of a LoRA adapter, trained on smollm2: `adapter` in that of a training.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Folder that adapter.gguf and model.json are written to; default: that of the "
            "installed rtlgen, whose --model embedded it becomes.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make a trained adapter the one of `--model embedded`."""
    from rtlgen.embedded.files import ADAPTER, FOLDER
    from rtlgen.train.pack import pack as packed

    folder = output or FOLDER
    found = packed(adapter, folder).adapter
    typer.echo(folder / ADAPTER)
    if found is not None:
        size = f"{found.bytes / (1 << 20):.1f} MiB"
        typer.echo(f"note: rank {found.rank}, {size}, SHA-256 {found.sha256}", err=True)
