"""Boolean equations as one value: what each output is, as an expression of inputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.interface import Port
from symbolic.expression import (
    Const,
    Expression,
    Ref,
    bits,
    evaluate,
    names,
    python,
)
from symbolic.expression_lexer import ExpressionError
from symbolic.expression_parser import parse_expression
from symbolic.names import check_names
from symbolic.reference_source import equations_source
from symbolic.scope import Scope
from symbolic.truth_table import TruthTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One equation: `target`, a port or part of one, has the value of `value`."""

    target: Ref
    value: Expression

    def __post_init__(self) -> None:
        if self.target.width != self.value.width:
            raise ValueError(
                f"{self.target.text!r} is {self.target.width} bits wide, "
                f"but its equation gives {self.value.width}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Equations:
    """A combinational circuit given by equations.

    It satisfies `testbench_gen.reference.ReferenceModel`; bits that no equation
    defines are not predicted.

    Raises:
        ValueError: A bit is defined twice, or an equation reads what is not an input.
    """

    inputs: tuple[str, ...]
    assignments: tuple[Assignment, ...]

    def __post_init__(self) -> None:
        check_names(self.inputs, "input")
        check_names(self.outputs, "output")
        known = set(self.inputs)
        for assignment in self.assignments:
            unknown = [name for name in names(assignment.value) if name not in known]
            if unknown:
                raise ValueError(
                    f"the equation of {assignment.target.text!r} reads {unknown[0]!r}, "
                    "which is not an input"
                )

    @property
    def outputs(self) -> tuple[str, ...]:
        """Every bit that is defined."""
        return tuple(bit for assignment in self.assignments for bit in assignment.target.bits)

    def truth_table(self) -> TruthTable:
        """Tabulate all outputs.

        Raises:
            ValueError: There are more than 16 inputs.
        """
        return TruthTable.from_function(
            self.inputs,
            self.outputs,
            lambda *point: "".join(self.value(dict(zip(self.inputs, point, strict=True))).values()),
        )

    def value(self, assignment: Mapping[str, int]) -> dict[str, str]:
        """Return `0` or `1` for each output under `assignment` of every input."""
        found: dict[str, str] = {}
        for equation in self.assignments:
            word = evaluate(equation.value, assignment)
            text = format(word, f"0{equation.target.width}b")
            found |= dict(zip(equation.target.bits, text, strict=True))
        return found

    # -- as a reference model -----------------------------------------------

    @property
    def sequential(self) -> bool:
        return False

    @property
    def input_bits(self) -> tuple[str, ...]:
        return self.inputs

    @property
    def output_bits(self) -> tuple[str, ...]:
        return self.outputs

    def initial(self) -> None:
        return None

    def after_reset(self) -> None:
        return None

    def step(self, state: object, bits: Mapping[str, int]) -> tuple[dict[str, str], None]:
        return self.value(bits), None

    def python_source(self) -> str:
        read = tuple(dict.fromkeys(name for a in self.assignments for name in names(a.value)))
        variables = {name: _variable(name, read) for name in read}
        return equations_source(
            variables=variables,
            equations=[
                (bit, python(value, variables))
                for a in self.assignments
                for bit, value in zip(a.target.bits, bits(a.value), strict=True)
            ],
        )


def _variable(name: str, all_names: Sequence[str]) -> str:
    """Return a Python variable for a bit: `x[3]` is `x_3`, and nothing else is."""
    variable = re.sub(r"\W+", "_", name).strip("_") or "v"
    plain = {re.sub(r"\W+", "_", other).strip("_") for other in all_names if other != name}
    reserved = variable in plain or variable in _PYTHON_WORDS or variable[0].isdigit()
    return f"{variable}_bit{all_names.index(name)}" if reserved else variable


_PYTHON_WORDS = frozenset(
    (
        *("False", "None", "True", "and", "as", "assert", "async", "await", "break", "class"),
        *("continue", "def", "del", "elif", "else", "except", "finally", "for", "from"),
        *("global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass"),
        *("raise", "return", "try", "while", "with", "yield", "bits", "self", "state", "str"),
    )
)

_EQUATION = re.compile(
    r"\s*(?:assign\s+)?([A-Za-z_]\w*)\s*(\[[\d\s:]{1,20}\])?\s*(?:\([\w\s,\[\]]*\))?\s*(?::=|<=|=)"
)


def parse_equations(
    lines: Iterable[str],
    *,
    inputs: Iterable[str | Port],
    outputs: Iterable[str | Port],
    boolean: bool = False,
) -> Equations:
    """Read equations such as `y = a & b`, `assign q[1] = ~x;` or `F(a, b) = ab'`.

    A left side that is no output names an intermediate value, which later equations
    may use.

    Raises:
        ExpressionError: An equation is malformed or ambiguous; the message says where.
        ValueError: An output is defined twice.
    """
    scope, targets = Scope.of(inputs), Scope.of(outputs)
    read = tuple(bit for name in scope.words for bit in scope.words[name])
    order = tuple(dict.fromkeys((*read, *sorted(scope.bits))))
    found: list[Assignment] = []
    for line in lines:
        head = _EQUATION.match(line)
        if head is None:
            raise ExpressionError("an equation must read `output = expression`", 1)
        value = _right_side(line, head.end(), scope, boolean=boolean)
        target = _target(head[1], head[2], targets)
        if target is None and head[2] is None and scope.meaning(head[1]) is None:
            scope = scope.define(head[1], value)
            continue
        if target is None:
            raise ExpressionError(f"{head[1]!r} is not an output", head.start(1) + 1)
        if target.width != value.width and not isinstance(value, Const):
            raise ExpressionError(
                f"{target.text!r} is {target.width} bits wide, but its equation gives "
                f"{value.width}",
                head.start(1) + 1,
            )
        found.append(Assignment(target=target, value=_fitted(value, target.width)))
    return Equations(inputs=order, assignments=tuple(found))


def _right_side(line: str, start: int, scope: Scope, *, boolean: bool) -> Expression:
    # Blanks in place of the left side keep the columns of messages right.
    text = " " * start + line[start:].rstrip().rstrip(";")
    return parse_expression(text, scope, boolean=boolean)


def _target(name: str, select: str | None, targets: Scope) -> Ref | None:
    if select is None:
        meaning = targets.meaning(name)
        return meaning if isinstance(meaning, Ref) else None
    bounds = [int(bound) for bound in select.strip("[]").split(":") if bound.strip()]
    if not bounds or len(bounds) > 2:
        return None
    return targets.part(name, bounds[0], bounds[-1])


def _fitted(value: Expression, width: int) -> Expression:
    """Widen a constant, as Verilog does."""
    return Const(value.value, width) if isinstance(value, Const) else value
