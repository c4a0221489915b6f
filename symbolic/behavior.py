"""What a module does, as statements on whole numbers: registers, and outputs without any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sim.interface import Edge, Interface
from symbolic.arithmetic import (
    Apply,
    Signal,
    Term,
    Unknown,
    Word,
    evaluate,
    kept_in,
    signals,
)
from symbolic.arithmetic_verilog import Writer
from symbolic.behavior_source import behavior_source
from symbolic.behavior_statements import Assign, Statement, targets
from symbolic.emit_module import Body, module


@dataclass(frozen=True, slots=True)
class Register:
    """A register and what reset makes of it."""

    word: Word
    reset: int | None


State = tuple[int | None, ...]
"""Values of the registers; None while unknown."""


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """A module of one clock; it satisfies `testbench_gen.reference.ReferenceModel`.

    All statements read the values before the clock edge; of several assignments to one register
    the last counts, and a register that none is made to keeps its value.
    """

    inputs: tuple[Word, ...]
    """What is read, without clock and reset."""
    outputs: tuple[Word, ...]
    registers: tuple[Register, ...]
    clocked: tuple[Statement, ...]
    wires: tuple[Assign, ...]
    """Outputs without a register, each once; they read inputs and registers."""

    def __post_init__(self) -> None:
        stored = {register.word.name for register in self.registers}
        given = {word.name for word in self.inputs}
        driven = [assign.target for assign in self.wires]
        for name in (word.name for word in self.outputs):
            if (name in stored) + driven.count(name) != 1:
                raise ValueError(f"output {name!r} must be defined exactly once")
        for name in self.read():
            if name not in stored | given:
                raise ValueError(f"{name!r} is read, and is neither an input nor a register")

    def read(self) -> frozenset[str]:
        """Return the names that anything reads."""
        terms = [*_terms(self.clocked), *(assign.value for assign in self.wires)]
        return frozenset(name for term in terms for name in signals(term))

    def named_wires(self) -> Iterator[Assign]:
        """Yield the wires, each with the names of those before it in place of what they hold."""
        known: dict[Term, str] = {}
        for assign in self.wires:
            yield Assign(assign.target, _named(assign.value, known))
            held = kept_in(assign.value, self.words[assign.target], self.words)
            if isinstance(held, Apply):
                known.setdefault(held, assign.target)

    @property
    def sequential(self) -> bool:
        """Whether there is a state."""
        return bool(self.registers)

    @cached_property
    def words(self) -> Mapping[str, Word]:
        """Every signal by name."""
        known = [*self.inputs, *self.outputs, *(register.word for register in self.registers)]
        return {word.name: word for word in known}

    @property
    def input_bits(self) -> tuple[str, ...]:
        """Names of the input bits it reads."""
        return tuple(bit for word in self.inputs for bit in bits_of_word(word))

    @property
    def output_bits(self) -> tuple[str, ...]:
        """Names of the output bits it predicts."""
        return tuple(bit for word in self.outputs for bit in bits_of_word(word))

    def initial(self) -> State:
        """Return the state before reset: nothing is known."""
        return (None,) * len(self.registers)

    def after_reset(self) -> State:
        """Return the state that reset leads to."""
        return tuple(register.reset for register in self.registers)

    def step(self, state: State, bits: Mapping[str, int]) -> tuple[Mapping[str, str], State]:
        """Return the outputs in `state` under `bits`, and the state after the clock edge."""
        values: dict[str, int | None] = {word.name: _number(word, bits) for word in self.inputs}
        names = [register.word.name for register in self.registers]
        values |= dict(zip(names, state, strict=True))
        shown = dict(values)
        for assign in self.wires:
            shown[assign.target] = self._kept(assign, values)
        following = dict(values)
        self._run(self.clocked, values, following)
        found: dict[str, str] = {}
        for word in self.outputs:
            found |= _spread(word, shown[word.name])
        return found, tuple(following[name] for name in names)

    def _kept(self, assign: Assign, values: Mapping[str, int | None]) -> int | None:
        try:
            return self.words[assign.target].kept(evaluate(assign.value, values))
        except Unknown:
            return None

    def _run(
        self,
        statements: Iterable[Statement],
        values: Mapping[str, int | None],
        following: dict[str, int | None],
    ) -> None:
        for one in statements:
            if isinstance(one, Assign):
                following[one.target] = self._kept(one, values)
                continue
            try:
                chosen = next(
                    (then for test, then in one.branches if evaluate(test, values)), one.otherwise
                )
            except Unknown:
                following |= dict.fromkeys(targets([one]))
                continue
            self._run(chosen, values, following)

    def python_source(self) -> str:
        """Return a standalone Python module with a class `Reference` that predicts the same."""
        return behavior_source(self)

    def verilog(self, interface: Interface, origin: str) -> str:
        """Return the module as Verilog.

        Raises:
            ValueError: The interface has parameters, inout ports or several clocks.
        """
        writer = Writer(interface, self.words)
        clocked = list(self._always(interface, writer)) if self.registers else []
        assigns = []
        for assign in self.named_wires():
            word = self.words[assign.target]
            assigns.append(f"assign {assign.target} = {writer.assigned(assign.value, word)};")
        outputs = {word.name for word in self.outputs}
        inner = [register.word for register in self.registers if register.word.name not in outputs]
        lines = [_declared("reg", word) for word in inner] + writer.lines
        lines += ([""] if lines and clocked else []) + clocked
        lines += ([""] if lines and assigns else []) + assigns
        read = self.read() | {clock.port for clock in interface.clocks}
        read |= {reset.port for reset in interface.resets}
        kept = frozenset(register.word.name for register in self.registers) & outputs
        bits = frozenset(b for port in interface.ports if port.name in read for b in port.bits)
        return module(interface, [Body(lines=tuple(lines), read=bits, registers=kept)], origin)

    def _always(self, interface: Interface, writer: Writer) -> Iterator[str]:
        if len(interface.clocks) != 1 or len(interface.resets) > 1:
            raise ValueError("must have one clock and at most one reset")
        clock, resets = interface.clocks[0], interface.resets
        event = f"{'negedge' if clock.edge is Edge.FALLING else 'posedge'} {clock.port}"
        for reset in resets:
            if reset.asynchronous:
                event += f" or {'negedge' if reset.active_low else 'posedge'} {reset.port}"
        body = list(self._lines(self.clocked, writer))
        yield f"always @({event}) begin"
        if resets:
            yield f"    if ({'!' if resets[0].active_low else ''}{resets[0].port}) begin"
            for register in self.registers:
                if register.reset is not None:
                    word, mask = register.word, (1 << register.word.width) - 1
                    value = f"{word.width}'{'b' if word.width == 1 else 'd'}{register.reset & mask}"
                    yield f"        {word.name} <= {value};"
            yield "    end else begin"
            yield from (f"        {line}" for line in body)
            yield "    end"
        else:
            yield from (f"    {line}" for line in body)
        yield "end"

    def _lines(self, statements: Sequence[Statement], writer: Writer) -> Iterator[str]:
        for one in statements:
            if isinstance(one, Assign):
                yield f"{one.target} <= {writer.assigned(one.value, self.words[one.target])};"
                continue
            word = "if"
            for test, then in one.branches:
                yield f"{word} ({writer.condition(test)}) begin"
                yield from (f"    {line}" for line in self._lines(then, writer))
                word = "end else if"
            if one.otherwise:
                yield "end else begin"
                yield from (f"    {line}" for line in self._lines(one.otherwise, writer))
            yield "end"


def _named(term: Term, known: Mapping[Term, str]) -> Term:
    if term in known:
        return Signal(known[term])
    if isinstance(term, Apply):
        return Apply(term.op, tuple(_named(arg, known) for arg in term.args))
    return term


def _terms(statements: Iterable[Statement]) -> Iterator[Term]:
    for one in statements:
        if isinstance(one, Assign):
            yield one.value
        else:
            for test, then in one.branches:
                yield test
                yield from _terms(then)
            yield from _terms(one.otherwise)


def bits_of_word(word: Word) -> tuple[str, ...]:
    """Return the names of the bits of a port `[width-1:0]`, most significant first."""
    if word.width == 1:
        return (word.name,)
    return tuple(f"{word.name}[{i}]" for i in reversed(range(word.width)))


def _number(word: Word, bits: Mapping[str, int]) -> int:
    value = 0
    for name in bits_of_word(word):
        value = value << 1 | bits[name]
    return word.kept(value)


def _spread(word: Word, value: int | None) -> dict[str, str]:
    names = bits_of_word(word)
    if value is None:
        return dict.fromkeys(names, "-")
    text = format(value & ((1 << word.width) - 1), f"0{word.width}b")
    return dict(zip(names, text, strict=True))


def _declared(kind: str, word: Word) -> str:
    signed = " signed" if word.signed else ""
    return f"{kind}{signed}{f' [{word.width - 1}:0]' if word.width > 1 else ''} {word.name};"
