"""Names in a text, and the port bits they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sim.interface import Direction, Interface, Port

_DECORATION = "`*_$'\" \t"
_INDEXED = re.compile(r"([A-Za-z_]\w*)\s*(?:\[\s*(\d+)\s*(?::\s*(\d+)\s*)?\]|<(\d+)>|\((\d+)\))\Z")
_NUMBERED = re.compile(r"([A-Za-z]\w*?)_?\{?(\d+)\}?\Z")
_SEPARATORS = re.compile(r"[,\s&|/]+")
_LONGEST_GROUP = 80
_LONGEST_RUN = 32


@dataclass(frozen=True, kw_only=True)
class Names:
    """Resolves `x`, `x[3]`, `x[3:0]`, `x3`, and groups such as `ab`, `x[0]x[1]`, `{a, b}`."""

    interface: Interface
    offsets: dict[str, int]
    """By vector port: what to take off an index, for texts that count bits from 1."""
    _known: dict[str, tuple[str, ...] | None] = field(default_factory=dict, repr=False)
    """Groups resolved so far; long texts repeat themselves."""

    @classmethod
    def of(cls, interface: Interface, text: str) -> Names:
        """Return the names of `interface` as `text` uses them."""
        offsets = {
            port.name: 1
            for port in interface.ports
            if port.width > 1 and _counts_from_one(port, text)
        }
        return cls(interface=interface, offsets=offsets)

    def port(self, name: str) -> Port | None:
        """Return the port `name`; another case will do where only one port fits."""
        same = [port for port in self.interface.ports if port.name == name]
        if not same:
            folded = name.casefold()
            same = [port for port in self.interface.ports if port.name.casefold() == folded]
        return same[0] if len(same) == 1 else None

    def bits(self, name: str) -> tuple[str, ...] | None:
        """Return the bits that `name` stands for, most significant first; None if it is no port."""
        if _is_primed(name):
            return None
        plain = name.strip(_DECORATION)
        port = self.port(plain) or self.port(name.strip("`*$'\" \t"))
        if port is not None:
            return port.bits
        indexed = _INDEXED.match(plain)
        if indexed:
            base, high, low, angle, paren = indexed.groups()
            return self._slice(base, int(high or angle or paren), int(low) if low else None)
        numbered = _NUMBERED.match(plain)
        return self._slice(numbered[1], int(numbered[2]), None) if numbered else None

    def _slice(self, base: str, high: int, low: int | None) -> tuple[str, ...] | None:
        port = self.port(base)
        if port is None or port.msb is None or port.lsb is None:
            return None
        if low is not None and {high, low} == {port.msb, port.lsb}:
            return port.bits if high == port.msb else port.bits[::-1]
        off = self.offsets.get(port.name, 0)
        last = high if low is None else low
        step = 1 if last >= high else -1
        wanted = tuple(f"{port.name}[{i - off}]" for i in range(high, last + step, step))
        return wanted if set(wanted) <= set(port.bits) else None

    def group(self, text: str) -> tuple[str, ...] | None:
        """Return the bits of a name or of several written together; None if any is unknown."""
        plain = text.strip().strip("{}()`*$\"' \t")
        if not plain or len(plain) > _LONGEST_GROUP or _is_primed(text):
            return None
        if plain not in self._known:
            self._known[plain] = self._group(plain)
        return self._known[plain]

    def _group(self, plain: str) -> tuple[str, ...] | None:
        whole = self.bits(plain)
        if whole is not None:
            return whole
        parts = [part for part in _SEPARATORS.split(plain) if part]
        found = [self.bits(part) or self._glued(part) for part in parts]
        bits = [bit for part in found if part for bit in part]
        complete = bool(found) and all(part is not None for part in found)
        return tuple(bits) if complete and len(set(bits)) == len(bits) else None

    def _glued(self, text: str) -> tuple[str, ...] | None:
        """Resolve names written without separators, the longest name first."""
        if len(text) > _LONGEST_RUN:
            return None
        ends: dict[int, tuple[str, ...]] = {len(text): ()}
        for start in range(len(text) - 1, -1, -1):
            for end in range(len(text), start, -1):
                rest = ends.get(end)
                piece = None if rest is None else self._atom(text[start:end])
                if rest is not None and piece is not None:
                    ends[start] = (*piece, *rest)
                    break
        return ends.get(0)

    def _atom(self, text: str) -> tuple[str, ...] | None:
        if text[0] in "_[]<>" or text[-1] in "_[<":
            return None
        return self.bits(text)

    def direction(self, bits: tuple[str, ...]) -> Direction | None:
        """Return which way all `bits` face; None if they differ."""
        faces = {self.interface.port(bit.partition("[")[0]).direction for bit in bits}
        return faces.pop() if len(faces) == 1 else None

    def are_inputs(self, bits: tuple[str, ...] | None) -> bool:
        """Whether `bits` are input bits, at least one."""
        return bool(bits) and bits is not None and self.direction(bits) is Direction.INPUT

    def are_outputs(self, bits: tuple[str, ...] | None) -> bool:
        """Whether `bits` are output bits, at least one."""
        return bool(bits) and bits is not None and self.direction(bits) is Direction.OUTPUT

    @property
    def data_bits(self) -> tuple[str, ...]:
        """Bits of the inputs that are neither clock nor reset, in declared order."""
        return tuple(bit for port in self.interface.data_inputs for bit in port.bits)

    @property
    def output_bits(self) -> tuple[str, ...]:
        """Bits of the outputs, in declared order."""
        return tuple(bit for port in self.interface.outputs for bit in port.bits)


def _is_primed(name: str) -> bool:
    """Whether a name ends in a prime, which inverts it; one in quotation marks does not."""
    plain = name.strip("{}()`*$ \t")
    return plain.endswith(("'", "\u2019")) and not plain.startswith(("'", "\u2018"))


def _counts_from_one(port: Port, text: str) -> bool:
    """Whether `text` numbers the bits of `[n-1:0]` from 1 to n."""
    if port.lsb != 0 or port.msb is None:
        return False
    uses = re.finditer(rf"(?<!\w){re.escape(port.name)}\[(\d+)\]", text)
    indices = {int(use[1]) for use in uses if len(use[1]) < 6}
    return bool(indices) and min(indices) >= 1 and max(indices) == port.msb + 1
