"""Specifications: Markdown in, `Spec` out."""

from rtlgen.spec.model import Finding, Fragment, Kind, Place, Severity, Spec
from rtlgen.spec.reader import load_spec, read_spec

__all__ = [
    "Finding",
    "Fragment",
    "Kind",
    "Place",
    "Severity",
    "Spec",
    "load_spec",
    "read_spec",
]
