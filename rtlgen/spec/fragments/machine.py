"""Transitions collected from a diagram or table, checked and made a `StateTable`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rtlgen.spec.fragments.covers import outside
from rtlgen.spec.fragments.encoding import find_codes, find_reset_state, speaks_of_reset_state
from rtlgen.spec.fragments.functions import described
from rtlgen.spec.fragments.next_state import next_state_outputs
from rtlgen.spec.fragments.source import Reading, Source, found, objection, question, remark
from rtlgen.spec.model import Finding, Kind, Place
from symbolic.cubes import CoverTooLarge, Cube, complement, cube_text, intersection
from symbolic.state_table import StateTable, Transition

_REST_ZERO = re.compile(
    r"outputs?\s+(?:are|is|as|be|should be|to be)\s+(?:all\s+)?(?:0|zero|low)\b"
    r"|(?:0|zero|low)\s+(?:unless|otherwise|if not|by default|in (?:all )?other)"
    r"|(?:unless|otherwise|by default|not (?:listed|mentioned|shown|stated))[^.]{0,60}"
    r"\b(?:0|zero|low)\b",
    re.IGNORECASE,
)
_STAY = re.compile(
    r"\b(?:stays?|remains?|holds?|keeps?)\b[^.]{0,30}\b(?:same|current|present|its|that|this)?\s*state\b",
    re.IGNORECASE,
)
_MOST_STATES = 1024
_MOST_EDGES = 8192
"""More than a person draws; larger machines are refused."""
_OTHERWISE = re.compile(
    r"\b(?:otherwise|else|no (?:other )?(?:transition|condition|arrow|edge)|not (?:shown|listed|"
    r"drawn|specified|covered)|in all other cases|any other input|missing)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One arrow: from `state`, on `cover` (None: every other input), to `target` (None: any)."""

    state: str
    cover: tuple[Cube, ...] | None
    target: str | None
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Mealy outputs by bit."""
    positional: str = ""
    """Mealy outputs without names, in the order of the outputs."""
    line: int = 0
    """Index of its line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A machine as the text draws it."""

    edges: tuple[Edge, ...]
    moore: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Outputs by state and bit."""
    positional: Mapping[str, str] = field(default_factory=dict)
    """Outputs by state without names, in the order of the outputs."""
    initial: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def states(self) -> tuple[str, ...]:
        """States in order of appearance, those that are left before those only reached."""
        sources = [*(edge.state for edge in self.edges), *self.moore, *self.positional]
        targets = (edge.target for edge in self.edges if edge.target is not None)
        return tuple(dict.fromkeys([*sources, *targets]))


def machine(source: Source, kind: Kind, draft: Draft, span: tuple[int, int]) -> Reading:
    """Return the machine on the lines of `span` (indices), or what is wrong with it."""
    place = source.place(*span)
    used = frozenset(range(span[0], span[1] + 1))
    if len(draft.states) > _MOST_STATES or len(draft.edges) > _MOST_EDGES:
        message = f"the machine has {len(draft.states)} states and {len(draft.edges)} arrows"
        return Reading(findings=(objection("table-too-large", place, message),), used=used)
    try:
        edges, problems = _resolved(source, draft, place)
    except CoverTooLarge as error:
        return Reading(findings=(objection("table-too-large", place, str(error)),), used=used)
    if problems:
        return Reading(findings=problems, used=used)
    outputs, values, mealy, asked = _outputs(source, draft, place)
    if values is None:
        note = remark("unknown-outputs", place, "the outputs of the states cannot be told apart")
        return Reading(findings=(note,), used=used)
    inputs = _inputs(source, edges)
    reset, more = _reset(source, draft, place, span)
    if reset is not None and reset not in draft.states:
        message = f"the state after reset, {reset}, has no transitions"
        return Reading(findings=(objection("unknown-reset-state", place, message),), used=used)
    table = StateTable(
        inputs=inputs,
        outputs=outputs,
        states=draft.states,
        transitions=_transitions(source, edges, inputs, outputs, mealy),
        moore_outputs=None if mealy else values,
        reset_state=reset,
        codes=draft.codes or find_codes(source.prose, draft.states),
    )
    findings = (*asked, *more, *_gaps(source, edges, draft, place))
    return Reading(fragments=(found(source, kind, table, *span),), findings=findings, used=used)


def _resolved(
    source: Source, draft: Draft, place: Place
) -> tuple[list[tuple[Edge, tuple[Cube, ...]]], tuple[Finding, ...]]:
    """Return the edges with "else" worked out, and the contradictions between them."""
    resolved: list[tuple[Edge, tuple[Cube, ...]]] = []
    problems: list[Finding] = []
    leaving = _leaving(draft)
    for state in draft.states:
        mine = leaving.get(state, [])
        plain = [(edge, edge.cover) for edge in mine if edge.cover is not None]
        rest = tuple(complement([cube for _, cover in plain for cube in cover]))
        others = [edge for edge in mine if edge.cover is None]
        covered = plain + [(edge, rest) for edge in others]
        resolved += covered
        problems += _conflicts(source, covered)
    if len({edge.target for edge in draft.edges}) == 1 and len(draft.states) == 1:
        problems.append(remark("trivial-machine", place, "the machine has one state only"))
    return resolved, tuple(problems)


def _leaving(draft: Draft) -> dict[str, list[Edge]]:
    found: dict[str, list[Edge]] = {}
    for edge in draft.edges:
        found.setdefault(edge.state, []).append(edge)
    return found


def _conflicts(source: Source, covered: list[tuple[Edge, tuple[Cube, ...]]]) -> Iterable[Finding]:
    names = source.names.data_bits
    for index, (edge, cover) in enumerate(covered):
        for other, taken in covered[index + 1 :]:
            if _same(edge, other):
                continue
            both = next((c for a in cover for b in taken if (c := intersection(a, b))), None)
            if both is not None:
                inputs = described(names, cube_text(both, len(names)))
                yield objection(
                    "contradictory-state-table",
                    source.place(other.line, other.line),
                    f"state {edge.state} goes to {edge.target} and to {other.target} on {inputs}"
                    if edge.target != other.target and None not in (edge.target, other.target)
                    else f"state {edge.state} has two different outputs on {inputs}",
                )


def _same(edge: Edge, other: Edge) -> bool:
    shared = edge.outputs.keys() & other.outputs.keys()
    agree = all(compatible(edge.outputs[name], other.outputs[name]) for name in shared)
    targets = edge.target == other.target or None in (edge.target, other.target)
    return targets and agree and compatible(edge.positional, other.positional)


def compatible(left: str, right: str) -> bool:
    """Whether two lists of values agree where both are specified."""
    return len(left) == len(right) and all(
        a == b or "-" in (a, b) for a, b in zip(left, right, strict=True)
    )


def _inputs(source: Source, edges: list[tuple[Edge, tuple[Cube, ...]]]) -> tuple[str, ...]:
    """Return the input bits that conditions test, in declared order."""
    names = source.names.data_bits
    care = 0
    for _, cover in edges:
        for cube in cover:
            care |= cube.care
    return tuple(n for i, n in enumerate(names) if care >> (len(names) - 1 - i) & 1)


def _transitions(
    source: Source,
    edges: list[tuple[Edge, tuple[Cube, ...]]],
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    mealy: bool,
) -> tuple[Transition, ...]:
    names = source.names.data_bits
    kept = [names.index(name) for name in inputs]
    found: list[Transition] = []
    for edge, cover in edges:
        values = edge.positional or "".join(edge.outputs.get(bit, "0") for bit in outputs)
        for cube in cover:
            text = cube_text(cube, len(names))
            found.append(
                Transition(
                    state=edge.state,
                    inputs="".join(text[i] for i in kept),
                    target=edge.target,
                    outputs=values if mealy else "",
                )
            )
    return tuple(dict.fromkeys(found))


def _outputs(
    source: Source, draft: Draft, place: Place
) -> tuple[tuple[str, ...], dict[str, str] | None, bool, tuple[Finding, ...]]:
    """Return output bits, Moore values by state, whether it is Mealy, and questions."""
    free = next_state_outputs(source, draft.states)
    bits = tuple(bit for bit in source.names.output_bits if bit not in free)
    mealy = any(edge.outputs or edge.positional for edge in draft.edges)
    if mealy:
        return _mealy_outputs(draft, bits, place)
    widths = {len(values) for values in draft.positional.values()}
    if draft.positional:
        complete = set(draft.positional) == set(draft.states) and len(widths) == 1
        if complete and widths == {len(bits)}:
            return bits, dict(draft.positional), False, ()
        if complete and free:  # outputs of the machine that this module does not have
            return (), dict.fromkeys(draft.states, ""), False, ()
        return bits, None, False, ()
    named = {bit for values in draft.moore.values() for bit in values}
    if not named:
        return ((), dict.fromkeys(draft.states, ""), False, ()) if free else (bits, None, False, ())
    bits = tuple(bit for bit in bits if bit in named)
    values = {
        state: "".join(draft.moore.get(state, {}).get(bit, "0") for bit in bits)
        for state in draft.states
    }
    return bits, values, False, _unstated(source, draft, bits, place)


def _mealy_outputs(
    draft: Draft, bits: tuple[str, ...], place: Place
) -> tuple[tuple[str, ...], dict[str, str] | None, bool, tuple[Finding, ...]]:
    positional = [edge.positional for edge in draft.edges if edge.positional]
    if positional:
        fits = all(len(edge.positional) == len(bits) for edge in draft.edges)
        return bits, {} if fits else None, True, ()
    named = tuple(bit for bit in bits if any(bit in edge.outputs for edge in draft.edges))
    partial = any(not set(named) <= edge.outputs.keys() for edge in draft.edges)
    asked = question(
        "unstated-output",
        place,
        "some transitions do not give every output",
        assumption="outputs that are not given are 0",
    )
    return named, {}, True, (asked,) if partial else ()


def _unstated(
    source: Source, draft: Draft, bits: tuple[str, ...], place: Place
) -> tuple[Finding, ...]:
    partial = [s for s in draft.states if not set(bits) <= draft.moore.get(s, {}).keys()]
    if not partial or _REST_ZERO.search(source.flat):
        return ()
    return (
        question(
            "unstated-output",
            place,
            f"state {partial[0]} does not give every output",
            assumption="outputs that are not given are 0",
        ),
    )


def _reset(
    source: Source, draft: Draft, place: Place, span: tuple[int, int]
) -> tuple[str | None, tuple[Finding, ...]]:
    stated = draft.initial or find_reset_state(source.prose, draft.states)
    if stated or not source.interface.resets:
        return stated, ()
    first = draft.states[0]
    prose = source.without(range(span[0], span[1] + 1)).prose
    unclear = speaks_of_reset_state(prose, draft.states)
    finding = question(
        "unclear-reset-state" if unclear else "reset-state",
        place,
        "the state after reset is not stated",
        assumption=f"reset leads to the first state, {first}",
    )
    return first, (finding,)


def _gaps(
    source: Source, edges: list[tuple[Edge, tuple[Cube, ...]]], draft: Draft, place: Place
) -> tuple[Finding, ...]:
    """Return the questions that inputs without a transition leave."""
    names = source.names.data_bits
    for state in draft.states:
        covered = [cube for edge, cover in edges if edge.state == state for cube in cover]
        missing = complement(covered)
        if missing:
            inputs = described(names, cube_text(missing[0], len(names)))
            return (
                question(
                    "incomplete-state-table",
                    place,
                    f"state {state} has no transition for {inputs}",
                    assumption="the next state there is a don't-care",
                ),
            )
    return ()


def completed(source: Source, draft: Draft) -> Draft:
    """Add the self-loops that a text such as "otherwise it stays in its state" implies."""
    sentences = re.split(r"[.;]\s", source.flat)
    if not any(_STAY.search(s) and _OTHERWISE.search(s) for s in sentences):
        return draft
    added: list[Edge] = []
    leaving = _leaving(draft)
    for state in draft.states:
        mine = leaving.get(state, [])
        if any(edge.cover is None for edge in mine):
            continue
        left = outside([Cube(0, 0)], [cube for edge in mine for cube in edge.cover or ()])
        if left:
            added.append(
                Edge(
                    state=state, cover=tuple(left), target=state, line=mine[-1].line if mine else 0
                )
            )
    return Draft(
        edges=(*draft.edges, *added),
        moore=draft.moore,
        positional=draft.positional,
        initial=draft.initial,
        codes=draft.codes,
    )
