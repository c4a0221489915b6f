"""From what a model wrote to one Verilog or Python text, or to a line on why there is none.

Only text is looked at, in linear time: nothing is parsed and nothing is run here.
Whether the text is a design, the gate says.
"""

from __future__ import annotations

from rtlgen.llm.extraction.choose import extract
from rtlgen.llm.extraction.python import extract_python
from rtlgen.llm.extraction.result import MAX_CHARACTERS, Extraction

__all__ = ["MAX_CHARACTERS", "Extraction", "extract", "extract_python"]
