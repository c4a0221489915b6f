"""The states that registers reach, one by one, with the inputs that lead from each to which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from sim.interface import Interface
from symbolic.bdd import Bdd, Cones
from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Op
from symbolic.extract_support import MOST, Cut, Supports, care_set, chosen_cut

_RESET_NAME = re.compile(r"rst|reset|clr|clear|(?:\A|_)res(?:_?n)?\Z", re.IGNORECASE)
_LOW_NAME = re.compile(r"(?:rst|reset|clr|clear|res)_?(?:n|b|ni|bi|l)\Z|\An_?(?:rst|reset)", re.I)

_STATES = "reachable states"


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
    """The next state of some registers as functions of it and of what is free of it.

    The code of a state is the registers' bits, one register after the other, each
    with its most significant bit first.

    Raises:
        NodeBudgetReached: A function has no small decision diagram.
        BeyondLimits: A register is loaded from a memory word that the state selects.
    """

    def __init__(
        self,
        module: Dataflow,
        registers: Sequence[Register],
        *,
        supports: Supports | None = None,
        cut: Cut | None = None,
    ) -> None:
        roots = [register.next for register in registers]
        nodes = register_nodes(module, (register.name for register in registers))
        self.registers = tuple(registers)
        self.supports = supports or Supports(roots, nodes)
        self.cut = cut or chosen_cut(self.supports, atoms_of(self.supports, roots))
        self.cones = Cones(cut=self.cut.ends)
        self.cones.manager.configure(reordering=False)
        self.bits = tuple(
            f"{register.name}[{bit}]"
            for register in registers
            for bit in reversed(range(register.width))
        )
        """Variables of the code, in its order."""
        for name in self.bits:
            self.cones.variable(name)
        self._x: frozenset[str] = frozenset()
        self.next = self.functions(roots)
        self.resets: tuple[MachineReset, ...] = ()
        self.reset_code: str | None = None
        self._find_resets(module)
        self.inputs = self.support(self.next)
        self.care = self.narrowed(care_set(self.cones, self.cut), self.inputs)

    # -- functions ----------------------------------------------------------

    def functions(self, nodes: Sequence[Node]) -> list[Bdd]:
        """Return the functions of nodes, the most significant bit of each first."""
        words = self.cones.words(nodes) if nodes else []
        self._x = frozenset(self.cones.dont_cares())
        return [function for word in words for function in reversed(word)]

    def support(self, functions: Iterable[Bdd]) -> tuple[str, ...]:
        """Return the input variables that functions depend on, in a fixed order."""
        manager = self.cones.manager
        found: set[str] = set()
        for function in functions:
            found |= manager.support(function)
        known = found - set(self.bits) - self._x
        return tuple(sorted(known, key=manager.level_of_var))

    def narrowed(self, function: Bdd, to: Iterable[str]) -> Bdd:
        """Return what `function` says of the variables `to`."""
        manager = self.cones.manager
        found: Bdd = manager.exist(manager.support(function) - set(to), function)
        return found

    def at(self, code: str, functions: Sequence[Bdd]) -> list[Bdd]:
        """Return functions in one state."""
        given = {name: digit == "1" for name, digit in zip(self.bits, code, strict=True)}
        return self._fixed(given, functions)

    def _fixed(self, given: Mapping[str, bool], functions: Iterable[Bdd]) -> list[Bdd]:
        manager = self.cones.manager
        return [manager.let(given, f) if given else f for f in functions]

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

    def _find_resets(self, module: Dataflow) -> None:
        found = [register.reset for register in self.registers]
        first = found[0]
        if first is not None:
            if any(
                r is None or (r.signal, r.active_low) != (first.signal, first.active_low)
                for r in found
            ):
                raise BeyondLimits("registers with different resets are no one machine")
            self.reset_code = "".join(r.value for r in found if r is not None).replace("x", "0")
            self.resets = (
                MachineReset(signal=first.signal, active_low=first.active_low, asynchronous=True),
            )
            self.next = self.without_reset(self.next)
        for port, active_low in self._synchronous(module.interface):
            self._try_synchronous(module, port, active_low=active_low)

    def _synchronous(self, interface: Interface) -> Iterator[tuple[str, bool]]:
        for reset in interface.resets:
            yield reset.port, reset.active_low
        for port in interface.data_inputs:
            if port.width == 1 and _RESET_NAME.search(port.name):
                low = bool(_LOW_NAME.search(port.name))
                yield port.name, low
                yield port.name, not low

    def _try_synchronous(self, module: Dataflow, port: str, *, active_low: bool) -> None:
        """Take a port as reset if it leads every state to the same one, whatever else is."""
        if f"{port}[0]" not in self.support(self.next):
            return
        manager = self.cones.manager
        active = [manager.let({f"{port}[0]": not active_low}, f) for f in self.next]
        known = [manager.exist(self._x & manager.support(f), f) for f in active]
        if not all(f in (manager.true, manager.false) for f in known):
            return
        code = "".join("1" if f == manager.true else "0" for f in known)
        if self.reset_code not in (None, code):
            return
        signal = module.nodes.input(port, 1)
        self.reset_code = code
        self.resets += (MachineReset(signal=signal, active_low=active_low, asynchronous=False),)
        self.next = self.without_reset(self.next)

    def without_reset(self, functions: Iterable[Bdd]) -> list[Bdd]:
        """Return functions while no reset is active."""
        given = {
            f"{reset.signal.payload}[0]": reset.active_low
            for reset in self.resets
            if reset.signal.op is Op.INPUT
        }
        known = {name: value for name, value in given.items() if name in self.cones.variables}
        return self._fixed(known, functions)

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

    def reached(self, *, states: int) -> dict[str, list[Branch]]:
        """Return the reachable codes, each with where it leads.

        A target that is partly x is completed to a code that is reached anyway, else with 0;
        one that is x in all bits leads nowhere.

        Raises:
            BeyondLimits: There are more than `states` of them.
        """
        found: dict[str, list[Branch]] = {}
        waiting = self.starts(states)
        partly: list[str] = []
        while waiting or partly:
            if not waiting:
                waiting = [filled(partly.pop(0), found)]
            code = waiting.pop(0)
            if code in found:
                continue
            if len(found) >= states:
                raise BeyondLimits(f"it has more than {states} {_STATES}")
            found[code] = self.split(self.at(code, self.next), self.care, states, _STATES)
            self.cones.check()
            targets = [branch.target for branch in found[code]]
            waiting += [t for t in targets if "x" not in t and t not in found]
            partly += [t for t in targets if "x" in t and set(t) != {"x"}]
        return found


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


def filled(target: str, known: Mapping[str, object]) -> str:
    """Return a code that `target`, with its x, allows: one of `known` if there is one."""
    for code in known:
        if all(t in ("x", c) for t, c in zip(target, code, strict=True)):
            return code
    return target.replace("x", "0")
