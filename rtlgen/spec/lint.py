"""What a designer would have to ask about a specification."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from rtlgen.spec import lint_behavior, lint_structure
from rtlgen.spec.lint_subject import Subject
from rtlgen.spec.model import Finding, Spec

Rule = Callable[[Subject], Iterable[Finding]]

RULES: dict[str, Rule] = {
    "no-outputs": lint_structure.no_outputs,
    "unused-port": lint_structure.unused_ports,
    "undeclared-name": lint_structure.undeclared_names,
    "bit-range": lint_structure.bit_ranges,
    "port-width": lint_structure.port_widths,
    "to-be-defined": lint_structure.open_marks,
    "state-name": lint_structure.state_names,
    "reset-value": lint_behavior.reset_value,
    "latency": lint_behavior.latency,
    "overflow": lint_behavior.overflow,
    "x-policy": lint_behavior.x_policy,
    "priority": lint_behavior.priority,
    "clock-domains": lint_behavior.clock_domains,
}
"""Rule name to the function that checks it; the reader has rules of its own besides."""


def lint(subject: Subject) -> Spec:
    """Return the specification with what every rule finds added, in the order of the text."""
    spec = subject.spec
    findings = [*map(_as_drawn, spec.findings)] if subject.drawn else [*spec.findings]
    for rule in RULES.values():
        findings += rule(subject)
    return replace(spec, findings=_in_order(findings))


_SHOWN = {
    "clock-edge": "registers change at the edge that the waveform shows",
    "reset-polarity": "the reset acts as the waveform shows",
    "reset-kind": "the reset acts as the waveform shows",
}
"""What a waveform answers by itself."""


def _as_drawn(finding: Finding) -> Finding:
    """Assume of an edge or a reset what the waveform shows rather than what is usual."""
    if not finding.assumption or finding.rule not in _SHOWN:
        return finding
    return replace(finding, assumption=_SHOWN[finding.rule])


def _in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Sort by place; the same finding counts once."""
    unique = {(f.rule, f.place, f.message): f for f in findings}
    return tuple(sorted(unique.values(), key=lambda finding: finding.place))
