"""`rtlgen doctor`."""

from __future__ import annotations

from typing import Annotated

import typer


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Report every tool, whether it really runs, and what to type for what is missing.

    Exit code 0 if designs can be judged, else 4.
    """
    from rtlgen.cli.common import ENVIRONMENT, OK, print_json, stderr, unwind_when_interrupted
    from rtlgen.doctor import examine

    unwind_when_interrupted()
    console = stderr()
    with console.status("trying the tools ..."):
        findings = examine()
    if json:
        print_json(findings.to_json())
    else:
        typer.echo(findings.to_text())
    raise typer.Exit(OK if findings.can_judge else ENVIRONMENT)
