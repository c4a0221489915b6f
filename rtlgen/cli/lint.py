"""`rtlgen lint`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rtlgen.cli.common import FAILED, OK, print_json, stderr

if TYPE_CHECKING:
    from rtlgen.spec import Finding, Spec

Json = Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")]


def lint(
    spec: Annotated[
        Path, typer.Argument(help="The specification, in Markdown.", show_default=False)
    ],
    json: Json = False,
) -> None:
    """List what a designer would have to ask about a specification.

    Exit code 1 if the specification contradicts itself.
    """
    from rtlgen.spec import Severity, load_spec

    read = load_spec(spec)
    if json:
        print_json(_record(read))
    else:
        _print(read)
    contradicted = any(finding.severity is Severity.ERROR for finding in read.findings)
    raise typer.Exit(FAILED if contradicted else OK)


def _print(spec: Spec) -> None:
    for finding in spec.findings:
        typer.echo(_line(spec.path, finding))
    for prop in spec.properties:
        typer.echo(f"{spec.path}:{prop.line}: property: {prop.name}")
    counts = _counts(spec)
    text = ", ".join(f"{number} {name}{'s' * (number > 1)}" for name, number in counts.items())
    stderr().print(f"module {spec.interface.module}: {text or 'nothing to ask'}", markup=False)


def _line(path: str, finding: Finding) -> str:
    head = f"{path}:{finding.place.line}: {finding.severity.value}: {finding.rule}: "
    tail = f"; assumed: {finding.assumption}" if finding.assumption else ""
    return f"{head}{finding.message}{tail}"


def _counts(spec: Spec) -> dict[str, int]:
    counts: dict[str, int] = {}
    for finding in spec.findings:
        counts[finding.severity.value] = counts.get(finding.severity.value, 0) + 1
    return counts


def _record(spec: Spec) -> dict[str, Any]:
    return {
        "path": spec.path,
        "module": spec.interface.module,
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "line": finding.place.line,
                "end_line": finding.place.end_line,
                "message": finding.message,
                "assumption": finding.assumption,
            }
            for finding in spec.findings
        ],
        "properties": [
            {
                "kind": prop.kind.value,
                "signals": list(prop.signals),
                "bound": prop.bound,
                "line": prop.line,
                "text": prop.text,
            }
            for prop in spec.properties
        ],
    }
