"""Clauses and sentences of requirements: what changes, when, and where a counter ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rtlgen.spec.requirements.meaning import (
    ALL,
    ANY,
    BEFORE,
    IT,
    SOLE,
    TOP,
    WIDTH,
    Again,
    AtReset,
    Change,
    Otherwise,
    Priority,
    Pulse,
    Range,
    Rule,
    Said,
    Unclocked,
    When,
    at_edge,
)
from rtlgen.spec.requirements.phrases import Entry, between, negated
from symbolic.arithmetic import Number, Signal, Term, apply

Changes = tuple[Change, ...]
_ONE, _ZERO, _SOLE = Number(1), Number(0), Signal(SOLE)
_BY = "[by VAL]"


def become(targets: tuple[Term, ...], value: Term, *, event: bool = True) -> Changes | None:
    """Return that signals become a value; None where they are none."""
    if not all(isinstance(target, Signal) for target in targets):
        return None
    return tuple(
        Change(target.name, value, event) for target in targets if isinstance(target, Signal)
    )


def stated(targets: tuple[Term, ...], value: Term) -> Changes | None:
    """Return that signals are a value, as a state and not as an event."""
    return become(targets, value, event=False)


def _to(value: int) -> Callable[..., Changes | None]:
    def make(targets: tuple[Term, ...] = (Signal(IT),)) -> Changes | None:
        return become(targets, Number(value))

    return make


def _stepped(op: str) -> Callable[..., Changes | None]:
    def make(target: Term, by: Term = _ONE) -> Changes | None:
        return become((target,), apply(op, target, by))

    return make


def _stepped_by(op: str) -> Callable[..., Changes | None]:
    def make(by: Term, target: Term = _SOLE) -> Changes | None:
        return become((target,), apply(op, target, by))

    return make


def _kept(targets: tuple[Term, ...]) -> Changes | None:
    names = [target.name for target in targets if isinstance(target, Signal)]
    return tuple(Change(name, None) for name in names) if len(names) == len(targets) else None


def _toggled(targets: tuple[Term, ...]) -> Changes | None:
    return tuple(
        Change(target.name, apply("invert", target, Signal(WIDTH + target.name)))
        for target in targets
        if isinstance(target, Signal)
    )


def _shifted(target: Term, op: str, by: Term) -> Changes | None:
    return become((target,), apply(op, target, by)) if isinstance(by, Number) else None


def _shifted_in(target: Term, said: tuple[object, ...], *, left: bool) -> Changes | None:
    """Return that a register moves by one place and takes in a bit where one became free."""
    bits = [one for one in said if isinstance(one, Signal)]
    if not isinstance(target, Signal) or len(bits) != 1:
        return None
    if left:
        return become((target,), apply("join", target, bits[0], _ONE))
    top = next(one.value for one in said if isinstance(one, Number))
    place = Signal(f"{TOP}{f'{top}:' if top >= 0 else ''}{target.name}")
    return become((target,), apply("add", apply("half", target), apply("shl", bits[0], place)))


def _all_ones(target: Term, *, event: bool) -> Changes | None:
    if not isinstance(target, Signal):
        return None
    return become((target,), apply("invert", _ZERO, Signal(WIDTH + target.name)), event=event)


def _one_cold(target: Term, selector: Term) -> Changes | None:
    if not isinstance(target, Signal):
        return None
    hot = apply("shl", _ONE, selector)
    return stated((target,), apply("invert", hot, Signal(WIDTH + target.name)))


def _capped(targets: tuple[Term, ...], value: Term, most: Term) -> Changes | None:
    return stated(targets, apply("min", value, most))


def _towards(value: Term, goal: Term, most: Term) -> Term:
    step = apply("min", apply("sub", goal, value), most)
    return apply("add", value, apply("max", step, apply("sub", Number(0), most)))


def _extreme(op: str) -> Callable[[Term, str, Term, str], Changes | None]:
    return lambda target, _, value, __: become((target,), apply(op, target, value))


def _as_before(value: Term, level: Term) -> Changes | None:
    return (
        (Change(BEFORE + value.name, level),)
        if isinstance(value, Signal) and isinstance(level, Number)
        else None
    )


def _into(value: Term, target: Term) -> Changes | None:
    return become((target,), value)


def _out_of(target: Term, value: Term) -> Changes | None:
    return become((target,), value)


CHANGES: list[Entry] = [
    ("LEVEL", "HIGH", lambda value: value),
    ("LEVEL", "LOW", lambda value: value),
    ("LEVEL", "VAL", lambda value: value),
    ("CHANGE", "NPS is LEVEL", stated),
    ("CHANGE", "NPS equal|show|give|output|indicate VAL", stated),
    ("CHANGE", "NPS =|:= LEVEL", stated),
    ("CHANGE", "NPS is VAL , limited|clamped|clipped|saturated to VAL", _capped),
    ("CHANGE", "NPS is VAL , capped at VAL", _capped),
    ("CHANGE", "NPS become|get LEVEL", become),
    ("CHANGE", "NPS become equal to VAL", become),
    ("CHANGE", "NPS is [always] equal to VAL", stated),
    ("CHANGE", "all bits of NP is 0|low|cleared", lambda target: stated((target,), _ZERO)),
    ("CHANGE", "all bits of NP become|go 0|low", lambda target: become((target,), _ZERO)),
    ("CHANGE", "all bits of NP is 1|high|set", lambda target: _all_ones(target, event=False)),
    ("CHANGE", "all bits of NP become|go 1|high", lambda target: _all_ones(target, event=True)),
    ("WHOSE", "selected by NP", lambda selector: selector),
    ("WHOSE", "whose number|index is|equal NP", lambda selector: selector),
    ("WHOSE", "with the number|index NP", lambda selector: selector),
    (
        "CHANGE",
        "[only] the bit of NP WHOSE is 0|low and all [the] other|others bits [of NP] is 1|high",
        lambda target, selector, *_: _one_cold(target, selector),
    ),
    (
        "CHANGE",
        "[only] the bit of NP WHOSE is 1|high|set and all [the] other|others bits [of NP] is 0|low",
        lambda target, selector, *_: stated((target,), apply("shl", _ONE, selector)),
    ),
    ("CHANGE", "NP take VAL", _out_of),
    ("CHANGE", "NP take the|over VAL", _out_of),
    ("CHANGE", "NPS go|turn|change|return [back] [to] LEVEL", become),
    ("CHANGE", "NPS start [over] [again] [at|from] VAL", become),
    ("CHANGE", "NPS is set|cleared|reset|loaded|driven|forced|initialized to|with LEVEL", become),
    ("CHANGE", "set|drive|force|reset|clear|initialize NPS to LEVEL", become),
    ("CHANGE", "NPS is set|asserted|raised", _to(1)),
    ("CHANGE", "NPS is cleared|reset|deasserted", _to(0)),
    ("CHANGE", "set|assert|raise NPS", _to(1)),
    ("CHANGE", "clear|reset|deassert NPS", _to(0)),
    ("CHANGE", "NPS is switched|turned on", _to(1)),
    ("CHANGE", "NPS is switched|turned off", _to(0)),
    ("CHANGE", "switch|turn on [NPS]", _to(1)),
    ("CHANGE", "switch|turn off [NPS]", _to(0)),
    ("CHANGE", "switched|turned on", _to(1)),
    ("CHANGE", "switched|turned off", _to(0)),
    ("CHANGE", f"NP increment|advance|increase|rise {_BY}", _stepped("add")),
    ("CHANGE", f"NP count|go|step up {_BY}", _stepped("add")),
    ("CHANGE", f"NP is incremented|increased {_BY}", _stepped("add")),
    ("CHANGE", f"increment|increase NP {_BY}", _stepped("add")),
    ("CHANGE", f"NP decrement|decrease {_BY}", _stepped("sub")),
    ("CHANGE", f"NP count|go|step down {_BY}", _stepped("sub")),
    ("CHANGE", f"NP is decremented|decreased|reduced {_BY}", _stepped("sub")),
    ("CHANGE", f"decrement|decrease NP {_BY}", _stepped("sub")),
    ("CHANGE", "VAL is added [to NP]", _stepped_by("add")),
    ("CHANGE", "add VAL [to NP]", _stepped_by("add")),
    ("CHANGE", "VAL is subtracted [from NP]", _stepped_by("sub")),
    ("CHANGE", "subtract VAL [from NP]", _stepped_by("sub")),
    (
        "CHANGE",
        "NPS keep|hold|retain [its|their|the] [old|previous|last] [value|values|state]",
        _kept,
    ),
    ("CHANGE", "NPS keep what it had", _kept),
    ("CHANGE", "NPS stay|remain unchanged|constant|stable|same|alone", _kept),
    ("CHANGE", "NPS stay|remain the same", _kept),
    ("CHANGE", "NPS stay|remain as|where|what it is|was", _kept),
    (
        "CHANGE",
        "NP move towards|toward NP by at most NUM",
        lambda t, goal, most: become((t,), _towards(t, goal, most)),
    ),
    ("CHANGE", "NPS do not change", _kept),
    ("CHANGE", "NPS is [held|kept] unchanged|constant", _kept),
    ("CHANGE", "leave NPS alone|unchanged", _kept),
    ("CHANGE", "nothing change|happen|happens", lambda: (Change(ALL, None),)),
    ("CHANGE", "NPS toggle|invert|flip", _toggled),
    ("CHANGE", "NPS is toggled|inverted|flipped", _toggled),
    ("CHANGE", "NP load|capture|store|sample|latch|register|follow|copy|update VAL", _out_of),
    (
        "CHANGE",
        "VAL is loaded|captured|stored|copied|written|latched|sampled|saved into|in|to NP",
        _into,
    ),
    ("CHANGE", "load|store|copy|write|capture|put VAL into|in|to|on NP", _into),
    ("CHANGE", "load NP with VAL", _out_of),
    ("CHANGE", "VAL go|pass through [unchanged]", lambda value: _into(value, Signal(SOLE))),
    ("CHANGE", "NPS stay|remain LEVEL", stated),
    ("CHANGE", "NPS count as VAL", become),
    ("MOVES", "shift|shifts", lambda: ""),
    ("MOVES", "is shifted", lambda: ""),
    (
        "CHANGE",
        "all bits of NP move 1 PLACE to the left [,] and|with NP ENTERS at|into LOWBIT",
        lambda t, *said: _shifted_in(t, said, left=True),
    ),
    (
        "CHANGE",
        "all bits of NP move 1 PLACE to the right [,] and|with NP ENTERS at|into TOPBIT",
        lambda t, *said: _shifted_in(t, said, left=False),
    ),
    ("PLACE", "place|position|bit", lambda: ""),
    ("LOWBIT", "bit 0", lambda: ""),
    ("LOWBIT", "the least significant bit", lambda: ""),
    ("CHANGE", "NP MOVES left by NUM [bit|position]", lambda t, _, by: _shifted(t, "shl", by)),
    ("CHANGE", "NP MOVES right by NUM [bit|position]", lambda t, _, by: _shifted(t, "shr", by)),
    (
        "CHANGE",
        "NP MOVES left [by 1] [bit|position] [,] and|with NP ENTERS at|into LOWBIT",
        lambda t, *said: _shifted_in(t, said, left=True),
    ),
    (
        "CHANGE",
        "NP MOVES right [by 1] [bit|position] [,] and|with NP ENTERS at|into TOPBIT",
        lambda t, *said: _shifted_in(t, said, left=False),
    ),
    ("ENTERS", "enter|enters|entering|comes|coming|goes|going [in]", lambda: ""),
    ("ENTERS", "is shifted in", lambda: ""),
    ("TOPBIT", "bit NUM", lambda number: number),
    ("TOPBIT", "the most significant bit", lambda: Number(-1)),
    ("CHANGE", "the previous|last [value of] NP count as|is VAL", _as_before),
    ("MOST", "largest|greatest|highest|biggest|maximum|maximal", lambda: ""),
    ("LEAST", "smallest|lowest|least|minimum|minimal", lambda: ""),
    ("FAR", "[seen] so far", lambda: ""),
    ("FAR", "[seen] since [the] [last] reset", lambda: ""),
    (
        "CHANGE",
        "NP is|hold|keep|remember|contain|show [the] MOST [value of] NP FAR",
        _extreme("max"),
    ),
    (
        "CHANGE",
        "NP is|hold|keep|remember|contain|show [the] LEAST [value of] NP FAR",
        _extreme("min"),
    ),
    ("EFFECT", "CHANGE", lambda change: change),
    ("EFFECT", "EFFECT and CHANGE", lambda one, other: one + other),
    ("EFFECT", "EFFECT , CHANGE", lambda one, other: one + other),
    ("EFFECT", "EFFECT , and CHANGE", lambda one, other: one + other),
]


def _all_at(names: tuple[Term, ...], level: Term) -> Term | None:
    if len(names) != 2:
        return None
    one, other = (apply("eq", name, level) for name in names)
    return apply("and", one, other)


def _steady(condition: Term) -> When:
    return When(condition, steady=True)


def _also(when: When, condition: Term) -> When | None:
    return replace(when, condition=apply("and", when.condition, condition)) if when.timed else None


def _timed(when: When) -> When:
    return replace(when, timed=True)


_EDGE = "[rising|positive|falling|negative|active]"
TIMES: list[Entry] = [
    (
        "TIME",
        f"on|at|with each|every|the|a|any [next] {_EDGE} clock edge [of CLK]",
        lambda *_: "edge",
    ),
    ("TIME", f"on|at|with each|every|the|a|any {_EDGE} edge of [the] CLK", lambda _: "edge"),
    ("TIME", f"on|at|with each|every|the|a|any {_EDGE} edge of the clock", lambda: "edge"),
    ("TIME", f"on|at each|every|the|a|any {_EDGE} edge [of the clock]", lambda: "edge"),
    ("TIME", "in|on|at each|every clock cycle|tick", lambda: "edge"),
    ("TIME", "in|on|at each|every cycle", lambda: "edge"),
    ("TIME", "each|every clock [cycle]", lambda: "edge"),
    ("WHEN", "if|when|whenever COND", When),
    ("WHEN", "only if|when COND", When),
    ("WHEN", "provided that COND", When),
    ("WHEN", "for COND", When),
    ("WHEN", "while COND", _steady),
    ("WHEN", "as long as COND", _steady),
    ("WHEN", "if and only if COND", _steady),
    ("WHEN", "only while COND", _steady),
    ("WHEN", "unless COND", lambda condition: When(negated(condition))),
    ("WHEN", "WHEN TIME", lambda when, _: _timed(when)),
    ("WHEN", "WHEN and COND", _also),
    (
        "WHEN",
        "TIME with NP at VAL and NP at VAL",
        lambda _, a, b, c, d: When(apply("and", apply("eq", a, b), apply("eq", c, d)), timed=True),
    ),
    ("WHEN", "TIME [,] WHEN", lambda _, when: _timed(when)),
    ("WHEN", "TIME with COND", lambda _, condition: When(condition, timed=True)),
    ("WHEN", "TIME with NP at VAL", lambda _, a, b: When(apply("eq", a, b), timed=True)),
    ("WHEN", "with NP at VAL", lambda a, b: When(apply("eq", a, b))),
    ("WHEN", "with no LINE [at all]", lambda _: When(apply("eq", Signal(ANY), _ZERO))),
    (
        "WHEN",
        "for anything|values from VAL [up] to [and including] VAL",
        lambda low, high: When(between(low, high)(Signal(IT))),
    ),
    ("LEVELS", "NP HIGH", lambda a, b: apply("eq", a, b)),
    ("LEVELS", "NP LOW", lambda a, b: apply("eq", a, b)),
    ("LEVELS", "NPS both HIGH", _all_at),
    ("LEVELS", "NPS both LOW", _all_at),
    ("LEVELS", "LEVELS [,] and LEVELS", lambda one, other: apply("and", one, other)),
    ("WHEN", "with LEVELS", When),
    ("WHEN", "TIME with LEVELS", lambda _, condition: When(condition, timed=True)),
    (
        "WHEN",
        "on|at an|each|every|the edge with LEVELS",
        lambda condition: When(condition, timed=True),
    ),
    ("WHEN", "TIME at|in which COND", lambda _, condition: When(condition, timed=True)),
    ("WHEN", "TIME where COND", lambda _, condition: When(condition, timed=True)),
]


def _rule(when: When, changes: Changes) -> Said:
    return Rule(when, changes, timed=when.timed)


def _choice(target: Term, one: Term, when: When, other: Term) -> Said | None:
    then, rest = stated((target,), one), stated((target,), other)
    return Rule(when, then, rest, timed=when.timed) if then and rest else None


def _always(changes: Changes, _: object = None) -> Said:
    return Rule(None, changes, timed=_ is not None)


def _reset_at(name: str, level: Term) -> When:
    return When(apply("eq", Signal(name), level))


def _initial_at(when: When, targets: tuple[Term, ...], value: Term = _ZERO) -> Said | None:
    changes = become(targets, value)
    return Rule(when, changes) if changes else None


def _initial(targets: tuple[Term, ...], value: Term = _ZERO) -> Said | None:
    changes = become(targets, value)
    return AtReset(changes) if changes else None


def _first(target: Term) -> Said | None:
    return Priority(target.name) if isinstance(target, Signal) else None


def wrapping(wraps: bool) -> Callable[..., Said | None]:
    """Return what makes the range of a counter, with or without going on from its other end."""

    def make(target: Term, low: Term, high: Term, back: Term | None = None) -> Said | None:
        ends = isinstance(low, Number) and isinstance(high, Number) and isinstance(target, Signal)
        if not ends or (back is not None and back != low):
            return None
        return Range(target.name, low.value, high.value, wraps)  # type: ignore[union-attr]

    return make


def limits(target: Term, high: Term | None, low: Term | None) -> Said | None:
    """Return the ends that a signal stays between."""
    if not isinstance(target, Signal):
        return None
    limits = [
        None if end is None else end.value if isinstance(end, Number) else -1 for end in (low, high)
    ]
    return None if -1 in limits else Range(target.name, limits[0], limits[1], wraps=False)


def _wraps_to(width: Term) -> tuple[Said, ...] | None:
    if not isinstance(width, Number):
        return None
    return _and_wraps(None, Number((1 << width.value) - 1), _ZERO)


def _and_round(said: Said, ends: tuple[Term | None, Term | None]) -> tuple[Said, ...] | None:
    return _and_wraps(said, *ends) if isinstance(said, Rule) else None


def _and_wraps(
    said: Said | None, high: Term | None, low: Term | None, target: Term = _SOLE
) -> tuple[Said, ...] | None:
    """Return that the target of a step goes on from its other end."""
    if isinstance(said, Rule) and len(said.changes) == 1:
        target = Signal(said.changes[0].target)
    if not isinstance(target, Signal):
        return None
    ends = [end.value if isinstance(end, Number) else None for end in (low, high)]
    wraps = Range(target.name, ends[0], ends[1], wraps=True)
    return (wraps,) if said is None else (said, wraps)


def _pulse(when: When, target: Term, _: Term, cycles: Term, *rest: object) -> Said | None:
    numbers = [one.value for one in (cycles, *rest) if isinstance(one, Number)]
    if not isinstance(target, Signal) or not numbers or numbers[-1] < 1:
        return None
    return Pulse(when, target.name, numbers[-1])


def _pulse_long(when: When, target: Term, *rest: Term) -> Said | None:
    cycles = rest[-1]
    if not isinstance(target, Signal) or not isinstance(cycles, Number) or cycles.value < 1:
        return None
    return Pulse(when, target.name, cycles.value)


_BEGINS = "WHEN [,] NP is|go|become [to] HIGH"
_CYCLES = "NUM [clock] cycles|cycle"
SENTENCES: list[Entry] = [
    ("SENT", "WHEN [,] EFFECT", _rule),
    ("SENT", "EFFECT [,] WHEN", lambda changes, when: _rule(when, changes)),
    ("SENT", "EFFECT TIME", _always),
    (
        "SENT",
        "WHEN [,] EFFECT TIME",
        lambda when, changes, _: Rule(replace(when, timed=True), changes, timed=True),
    ),
    ("SENT", "TIME [,] EFFECT", lambda _, changes: _always(changes, True)),
    ("SENT", "EFFECT", _always),
    (
        "SENTS",
        "SENT , which wraps|wrap [around] ROUND",
        _and_round,
    ),
    ("SENTS", "SENT and|, wrap|wraps|wrapping [around] ROUND", _and_round),
    ("ROUND", "from NUM [back] to NUM", lambda high, low: (high, low)),
    ("ROUND", "on overflow|underflow", lambda: (None, None)),
    ("ROUND", "in both directions", lambda: (None, None)),
    ("SENTS", "NP wrap [around] ROUND", lambda t, ends: _and_wraps(None, ends[0], ends[1], t)),
    ("SENTS", "addition and subtraction wrap [around]", lambda: _and_wraps(None, None, None)),
    ("SENTS", "addition and subtraction wrap [around] to NUM bits", _wraps_to),
    ("SENTS", "NP wrap [around]", lambda target: _and_wraps(None, None, None, target)),
    ("SENT", "NP is LEVEL WHEN [,] and LEVEL otherwise|else", _choice),
    ("SENT", "NP is LEVEL WHEN [,] otherwise|else LEVEL", _choice),
    ("SENT", "NP is LEVEL WHEN [,] otherwise|else it is LEVEL", _choice),
    (
        "SENT",
        "WHEN [,] EFFECT [,|;] otherwise|else [,] EFFECT",
        lambda when, one, other: Rule(when, one, other, timed=when.timed),
    ),
    ("SENT", "otherwise|else [,] EFFECT", Otherwise),
    (
        "SENT",
        "[,] otherwise|else [,] WHEN [,] EFFECT",
        lambda when, changes: Rule(when, changes, timed=when.timed, follows=True),
    ),
    ("SENT", "[anywhere|everywhere] in between [,] EFFECT", Otherwise),
    ("SENT", "if|when neither [of these] is the case [,] EFFECT", Otherwise),
    (
        "SENT",
        "if|when neither|none [of these|them] [condition|conditions] apply|hold|holds [,] EFFECT",
        Otherwise,
    ),
    ("SENT", "WHEN [,] NP is|go|become [to] HIGH [TIME] for NUM [clock] cycles|cycle", _pulse),
    (
        "SENT",
        f"{_BEGINS} and stay|remain so|there|HIGH for {_CYCLES}",
        _pulse_long,
    ),
    (
        "SENT",
        f"{_BEGINS} after that edge and stay|remain so|there|HIGH for {_CYCLES}",
        _pulse_long,
    ),
    ("SENT", "WHEN [,] NP is HIGH in|during|for the next NUM [clock] cycles|cycle", _pulse),
    (
        "SENT",
        f"WHEN [,] NP is HIGH in|during|for the next {_CYCLES} and go back to 0|low",
        _pulse,
    ),
    ("AGAIN", "a|another|any|each new|further NP [pulse]", lambda _: "again"),
    ("AGAIN", "a|another|any NP", lambda _: "again"),
    ("AGAIN", "AGAIN in|during that|this time", lambda _: "again"),
    ("AGAIN", "AGAIN while NP is HIGH", lambda *_: "again"),
    ("SENT", "AGAIN start [the] NUM cycles over|anew", lambda *_: Again(restarts=True)),
    (
        "SENT",
        "AGAIN restart|restarts it|them|[the] time|pulse|count",
        lambda *_: Again(restarts=True),
    ),
    (
        "SENT",
        "AGAIN start it|them|[the] time|pulse|count over|again|anew",
        lambda *_: Again(restarts=True),
    ),
    ("SENT", "AGAIN have no effect", lambda *_: Again(restarts=False)),
    ("SENT", "AGAIN is ignored", lambda *_: Again(restarts=False)),
    ("SENT", "NP is ignored while|when NP is HIGH", lambda *_: Again(restarts=False)),
    ("SENT", "while|when NP is HIGH [,] NP is ignored", lambda *_: Again(restarts=False)),
    ("SENT", "in all|any|every other cases|case [,] EFFECT", Otherwise),
    ("SENT", "if not [,] EFFECT", Otherwise),
    ("SENT", "EFFECT otherwise", Otherwise),
    ("RESET", "[the|a] [RST] reset [input|signal]", lambda *_: "reset"),
    ("RESET", "[the] RST", lambda _: "reset"),
    (
        "RESET",
        "the synchronous|asynchronous [active - low|high] [reset] RST",
        lambda _: "reset",
    ),
    ("RESET", "the active - low|high [synchronous|asynchronous] reset RST", lambda _: "reset"),
    ("SENT", "this|the reset is synchronous|asynchronous", lambda: Unclocked(())),
    ("RSTAT", "[a] RST HIGH", _reset_at),
    ("RSTAT", "[a] RST LOW", _reset_at),
    ("SENT", "RSTAT clear|reset|set NPS to LEVEL", _initial_at),
    ("SENT", "RSTAT clear|reset NPS", _initial_at),
    (
        "SENT",
        "RSTAT clear|reset|set NPS to LEVEL [,] regardless of NP",
        lambda when, targets, value, _: _initial_at(when, targets, value),
    ),
    (
        "SENT",
        "RESET clear|reset|set NPS to LEVEL [,] regardless of NP",
        lambda _, targets, value, __: _initial(targets, value),
    ),
    ("INRESET", "on|after|during|upon|in|at|under RESET", lambda _: "reset"),
    ("INRESET", "while in reset", lambda: "reset"),
    ("INRESET", "when|if|while RESET is active|asserted|applied", lambda _: "reset"),
    ("SENT", "INRESET [,] EFFECT", lambda _, changes: AtReset(changes)),
    ("SENT", "EFFECT [,] INRESET", lambda changes, _: AtReset(changes)),
    ("SENT", "RESET clear|reset|set|put|bring NPS to LEVEL", lambda _, t, v: _initial(t, v)),
    ("SENT", "RESET clear|reset|set|put|bring all bits of NP to 0", lambda _, t: _initial((t,))),
    ("OVER", "have priority|precedence over NP", lambda _: ""),
    (
        "OVER",
        "have priority|precedence over counting|shifting|loading|everything [else]",
        lambda: "",
    ),
    ("OVER", "override|overrides NP", lambda _: ""),
    ("OVER", "override|overrides everything [else]", lambda: ""),
    ("SENT", "RESET clear|reset|set NPS to LEVEL and OVER", lambda _, t, v, __: _initial(t, v)),
    ("SENT", "RESET clear|reset NPS and OVER", lambda _, t, __: _initial(t)),
    ("SENT", "RESET OVER", lambda *_: Unclocked(())),
    ("SENT", "RESET make|makes NP LEVEL", lambda _, t, v: _initial((t,), v)),
    ("SENT", "RESET load NP with LEVEL", lambda _, t, v: _initial((t,), v)),
    ("SENT", "RESET clear|reset NPS", lambda _, targets: _initial(targets)),
    ("SENT", "RESET switch|turn NPS off", lambda _, targets: _initial(targets)),
    ("SENT", "switch|turn NPS off", _initial),
    ("SENT", "NP count|run|go [up] from VAL to|through VAL [,] [inclusive]", wrapping(True)),
    ("BACK", "start over", lambda: "back"),
    ("BACK", "wrap|wraps|repeat|repeats|restart|restarts [around]", lambda: "back"),
    ("BACK", "begin over", lambda: "back"),
    (
        "SENT",
        "NP count|run|go [up] from VAL to|through VAL [,] [inclusive] [,] and BACK",
        lambda t, low, high, _: wrapping(True)(t, low, high),
    ),
    (
        "SENT",
        "NP count|run|go [up] from VAL to|through VAL [,] and BACK at|to|from|with VAL",
        lambda t, low, high, _, back: wrapping(True)(t, low, high, back),
    ),
    ("SENT", "checking|comparing against|with NP come|comes|go|goes first", _first),
    ("SENT", "the check|comparison against|with NP come|comes|go|goes first", _first),
    (
        "SENT",
        "[if] somebody|someone|anybody|anyone|one set|sets|put|puts NP REL , SENT",
        lambda _, relation, said: said if isinstance(said, Priority) else None,
    ),
    ("SENT", "if both is REL , NP win|wins", lambda _, target: _first(target)),
    (
        "SENT",
        "RESET have|take|takes priority|precedence over everything|all [else|other] [inputs|input]",
        lambda *_: Unclocked(()),
    ),
    ("SENTS", "TIME [,|:] SENTS", lambda _, said: at_edge(said)),
    ("SENT", "NP never go|rise|count above|over|beyond VAL", lambda t, high: limits(t, high, None)),
    ("SENT", "NP never go|fall|count below VAL", lambda t, low: limits(t, None, low)),
    (
        "SENT",
        "NP never leave|leaves the range [from] VAL to VAL",
        lambda t, low, high: limits(t, high, low),
    ),
    ("SENT", "NP stay|remain between VAL and VAL", lambda t, low, high: limits(t, high, low)),
    ("SENT", "NP never go above|over VAL and|or never? below VAL", limits),
    ("SENT", "NP stop|saturate|stick at VAL", lambda t, high: limits(t, high, None)),
    ("SENTS", "SENTS : SENT", lambda one, other: (*one, other)),
    ("SENT", "NP have priority", _first),
    ("SENT", "NP have priority over NP", lambda target, _: _first(target)),
    ("SENT", "NP win|wins", _first),
    ("SENTS", "SENT", lambda one: (one,)),
    ("SENTS", "SENTS ; SENT", lambda one, other: (*one, other)),
    ("SENTS", "SENTS and|but SENT", lambda one, other: (*one, other)),
    ("SENTS", "SENTS , SENT", lambda one, other: (*one, other)),
    ("SENTS", "SENTS , and|but SENT", lambda one, other: (*one, other)),
]
