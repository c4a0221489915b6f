"""Wrong designs that a person or a model could have written in place of a golden one.

Three sources: the family's own, which know what is easily misread; changes that
hold for any design; and the mutants of `testbench_gen.mutants`. Whether one is
really wrong is for the simulator to say.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rtlgen.synth.drawn import ClockAndReset, Drawn
from rtlgen.synth.header import HeaderStyle, data_inputs, data_outputs, module
from rtlgen.synth.mismatch_text import span
from sim.design import Design
from sim.errors import InvalidDesign
from testbench_gen.mutants import OPERATORS, mutants_of

_MOST_TRIED = 8
"""Slips of one design that are simulated."""
_KEPT = (2, 4)
"""Slips of one design that are kept, at most; how many is drawn."""
_ASSIGNED = re.compile(r"^(\s*(?:if \([^;\n]{0,80}\) |else )?[\w\[\]:]+) <= ", re.M)
_CONCATENATION = re.compile(r"\{(\w+(?:\[[\w:]+\])?), (\w+(?:\[[\w:]+\])?)\}")
_DEFAULT = re.compile(r"^[ \t]*default[ \t]*:[^\n]*\n", re.M)
_FIRST = re.compile(r"(always @\(\*\) begin|always_comb begin)\n[ \t]*\w+ = [^;\n]+;\n")
_OF_INDICES = frozenset({"constant", "off by one", "arithmetic operator", "width"})
"""Operators that make loops of what a generate block connects, which simulate for ever."""
_CONDITION = re.compile(r"if \((\w+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A whole module that may be wrong."""

    name: str
    """Kebab-case, such as `wrong-reset-polarity`."""
    text: str
    source: str
    """`family`, `generic` or `mutant`."""


def slips_of(
    drawn: Drawn, top: str, style: HeaderStyle, chance: random.Random, *, most: int = _MOST_TRIED
) -> list[Wrong]:
    """Return different modules called `top` that may be wrong, of all sources, at most `most`."""
    golden = module(drawn, top, style)
    own = [
        Wrong(name=slip.name, text=module(drawn, top, style, slip.body), source="family")
        for slip in drawn.slips
    ]
    general = [
        Wrong(name=name, text=module(drawn, top, style, body), source="generic")
        for name, body in _generic(drawn)
    ]
    chance.shuffle(general)
    few = [*own[: most // 2 + 1], *general[: most // 2]]
    mutants = _mutants(golden, top, chance, limit=max(2, most - len(few)))
    return _different([*few, *mutants], golden)[:most]


def chosen(found: Sequence[Wrong], chance: random.Random) -> list[Wrong]:
    """Return a few of the slips that were found out: of each source some, no name twice."""
    wanted = chance.randint(*_KEPT)
    order = list(found)
    chance.shuffle(order)
    kept: list[Wrong] = []
    while order and len(kept) < wanted:
        used = [slip.source for slip in kept]
        order.sort(key=lambda slip: used.count(slip.source))
        kept.append(order.pop(0))
        order = [slip for slip in order if slip.name != kept[-1].name]
    return sorted(kept, key=found.index)


def _different(slips: Sequence[Wrong], golden: str) -> list[Wrong]:
    seen = {bare(golden)}
    kept = []
    for slip in slips:
        if (text := bare(slip.text)) not in seen:
            seen.add(text)
            kept.append(slip)
    return kept


def bare(text: str) -> str:
    """Return `text` without space."""
    return "".join(text.split())


def _mutants(golden: str, top: str, chance: random.Random, *, limit: int) -> list[Wrong]:
    design = Design(top=top, sources={"design.v": golden})
    operators = OPERATORS
    if "genvar" in golden:
        operators = {name: one for name, one in OPERATORS.items() if name not in _OF_INDICES}
    try:
        found = mutants_of(design, limit=limit, seed=chance.randrange(1 << 30), operators=operators)
    except InvalidDesign:
        return []
    return [
        Wrong(
            name=mutant.operator.replace(" ", "-"),
            text=mutant.design.sources["design.v"],
            source="mutant",
        )
        for mutant in found
    ]


# Changes that hold for any design


def _generic(drawn: Drawn) -> Iterator[tuple[str, str]]:
    for name, change in _CHANGES.items():
        if (body := change(drawn)) and body != drawn.body:
            yield name, body


def _blocking(drawn: Drawn) -> str:
    if drawn.timing is None:
        return ""
    return _ASSIGNED.sub(r"\1 = ", drawn.body)


def _wrong_polarity(drawn: Drawn) -> str:
    timing = drawn.timing
    if timing is None or not timing.reset:
        return ""
    other = timing.reset if timing.active_low else f"!{timing.reset}"
    return drawn.body.replace(f"({timing.asserted()})", f"({other})")


def _events(timing: ClockAndReset, *, asynchronous: bool) -> str:
    return ClockAndReset(
        clock=timing.clock,
        rising=timing.rising,
        reset=timing.reset,
        active_low=timing.active_low,
        asynchronous=asynchronous,
    ).event()


def _wrong_timing(drawn: Drawn) -> str:
    timing = drawn.timing
    if timing is None or not timing.reset:
        return ""
    other = _events(timing, asynchronous=not timing.asynchronous)
    return drawn.body.replace(timing.event(), other)


def _wrong_edge(drawn: Drawn) -> str:
    if drawn.timing is None:
        return ""
    right, wrong = ("posedge", "negedge") if drawn.timing.rising else ("negedge", "posedge")
    return drawn.body.replace(f"{right} {drawn.timing.clock}", f"{wrong} {drawn.timing.clock}")


def _no_default(drawn: Drawn) -> str:
    return _DEFAULT.sub("", drawn.body)


def _no_first_value(drawn: Drawn) -> str:
    return _FIRST.sub(r"\1\n", drawn.body, count=1)


def _reversed_concatenation(drawn: Drawn) -> str:
    return _CONCATENATION.sub(r"{\2, \1}", drawn.body, count=1)


def _swapped_inputs(drawn: Drawn) -> str:
    for one, other in combinations(data_inputs(drawn), 2):
        if one.width == other.width:
            return _swapped(drawn.body, one.name, other.name)
    return ""


def _swapped_outputs(drawn: Drawn) -> str:
    for one, other in combinations(data_outputs(drawn), 2):
        if one.width == other.width and _same_kind(drawn, one.name, other.name):
            return _swapped(drawn.body, one.name, other.name)
    return ""


def _same_kind(drawn: Drawn, one: str, other: str) -> bool:
    return (one in drawn.registered) == (other in drawn.registered)


def _swapped(body: str, one: str, other: str) -> str:
    names = {one: other, other: one}
    return re.sub(r"\b\w+\b", lambda match: names.get(match[0], match[0]), body)


def _inverted_condition(drawn: Drawn) -> str:
    names = {port.name for port in data_inputs(drawn)}
    found = next((m for m in _CONDITION.finditer(drawn.body) if m[1] in names), None)
    if found is None:
        return ""
    return f"{drawn.body[: found.start()]}if (!{found[1]}){drawn.body[found.end() :]}"


def _late(drawn: Drawn) -> str:
    """Return the body with one registered output a cycle later."""
    if drawn.timing is None or not drawn.registered:
        return ""
    name = drawn.registered[0]
    port = next((port for port in data_outputs(drawn) if port.name == name), None)
    early = f"{name}_r"
    if port is None or early in drawn.body:
        return ""
    inner = re.sub(rf"\b{re.escape(name)}\b", early, drawn.body)
    edge = "posedge" if drawn.timing.rising else "negedge"
    after = f"always @({edge} {drawn.timing.clock}) begin\n    {name} <= {early};\nend"
    return f"reg {span(port.width)}{early};\n{inner}\n{after}"


_CHANGES: dict[str, Callable[[Drawn], str]] = {
    "blocking-for-nonblocking": _blocking,
    "wrong-reset-polarity": _wrong_polarity,
    "synchronous-for-asynchronous-reset": _wrong_timing,
    "wrong-clock-edge": _wrong_edge,
    "missing-default": _no_default,
    "missing-first-value": _no_first_value,
    "wrong-bit-order": _reversed_concatenation,
    "swapped-inputs": _swapped_inputs,
    "swapped-outputs": _swapped_outputs,
    "inverted-condition": _inverted_condition,
    "one-cycle-late": _late,
}
"""By name: what makes another body of a design's; empty or unchanged where there is no place."""
