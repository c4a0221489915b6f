"""Finite-state machines as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from symbolic.cubes import Cube, complement, cube_from_text, intersects, overlaps
from symbolic.names import check_names, check_pattern, repeated
from symbolic.reference_source import state_table_source

States = frozenset[str]
"""The states that a machine may be in; more than one while it is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """In `state`, on inputs that match `inputs`, go to `target` and, if Mealy, give `outputs`.

    `inputs` and `outputs` are strings over `0`, `1` and `-`. `target` None is
    a don't-care.
    """

    state: str
    inputs: str
    target: str | None
    outputs: str = ""
    """Mealy outputs; empty for a Moore machine."""

    def __str__(self) -> str:
        outputs = f" / {self.outputs}" if self.outputs else ""
        return f"{self.state} --{self.inputs or '(always)'}--> {self.target or '(any)'}{outputs}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTable:
    """A Moore or Mealy machine, possibly incompletely specified.

    Input and output names are single bits as Verilog writes them. Transitions
    of a state that overlap agree wherever both are specified; where none
    matches, next state and Mealy outputs are don't-cares. It satisfies
    `testbench_gen.reference.ReferenceModel`.

    Raises:
        ValueError: A name, state, pattern or code is malformed, unknown or
            repeated, or two transitions contradict each other; the message shows which.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    states: tuple[str, ...]
    transitions: tuple[Transition, ...]
    moore_outputs: Mapping[str, str] | None = None
    """Outputs of each state; None for a Mealy machine."""
    reset_state: str | None = None
    """The state that reset leads to."""
    power_on_state: str | None = None
    """The state before any clock edge or reset, where the specification fixes it."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Binary code of each state where the specification fixes it, else empty."""
    _leaving: Mapping[str, tuple[tuple[Cube, Transition], ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        check_names(self.inputs, "input")
        check_names(self.outputs, "output")
        both = set(self.inputs) & set(self.outputs)
        if both:
            raise ValueError(f"{min(both)!r} cannot be both input and output of a state table")
        # Known states first: what follows looks names up among them.
        object.__setattr__(self, "_leaving", dict.fromkeys(self.states, ()))
        self._check_states()
        self._check_outputs()
        self._check_codes()
        leaving: dict[str, list[tuple[Cube, Transition]]] = {state: [] for state in self.states}
        for number, transition in enumerate(self.transitions, 1):
            self._check_transition(transition, number)
            leaving[transition.state].append((cube_from_text(transition.inputs), transition))
        _check_determinism(leaving)
        frozen = {state: tuple(entries) for state, entries in leaving.items()}
        object.__setattr__(self, "_leaving", MappingProxyType(frozen))

    def _check_states(self) -> None:
        if not self.states:
            raise ValueError("a state table needs at least one state")
        if len(set(self.states)) != len(self.states):
            twice = repeated(self.states)
            raise ValueError(f"state names must differ, but {twice!r} stands twice")
        for role, state in (("reset", self.reset_state), ("power-on", self.power_on_state)):
            if state is not None:
                self._check_known(state, f"{role} state")

    def _check_known(self, state: str, what: str) -> None:
        if state not in self._leaving:
            shown = ", ".join(self.states[:20]) + (", ..." if len(self.states) > 20 else "")
            raise ValueError(f"{what} must be one of {shown}, not {state!r}")

    def _check_outputs(self) -> None:
        if self.moore_outputs is None:
            return
        object.__setattr__(self, "moore_outputs", MappingProxyType(dict(self.moore_outputs)))
        for state, outputs in self.moore_outputs.items():
            self._check_known(state, "the state of a Moore output")
            check_pattern(outputs, len(self.outputs), f"outputs of state {state!r}")
        for state in self.states:
            if state not in self.moore_outputs:
                raise ValueError(
                    f"a Moore machine needs the outputs of every state, but {state!r} has none\n\n"
                    "hint: write - for outputs that may have any value"
                )

    def _check_codes(self) -> None:
        object.__setattr__(self, "codes", MappingProxyType(dict(self.codes)))
        if not self.codes:
            return
        owners: dict[str, str] = {}
        width = len(next(iter(self.codes.values())))
        for state in self.states:
            code = self.codes.get(state)
            if code is None:
                raise ValueError(f"states have codes, but {state!r} has none")
            if len(code) != width or not code or set(code) - set("01"):
                raise ValueError(f"the code of {state!r} must be {width} bits, not {code!r}")
            if code in owners:
                raise ValueError(f"states {owners[code]!r} and {state!r} share the code {code}")
            owners[code] = state
        for state in self.codes:
            self._check_known(state, "the state of a code")

    def _check_transition(self, transition: Transition, number: int) -> None:
        self._check_known(transition.state, f"the state of transition {number}")
        if transition.target is not None:
            self._check_known(transition.target, f"the target of transition {number}")
        check_pattern(transition.inputs, len(self.inputs), f"inputs of transition {number}")
        if self.moore_outputs is None:
            check_pattern(transition.outputs, len(self.outputs), f"outputs of transition {number}")
        elif transition.outputs:
            raise ValueError(
                f"a Moore machine's transitions have no outputs, but transition {number} has "
                f"{transition.outputs!r}"
            )

    # -- what it says -------------------------------------------------------

    @property
    def moore(self) -> bool:
        """Whether outputs depend on the state alone."""
        return self.moore_outputs is not None

    def leaving(self, state: str) -> tuple[tuple[Cube, Transition], ...]:
        """Return the transitions from `state`, each with its inputs as a cube."""
        return self._leaving[state]

    def follow(self, state: str, inputs: str) -> tuple[str | None, str]:
        """Return next state (None: any) and outputs in `state` under `inputs`, a bit string."""
        point = cube_from_text(inputs)
        target, outputs = None, "-" * len(self.outputs)
        for cube, transition in self._leaving[state]:
            if intersects(cube, point):
                target = target or transition.target
                if self.moore_outputs is None:
                    outputs = _merge(outputs, transition.outputs)
        if self.moore_outputs is not None:
            outputs = self.moore_outputs[state]
        return target, outputs

    def outputs_of(self, states: Iterable[str], bits: Mapping[str, int]) -> dict[str, str]:
        """Return what outputs have in common over `states` under input `bits`."""
        return self.step(frozenset(states), bits)[0]

    def simulate(
        self, sequence: Iterable[Mapping[str, int]], start: str | States | None = None
    ) -> list[tuple[dict[str, str], States]]:
        """Follow a sequence of inputs.

        Returns, for each of them, the outputs before the clock edge and the
        states possible after it. `start` is by default the reset state.
        """
        states = frozenset({start}) if isinstance(start, str) else start or self.after_reset()
        trace = []
        for bits in sequence:
            outputs, states = self.step(states, bits)
            trace.append((outputs, states))
        return trace

    @property
    def reachable(self) -> tuple[str, ...]:
        """States that can be reached from reset, in the table's order.

        All states when no reset state is known. A don't-care next state
        reaches nothing, since a designer may choose it.
        """
        if self.reset_state is None:
            return self.states
        found, frontier = {self.reset_state}, [self.reset_state]
        while frontier:
            targets = {t.target for _, t in self._leaving[frontier.pop()] if t.target is not None}
            frontier += sorted(targets - found)
            found |= targets
        return tuple(state for state in self.states if state in found)

    def unspecified(self, state: str) -> list[Cube]:
        """Return the inputs for which the next state of `state` is not specified."""
        return complement([cube for cube, t in self._leaving[state] if t.target is not None])

    @property
    def complete(self) -> bool:
        """Whether every next state and every output is specified."""
        if any(self.unspecified(state) for state in self.states):
            return False
        if self.moore_outputs is not None:
            return not any("-" in outputs for outputs in self.moore_outputs.values())
        return not any("-" in transition.outputs for transition in self.transitions)

    # -- codes --------------------------------------------------------------

    def with_codes(self, encoding: str) -> StateTable:
        """Return the machine with its states numbered `binary`, or coded `one-hot` or `gray`.

        One-hot gives the first state the lowest bit.

        Raises:
            ValueError: The encoding is not known.
        """
        count = len(self.states)
        width = max(1, (count - 1).bit_length())
        codes = {
            "binary": lambda i: format(i, f"0{width}b"),
            "gray": lambda i: format(i ^ i >> 1, f"0{width}b"),
            "one-hot": lambda i: format(1 << i, f"0{count}b"),
        }
        if encoding not in codes:
            raise ValueError(f"encoding must be one of {', '.join(codes)}, not {encoding!r}")
        numbered = {state: codes[encoding](i) for i, state in enumerate(self.states)}
        return replace(self, codes=numbered)

    @property
    def one_hot(self) -> bool:
        """Whether the given codes have exactly one bit set each, a different one."""
        return (
            len(self.states) > 1
            and all(
                code.count("1") == 1 and len(code) >= len(self.states)
                for code in self.codes.values()
            )
            and bool(self.codes)
        )

    # -- as a reference model -----------------------------------------------

    @property
    def sequential(self) -> bool:
        return True

    @property
    def input_bits(self) -> tuple[str, ...]:
        return self.inputs

    @property
    def output_bits(self) -> tuple[str, ...]:
        return self.outputs

    def initial(self) -> States:
        return frozenset(self.states if self.power_on_state is None else (self.power_on_state,))

    def after_reset(self) -> States:
        return frozenset(self.states if self.reset_state is None else (self.reset_state,))

    def step(self, state: States, bits: Mapping[str, int]) -> tuple[dict[str, str], States]:
        values = "".join(str(int(bits[name])) for name in self.inputs)
        following: set[str] = set()
        agreed: str | None = None
        for name in state:
            target, outputs = self.follow(name, values)
            following |= set(self.states) if target is None else {target}
            agreed = outputs if agreed is None else _common(agreed, outputs)
        predicted = "-" * len(self.outputs) if agreed is None else agreed
        return dict(zip(self.outputs, predicted, strict=True)), frozenset(following)

    def python_source(self) -> str:
        return state_table_source(
            inputs=self.inputs,
            outputs=self.outputs,
            states=self.states,
            initial=[state for state in self.states if state in self.initial()],
            after_reset=[state for state in self.states if state in self.after_reset()],
            transitions={
                state: [(t.inputs, t.target, t.outputs) for _, t in self._leaving[state]]
                for state in self.states
            },
            moore_outputs=self.moore_outputs,
        )


def _check_determinism(leaving: Mapping[str, Sequence[tuple[Cube, Transition]]]) -> None:
    for entries in leaving.values():
        for i, k in overlaps([cube for cube, _ in entries]):
            first, second = entries[i][1], entries[k][1]
            if not _compatible(first, second):
                raise ValueError(
                    "transitions of a state must agree where they overlap, but "
                    f"`{first}` contradicts `{second}`"
                )


def _compatible(a: Transition, b: Transition) -> bool:
    if None not in (a.target, b.target) and a.target != b.target:
        return False
    return all(p == q or "-" in (p, q) for p, q in zip(a.outputs, b.outputs, strict=True))


def _merge(a: str, b: str) -> str:
    return "".join(q if p == "-" else p for p, q in zip(a, b, strict=True))


def _common(a: str, b: str) -> str:
    return "".join(p if p == q else "-" for p, q in zip(a, b, strict=True))
