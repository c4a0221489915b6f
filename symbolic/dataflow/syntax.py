"""Pyverilog's syntax tree, imported without the file that it leaves open."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", ResourceWarning)
    from pyverilog.utils.op2mark import op2mark, op2order
    from pyverilog.vparser import ast

__all__ = ["ast", "op2mark", "op2order"]
