"""What commands say while they work, on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from rtlgen.design.visible import visible

if TYPE_CHECKING:
    from rtlgen.design.options import State

_MARKS: dict[State, tuple[str, str]] = {
    "ok": ("ok  ", "green"),
    "bad": ("FAIL", "bold red"),
    "tried": ("FAIL", "red"),
    "open": ("open", "magenta"),
    "note": ("note", "yellow"),
}
_ENDS = ("outcome", "verdict")
"""Stages that say what a run comes to."""


class ConsoleProgress:
    """One line a stage, on standard error."""

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self._console = console
        self._quiet = quiet

    def stage(self, name: str, text: str, *, state: State = "ok") -> None:
        """Print what came of a stage; if quiet, only what the run comes to, and only if bad."""
        if self._quiet and not (state == "bad" or (state == "open" and name in _ENDS)):
            return
        mark, color = _MARKS[state]
        self._console.print(Text.assemble((mark, color), f"  {name:12} ", visible(text)))

    @contextmanager
    def working(self, text: str) -> Iterator[Callable[[str], None]]:
        """Show a spinner where there is a terminal."""
        if self._quiet or not self._console.is_terminal:
            yield lambda _: None
            return
        with self._console.status(Text(f"{text} ...")) as status:
            yield lambda how_far: status.update(Text(visible(how_far)))


class Spinner(ConsoleProgress):
    """Only that something takes a while: what is found is told at the end, by somebody else."""

    def stage(self, name: str, text: str, *, state: State = "ok") -> None:
        """Say nothing."""
