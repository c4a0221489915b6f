"""Text that some tools take and others refuse, changed so that all take it.

Two things are repaired, and every change is told: a net that a process assigns (Yosys
takes it, simulators do not) becomes a variable, and letters that Verilog does not know
become blanks. Neither changes what the text means where it has a meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sim.design import Design
from sim.process import Limits
from sim.scratch import scratch_folder
from sim.text import without_comments
from symbolic.dataflow.source_map import LIMITS
from symbolic.yosys import answers_in, run_forking
from symbolic.yosys_worker import ANSWERS

_FOREIGN = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A design and what was changed in it."""

    design: Design
    changes: tuple[str, ...] = ()
    """For people, each with `file:line`."""


def repaired(design: Design, *, limits: Limits = LIMITS) -> Repaired:
    """Return `design` with what can be repaired; the same if that is nothing.

    The text is parsed in a sandboxed child process.

    Raises:
        EnvironmentFault: No child process can be run.
    """
    sources, changes = {}, []
    for name, text in design.sources.items():
        sources[name], found = _known_letters(name, text)
        changes += found
    with scratch_folder() as folder:
        worker = "symbolic.dataflow.repair_worker"
        run_forking(worker, sources, folder=folder, limits=limits)
        answers = answers_in(folder / ANSWERS)
    for answer in answers[:1]:
        sources |= answer["sources"]
        changes += answer["changes"]
    if not changes:
        return Repaired(design=design)
    return Repaired(design=replace(design, sources=sources), changes=tuple(changes))


def _known_letters(name: str, text: str) -> tuple[str, list[str]]:
    """Return text with blanks for letters that are not ASCII, comments and strings apart."""
    changes: list[str] = []
    pieces: list[str] = []
    place = 0
    if text.isascii():
        return text, changes
    for start, found in _outside(text):
        line = text.count("\n", 0, start) + 1
        changes.append(f"{name}:{line}: {found!r} is no Verilog and becomes a blank")
        pieces += [text[place:start], " " * len(found)]
        place = start + len(found)
    return "".join([*pieces, text[place:]]), changes


def _outside(text: str) -> list[tuple[int, str]]:
    """Return runs of foreign letters outside of comments and strings, with their places."""
    kept = without_comments(text, strings=False)
    if kept.isascii():
        return []
    lines, stripped = text.split("\n"), kept.split("\n")
    found, place = [], 0
    for line, bare in zip(lines, stripped, strict=True):
        if not bare.isascii():
            wanted = [match[0] for match in _FOREIGN.finditer(bare)]
            at = 0
            for run in wanted:
                at = line.index(run, at)
                found.append((place + at, run))
                at += len(run)
        place += len(line) + 1
    return found
