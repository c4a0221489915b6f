"""What a designer would have to ask about a specification."""

from __future__ import annotations

from rtlgen.spec.model import Finding, Spec


def lint(spec: Spec, clean: str) -> tuple[Finding, ...]:
    """Return the findings of `spec` and of every rule, in the order of the text."""
    return spec.findings
