"""Extraction on what real models wrote; `bench/extraction.py` compiles it too."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from rtlgen.llm.extract import extract
from rtlgen.llm.extraction.scan import tokens

pytestmark = pytest.mark.shared


def rows(shared: Path, name: str) -> list[dict[str, str]]:
    path = shared / "samples" / "verilog-eval-v1" / f"{name}.jsonl.gz"
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


def test_a_completion_that_is_the_module_stays_as_it_is(shared: Path) -> None:
    texts = [row["completion"] for row in rows(shared, "qwen14b_base_machine")]
    alone = [text for text in texts if text.count("endmodule") == 1]
    assert len(alone) > 1400
    for text in alone:
        assert tokens(extract(text, top="top_module").sources or "") == tokens(text)


def test_completions_of_every_kind_yield_code(shared: Path) -> None:
    kinds = rows(shared, "rtlcodermistral_human")
    found = [extract(row["completion"], top="top_module", header=row["prompt"]) for row in kinds]
    with_code = sum(extraction.sources is not None for extraction in found)
    bodies = sum("body only: header put in front" in extraction.how for extraction in found)
    assert with_code / len(kinds) > 0.85
    assert bodies > 500
