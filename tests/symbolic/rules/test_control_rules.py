"""Rules on muxes, registers and memories keep what random modules do."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings

from symbolic.dataflow.evaluate import evaluated, simulate
from symbolic.dataflow.module import Dataflow
from symbolic.dataflow.nodes import Op
from symbolic.rules.catalog import rule
from tests.symbolic.modules import random_modules

_COMBINATIONAL = (
    "mux-equal-data",
    "mux-of-constants",
    "mux-dont-care",
    "operator-into-mux",
    "operator-out-of-mux",
    "infeasible-branch",
    "constant-where-used",
    "equal-where-used",
    "merged-conditions",
    "split-mux",
    "shared-select",
    "shared-operator",
    "shared-add-subtract",
    "exclusive-operators",
    "one-hot-select",
    "priority-to-parallel",
    "decision-trees",
    "table-to-logic",
)
_SEQUENTIAL = (
    "constant-registers",
    "equal-registers",
    "unread-register-bits",
    "unreachable-codes",
    "derived-registers",
    "merged-states",
    "shared-registers",
    "dead-values",
    "clock-enable",
)
_WORDS = tuple(range(0, 256, 5))


@pytest.mark.parametrize("name", _COMBINATIONAL)
@given(module=random_modules())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_rule_keeps_the_outputs(name: str, module: Dataflow) -> None:
    expected = [_values(module, word) for word in _WORDS]
    for rewriting in islice(rule(name).apply(module), 3):
        assert [_values(rewriting.module, word) for word in _WORDS] == expected, rewriting.what


@pytest.mark.parametrize("name", _SEQUENTIAL)
@given(module=random_modules(registers=True))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_rule_keeps_the_outputs_over_time(name: str, module: Dataflow) -> None:
    cycles = [_inputs(word * 37 % 256) for word in range(64)]
    expected = simulate(module, cycles)
    for rewriting in islice(rule(name).apply(module), 2):
        assert simulate(rewriting.module, cycles) == expected, rewriting.what


def _inputs(word: int) -> dict[str, int]:
    return {"clk": 0, "a": word & 7, "b": word >> 3 & 7, "s": word >> 6 & 1, "t": word >> 7 & 1}


def _values(module: Dataflow, word: int) -> list[int]:
    leaves = {(Op.INPUT, name): value for name, value in _inputs(word).items()}
    values = evaluated(module.outputs.values(), leaves)
    return [values[node] for node in module.outputs.values()]
