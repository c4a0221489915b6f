"""The part of the gate that parses untrusted text; it runs in a child process.

`main` answers for one design after the other, each by itself. A crash, or no
answer, is for `sim.gate` to judge.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import resource
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pyslang.parsing import TokenKind
from pyslang.syntax import SyntaxKind

from sim.canonical import Span, Stream, Word, render, unreachable
from sim.errors import InvalidDesign, InvalidInterface
from sim.gate_elaborated import (
    MAX_INSTANCES,
    analyzed,
    contested,
    driven_inputs,
    elaboration_errors,
    foreign_disables,
    foreign_heads,
    instances_of,
    memory_images,
    outward_errors,
    races,
)
from sim.gate_generate import vacant_branches
from sim.gate_rules import RESERVED_PREFIX, shadow_refusals, stray_refusals, token_refusals
from sim.interface import Interface
from sim.lanes import lane_of, normalized_digest, prefix_of
from sim.read_interface import definitions, interface_of, top_instance
from sim.refusal import Refusal
from sim.slang import Diagnostic, Parsed
from sim.timing import timing_of
from sim.verdict import Cause
from sim.worker import ANSWERS, REQUEST

_MOST = 20
"""Refusals that are reported."""
_FULL_BYTES = 256 << 20
"""A process that has ever held as much memory takes no further design."""


class _Refused(Exception):
    """Ends the examination; carries the answer."""

    def __init__(self, cause: Cause, refusals: Iterable[Refusal]) -> None:
        super().__init__(cause.value)
        self.cause = cause
        self.refusals = list(refusals)


def main() -> None:
    """Answer for the designs of the request, line by line, until the process has grown large.

    With `cpu_seconds` in the request, a design that takes longer ends the process.
    """
    request = json.loads(Path(REQUEST).read_text(encoding="utf-8"))
    gc.freeze()
    gc.disable()  # collected after each design; in the midst of one there is little to find
    with Path(ANSWERS).open("w", encoding="utf-8") as answers:
        # Whatever a text includes, slang opens it: a device, or a pipe that never ends.
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        for design in request["designs"]:
            signal.setitimer(signal.ITIMER_PROF, request["cpu_seconds"])
            line = json.dumps(answer(design)) + "\n"
            # Should taking the design apart end the process, then it has not been answered for.
            gc.collect()
            answers.write(line)
            answers.flush()
            if _peak_bytes() > _FULL_BYTES:
                return


def _peak_bytes() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return `cause` and `refusals` and, if admitted, what `sim.gate.Admission` holds.

    `request` has `top`, `sources`, the names in `data`, the `reserved` module names, those
    of modules `beside` the design, and the names in `outer`, where a hierarchical name may
    not begin.
    """
    try:
        return _examine(request)
    except _Refused as refused:
        return {"cause": refused.cause.name, "refusals": _plain(refused.refusals)}
    except MemoryError:
        refusal = _bare("limits", "the design could not be elaborated within the memory limit")
        return {"cause": Cause.MEMORY.name, "refusals": _plain([refusal])}
    except RuntimeError as error:
        # What pyslang raises where its parser has nested too deep.
        why = str(error) or "the text nests too deep for the parser"
        refusal = _bare("nesting", why)
        return {"cause": Cause.REFUSED.name, "refusals": _plain([refusal])}


def _examine(request: Mapping[str, Any]) -> dict[str, Any]:
    top = request["top"]
    original = Parsed(request["sources"])
    _check_buffers(original, request["sources"])
    _stop(Cause.SYNTAX, (_of(d, "syntax") for d in original.syntax_errors()))
    _check_definitions(original, top, frozenset(request["reserved"]))
    dropped = unreachable(original, frozenset(definitions(original)), top)
    stream = Stream(original, without=dropped)
    _stop(Cause.REFUSED, [*stray_refusals(stream.strays), *token_refusals(stream.words)])
    taken = {*request["reserved"], *request.get("beside", ())} - {*definitions(original)}
    _stop(Cause.REFUSED, shadow_refusals(stream.words, taken))
    written = _written_out(stream, original)
    elaborated = _check_elaborated(written, request)
    if elaborated.vacant:
        written = _written_out(Stream(written.parsed, empty=elaborated.vacant), written.parsed)
        elaborated = _check_elaborated(written, request)
    normalized = normalized_digest(written.words, top)
    return {
        "cause": Cause.NONE.name,
        "refusals": [],
        "sources": dict(written.sources),
        "interface": interface_to_json(elaborated.interface),
        "digest": normalized,
        "lane": None if elaborated.races else _lane(written, request, prefix_of(normalized)),
    }


def _lane(written: _Written, request: Mapping[str, Any], prefix: str) -> dict[str, Any] | None:
    if request["data"]:
        return None
    sources = lane_of(written.parsed, written.words, written.sources, prefix=prefix)
    return sources and {"top": prefix + request["top"], "sources": sources}


def _check_buffers(parsed: Parsed, sources: Mapping[str, str]) -> None:
    """Refuse a design for which anything but its own sources was read."""
    files = (str(parsed.manager.getFullPath(b)) for b in parsed.manager.getAllBuffers())
    foreign = [f for f in files if f.startswith("/") and parsed.name_of(f) not in sources]
    message = "a design may include only its own sources, not {}"
    _stop(
        Cause.REFUSED,
        [Refusal(rule="include", file="", line=0, message=message.format(f)) for f in foreign],
    )


def _check_definitions(parsed: Parsed, top: str, reserved: frozenset[str]) -> None:
    names = Counter(definitions(parsed))
    root = parsed.root
    clashing = [
        Refusal(
            rule="name-clash",
            file=parsed.place(member.header.name.location)[0],
            line=parsed.place(member.header.name.location)[1],
            message=f"module {name!r} is the testbench's; a design may not define it",
        )
        for member in root.members
        if member.kind in (SyntaxKind.ModuleDeclaration, SyntaxKind.InterfaceDeclaration)
        for name in [member.header.name.valueText]
        if name in reserved or name.lower().startswith(RESERVED_PREFIX)
    ]
    _stop(Cause.REFUSED, clashing)
    twice = [name for name, count in names.items() if count > 1]
    _stop(
        Cause.ELABORATION, [_bare("elaboration", f"module {n!r} is defined twice") for n in twice]
    )
    if top not in names:
        there = ", ".join(names) or "no module at all"
        message = f"no module {top!r} in the design; it has {there}"
        _stop(Cause.ELABORATION, [_bare("elaboration", message)])


@dataclasses.dataclass(frozen=True, slots=True)
class _Written:
    """Canonical text, and what it is once read again."""

    sources: Mapping[str, str]
    parsed: Parsed
    words: list[Word]


@dataclasses.dataclass(frozen=True, slots=True)
class _Elaborated:
    """What elaboration tells of a design."""

    interface: Interface
    vacant: frozenset[Span]
    """Generate branches that nothing takes."""
    races: bool
    """Whether it may behave differently beside other designs."""


def _written_out(stream: Stream, parsed: Parsed) -> _Written:
    """Return the canonical text of `stream`.

    What does not read the same when written out is refused: then the gate saw something else.
    """
    sources = render(stream.words, parsed.compiled)
    canonical = Parsed(sources)
    again = Stream(canonical)
    same = [(w.kind, w.text) for w in stream.words] == [(w.kind, w.text) for w in again.words]
    if not same or again.strays:
        _stop(
            Cause.REFUSED, [_bare("canonical", "the text does not read the same once written out")]
        )
    _stop(Cause.SYNTAX, (_of(d, "syntax") for d in canonical.syntax_errors()))
    return _Written(sources, canonical, again.words)


def _check_elaborated(written: _Written, request: Mapping[str, Any]) -> _Elaborated:
    """Return what is known of a design that is not refused."""
    parsed, top = written.parsed, request["top"]
    compilation = parsed.elaborate(top)
    found = list(parsed.diagnostics(compilation.getAllDiagnostics()))
    _stop(Cause.REFUSED, outward_errors(parsed, found))
    _stop(Cause.ELABORATION, elaboration_errors(found))
    try:
        instance = top_instance(parsed, top, compilation=compilation)
        interface = interface_of(instance, parsed)
    except InvalidInterface as error:
        raise _Refused(Cause.INTERFACE, [_bare("interface", str(error))]) from error
    except InvalidDesign as error:
        raise _Refused(Cause.ELABORATION, [_bare("elaboration", str(error))]) from error
    instances = instances_of(instance)
    if len(instances) > MAX_INSTANCES:
        message = f"a design may have {MAX_INSTANCES} instances, not more"
        _stop(Cause.REFUSED, [_bare("limits", message)])
    _stop(Cause.REFUSED, foreign_heads(parsed, instances, frozenset(request["outer"])))
    if any(word.kind is TokenKind.DisableKeyword for word in written.words):
        _stop(Cause.REFUSED, foreign_disables(parsed, compilation))
    _stop(Cause.REFUSED, memory_images(parsed, compilation, request["data"]))
    interface = timing_of(instance, interface)
    manager = analyzed(compilation)
    _stop(Cause.ELABORATION, contested(parsed, manager))
    _stop(Cause.REFUSED, driven_inputs(parsed, manager, instances))
    return _Elaborated(
        interface, vacant_branches(parsed, instances), races=races(manager, instances)
    )


def _stop(cause: Cause, refusals: Iterable[Refusal]) -> None:
    found = list(dict.fromkeys(refusals))
    if found:
        raise _Refused(cause, found[:_MOST])


def _of(diagnostic: Diagnostic, rule: str) -> Refusal:
    return Refusal(
        rule=rule, file=diagnostic.file, line=diagnostic.line, message=diagnostic.message
    )


def _bare(rule: str, message: str) -> Refusal:
    return Refusal(rule=rule, file="", line=0, message=message)


def _plain(refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(refusal) for refusal in refusals]


def interface_to_json(interface: Interface) -> dict[str, Any]:
    """Return `interface` as plain values; `sim.gate` reads them back."""
    return {
        "module": interface.module,
        "ports": [
            {
                "name": p.name,
                "direction": p.direction.value,
                "msb": p.msb,
                "lsb": p.lsb,
                "signed": p.signed,
            }
            for p in interface.ports
        ],
        "parameters": dict(interface.parameters),
        "clocks": [{"port": c.port, "edge": c.edge.value} for c in interface.clocks],
        "resets": [dataclasses.asdict(r) for r in interface.resets],
    }
