"""Which words of a sentence name a signal, and which only declare."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from rtlgen.spec.requirements.chart import Token
from rtlgen.spec.requirements.words import number_of
from rtlgen.spec.text import words
from sim.interface import Interface, Port
from symbolic.arithmetic import Number, Signal, Word

DECLARING = words(
    "module named called name write design build create implement make need please verilog "
    "systemverilog input inputs output outputs port ports interface bit bits wide width each "
    "synchronous asynchronous active high low reset clock clocked edge edges positive "
    "negative rising falling triggered posedge negedge unsigned signed combinational purely "
    "sequential circuit block small simple no clocks there is are has have with and or the a "
    "an this that it i we for of in on by at all both : ; , . - ( ) [ ] * = following which "
    "from everything happens register registers registered logic one two three four five six "
    "seven eight single vector number numbers as its only digital hardware component unit "
    "everything's us me our you to be shall should must will can integer two's complement ' "
    "active- happens work works more them these those every purely only- used needed s "
    "sync async updates changes happen occur take place"
)
_GENERIC = words(
    "data valid ready count counter input output signal value number reg next last high low "
    "flag line this from with into when then done"
)
_DECORATION = words("in out i o n input output signal pin")
"""Parts of a name that say nothing of what it means: `event_in`."""
SOLE_WORDS = words("output counter count result register total number")
"""Words for the one output or register that there is."""
WHOLE = {
    "max": "maximum",
    "min": "minimum",
    "avg": "average",
    "acc": "accumulator",
    "addr": "address",
    "sel": "select",
    "thr": "threshold",
    "cmd": "command",
    "ovf": "overflow",
    "idx": "index",
    "dir": "direction",
}
"""Words that names abbreviate."""
_OPERANDS = re.compile(
    r"\btwo\s+(?:[\w-]+\s+){0,4}?(?:numbers|operands|values|samples|inputs)\s*[,:(]?\s*"
    r"[\"`]?(\w+)[\"`]?\s+and\s+[\"`]?(\w+)",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"\b(?:an?|the|internal)\s+(?P<width>\d+|one|two|three|four|five|six|seven|eight|sixteen)"
    r"[\s-]bits?\s+(?:wide\s+)?(?:(?:free[\s-]running|internal|binary|up|down|simple|unsigned)\s+)*"
    r"(?P<name>counter|register|timer|accumulator)\b",
    re.IGNORECASE,
)


_WHOLE_MODULE = re.compile(r"\s*(?:\.|with\b|,|:|;|\n\s*\n|$)")
_PART = re.compile(
    r"\b(?:inside|internal\w*|there\s+is|has|contains|uses|keeps)\b[^.\n]{0,30}$", re.IGNORECASE
)


def _is_inside(introduced: re.Match[str]) -> bool:
    """Whether a counter is a part of the module, and not what the module is."""
    text = introduced.string
    ended = _WHOLE_MODULE.match(text, introduced.end()) is not None
    return not ended or _PART.search(text[: introduced.start()]) is not None


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The signals of a specification, and the words that name them."""

    interface: Interface
    inner: tuple[Word, ...]
    """Registers that are no ports."""
    aliases: Mapping[str, str]
    operands: tuple[str, str] | None = None
    """The two inputs that the text introduces together: `two 8-bit numbers, a and b`."""

    @classmethod
    def of(cls, interface: Interface, text: str) -> Vocabulary:
        """Collect the names that `text` may use."""
        names = [port.name for port in interface.ports]
        lower = Counter(name.lower() for name in names)
        aliases = {n.lower(): n for n in names if len(n) > 2 and lower[n.lower()] == 1}
        parts: dict[str, set[str]] = defaultdict(set)
        written: dict[str, set[str]] = defaultdict(set)
        for name in names:
            for part in name.lower().split("_"):
                parts[part].add(name)
        for part, owners in parts.items():
            name = next(iter(owners))
            decorated = set(name.lower().split("_")) - {part} <= _DECORATION
            plain = len(part) > 3 and part not in _GENERIC | lower.keys()
            if len(owners) == 1 and decorated and plain:
                aliases.setdefault(part, name)
        for name in names:
            rest = name.lower().split("_")
            whole = [WHOLE[part] for part in rest if part in WHOLE]
            if len(whole) == 1 and len(set(rest) - WHOLE.keys() - _DECORATION) == 0:
                written[whole[0]].add(name)
        for word, owners in written.items():
            if len(owners) == 1 and word not in parts:
                aliases.setdefault(word, next(iter(owners)))
        inner = {
            match["name"].lower(): Word(match["name"].lower(), number_of(match["width"]) or 1)
            for match in _INTRODUCED.finditer(text)
            if match["name"].lower() not in aliases and _is_inside(match)
        }
        wide = {port.name for port in interface.inputs if port.width > 1}
        two = {(match[1], match[2]) for match in _OPERANDS.finditer(text)}
        pairs = [pair for pair in two if set(pair) <= wide]
        return cls(
            interface=interface,
            inner=tuple(inner.values()),
            aliases=aliases,
            operands=pairs[0] if len(pairs) == 1 else None,
        )

    @property
    def data(self) -> tuple[Port, ...]:
        """The inputs that are neither clock nor reset."""
        control = {c.port for c in self.interface.clocks} | {r.port for r in self.interface.resets}
        return tuple(port for port in self.interface.inputs if port.name not in control)

    @property
    def words(self) -> dict[str, Word]:
        """Every signal by name."""
        ports = {p.name: Word(p.name, p.width, p.signed) for p in self.interface.ports}
        return ports | {word.name: word for word in self.inner}

    def signal(self, token: Token) -> str | None:
        """Return the signal that `token` names, if it names one."""
        if any(port.name == token.text for port in self.interface.ports):
            return token.text
        lowered = token.text.lower()
        if any(word.name == lowered for word in self.inner):
            return lowered
        return self.aliases.get(lowered)

    def given(self, said: Sequence[Token]) -> dict[tuple[int, int], list[tuple[str, Hashable]]]:
        """Return the names and numbers in a sentence, as phrases of the grammar."""
        clocks = {clock.port for clock in self.interface.clocks}
        resets = {reset.port for reset in self.interface.resets}
        found: dict[tuple[int, int], list[tuple[str, Hashable]]] = defaultdict(list)
        for place, token in enumerate(said):
            name, number = self.signal(token), number_of(token.text)
            if name in clocks:
                found[place, place + 1].append(("CLK", name))
            elif name is not None:
                found[place, place + 1].append(("SIG", Signal(name)))
            if name in resets:
                found[place, place + 1].append(("RST", name))
            if number is not None:
                found[place, place + 1].append(("NUM", Number(number)))
            if token.text == self.interface.module:
                found[place, place + 1].append(("MODULE", ""))
            if name is None and token.text.lower() in SOLE_WORDS:
                found[place, place + 1].append(("SOLE", token.text.lower()))
        for place in range(len(said) - 1):
            number = number_of(said[place + 1].text)
            if said[place].text == "-" and number is not None:
                found[place, place + 2].append(("NUM", Number(-number)))
        return found
