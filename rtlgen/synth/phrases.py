"""Sentences on clock, reset and ports, in several wordings each."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Sequence

from rtlgen.synth.drawn import ClockAndReset, Drawn
from rtlgen.synth.header import data_inputs, data_outputs, timing_ports
from sim.interface import Direction, Port


def capital(text: str, names: Collection[str] = ()) -> str:
    """Return `text` with a capital first letter, unless it begins with one of `names`."""
    first = re.split(r"[^\w]", text, maxsplit=1)[0]
    return text if first in names else text[:1].upper() + text[1:]


def sentence(text: str, names: Collection[str] = ()) -> str:
    """Return `text` as a sentence: a capital first letter, a period at its end."""
    return ended(capital(text.strip(), names))


def ended(text: str) -> str:
    """Return `text` with a period at its end, unless it ends already."""
    text = text.strip()
    return text if not text or text[-1] in ".!?:" else f"{text}."


def clock_sentence(timing: ClockAndReset, chance: random.Random) -> str:
    """Return a sentence on the clock's active edge."""
    edge, other = ("rising", "positive") if timing.rising else ("falling", "negative")
    short = "posedge" if timing.rising else "negedge"
    return chance.choice(
        (
            f"Everything is clocked by the {edge} edge of {timing.clock}.",
            f"All registers are updated on the {other} edge of {timing.clock}.",
            f"State changes happen at the {edge} edge of {timing.clock}.",
            f"Use the {other} edge of {timing.clock} for all sequential logic.",
            f"The design is sequential and works on the {edge} edge of the clock {timing.clock}.",
            f"{timing.clock} is the clock ({edge} edge active).",
            f"Registers are triggered by {short} {timing.clock}.",
        )
    )


def _reset_kind(timing: ClockAndReset, chance: random.Random) -> str:
    how = "asynchronous" if timing.asynchronous else "synchronous"
    level = "active-low" if timing.active_low else "active-high"
    return chance.choice((f"{how} {level}", f"{level} {how}", f"{how}, {level}"))


def reset_sentence(timing: ClockAndReset, after: str, chance: random.Random) -> str:
    """Return a sentence on reset: its kind, its polarity, and what it leads to."""
    name, value = timing.reset, "0" if timing.active_low else "1"
    when = "low" if timing.active_low else "high"
    kind = _reset_kind(timing, chance)
    how = "asynchronous" if timing.asynchronous else "synchronous"
    at_once = "immediately, without waiting for the clock" if timing.asynchronous else ""
    at_edge = "" if timing.asynchronous else "at the next active clock edge"
    moment = at_once or at_edge
    article = "an" if kind[0] == "a" else "a"
    result = f" after reset {after}" if after else ""
    plain = (
        f"{name} is {article} {kind} reset",
        f"There is {article} {kind} reset called {name}",
        f"The {how} reset {name} is active {when}",
    )
    if not after:
        return f"{chance.choice(plain)}."
    return chance.choice(
        (
            *(f"{text};{result}." for text in plain),
            f"The {how} reset {name} is active {when}: it makes sure that {after}.",
            f"When {name} is {value}, the design is reset {moment}, so that {after} ({how} reset).",
            f"If {name} is {value}, {after} {_moment_after(timing, chance)}.",
            f"Reset ({name}) is {kind}. Once it has acted, {after}.",
            f"{capital(how)} reset, active {when}, on {name}: {after}.",
        )
    )


def _moment_after(timing: ClockAndReset, chance: random.Random) -> str:
    if timing.asynchronous:
        return chance.choice(
            ("at once, regardless of the clock", "asynchronously", "without a clock edge")
        )
    return chance.choice(
        ("after the next active clock edge", "from the following clock edge on (synchronous reset)")
    )


def reset_in_passing(timing: ClockAndReset | None, after: str, chance: random.Random) -> str:
    """Return a reset as a noun phrase; empty where there is none. To 0 is the usual."""
    if timing is None or not timing.reset:
        return ""
    kind = _reset_kind(timing, chance)
    if chance.random() < 0.5:
        kind = kind.replace("active-", "active ")
    if after.endswith(" is 0") and chance.random() < 0.5:
        after = ""
    article = "an" if kind[0] == "a" else "a"
    named = chance.choice(("", f" ({timing.reset})", f' "{timing.reset}"'))
    result = chance.choice((f" after which {after}", f"; after reset {after}")) if after else ""
    return f"{article} {kind} reset{named}{result}"


def reset_in_few_words(timing: ClockAndReset | None, after: str, chance: random.Random) -> str:
    """Return a short sentence on the reset; empty where there is none."""
    if timing is None or not timing.reset:
        return ""
    kind = _reset_kind(timing, chance)
    lead = chance.choice((f"Reset is {kind}", f"{timing.reset} is {kind}", f"Reset: {kind}"))
    return f"{lead}; after reset {after}." if after else f"{lead}."


def edge_in_passing(timing: ClockAndReset | None, chance: random.Random) -> str:
    """Return a sentence on the clock's edge; empty for the usual one, mostly."""
    if timing is None or (timing.rising and chance.random() < 0.5):
        return ""
    edge = "positive" if timing.rising else "negative"
    return chance.choice(
        (
            f"All flip-flops are triggered by the {edge} edge of {timing.clock}.",
            f"It is clocked by the {edge} edge of {timing.clock}.",
            f"Trigger on the {edge} edge of {timing.clock}.",
        )
    )


def clock_and_reset(drawn: Drawn, chance: random.Random) -> list[str]:
    """Return the sentences on clock and reset, as far as the design has them."""
    timing = drawn.timing
    if timing is None:
        if drawn.behavior.sequential:
            return []
        return [chance.choice(_COMBINATIONAL)] if chance.random() < 0.25 else []
    found = [clock_sentence(timing, chance)]
    if timing.reset:
        found.append(reset_sentence(timing, drawn.words.after_reset, chance))
    elif chance.random() < 0.3:
        found.append(chance.choice(_NO_RESET))
    return found


_COMBINATIONAL = (
    "The logic is purely combinational.",
    "No clock is involved.",
    "This is a combinational circuit.",
)
_NO_RESET = ("There is no reset.", "The design has no reset.", "No reset is needed.")


def width_text(port: Port, chance: random.Random) -> str:
    """Return the width of a port in words."""
    if port.width == 1:
        return chance.choice(("1 bit", "1-bit", "single bit", "one bit"))
    return chance.choice((f"{port.width} bits", f"{port.width}-bit", f"{port.width} bits wide"))


def role_of(drawn: Drawn, port: Port, chance: random.Random) -> str:
    """Return what clock or reset are for; empty for a port that the words around explain."""
    timing = drawn.timing
    if timing is None or port.name not in (timing.clock, timing.reset):
        return ""
    if port.name == timing.clock:
        edge = "rising" if timing.rising else "falling"
        return chance.choice(("clock", "clock signal", f"clock, {edge} edge", "the clock"))
    return chance.choice((f"{_reset_kind(timing, chance)} reset", "reset", "reset input"))


def ports_of(drawn: Drawn) -> tuple[Port, ...]:
    """Return all ports, clock and reset first."""
    return (*timing_ports(drawn), *data_inputs(drawn), *data_outputs(drawn))


def direction(port: Port) -> str:
    """Return `input` or `output`."""
    return "input" if port.direction is Direction.INPUT else "output"


def listed(names: Sequence[str], word: str = "and") -> str:
    """Return names as a list in a sentence."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
