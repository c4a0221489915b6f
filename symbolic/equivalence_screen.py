"""The text that Yosys is given, and what speaks against believing it; it runs in a worker.

The text is the parser's own token stream, without comments, attributes and
macros, so that no pragma can tell Yosys what a simulator does not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyslang.parsing import TokenKind
from pyslang.syntax import SyntaxKind

from sim.canonical import Stream, render, unreachable
from sim.design import digest
from sim.errors import InvalidDesign, SimError
from sim.gate_elaborated import analyzed, instances_of, races
from sim.read_interface import definitions, top_instance
from sim.slang import Diagnostic, Parsed
from symbolic.equivalence_rules import Findings, Process, examine
from symbolic.equivalence_uses import Ast, uses_of

MARK = "rtlgen_"
"""Names that begin with it are ours."""
SLEEPER = f"{MARK}sleeper_"
PROBED = ("reads", "writes", "fresh")
GOAL = f"{MARK}goal_"

_IGNORED = {TokenKind.UniqueKeyword, TokenKind.Unique0Keyword, TokenKind.PriorityKeyword}
_STRICT = re.compile(r"(?<![\w$.`\\])always_(comb|latch|ff)(?![\w$])")
_UNKNOWN = "1'bx"
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*\Z")


def screen(top: str, sources: Mapping[str, str], goals: Sequence[str] = ()) -> dict[str, Any]:
    """Return the canonical `sources` of a design and what `symbolic.equivalence_rules` finds.

    Each of `goals`, if it is an expression in the scope of `top`, becomes a wire named
    `GOAL` and its number; `refused` says why the others are not. For each process that
    may not have run there is a wire named `SLEEPER` and a number, of all that it reads,
    one of what it writes, and one of what it reads that is x until it has an event.
    A design that cannot be read has only `unreadable`.
    """
    try:
        return _screened(top, sources, goals)
    except (SimError, RuntimeError, ValueError) as error:
        return {"unreadable": str(error).partition("\n")[0]}


def _screened(top: str, sources: Mapping[str, str], goals: Sequence[str]) -> dict[str, Any]:
    text = _Text.canonical(top, sources)
    found, hazards = text.examined(top), []
    sleepers = {_sleeper(process): None for process in found.sleepers}
    for number, sleeper in enumerate(sleepers):
        if sleeper is None:
            hazards.append("has a process that may not have run, on what cannot be looked at")
        else:
            module, *probes = sleeper
            for what, signals in zip(PROBED, probes, strict=True):
                text.add(module, _probe(f"{SLEEPER}{number}_{what}", signals))
    refused = text.add_goals(top, goals)
    return {
        "digest": text.digest(top),
        "sources": {name: _lenient(content) for name, content in text.written().items()},
        "hazards": [*found.hazards, *hazards],
        "x_hazards": found.x_hazards,
        "chained": found.chained,
        "arrays": found.arrays,
        "undefined": found.undefined,
        "refused": refused,
    }


class _Text:
    """Canonical text, and what is added at the ends of its modules."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = dict(sources)
        self._parsed = Parsed(self._sources)
        self._added: dict[str, list[str]] = {}
        self._defaults: dict[tuple[str, int], str] = {}
        self._hazards: list[str] = []
        self._elaborated: list[Any] = []
        """Symbols do not keep their compilation alive."""

    @classmethod
    def canonical(cls, top: str, sources: Mapping[str, str]) -> _Text:
        original = Parsed(sources)
        _refuse(original.syntax_errors())
        without = unreachable(original, frozenset(definitions(original)), top)
        stream = Stream(original, without=without)
        words = [word for word in stream.words if word.kind not in _IGNORED]
        if any(MARK in word.text for word in words):
            raise InvalidDesign(f"names with {MARK!r} are kept for the prover")
        return cls(render(words, original.compiled))

    def examined(self, top: str) -> Findings:
        compilation = self._parsed.elaborate(top)
        self._elaborated.append(compilation)
        _refuse(d for d in self._parsed.diagnostics(compilation.getAllDiagnostics()) if d.error)
        instances = instances_of(top_instance(self._parsed, top, compilation=compilation))
        found = examine(instances)
        self._close(found)
        self._hazards = found.hazards
        if races(analyzed(compilation), instances):
            found.hazards.append("has a variable that several processes write")
        return found

    def _close(self, found: Findings) -> None:
        """Give each full `case` a default, which Yosys cannot see to be needless.

        It is never taken while all is known, and without that there is no proof.
        """
        gaps = {self._end(case) for case in found.gaps}
        for case in found.full:
            symbols = uses_of(case).blocking.values()
            names = [
                s.name for s in symbols if s.type.isIntegral and not s.type.isPredefinedInteger
            ]
            if self._end(case) not in gaps and all(map(_PLAIN.match, names)):
                assignments = " ".join(f"{name} = 'bx;" for name in names)
                self._defaults[self._end(case)] = f" default: begin {assignments} end "

    def _end(self, case: Ast) -> tuple[str, int]:
        location = case.syntax.endcase.location
        return self._parsed.file_of(location), location.offset

    def digest(self, top: str) -> str:
        """Return what only the same text has, apart from the name of its top and its layout."""
        tokens = (w.text for w in Stream(self._parsed).words)
        return digest(*(b"" if text == top else text.encode() for text in tokens))

    def add(self, module: str, line: str) -> None:
        self._added.setdefault(module, []).append(line)

    def add_goals(self, top: str, goals: Sequence[str]) -> dict[str, str]:
        """Add a wire for each goal that can be read; return, by number, why others cannot."""
        wires = {number: _goal(number, goal) for number, goal in enumerate(goals)}
        if not self._error(top, list(wires.values())):
            refused = {}
        else:
            refused = {str(n): self._error(top, [wire]) for n, wire in wires.items()}
            refused = {number: error for number, error in refused.items() if error}
        for number, wire in wires.items():
            if str(number) not in refused:
                self.add(top, wire)
        return refused

    def _error(self, top: str, wires: Sequence[str]) -> str:
        """Return what is wrong with the design once it has `wires` too; empty if nothing."""
        try:
            with_wires = _Text(self.written({top: wires}))
            _refuse(with_wires._parsed.syntax_errors())
            found = with_wires.examined(top)
        except InvalidDesign as error:
            return str(error).rpartition(": ")[2]
        fresh = [hazard for hazard in found.hazards if hazard not in self._hazards]
        return fresh[0] if fresh else ""

    def written(self, added: Mapping[str, Sequence[str]] | None = None) -> dict[str, str]:
        """Return the sources with what was added to each module, or what is `added`."""
        lines = self._added if added is None else added
        spots = dict(self._defaults)
        for module in self._parsed.root.members:
            if module.kind is SyntaxKind.ModuleDeclaration:
                own = lines.get(module.header.name.valueText, ())
                location = module.endmodule.location
                place = self._parsed.file_of(location), location.offset
                spots[place] = "\n".join(["", *own, ""])
        texts = {name: text.encode() for name, text in self._sources.items()}
        for (name, offset), text in sorted(spots.items(), reverse=True):
            texts[name] = texts[name][:offset] + text.encode() + texts[name][offset:]
        return {name: text.decode() for name, text in texts.items()}


def _lenient(text: str) -> str:
    """Return `text` with plain `always` blocks, of which Yosys demands no more than simulators."""
    return _STRICT.sub(lambda found: "always" if found[1] == "ff" else "always @*", text)


def _refuse(errors: Iterable[Diagnostic]) -> None:
    for error in errors:
        raise InvalidDesign(str(error))


def _probe(name: str, signals: Sequence[str]) -> str:
    joined = f"{{{', '.join(signals) or _UNKNOWN}}}"
    return f"(* keep *) wire [$bits({joined})-1:0] {name} = {joined};"


def _goal(number: int, condition: str) -> str:
    flat = " ".join(condition.split())
    return f"(* keep *) wire {GOAL}{number} = ({flat}) ? 1'b1 : 1'b0;"


_Sleeper = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _sleeper(process: Process) -> _Sleeper | None:
    """Return the module of `process` and what is `PROBED` of it, if all can be looked at."""
    home = process.home
    if home is None or not process.uses.reads:
        return None
    signals = list((process.uses.reads | process.uses.writes).values())
    if not all(_is_plain(signal, home) for signal in signals):
        return None
    reads, writes = process.uses.reads, process.uses.writes
    fresh = (reads[path] for path in process.fresh)
    seen = (reads.values(), writes.values(), fresh)
    names = (tuple(sorted(symbol.name for symbol in symbols)) for symbols in seen)
    return (home.definition.name, *names)


def _is_plain(symbol: Ast, home: Ast) -> bool:
    inside = symbol.hierarchicalPath == f"{home.hierarchicalPath}.{symbol.name}"
    return bool(inside and symbol.type.isIntegral and _PLAIN.match(symbol.name))
