"""`embedded`: the language model that comes with rtlgen, through llama.cpp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rtlgen.embedded.files import embedded_files
from rtlgen.llm.llama_cpp import LlamaCpp, Size, require
from rtlgen.llm.style import PromptStyle
from rtlgen.llm.verilog_grammar import verilog_grammar

NAME = "embedded"
GRAMMAR = False
"""Whether answers are held to a grammar where nothing else is said."""
_SIZE = Size(slots=16, context=4096, cells=16384, longest=512)
"""All samples of a prompt share its cells. In training no answer had as many tokens."""


class Embedded(LlamaCpp):
    """Base and adapter as rtlgen ships them.

    Args:
        adapter: A LoRA adapter as `.gguf`, for the same base, in place of the shipped one.
        slots: Answers made side by side.
        threads: Of the processor; None: all.
        timeout: Seconds that an answer may take.
        grammar: Whether answers are held to the grammar of `verilog_grammar`.

    Raises:
        ModelFault: llama.cpp, the base or the adapter is missing, or another than it should be.
    """

    def __init__(
        self,
        *,
        adapter: Path | None = None,
        slots: int = _SIZE.slots,
        threads: int | None = None,
        timeout: float = 600.0,
        grammar: bool = GRAMMAR,
    ) -> None:
        require("xllamacpp", subject="the embedded model")
        self._own = None if adapter is None else adapter.expanduser()
        files = embedded_files(self._own)
        self._files = files
        super().__init__(
            str(files.base),
            adapter=files.adapter,
            size=replace(_SIZE, slots=slots, threads=threads),
            timeout=timeout,
            grammar=verilog_grammar() if grammar else "",
        )

    @property
    def name(self) -> str:
        return NAME if self._own is None else f"{NAME}+{self._own}"

    @property
    def prompt_style(self) -> PromptStyle:
        return self._files.manifest.prompt

    @property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of base and adapter."""
        return self._files.digests
