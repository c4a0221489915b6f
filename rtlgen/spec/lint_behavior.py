"""Lint rules about behavior that the text leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rtlgen.spec.lint_subject import Subject, note, question
from rtlgen.spec.model import Finding
from sim.interface import Port

_RESET_TO = (
    r"(?:reset|rst|clear)\w*\b[^.;\n]{0,120}?(?:=|\b(?:to|into|at|in|as|sets?|setting|becomes?"
    r"|clears?|forces?|returns?|goes|loads?|zeros?|cleared|clearing|empt(?:y|ies)|idle|initial|low"
    r"|0|all)\b)"
    r"|(?:\bset to|cleared|initiali[sz]ed|\bzero|\bidle|\bempty|=\s*\d|\bgoes to|\binto"
    r"|\bstarts? (?:in|at|from)|\breturns? to)[^.;\n]{0,80}\b(?:reset|rst)\w*"
)
_START_STATE = (
    r"\binitial(?:ly|ize|ised|ized)?\b|\bpower[\s-]?(?:on|up)\b|\bno reset\b|\bstarting value\b"
    r"|\bstarts? (?:in|at|with|from)\b"
)
_TIMED = (
    r"\blatency\b|\bcycles?\b|\bnext (?:\w+ )?(?:clock|edge)|\bcombinational|\bimmediately\b"
    r"|\bregistered\b|\bclock (?:tick|period)s?\b|\bsame (?:clock|time)|\bedges?\b|\bclocks\b"
    r"|\bper bit\b|\bMealy\b|\bMoore\b|\bstate[\s-](?:machine|table|diagram)|\bFSM\b"
)
_SLOW = re.compile(
    r"(?:^|_)(?:valid|ready|rdy|done|start|busy|req|ack)(?:$|_)|(?:valid|ready|done|busy)$",
    re.IGNORECASE,
)
_SLOW_WORDS = (
    r"\bpipelin|\bmultipl(?:y|ier)\b|\bdivi(?:de|der|sion)\b|\bfilter\b|\bCORDIC\b|\bmulti-?cycle\b"
)

_COUNTS = (
    r"\b(?:up|down|binary|decade|modulo|free[\s-]running)?[\s-]*counters?\b"
    r"|\bcounts? (?:up|down)\b|\bincrement(?:s|ed)?\b"
)
_COUNT_END = (
    r"\bwrap|\boverflow|\bsaturat|\broll(?:s|ing)?[\s-]?over|\bmod(?:ulo)?\b|\bperiod\b|\bback to\b"
    r"|\bup to\b|\bmaximum\b|\bthrough\b|\breach(?:es|ed)\b|\bfrom \S+ to\b|\bdecade\b"
    r"|\breturns? to\b|\brestarts?\b|\btime[sd]?[\s-]?out|\bring\b|\bjohnson\b|\bGray\b"
    r"|\bpopulation\b|number of|\b\d+\s*(?:->|to|-|\.\.)\s*\d+\b|\btotal\b"
)
_QUEUE = r"\bFIFO\b|\bLIFO\b|\bstack\b|\bqueue\b|\bbuffer\b[^.\n]{0,60}\b(?:entries|words|depth)\b"
_QUEUE_END = (
    r"\bwhen (?:it is |the \w+ is )?(?:\w+ )?full\b|\b(?:while|if|when|is|not) (?:\w+ ){0,3}full\b"
    r"|\boverflow|\bfull\b[^.\n]{0,60}\b(?:ignor|drop|discard|block|reject|lost)"
)
_ADDS = r"\badds?\b|\badder\b|\baddition\b|\bsum\b|\baccumulat"
_ADD_END = (
    r"\bcarr(?:y|ies)\b|\boverflow|\bwrap|\bmod(?:ulo|ulus)?\b|\btruncat|\bsaturat|\bdiscard"
    r"|\bdropped\b|\bextra bit\b|\bcin\b|\bcout\b"
)

_ILLEGAL = (
    r"\b(?:invalid|illegal|reserved|unused|undefined|unspecified)\b[^.\n]{0,30}"
    r"\b(?:inputs?|codes?|combinations?|states?|values?|opcodes?|select\w*)\b|\bnever occurs?\b"
)
_ILLEGAL_END = (
    r"don'?t[\s-]?cares?|\bdo not care\b|\bany value\b|\bdoes not matter\b|\bwhatever\b"
    r"|\boutputs? (?:is|are|must|should|shall|goes|remain|all)\b|\btreated as\b|\bignored\b"
    r"|\bdefaults? to\b|\bblank|\boff\b|\breturn"
)

_PAIRS: tuple[tuple[str, str], ...] = (
    (r"^(?:load|ld|pl)$", r"^(?:en|ena|enable|shift|shift_en\w*|inc|up|count_en\w*)$"),
    (r"^push$", r"^pop$"),
    (r"^(?:set|s)$", r"^(?:clr|clear|r)$"),
    (r"^(?:inc|increment|up)$", r"^(?:dec|decrement|down)$"),
    (r"^(?:wr|wr_en|write|we|write_en)$", r"^(?:rd|rd_en|read|re|read_en)$"),
)
_JOINT = (r"^push$", r"^(?:wr|wr_en|write|we|write_en)$")
"""Commands that two sides give, each for itself."""
_ORDERED = (
    r"\bpriorit|\bpreceden|\bsimultaneous|\bsame (?:time|cycle|clock|edge)|\bboth\b|\bat once\b"
    r"|\btogether\b|\boverrides?\b|\botherwise\b|\belse\b|\bmutually exclusive\b"
    r"|\bnever (?:\w+ )?together|\bregardless\b|\bindependent"
)
_SYNCHRONIZED = (
    r"\bsynchroni[sz]er|\bCDC\b|\bclock[\s-]domain|\bGray\b|\bmetastab|\btwo[\s-](?:stage|flop|flip)"
    r"|\bdual[\s-]clock|\basynchronous FIFO|\bindependent clocks"
)


def reset_value(subject: Subject) -> Iterator[Finding]:
    """A reset, or the lack of one, leaves registers with some value."""
    interface = subject.spec.interface
    started = any(table.reset_state for table, _ in subject.machines)
    if not subject.sequential or subject.drawn or started:
        return
    if subject.has_rule("reset-state") or subject.says(_START_STATE):
        return
    place = subject.places[
        interface.resets[0].port if interface.resets else interface.clocks[0].port
    ]
    if not interface.resets:
        yield note(
            "reset-value",
            place,
            "there is no reset, and the state at power-on is not stated",
            "outputs may have any value until inputs determine them",
        )
    elif not subject.says(_RESET_TO):
        yield question(
            "reset-value",
            place,
            f"what {interface.resets[0].port!r} resets to is not stated",
            "every register and output is 0 after reset",
        )


def latency(subject: Subject) -> Iterator[Finding]:
    """Where a result takes time, how many cycles it takes."""
    if not subject.sequential or subject.formal or subject.machines or _is_timed(subject):
        return
    ports = [port for port in subject.data_ports if _SLOW.search(port.name)]
    sentence = next(iter(subject.saying(_SLOW_WORDS)), None)
    if not ports and sentence is None:
        return
    place = subject.places[ports[-1].name] if ports else subject.spec.interface_place
    yield question(
        "latency",
        sentence.place if sentence and not ports else place,
        "after how many cycles outputs follow inputs is not stated",
        "outputs are registered and follow inputs by one cycle",
    )


def _is_timed(subject: Subject) -> bool:
    """Whether the text speaks of time other than where it declares the clock."""
    clocks = {subject.places[clock.port].line for clock in subject.spec.interface.clocks}
    return any(sentence.place.line not in clocks for sentence in subject.saying(_TIMED))


def overflow(subject: Subject) -> Iterator[Finding]:
    """What happens at the end of a counter, a buffer or a number."""
    if subject.formal:
        return
    checks = (
        (_QUEUE, _QUEUE_END, "a write to the full buffer", "it is ignored"),
        (_COUNTS, _COUNT_END, "the end of the count", "the counter wraps around"),
    )
    for what, resolved, message, assumption in checks:
        sentence = next(iter(subject.saying(what)), None)
        if sentence is None:
            continue
        relevant = subject.sequential and not subject.says(resolved)
        if relevant:
            yield question("overflow", sentence.place, f"{message} is not described", assumption)
        return
    yield from _sum_overflow(subject)


def _sum_overflow(subject: Subject) -> Iterator[Finding]:
    interface = subject.spec.interface
    outputs = [port for port in interface.outputs if port.width > 1]
    operands = [port for port in interface.data_inputs if port.width > 1]
    sentence = next(iter(subject.saying(_ADDS)), None)
    if sentence is None or len(outputs) != 1 or len(operands) < 2 or subject.says(_ADD_END):
        return
    if outputs[0].width == max(port.width for port in operands):
        yield question(
            "overflow",
            sentence.place,
            f"a sum that does not fit into {outputs[0].name!r} is not described",
            "its upper bits are dropped",
        )


def x_policy(subject: Subject) -> Iterator[Finding]:
    """What outputs are for inputs that are called invalid or unused."""
    sentence = next(iter(subject.saying(_ILLEGAL)), None)
    if sentence is not None and not subject.formal and not subject.says(_ILLEGAL_END):
        yield question(
            "x-policy",
            sentence.place,
            "what the outputs are then is not stated",
            "they may have any value",
        )


def priority(subject: Subject) -> Iterator[Finding]:
    """Which of two commands wins when both are given."""
    if not subject.sequential or subject.formal or subject.says(_ORDERED):
        return
    bits = [port for port in subject.spec.interface.data_inputs if port.width == 1]
    for first, second in _PAIRS:
        a, b = _named(bits, first), _named(bits, second)
        if (
            a
            and b
            and not subject.says(
                rf"\b(?:if|when)\s+(?:the\s+)?{re.escape(b)}\b[^.\n]*\b{re.escape(a)}\b"
            )
        ):
            yield question(
                "priority",
                subject.places[a],
                f"what happens when {a!r} and {b!r} are both 1 is not stated",
                "both take effect" if first in _JOINT else f"{a} comes first",
            )
            return


def _named(ports: Sequence[Port], pattern: str) -> str:
    compiled = re.compile(pattern, re.IGNORECASE)
    return next((port.name for port in ports if compiled.match(port.name)), "")


def clock_domains(subject: Subject) -> Iterator[Finding]:
    """How values cross between clocks."""
    clocks = subject.spec.interface.clocks
    if len(clocks) > 1 and not subject.formal and not subject.says(_SYNCHRONIZED):
        names = " and ".join(clock.port for clock in clocks)
        yield question(
            "clock-domains",
            subject.places[clocks[1].port],
            f"how values cross between clocks {names} is not stated",
            "the clocks are unrelated, and values cross through two flip-flops",
        )
