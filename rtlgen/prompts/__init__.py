"""What language models are asked, in words.

Every prompt is a Jinja2 file in `templates/`; the functions here fill it in. A
specification, code and messages are data: they stand in fences that they cannot
close.
"""

from __future__ import annotations

from rtlgen.prompts.header import module_header
from rtlgen.prompts.plain import plain
from rtlgen.prompts.prompts import (
    MAX_EXAMPLES,
    Style,
    Task,
    functional_repair,
    optimization,
    propose,
    reference_model,
    syntax_repair,
)

__all__ = [
    "MAX_EXAMPLES",
    "Style",
    "Task",
    "functional_repair",
    "module_header",
    "optimization",
    "plain",
    "propose",
    "reference_model",
    "syntax_repair",
]
