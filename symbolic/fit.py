"""The smallest expression that meets samples of a function.

Two spaces of hypotheses are searched. Over single bits: the function with
don't-cares wherever nothing was sampled, minimized. Over words: decision trees
whose leaves are constants, words, sums, shifts and bitwise operations, and
whose conditions are bits and comparisons with constants. The cost counts what
is written; the cheapest wins, and a tie between different functions is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from symbolic.cubes import Cube
from symbolic.expression import (
    Concat,
    Const,
    Equal,
    Expression,
    Less,
    Mux,
    Operator,
    Reduce,
    Ref,
    Sum,
    bit,
    evaluate,
    gate,
    invert,
    literal_count,
    names,
)
from symbolic.minimize import Function, bit_set
from symbolic.synthesize import candidates

BIT_LEVEL_INPUTS = 10
"""Most input bits of a function that is looked at bit by bit."""
_TREE_DEPTH = 3
_TREE_WORK = 4000
_CONDITIONS = 40
_CONSTANTS = 64
_COMPARED = 16
_CASE_BITS = 6
_EPSILON = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A word that a function may depend on."""

    name: str
    bits: tuple[str, ...]
    state: bool = False
    """Whether it is a register, on which conditions are tested last."""

    @property
    def ref(self) -> Ref:
        return Ref(self.name, self.bits)

    @property
    def width(self) -> int:
        return len(self.bits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the function gave once, and the bits it may have seen; None is unknown."""

    values: Mapping[str, int | None]
    result: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """An expression that meets all samples."""

    value: Expression
    cost: float
    unseen: int
    """Input combinations that no sample determines."""
    cases: int
    """All input combinations."""
    ambiguous: bool = False
    """Whether another function, equally cheap, meets the samples as well."""


def fit(samples: Sequence[Sample], signals: Sequence[Signal], width: int) -> Fit | None:
    """Return the cheapest expression of `width` bits over `signals`, None if none is small."""
    distinct = _distinct(samples, signals)
    if not distinct:
        return None
    found = [
        one
        for one in (_by_bits(distinct, signals, width), _by_words(distinct, signals, width))
        if one
    ]
    return min(found, key=lambda one: one.cost) if found else None


def _distinct(samples: Sequence[Sample], signals: Sequence[Signal]) -> list[Sample]:
    unique = {
        (tuple(sample.values[name] for s in signals for name in s.bits), sample.result): sample
        for sample in samples
    }
    return list(unique.values())


# -- over bits --------------------------------------------------------------


def _by_bits(samples: Sequence[Sample], signals: Sequence[Signal], width: int) -> Fit | None:
    count = sum(signal.width for signal in signals)
    if count > BIT_LEVEL_INPUTS:
        return None
    cubes = [_cube(sample, signals) for sample in samples]
    variables = [bit(name) for signal in signals for name in signal.bits]
    values: list[Expression] = []
    ambiguous = False
    for i in range(width - 1, -1, -1):
        ones = tuple(c for c, s in zip(cubes, samples, strict=True) if s.result >> i & 1)
        zeros = tuple(c for c, s in zip(cubes, samples, strict=True) if not s.result >> i & 1)
        on, off = bit_set(ones, count), bit_set(zeros, count)
        if on & off:
            return None
        f = Function(width=count, on=_points(on, count), off=_points(off, count))
        best = candidates(f, variables)
        values.append(best[0])
        ambiguous = ambiguous or _disagree(best, signals, count)
    seen = bit_set(cubes, count).bit_count()
    # Separate equations for the bits of a word are a poor explanation of it.
    cost = float(sum(map(literal_count, values))) + (2 * width if width > 1 else 0)
    unseen = (1 << count) - seen
    if unseen and cost > seen * width:
        return None
    value = values[0] if width == 1 else Concat(tuple(values))
    return Fit(value=value, cost=cost, unseen=unseen, cases=1 << count, ambiguous=ambiguous)


def _points(numbers: int, count: int) -> tuple[Cube, ...]:
    full = (1 << count) - 1
    return tuple(Cube(full, n) for n in range(full + 1) if numbers >> n & 1)


def _cube(sample: Sample, signals: Sequence[Signal]) -> Cube:
    care, value = 0, 0
    for signal in signals:
        for name in signal.bits:
            known = sample.values[name]
            care = care << 1 | (known is not None)
            value = value << 1 | (known or 0)
    return Cube(care, value)


def _disagree(found: Sequence[Expression], signals: Sequence[Signal], count: int) -> bool:
    """Tell whether equally short candidates are different functions."""
    best = found[0]
    rivals = [one for one in found[1:] if literal_count(one) == literal_count(best)]
    order = [name for signal in signals for name in signal.bits]
    for number in range(1 << count) if rivals else ():
        values = {name: number >> count - 1 - i & 1 for i, name in enumerate(order)}
        expected = evaluate(best, values)
        if any(evaluate(rival, values) != expected for rival in rivals):
            return True
    return False


# -- over words -------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """A leaf: its cost, and the samples it explains."""

    value: Expression
    cost: float
    meets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tree:
    value: Expression
    cost: float
    ambiguous: bool


def _by_words(samples: Sequence[Sample], signals: Sequence[Signal], width: int) -> Fit | None:
    everything = (1 << len(samples)) - 1
    leaves = _options(samples, _leaves(samples, signals, width))
    search = _TreeSearch(leaves=leaves, conditions=_condition_options(samples, signals))
    found = [search.best(everything, _TREE_DEPTH)]
    found += [_case(samples, one, leaves) for one in signals if 1 < one.width <= _CASE_BITS]
    best = min((one for one in found if one is not None), key=lambda t: t.cost, default=None)
    if best is None or best.cost > max(len(samples), 2) * width:
        return None
    count = sum(signal.width for signal in signals)
    return Fit(
        value=best.value,
        cost=best.cost,
        unseen=max(0, (1 << count) - _seen(samples, signals, count)),
        cases=1 << count,
        ambiguous=best.ambiguous,
    )


def _seen(samples: Sequence[Sample], signals: Sequence[Signal], count: int) -> int:
    cubes = [_cube(sample, signals) for sample in samples]
    if count <= BIT_LEVEL_INPUTS:
        return bit_set(cubes, count).bit_count()
    return len(set(cubes))


def known_value(expression: Expression, values: Mapping[str, int | None]) -> int | None:
    """Return the value of `expression` where some bits are unknown, None if that matters."""
    if isinstance(expression, Mux):
        condition = known_value(expression.condition, values)
        if condition is None:
            return None
        return known_value(expression.then if condition else expression.otherwise, values)
    read = {name: values[name] for name in names(expression)}
    known = {name: value for name, value in read.items() if value is not None}
    return evaluate(expression, known) if len(known) == len(read) else None


def _options(samples: Sequence[Sample], found: Iterable[tuple[Expression, float]]) -> list[_Option]:
    """Return the leaves with the samples that each explains, cheapest first."""
    options: dict[Expression, _Option] = {}
    for value, cost in found:
        meets = 0
        for i, sample in enumerate(samples):
            meets |= (known_value(value, sample.values) == sample.result) << i
        if meets and value not in options:
            options[value] = _Option(value=value, cost=cost, meets=meets)
    return sorted(options.values(), key=lambda option: option.cost)


def _leaves(
    samples: Sequence[Sample], signals: Sequence[Signal], width: int
) -> Iterator[tuple[Expression, float]]:
    """Yield what a word may be without a condition, and what that costs."""
    results = sorted({sample.result for sample in samples})
    for result in results[:_CONSTANTS]:
        plain = width == 1 or result in (0, (1 << width) - 1)
        yield Const(result, width), 1.0 if plain else 1.5 + width / 16
    same = [signal.ref for signal in signals if signal.width == width]
    for word in same:
        yield word, 1.0
        yield invert(word), 1.5
    if width == 1:
        yield from _one_bit(signals)
        return
    for word in same:
        yield from _changed(word, samples, signals)
    yield from _pairs(same)
    yield from _resized(signals, width)


def _one_bit(signals: Sequence[Signal]) -> Iterator[tuple[Expression, float]]:
    words = [signal.ref for signal in signals if signal.width > 1]
    for word in words:
        for name in word.bits:
            yield bit(name), 1.5
        for operator in Operator:
            yield Reduce(operator, word), 1.6
            yield invert(Reduce(operator, word)), 2.0
    for a, b in permutations(words, 2):
        if a.width == b.width:
            yield Less(a, b), 2.2
            yield invert(Less(a, b)), 2.4
            if a.text < b.text:
                yield Equal(a, b), 2.2
                yield invert(Equal(a, b)), 2.4


def _changed(
    word: Ref, samples: Sequence[Sample], signals: Sequence[Signal]
) -> Iterator[tuple[Expression, float]]:
    """Yield the word counted up or down, and shifted."""
    width = word.width
    one = Const(1, width)
    yield Sum(word, one), 1.5
    yield Sum(word, one, subtract=True), 1.6
    for step in sorted(_steps(word, samples) - {0, 1, (1 << width) - 1})[:4]:
        yield Sum(word, Const(step, width)), 2.2 + width / 16
    lower = _part(word, 1, width)
    upper = _part(word, 0, width - 1)
    ends: list[tuple[Expression, float]] = [(Const(0), 2.0), (Const(1), 2.2)]
    ends += [(signal.ref, 2.0) for signal in signals if signal.width == 1]
    for end, cost in ends:
        yield Concat((lower, end)), cost
        yield Concat((end, upper)), cost + 0.1
    yield Concat((lower, bit(word.bits[0]))), 2.0
    yield Concat((bit(word.bits[-1]), upper)), 2.1
    yield Concat((lower, invert(bit(word.bits[0])))), 2.4
    yield Concat((invert(bit(word.bits[-1])), upper)), 2.4
    yield Concat((bit(word.bits[0]), upper)), 2.3
    for signal in signals:
        if signal.width == 1:
            extended = Concat((Const(0, width - 1), signal.ref))
            yield Sum(word, extended), 2.0
            yield Sum(word, extended, subtract=True), 2.2


def _part(word: Ref, start: int, end: int) -> Ref:
    """Return the bits from `start` to before `end`, counted from the highest."""
    read = word.bits[start:end]
    if len(read) == 1:
        return bit(read[0])
    high, low = (name[name.index("[") + 1 : -1] for name in (read[0], read[-1]))
    return Ref(f"{word.bits[0].partition('[')[0]}[{high}:{low}]", read)


def _steps(word: Ref, samples: Sequence[Sample]) -> set[int]:
    """Return by how much the result is larger than the word, over all samples."""
    full = (1 << word.width) - 1
    known = ((known_value(word, sample.values), sample.result) for sample in samples)
    return {result - value & full for value, result in known if value is not None}


def _pairs(words: Sequence[Ref]) -> Iterator[tuple[Expression, float]]:
    for a, b in permutations(words, 2):
        yield Sum(a, b, subtract=True), 2.2
        if a.text < b.text:
            yield Sum(a, b), 2.0
            for operator in Operator:
                yield gate(operator, a, b), 2.0
                yield invert(gate(operator, a, b)), 2.5


def _resized(signals: Sequence[Signal], width: int) -> Iterator[tuple[Expression, float]]:
    """Yield narrower and wider words made to fit, and words side by side."""
    for signal in signals:
        if 1 <= signal.width < width:
            yield Concat((Const(0, width - signal.width), signal.ref)), 1.8
        elif signal.width > width:
            yield _part(signal.ref, signal.width - width, signal.width), 1.8
            yield _part(signal.ref, 0, width), 1.9
    for a, b in permutations(signals, 2):
        if a.width + b.width == width:
            yield Concat((a.ref, b.ref)), 2.0
        if a.width == b.width == width - 1 and a.name < b.name:
            yield Sum(Concat((Const(0), a.ref)), Concat((Const(0), b.ref))), 2.5


def _conditions(
    samples: Sequence[Sample], signals: Sequence[Signal]
) -> Iterator[tuple[Expression, float, bool]]:
    """Yield conditions, their cost, and whether they look at a register."""
    for signal in signals:
        if signal.width == 1:
            yield signal.ref, 0.5, signal.state
    words = [signal for signal in signals if signal.width > 1]
    for signal in words:
        seen = {known_value(signal.ref, sample.values) for sample in samples}
        for value in sorted(v for v in seen if v is not None)[:_COMPARED]:
            cost = 1 + signal.width / 8 + (0.3 if signal.state else 0)
            yield Equal(signal.ref, Const(value, signal.width)), cost, signal.state
        if not signal.state:
            for name in signal.bits:
                yield bit(name), 2.0, False
    for a, b in permutations(words, 2):
        if a.width == b.width:
            yield Less(a.ref, b.ref), 1.7, a.state or b.state


def _condition_options(samples: Sequence[Sample], signals: Sequence[Signal]) -> list[_Condition]:
    found = []
    for value, cost, state in _conditions(samples, signals):
        outcomes = [known_value(value, sample.values) for sample in samples]
        true = sum(1 << i for i, outcome in enumerate(outcomes) if outcome == 1)
        known = sum(1 << i for i, outcome in enumerate(outcomes) if outcome is not None)
        if true and true != known:
            found.append(_Condition(value=value, cost=cost, true=true, known=known, state=state))
    return found[:_CONDITIONS]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Condition:
    value: Expression
    cost: float
    true: int
    known: int
    state: bool


@dataclass(slots=True, kw_only=True)
class _TreeSearch:
    """Looks for the cheapest decision tree, remembering sets of samples."""

    leaves: Sequence[_Option]
    conditions: Sequence[_Condition]
    memory: dict[tuple[int, int, bool], _Tree | None] = field(default_factory=dict)
    work: int = 0

    def best(self, mask: int, depth: int, *, below_state: bool = False) -> _Tree | None:
        key = (mask, depth, below_state)
        if key not in self.memory:
            self.memory[key] = self._leaf(mask) or self._split(mask, depth, below_state=below_state)
        return self.memory[key]

    def _leaf(self, mask: int) -> _Tree | None:
        fitting = [leaf for leaf in self.leaves if not mask & ~leaf.meets]
        if not fitting:
            return None
        first = fitting[0]
        tie = len(fitting) > 1 and fitting[1].cost == first.cost
        return _Tree(value=first.value, cost=first.cost, ambiguous=tie)

    def _split(self, mask: int, depth: int, *, below_state: bool) -> _Tree | None:
        self.work += 1
        if depth == 0 or self.work > _TREE_WORK:
            return None
        best: _Tree | None = None
        for condition in self.conditions:
            true, false = mask & condition.true, mask & condition.known & ~condition.true
            if not true or not false or mask & ~condition.known:
                continue
            below = below_state or condition.state
            then = self.best(true, depth - 1, below_state=below)
            otherwise = self.best(false, depth - 1, below_state=below) if then else None
            if then is None or otherwise is None:
                continue
            # A register is looked at last: resets and loads come before wrapping around.
            order = 0.25 if below_state and not condition.state else 0.0
            cost = 1 + condition.cost + order + then.cost + otherwise.cost
            if best is None or cost < best.cost - _EPSILON:
                tie = then.ambiguous or otherwise.ambiguous
                value = Mux(condition.value, then.value, otherwise.value)
                best = _Tree(value=value, cost=cost, ambiguous=tie)
            elif abs(cost - best.cost) <= _EPSILON:
                best = _Tree(value=best.value, cost=best.cost, ambiguous=True)
        return best


def _case(samples: Sequence[Sample], selector: Signal, leaves: Sequence[_Option]) -> _Tree | None:
    """Return a choice by the value of one word, each with the cheapest leaf."""
    groups: dict[int, int] = {}
    for i, sample in enumerate(samples):
        value = known_value(selector.ref, sample.values)
        if value is None:
            return None
        groups[value] = groups.get(value, 0) | 1 << i
    search = _TreeSearch(leaves=leaves, conditions=())
    branches = {value: search.best(mask, 0) for value, mask in groups.items()}
    chosen = {value: tree for value, tree in branches.items() if tree is not None}
    if len(chosen) != len(groups) or len(groups) < 2:
        return None
    trees = (_with_default(default, groups, chosen, selector) for default in leaves)
    return min((tree for tree in trees if tree is not None), key=lambda t: t.cost, default=None)


def _with_default(
    default: _Option, groups: Mapping[int, int], chosen: Mapping[int, _Tree], selector: Signal
) -> _Tree | None:
    special = [value for value, mask in sorted(groups.items()) if mask & ~default.meets]
    if len(special) == len(groups):
        return None
    cost, value, ambiguous = 1 + default.cost, default.value, False
    for number in reversed(special):
        tree = chosen[number]
        cost += tree.cost + 0.7
        ambiguous = ambiguous or tree.ambiguous
        value = Mux(Equal(selector.ref, Const(number, selector.width)), tree.value, value)
    return _Tree(value=value, cost=cost, ambiguous=ambiguous)
