"""What models and tools have written moves no cursor, sets no color and turns no text around."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from rtlgen.cli.progress import ConsoleProgress
from sim.design import Design
from sim.gate import admit

HOSTILE = ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\u202egnorw", "\r", "[red]", "[/]"]


def shown(text: str) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, highlight=False, soft_wrap=True)
    ConsoleProgress(console, quiet=False).stage("judge", text)
    return file.getvalue()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_stage_is_shown_as_text(hostile: str) -> None:
    plain, found = shown("before after"), shown(f"before {hostile} after")
    assert set(found) - set(hostile) <= set(plain) | set("<U+>0123456789ABCDEF")
    assert not (set(hostile) & set("\x9b\u202e\x07\r")) & set(found)
    assert found.count("\x1b") == plain.count("\x1b")
    assert "[" not in hostile or "\x1b" in hostile or hostile in found


def test_what_a_design_says_while_it_is_elaborated_is_text() -> None:
    text = r'module m; $error("\x1b[2J\033[31m pass\r"); endmodule'
    found = admit(Design(top="m", sources={"m.sv": text}))
    assert found.design is None
    assert shown(str(found.refusals[0])).count("\x1b") == shown("text").count("\x1b")
