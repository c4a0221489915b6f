"""What phrases and sentences mean, before names are settled and statements put together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from symbolic.arithmetic import Term

IT = "@it"
"""Name of the signal that was spoken of last."""
SOLE = "@sole"
"""Name of the one output or register of its kind: "the counter", "the result"."""
PAIR = "@pair"
"""Name of each of the two signals that were spoken of last: "both", "neither"."""
BEFORE = "@before:"
"""Begins the name of a signal's value at the clock edge before."""
BIT = "@bit:"
"""Begins the name of the width of a signal that must be a single bit."""
TOP = "@top:"
"""Begins the name of the index of a signal's highest bit."""
WIDTH = "@width:"
"""Begins the name of a signal's width; behind `@width:15:` the index of its highest bit is said."""
FIRST, SECOND = "@first", "@second"
"""Names of the two inputs that there are to be added, compared or chosen from."""
OUTPUTS = "@outputs"
"""Name of each output: "both outputs keep their values"."""
ONLY = "@only"
"""Name of the one input that there is, without clock and reset."""
LIMITED = "@limited"
"""Name of what holds where the result had to be kept within its limits."""
WINNER = "@winner"
"""Name of the number of the most important line; behind `@winner:` stands which end that is."""
ANY = "@any"
"""Name of what holds where any line counts."""
REMEMBERED = "@remembered"
"""Name of what is remembered of an input."""
LINES = "@lines"
"""Name of the lines that count, as a number."""
CONDITIONS = "@conditions"
"""Name of what holds where the conditions of the two sentences before hold together."""
ALL = "@all"
"""Name of whatever there is: "nothing changes"."""


@dataclass(frozen=True, slots=True)
class Change:
    """A target becomes a value (None: keeps what it has)."""

    target: str
    value: Term | None
    event: bool = True
    """Whether the words tell of something that happens ("becomes"), not of how it is ("is")."""


@dataclass(frozen=True, slots=True)
class When:
    """The condition of a sentence; `steady` if its word says that it holds exactly then."""

    condition: Term
    timed: bool = False
    steady: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """Changes under a condition; None: always."""

    when: When | None
    changes: tuple[Change, ...]
    otherwise: tuple[Change, ...] = ()
    timed: bool = False
    follows: bool = False
    """Whether it only counts where the conditions before do not hold ("otherwise, if")."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Changes where none of the conditions before holds."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class AtReset:
    """What reset makes of targets."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A counter's values, and whether it goes on from the other end."""

    target: str
    low: int | None
    high: int | None
    wraps: bool


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A register is spoken of; what is said of it follows."""

    signal: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """A signal's value at the clock edge before is "the remembered value"."""

    signal: str


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The one result does not wrap around; its limits are said elsewhere."""

    target: str


@dataclass(frozen=True, slots=True)
class Gate:
    """A signal counts only under a condition."""

    signal: str
    condition: Term


@dataclass(frozen=True, slots=True)
class Mask:
    """A bit of the lines counts only where the bit of `mask` with the same number is `level`."""

    mask: str
    level: int
    lines: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Which of several lines is the most important: its number, and the least important's."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class InBoth:
    """Changes where the conditions of either of the two sentences before hold."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Priority:
    """A condition that speaks of this signal comes first."""

    signal: str


@dataclass(frozen=True, slots=True)
class Pulse:
    """A target becomes 1 under a condition, and stays so for a number of cycles."""

    when: When
    target: str
    cycles: int


@dataclass(frozen=True, slots=True)
class Again:
    """What a condition does to a pulse that runs: it starts anew, or nothing happens."""

    restarts: bool


@dataclass(frozen=True, slots=True)
class Clocked:
    """Every output is a register."""


@dataclass(frozen=True, slots=True)
class Unclocked:
    """Outputs without a register."""

    names: tuple[str, ...]


Said = (
    Unclocked
    | Clocked
    | Rule
    | Otherwise
    | InBoth
    | AtReset
    | Range
    | Unwrapped
    | Remembered
    | Mentioned
    | Gate
    | Mask
    | Order
    | Priority
    | Pulse
    | Again
)


def at_edge(said: tuple[Said, ...]) -> tuple[Said, ...]:
    """Return what was said, with its clock edge said of every rule of it."""
    return tuple(_at_edge(one) if isinstance(one, Rule) else one for one in said)


def _at_edge(rule: Rule) -> Rule:
    when = None if rule.when is None else replace(rule.when, timed=True)
    return replace(rule, when=when, timed=True)
