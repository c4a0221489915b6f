"""Sentences that say what kind of module it is, such as `Design an 8-bit up counter with enable`.

Such a sentence needs no understanding where it consists of known words, and whatever they say of
how the module works is said elsewhere: by other sentences, or by its ports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from rtlgen.spec.requirements.words import number_of
from rtlgen.spec.text import words
from sim.interface import Direction, Interface

_NEUTRAL = words(
    "a an the and with of for to from by in on is it this that we i need want please design write "
    "build create implement make me us you can could verilog systemverilog module circuit block "
    "unit component design hardware digital logic small simple basic plain little standard generic "
    "one its has have as combinational combinatorial sequential synchronous purely clocked - , / "
    "bit bits wide width vector number numbers value values word words input inputs output outputs "
    "two three four five six seven eight data named called that at zero operations byte registered "
    "number output sample samples operand operands request requests line lines written write "
    "way control controls select selects"
)
_KINDS = words(
    "counter multiplexer mux register flipflop dff comparator detector alu timer adder subtractor "
    "decoder encoder selector accumulator switch gate monitor generator shift shifter flag count "
    "value difference sum maximum minimum parity"
)

_SHORT = 2
Elsewhere = Collection[str]
"""The words of the other sentences, and the ports' names."""


def _some(*stems: str) -> Callable[[Interface, Elsewhere], bool]:
    """Return whether a word begins with one of `stems`, or has a longer one in it."""
    inside = tuple(stem for stem in stems if len(stem) > _SHORT)
    return lambda _, elsewhere: any(
        word.startswith(stems) or any(stem in word for stem in inside) for word in elsewhere
    )


def _signed(signed: bool) -> Callable[[Interface, Elsewhere], bool]:
    """Return whether all inputs that are numbers are signed, or none is."""
    return lambda interface, _: all(
        port.signed is signed for port in interface.inputs if port.width > 1
    )


def _reset(**wanted: bool) -> Callable[[Interface, Elsewhere], bool]:
    return lambda interface, _: (
        bool(interface.resets)
        and all(getattr(interface.resets[0], name) is value for name, value in wanted.items())
    )


def _stops(_: Interface, elsewhere: Elsewhere) -> bool:
    return "not" in elsewhere or any(word.startswith("stop") for word in elsewhere)


_CLAIMS: Mapping[str, Callable[[Interface, Elsewhere], bool]] = {
    "up": _some("increment", "up", "add", "plus", "advance"),
    "down": _some("decrement", "down", "subtract", "minus", "decrease"),
    "enable": _some("en", "enable", "we", "wr"),
    "enabled": _some("en", "enable", "we", "wr"),
    "load": _some("load", "ld"),
    "loadable": _some("load", "ld"),
    "parallel": _some("load", "q", "out"),
    "serial": _some("shift"),
    "out": _some("q", "out"),
    "clear": _some("clear", "clr"),
    "reset": _reset(),
    "asynchronous": _reset(asynchronous=True),
    "async": _reset(asynchronous=True),
    "sync": _reset(asynchronous=False),
    "active-low": _reset(active_low=True),
    "active-high": _reset(active_low=False),
    "signed": _signed(signed=True),
    "unsigned": _signed(signed=False),
    "rising": _some("rising", "rise", "rose"),
    "falling": _some("falling", "fall", "fell"),
    "edge": _some("edge", "rise", "fall"),
    "saturating": _some("saturat", "stick", "limit", "clamp", "capped", "largest", "exact"),
    "d": _some("d"),
    "priority": _some("priority", "highest", "lowest"),
    "population": _some("one", "set", "1"),
    "parity": _some("odd", "even"),
    "in": _some("enter", "shift"),
    "shifts": _some("left", "right"),
    "left": _some("left"),
    "absolute": _some("absolute", "apart", "distance", "negat", "larger", "minus"),
    "min": _some("small", "low", "less"),
    "max": _some("large", "great", "high"),
    "add": _some("add", "plus", "sum"),
    "subtract": _some("sub", "minus", "differ"),
    "saturates": _some("stick", "limit", "stay", "stop"),
    "right": _some("right"),
    "carry": _some("carry", "cout", "co"),
    "stops": _stops,
    "modulo": _some("wrap", "return", "start"),
    "difference": _some("minus", "differ", "subtract", "apart", "distance"),
    "sum": _some("add", "plus", "sum"),
    "adder": _some("add", "plus", "sum"),
    "subtractor": _some("minus", "differ", "subtract"),
    "accumulator": _some("add", "plus", "sum"),
    "maximum": _some("large", "great", "max"),
    "minimum": _some("small", "less", "low", "min"),
    "comparator": _some("less", "great", "large", "small", "equal", "same", "above", "below"),
    "shift": _some("shift", "move"),
    "decade": _some("9", "10", "ten", "nine"),
    "toggle": _some("toggle", "invert", "flip"),
    "t": _some("t"),
    "flags": _some("flag", "1", "high", "set"),
}


def tells_kind(said: str, interface: Interface, elsewhere: Elsewhere) -> bool:
    """Whether `said` names a kind of module, and says nothing that is not said elsewhere.

    Args:
        said: A sentence without its full stop.
        interface: The module's ports, clock and reset.
        elsewhere: The lower-case words of all other sentences.
    """
    text = re.sub(r"\bactive[\s-](low|high)\b", r"active-\1", said.lower())
    text = re.sub(r"\bflip[\s-]flop\b", "flipflop", text)
    known = {*elsewhere, *(port.name.lower() for port in interface.ports)}
    spoken = re.findall(r"active-(?:low|high)|[a-z]+|\d+|[^\s\w]", text)
    module = set(re.findall(r"[a-z]+|\d+", interface.module.lower()))
    if not any(word in _KINDS for word in spoken) or text.startswith(("it ", "if ", "when ")):
        return False
    if set(re.findall(r'"(\w+)', said)) - {interface.module}:
        return False
    return all(
        _CLAIMS[word](interface, known)
        if word in _CLAIMS
        else word in _NEUTRAL | _KINDS
        or (word in module and interface.module.lower() in text)
        or (number_of(word) is not None and _is_count(number_of(word) or 0, interface))
        or not re.match(r"\w", word)
        for word in spoken
    )


def _is_count(number: int, interface: Interface) -> bool:
    """Whether `number` is a width, or as many as there are inputs or values to choose from."""
    data = [port for port in interface.ports if port.direction is Direction.INPUT]
    counts = {port.width for port in interface.ports} | {1 << p.width for p in data if p.width < 8}
    return number in counts | {1, sum(p.width > 1 for p in data)}
