"""What `rtlgen eval compare` does once its arguments are parsed."""

from __future__ import annotations

from pathlib import Path

import typer

from rtlgen.cli.common import print_json
from rtlgen.design.visible import visible
from rtlgen.evaluation.compare import Verdict, compare
from rtlgen.evaluation.compare_text import text


def run(first: Path, second: Path, *, k: int, verdict: Verdict, json: bool) -> None:
    """Run `rtlgen eval compare`."""
    found = compare(first, second, k=k, verdict=verdict)
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        typer.echo(visible(text(found)))
