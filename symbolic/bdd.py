"""Cones of dataflow nodes as binary decision diagrams, with a budget of nodes.

The diagrams are those of the package dd: `Cones.manager` is its `BDD`, of CUDD
where that is installed, else the slower one in Python. dd itself is imported
when the first `Cones` is made, or by `ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from symbolic.bit_blast import blasted
from symbolic.cubes import UNIVERSE, Cube
from symbolic.dataflow.nodes import LEAVES, Node, Op

BUDGET = 200_000
"""Nodes that may be in use at once; some seconds of work."""
_REORDERED = 20_000
"""Nodes up to which variables are reordered: above, that takes longer than it saves."""
_BYTES_A_NODE = 160
_BYTES_AT_LEAST = 32 << 20
_CACHE = 1 << 12


class NodeBudgetReached(RuntimeError):
    """A function has no small decision diagram; the message says how many nodes were allowed."""


class Bdd(Protocol):
    """A function, as dd represents it. Equal functions of one manager compare equal."""

    def __and__(self, other: Bdd, /) -> Bdd: ...
    def __or__(self, other: Bdd, /) -> Bdd: ...
    def __invert__(self) -> Bdd: ...
    def __len__(self) -> int: ...
    @property
    def var(self) -> str | None: ...
    @property
    def level(self) -> int: ...
    @property
    def low(self) -> Bdd: ...
    @property
    def high(self) -> Bdd: ...
    @property
    def negated(self) -> bool: ...


Word = tuple[Bdd, ...]
"""Bits of a node, the lowest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a variable stands for."""

    node: Node
    bit: int
    """0 is the lowest."""


def ready() -> None:
    """Import CUDD, which takes a sixth of a second, while something else is waited for."""
    with suppress(ImportError):
        import_module("dd.cudd")


def new_manager(budget: int = BUDGET) -> Any:  # noqa: ANN401 - dd has no types
    """Return an empty manager of CUDD, or of dd's own where that is missing."""
    try:
        from dd.cudd import BDD  # noqa: PLC0415 - slow to import
    except ImportError:
        from dd.autoref import BDD as Plain  # noqa: PLC0415 - slow to import

        return Plain()
    memory = _BYTES_AT_LEAST + _BYTES_A_NODE * budget
    # CUDD's own first tables are so large that to make them takes longer than most functions do.
    manager = BDD(memory_estimate=_BYTES_AT_LEAST, initial_cache_size=_CACHE)
    manager.configure(max_memory=memory)
    return manager


def tells_of_memory(error: Exception) -> bool:
    """Whether a ValueError or RuntimeError is how dd tells that CUDD is at its limit of memory."""
    return "NULL" in str(error) or "out of memory" in str(error)


class Cones:
    """Functions of nodes in terms of variables, one a bit of each leaf.

    Leaves are inputs, registers, words read from memories, bits that are x, and
    the nodes of `cut`, whose own operands are then not looked at. A bit `i` of
    an input or register `a` is the variable `a[i]`; others have names with `#`.
    A constant's x is the same variable wherever that constant stands: one
    choice for all of them, which a design is free to make.

    Raises:
        NodeBudgetReached: By any method, when more than `budget` nodes are in use.
    """

    def __init__(self, *, budget: int = BUDGET, cut: Collection[Node] = ()) -> None:
        self.manager = new_manager(budget)
        """dd's `BDD`; for all that is not offered here. Call `check` between larger steps."""
        self.variables: dict[str, Source] = {}
        """What each variable made here stands for, by name."""
        # dd's own manager leaves that to its user.
        self._collect = getattr(self.manager, "collect_garbage", None)
        self._budget = budget
        self._cut = frozenset(cut)
        self._words: dict[Node, Word] = {}
        self._steps = 0
        self._pause = 64

    # -- functions ----------------------------------------------------------

    def bits(self, node: Node) -> Word:
        """Return the function of each bit of `node`, the lowest first."""
        return self.words([node])[0]

    def words(self, nodes: Sequence[Node]) -> list[Word]:
        """Return the bits of several nodes; variables are ordered for all of them together."""
        needed = self._needed(nodes)
        self._declare(node for node in needed if self._is_leaf(node))
        for node in needed:
            if node not in self._words:
                operands = [self._words[operand] for operand in node.operands]
                self._words[node] = blasted(self, node, operands)
        self.check()
        return [self._words[node] for node in nodes]

    def variable(self, name: str) -> Bdd:
        """Return the variable `name`, a new one, the last in order, if there is none."""
        if name not in self.manager.vars:
            self.manager.add_var(name)
        found: Bdd = self.manager.var(name)
        return found

    def dont_cares(self) -> list[str]:
        """Return the variables that stand for bits that are x, whose values are free."""
        return [name for name, of in self.variables.items() if of.node.op is Op.CONST]

    def check(self) -> None:
        """See that the budget is kept.

        Raises:
            NodeBudgetReached: It is not.
        """
        self._steps = 0
        if self._collect is not None:
            self._collect()
        size = len(self.manager)
        if size > self._budget:
            raise self._reached()
        if size > _REORDERED:
            self.manager.configure(reordering=False)
        self._pause = 64 + size // 500

    def _reached(self) -> NodeBudgetReached:
        return NodeBudgetReached(
            f"decision diagrams must have at most {self._budget} nodes together, but have more"
        )

    def _needed(self, nodes: Iterable[Node]) -> list[Node]:
        """Return the nodes to be made, operands first; below a leaf nothing is needed."""
        found: dict[int, Node] = {}
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if node.number not in found:
                found[node.number] = node
                waiting += () if self._is_leaf(node) else node.operands
        return [found[number] for number in sorted(found)]

    def _is_leaf(self, node: Node) -> bool:
        return node.op in LEAVES or node.op is Op.READ or node in self._cut

    def _declare(self, leaves: Iterable[Node]) -> None:
        """Make variables, bits of equal weight beside each other as sums and comparisons like."""
        new = [node for node in leaves if node not in self._words]
        for bit in range(max((node.width for node in new), default=0)):
            for node in new:
                if bit < node.width:
                    self._add(node, bit)
        for node in new:
            self._words[node] = tuple(self._leaf_bit(node, bit) for bit in range(node.width))

    def _add(self, node: Node, bit: int) -> None:
        if _constant_bit(node, bit) in ("", "x"):
            name = self._name(node, bit)
            self.variables[name] = Source(node=node, bit=bit)
            self.variable(name)

    def _leaf_bit(self, node: Node, bit: int) -> Bdd:
        constant = _constant_bit(node, bit)
        if constant in ("0", "1"):
            return self.one if constant == "1" else self.zero
        return self.variable(self._name(node, bit))

    def _name(self, node: Node, bit: int) -> str:
        plain = node.op in (Op.INPUT, Op.REG) and node not in self._cut
        return f"{node.payload if plain else f'#{node.number}'}[{bit}]"

    # -- the algebra of bits ------------------------------------------------

    @property
    def zero(self) -> Bdd:
        found: Bdd = self.manager.false
        return found

    @property
    def one(self) -> Bdd:
        found: Bdd = self.manager.true
        return found

    def invert(self, a: Bdd, /) -> Bdd:
        return ~a

    def both(self, a: Bdd, b: Bdd, /) -> Bdd:
        return self._apply("and", a, b)

    def either(self, a: Bdd, b: Bdd, /) -> Bdd:
        return self._apply("or", a, b)

    def differ(self, a: Bdd, b: Bdd, /) -> Bdd:
        return self._apply("xor", a, b)

    def choose(self, condition: Bdd, true: Bdd, false: Bdd, /) -> Bdd:
        return self._apply("ite", condition, true, false)

    def _apply(self, operator: str, *operands: Bdd) -> Bdd:
        return self._tried(lambda: self.manager.apply(operator, *operands))

    def _tried(self, work: Callable[[], Bdd]) -> Bdd:
        self._steps += 1
        if self._steps > self._pause:
            self.check()
        try:
            return work()
        except (ValueError, RuntimeError) as error:
            if not tells_of_memory(error):
                raise
            raise self._reached() from None

    # -- as cubes -----------------------------------------------------------

    def irredundant(self, lower: Bdd, upper: Bdd, names: Sequence[str]) -> list[Cube]:
        """Return few cubes that cover `lower` and nothing outside `upper`.

        Bit `len(names) - 1 - i` of a cube belongs to `names[i]`; the support
        must lie in `names`. Which cubes are found depends on the order of
        variables. From S. Minato, "Fast generation of prime-irredundant covers from
        binary decision diagrams", 1993.
        """
        return _Covering(self, names).cubes(lower, upper)

    def disjoint(self, function: Bdd, names: Sequence[str]) -> list[Cube]:
        """Return cubes no two of which meet that are `function` together, ordered by names."""
        masks = {name: 1 << len(names) - 1 - i for i, name in enumerate(names)}
        return list(
            self._paths(function, [n for n in names if n in self.manager.vars], masks, UNIVERSE)
        )

    def _paths(
        self, function: Bdd, names: Sequence[str], masks: dict[str, int], at: Cube
    ) -> Iterator[Cube]:
        if function == self.zero:
            return
        if function == self.one:
            yield at
            return
        support = self.manager.support(function)
        place = next(i for i, name in enumerate(names) if name in support)
        mask = masks[names[place]]
        for value in (0, 1):
            inner = self.restricted(function, names[place], value)
            cube = Cube(at.care | mask, at.value | mask * value)
            yield from self._paths(inner, names[place + 1 :], masks, cube)

    def restricted(self, function: Bdd, name: str, value: int) -> Bdd:
        """Return `function` with a variable fixed."""
        return self._tried(lambda: self.manager.let({name: bool(value)}, function))


def _constant_bit(node: Node, bit: int) -> str:
    return str(node.payload)[-1 - bit] if node.op is Op.CONST else ""


class _Covering:
    """Irredundant covers, each pair of functions treated once."""

    def __init__(self, cones: Cones, names: Sequence[str]) -> None:
        self._cones = cones
        self._masks = {name: 1 << len(names) - 1 - i for i, name in enumerate(names)}
        self._known: dict[tuple[Bdd, Bdd], tuple[list[Cube], Bdd]] = {}

    def cubes(self, lower: Bdd, upper: Bdd) -> list[Cube]:
        return self._cover(lower, upper)[0]

    def _cover(self, lower: Bdd, upper: Bdd) -> tuple[list[Cube], Bdd]:
        """Return the cubes and the function that they are."""
        cones = self._cones
        if lower == cones.zero:
            return [], cones.zero
        if upper == cones.one:
            return [UNIVERSE], cones.one
        found = self._known.get((lower, upper))
        if found is None:
            found = self._known[lower, upper] = self._split(lower, upper)
        return found

    def _split(self, lower: Bdd, upper: Bdd) -> tuple[list[Cube], Bdd]:
        cones = self._cones
        level = min(f.level for f in (lower, upper) if f.var is not None)
        name = cones.manager.var_at_level(level)
        l0, l1 = _cofactors(lower, level)
        u0, u1 = _cofactors(upper, level)
        zero, f0 = self._cover(cones.both(l0, ~u1), u0)
        one, f1 = self._cover(cones.both(l1, ~u0), u1)
        left = cones.either(cones.both(l0, ~f0), cones.both(l1, ~f1))
        common, f = self._cover(left, cones.both(u0, u1))
        mask = self._masks[name]
        cubes = [Cube(c.care | mask, c.value) for c in zero]
        cubes += [Cube(c.care | mask, c.value | mask) for c in one]
        chosen = cones.choose(cones.variable(name), f1, f0)
        return cubes + common, cones.either(chosen, f)


def _cofactors(function: Bdd, level: int) -> tuple[Bdd, Bdd]:
    """Return the function where the variable at `level`, not below its first, is 0 and 1."""
    if function.var is None or function.level != level:
        return function, function
    low, high = function.low, function.high
    return (~low, ~high) if function.negated else (low, high)
