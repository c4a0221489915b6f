"""Words and code that the families of clocked designs share."""

from __future__ import annotations

from dataclasses import dataclass

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import ClockAndReset, Slip, Values, indented

Named = tuple[tuple[str, int], ...]
"""Ports by name and width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A one-bit input that says whether something happens; without a name it always does."""

    name: str = ""
    active: int = 1

    def __bool__(self) -> bool:
        return bool(self.name)

    @property
    def ports(self) -> Named:
        """The input, if there is one."""
        return ((self.name, 1),) if self.name else ()

    @property
    def on(self) -> str:
        """The condition in Verilog; empty where it always holds."""
        return self.name if self.active or not self.name else f"!{self.name}"

    def holds(self, given: Values) -> bool:
        """Return whether it is active under `given`."""
        return not self.name or given[self.name] == self.active

    def given(self, active: bool = True) -> dict[str, int]:
        """Return the inputs that make it active, or inactive."""
        return {self.name: self.active if active else 1 - self.active} if self.name else {}

    def yes(self, draw: Draw) -> str:
        """Return a clause that says that it is active."""
        return level(draw, self.name, self.active)

    def no(self, draw: Draw) -> str:
        """Return a clause that says that it is not active."""
        return level(draw, self.name, 1 - self.active)

    def guard(self, statement: str) -> str:
        """Return `statement` under the condition."""
        return priority((self.on, statement)) if self.name else statement


def control(draw: Draw, role: str, *more: str, often: float = 1.0, low: float = 0.0) -> Control:
    """Draw a control input that is there `often`, and active low with probability `low`."""
    there, inverted = draw.chance(often), draw.chance(low)
    if not there:
        return Control()
    name = draw.name(role, *more)
    if not inverted:
        return Control(name=name)
    draw.take(f"{name}_n")
    return Control(name=f"{name}_n", active=0)


def level(draw: Draw, name: str, value: int) -> str:
    """Return a clause that says that one-bit `name` has `value`."""
    if value:
        return draw.phrase(f"{name} is 1", f"{name} is high", f"{name} = 1", f"{name} is asserted")
    return draw.phrase(f"{name} is 0", f"{name} is low", f"{name} = 0", f"{name} is 0")


def bits(width: int, noun: str = "") -> str:
    """Return `an 8-bit` and the like, with its noun."""
    article = "an" if width in {8, 11, 18} or 80 <= width < 90 else "a"
    return f"{article} {width}-bit {noun}".rstrip()


def number(width: int, value: int) -> str:
    """Return a sized constant."""
    return f"1'b{value}" if width == 1 else f"{width}'d{value}"


def binary(width: int, value: int) -> str:
    """Return a sized constant in binary."""
    return f"{width}'b{value:0{width}b}"


def constant(draw: Draw, width: int, value: int) -> str:
    """Return a value in words, in one of several notations."""
    if value < 2:
        return draw.phrase(f"{value}", f"{value}", number(width, value))
    wide = f"{width}'h{value:x}", f"0x{value:x}"
    return draw.phrase(f"{value}", f"{value}", *(wide if width > 4 else (binary(width, value),)))


def span(width: int) -> str:
    """Return the range of a vector with a space after it; empty for a scalar."""
    return "" if width == 1 else f"[{width - 1}:0] "


def width_for(value: int) -> int:
    """Return the bits that `value` needs, at least 1."""
    return max(1, value.bit_length())


def priority(*branches: tuple[str, str]) -> str:
    """Return an `if` chain over conditions and statements; an empty condition is the last."""
    lines = []
    for index, (condition, statement) in enumerate(branches):
        word = "else " if index else ""
        head = f"{word}if ({condition})" if condition else "else"
        if "\n" in statement.strip():
            lines.append(f"{head} begin\n{indented(statement)}\nend")
        else:
            lines.append(f"{head}\n{indented(statement)}")
    return "\n".join(lines).replace("end\nelse", "end else")


def edge(draw: Draw, timing: ClockAndReset) -> str:
    """Return when registers change, as `at each rising edge of clk`."""
    clock = timing.clock
    if timing.rising:
        return draw.phrase(
            f"at each rising edge of {clock}",
            f"on every positive edge of {clock}",
            "on each clock cycle",
            "every clock cycle",
            f"on the positive edge of {clock}",
            "at every clock edge",
        )
    return draw.phrase(
        f"at each falling edge of {clock}",
        f"on every negative edge of {clock}",
        f"on the falling edge of {clock}",
    )


def repeat(times: int, *steps: Values) -> tuple[Values, ...]:
    """Return `steps` over and over."""
    return tuple(steps) * times


def slips(body: str, *changes: tuple[str, str, str]) -> tuple[Slip, ...]:
    """Return `body` with one text in place of another, by name, where that changes it."""
    return tuple(
        Slip(name=name, body=body.replace(old, new))
        for name, old, new in changes
        if old in body and old != new
    )


def listed(items: tuple[str, ...] | list[str], last: str = "and") -> str:
    """Return `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def times(count: int) -> str:
    """Return `one cycle`, `3 cycles`."""
    return "one cycle" if count == 1 else f"{count} cycles"


def sentence(text: str) -> str:
    """Return `text` with a capital and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
