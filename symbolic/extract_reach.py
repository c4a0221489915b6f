"""The states that registers reach, one by one, with the inputs that lead from each to which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from symbolic.bdd import Bdd, Cones, NodeBudgetReached
from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Op
from symbolic.extract_cones import PartialCones
from symbolic.extract_support import MOST, Cut, Supports, care_set, chosen_cut

_RESET_NAME = re.compile(r"rst|reset|clr|clear|(?:\A|_)res(?:_?n)?\Z", re.IGNORECASE)
_LOW_NAME = re.compile(r"(?:rst|reset|clr|clear|res)_?(?:n|b|ni|bi|l)\Z|\An_?(?:rst|reset)", re.I)

_STATES = "reachable states"
_RESET_BUDGET = 20_000
"""BDD nodes for what a reset does in all states at once."""


class BeyondLimits(ValueError):
    """A machine is larger than what was asked for; the message says in what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineReset:
    """What puts a machine into its reset state."""

    signal: Node
    """1 bit, free of the machine's state."""
    active_low: bool
    asynchronous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """The inputs under which a state leads to a target."""

    target: str
    """A code, `0`, `1`, and `x` where it is any."""
    when: Bdd


def register_nodes(module: Dataflow, names: Iterable[str]) -> frozenset[Node]:
    """Return the nodes that are the values of registers."""
    return frozenset(module.nodes.reg(name, module.registers[name].width) for name in names)


class Stepper:
    """The next state of some registers, and other values, in one state at a time.

    The code of a state is the registers' bits, one register after the other, each
    with its most significant bit first.

    Raises:
        NodeBudgetReached: By any method: a function has no small decision diagram.
        BeyondLimits: A register is loaded from a memory word that the state selects, or
            the registers have different resets.
    """

    def __init__(
        self,
        module: Dataflow,
        registers: Sequence[Register],
        *,
        supports: Supports | None = None,
        cut: Cut | None = None,
        watched: Sequence[Node] = (),
    ) -> None:
        """`watched` are further nodes of interest."""
        self.registers = tuple(registers)
        self._nodes = [module.nodes.reg(r.name, r.width) for r in registers]
        roots = [register.next for register in registers]
        supports = supports or Supports(roots, frozenset(self._nodes))
        self._module, self._roots = module, [*roots, *watched]
        self.cut = cut or chosen_cut(supports, atoms_of(supports, roots))
        self.cones = Cones(cut=self.cut.ends)
        self.cones.manager.configure(reordering=False)
        self._bits = sum(register.width for register in registers)
        self._fixed: dict[Node, int] = {}
        self.resets, self.reset_code = self._found_resets()
        self._cones = PartialCones(self.cones, self.cut.ends, supports.free)
        self._known: dict[str, tuple[list[Bdd], list[Bdd]]] = {}
        self._x: frozenset[str] = frozenset()
        self._related: tuple[int, Bdd] | None = None

    # -- functions ----------------------------------------------------------

    def at(self, code: str) -> tuple[list[Bdd], list[Bdd]]:
        """Return next state and watched values in one state, bit by bit, highest first."""
        if code not in self._known:
            bits = self._cones.bits(self._roots, self._given(code))
            self.cones.check()
            self._x = frozenset(self.cones.dont_cares())
            self._known[code] = bits[: self._bits], bits[self._bits :]
        return self._known[code]

    def _given(self, code: str) -> dict[Node, int]:
        found, place = dict(self._fixed), 0
        for node in self._nodes:
            found[node] = int(code[place : place + node.width], 2)
            place += node.width
        return found

    def support(self, functions: Iterable[Bdd]) -> tuple[str, ...]:
        """Return the input variables that functions depend on, in a fixed order."""
        manager = self.cones.manager
        found: set[str] = set()
        for function in functions:
            found |= manager.support(function)
        return tuple(sorted(found - self._x, key=manager.level_of_var))

    def care(self, names: Iterable[str]) -> Bdd:
        """Return which values of variables can stand together, as far as is known."""
        count = len(self.cones.variables)
        if self._related is None or self._related[0] != count:
            self._related = count, care_set(self.cones, self.cut)
        manager, related = self.cones.manager, self._related[1]
        found: Bdd = manager.exist(manager.support(related) - set(names), related)
        return found

    def split(self, functions: Sequence[Bdd], care: Bdd, limit: int, what: str) -> list[Branch]:
        """Return the values that functions of inputs have together, and where.

        Raises:
            BeyondLimits: There are more than `limit`; the message calls them `what`.
        """
        found = [Branch(target="", when=care)]
        for function in functions:
            cases = self._cases(function)
            found = [
                Branch(target=branch.target + digit, when=both)
                for branch in found
                for digit, where in cases
                if (both := self.cones.both(branch.when, where)) != self.cones.zero
            ]
            if len(found) > limit:
                raise BeyondLimits(f"it has more than {limit} {what}")
        return found

    def _cases(self, function: Bdd) -> list[tuple[str, Bdd]]:
        free = self._x & self.cones.manager.support(function) if self._x else ()
        if not free:
            return [("0", ~function), ("1", function)]
        some = self.cones.manager.exist(free, function)
        every = self.cones.manager.forall(free, function)
        return [("0", ~some), ("1", every), ("x", some & ~every)]

    # -- resets -------------------------------------------------------------

    def _found_resets(self) -> tuple[tuple[MachineReset, ...], str | None]:
        """Return the resets and their code; what follows is said while none of them is active."""
        found, code = self._asynchronous()
        for port, active_low in self._synchronous_ports():
            signal = self._module.nodes.input(port, 1)
            if signal in self._fixed:
                continue
            leads_to = self._code_under(signal, int(not active_low))
            if leads_to is not None and code in (None, leads_to):
                code = leads_to
                found.append(MachineReset(signal=signal, active_low=active_low, asynchronous=False))
                self._fixed[signal] = int(active_low)
        return tuple(found), code

    def _asynchronous(self) -> tuple[list[MachineReset], str | None]:
        resets = [register.reset for register in self.registers]
        kinds = {reset and (reset.signal, reset.active_low) for reset in resets}
        if len(kinds) > 1:
            raise BeyondLimits("registers with different resets are no one machine")
        first = resets[0]
        if first is None:
            return [], None
        if first.signal.op is Op.INPUT:
            self._fixed[first.signal] = int(first.active_low)
        code = "".join(reset.value for reset in resets if reset is not None).replace("x", "0")
        reset = MachineReset(signal=first.signal, active_low=first.active_low, asynchronous=True)
        return [reset], code

    def _synchronous_ports(self) -> Iterator[tuple[str, bool]]:
        interface = self._module.interface
        for reset in interface.resets:
            yield reset.port, reset.active_low
        for port in interface.data_inputs:
            if port.width == 1 and _RESET_NAME.search(port.name):
                low = bool(_LOW_NAME.search(port.name))
                yield port.name, low
                yield port.name, not low

    def _code_under(self, signal: Node, value: int) -> str | None:
        """Return the one state that a signal leads all others to, None if there is none."""
        cones = Cones(cut=self.cut.ends, budget=_RESET_BUDGET)
        partial = PartialCones(cones, self.cut.ends, frozenset())
        try:
            bits = partial.bits(self._roots[: len(self.registers)], {**self._fixed, signal: value})
        except NodeBudgetReached:
            return None
        free = cones.dont_cares()
        known = [cones.manager.exist(free, bit) if free else bit for bit in bits]
        if not all(bit in (cones.one, cones.zero) for bit in known):
            return None
        return "".join("1" if bit == cones.one else "0" for bit in known)

    # -- states -------------------------------------------------------------

    def power_on_code(self) -> str | None:
        """Return the code before any clock edge, if it is known."""
        code = "".join(r.initial or "x" * r.width for r in self.registers)
        return None if "x" in code else code

    def starts(self, limit: int) -> list[str]:
        """Return the codes that the machine may start with.

        Raises:
            BeyondLimits: There are more than `limit`.
        """
        found = [code for code in (self.reset_code, self.power_on_code()) if code is not None]
        if found:
            return list(dict.fromkeys(found))
        code = "".join(r.initial or "x" * r.width for r in self.registers)
        if 1 << code.count("x") > limit:
            raise BeyondLimits(
                f"it has neither reset nor initial value, and {code.count('x')} bits: more than"
                f" {limit} states"
            )
        return ["".join(bits) for bits in product(*("01" if b == "x" else b for b in code))]

    def reached(self, limit: int) -> tuple[str, ...]:
        """Return the reachable codes.

        A target that is partly x is completed to a code that is reached anyway, else with 0;
        one that is x in all bits leads nowhere.

        Raises:
            BeyondLimits: There are more than `limit` of them.
        """
        found: dict[str, None] = {}
        waiting = self.starts(limit)
        partly: list[str] = []
        while waiting or partly:
            code = waiting.pop(0) if waiting else filled(partly.pop(0), found)
            if code in found:
                continue
            if len(found) >= limit:
                raise BeyondLimits(f"it has more than {limit} {_STATES}")
            found[code] = None
            targets = self._targets(code, limit)
            waiting += [t for t in targets if "x" not in t and t not in found]
            partly += [t for t in targets if "x" in t and set(t) != {"x"}]
        return tuple(found)

    def _targets(self, code: str, limit: int) -> list[str]:
        following, _ = self.at(code)
        care = self.care(self.support(following))
        return [branch.target for branch in self.split(following, care, limit, _STATES)]


def atoms_of(supports: Supports, roots: Iterable[Node]) -> set[tuple[Node, int]]:
    """Return the bits that roots read.

    Raises:
        BeyondLimits: A memory is read where the state says, or they are too many.
    """
    found: set[tuple[Node, int]] = set()
    for root in roots:
        found |= supports.of(root)
    if any(node.op is Op.READ and node in supports.dependent for node, _ in found):
        raise BeyondLimits("its next state is read from a memory at an address made of the state")
    if len(found) > MOST:
        raise BeyondLimits(f"its next state depends on more than {MOST} bits")
    return found


def filled(target: str, known: Iterable[str]) -> str:
    """Return a code that `target`, with its x, allows: one of `known` if there is one."""
    if "x" not in target:
        return target
    for code in known:
        if all(t in ("x", c) for t, c in zip(target, code, strict=True)):
            return code
    return target.replace("x", "0")
