"""The search: never worse, within bounds, the same each time; costs are made up here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from sim.interface import Direction, Interface, Port
from symbolic.dataflow.module import Dataflow, Register
from symbolic.dataflow.nodes import Node, Nodes, Op
from symbolic.ppa import NotMeasured, Ppa
from symbolic.rewrite import Rewritten, rewrite
from symbolic.rewrite_cost import Costs, Measure
from symbolic.rewrite_reverted import is_whole, reverted, reverting
from symbolic.rules import catalog
from symbolic.rules.estimate import estimated
from symbolic.rules.rule import Goal, Rule

# Pyverilog's import leaves a file open.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

_WIDTH = 8


def _module(make: Callable[[Nodes, Node, Node], dict[str, Node]]) -> Dataflow:
    nodes = Nodes()
    outputs = make(nodes, nodes.input("a", _WIDTH), nodes.input("b", _WIDTH))
    ports = [Port(name=n, direction=Direction.INPUT, msb=_WIDTH - 1, lsb=0) for n in ("a", "b")]
    ports += [
        Port(name=n, direction=Direction.OUTPUT, msb=v.width - 1, lsb=0) for n, v in outputs.items()
    ]
    interface = Interface(module="m", ports=tuple(ports))
    return Dataflow(interface=interface, nodes=nodes, outputs=outputs, named=outputs)


def _multiplied(nodes: Nodes, a: Node, b: Node) -> dict[str, Node]:
    product = nodes.make(Op.MUL, _WIDTH, a, nodes.const(45, _WIDTH))
    return {"x": product, "y": nodes.make(Op.ADD, _WIDTH, b, a)}


def _ppa(area: float, delay: float = 100.0) -> Ppa:
    return Ppa(area=area, delay=delay, levels=1, flip_flops=0)


def _estimating(asked: list[int] | None = None) -> Measure:
    def measure(modules: Sequence[Dataflow]) -> list[Ppa]:
        if asked is not None:
            asked.append(len(modules))
        return [_ppa(estimated(module)) for module in modules]

    return measure


def _rules(*names: str) -> tuple[Rule, ...]:
    return tuple(catalog.rule(name) for name in names)


def test_a_module_that_nothing_makes_smaller_is_returned_itself() -> None:
    module = _module(lambda nodes, a, b: {"y": nodes.make(Op.AND, _WIDTH, a, b)})
    assert rewrite(module, measure=_estimating()) == Rewritten(module=module)


def test_a_smaller_module_comes_with_the_steps_that_lead_to_it() -> None:
    module = _module(_multiplied)
    found = rewrite(module, _rules("multiple-constants"), measure=_estimating())
    assert [step.rule.name for step in found.steps] == ["multiple-constants"]
    (step,) = found.steps
    assert step.after.area == estimated(found.module) < step.before.area == estimated(module)
    assert step.module.outputs == found.module.outputs


def test_what_is_changed_without_use_is_changed_back() -> None:
    module = _module(_multiplied)
    rules = _rules("common-subexpressions", "multiple-constants")
    found = rewrite(module, rules, measure=_estimating())
    assert found.module.outputs["y"] is module.outputs["y"]
    assert found.module.outputs["x"] is not module.outputs["x"]
    assert found.module.named["y"] is module.outputs["y"]


def test_the_same_module_gives_the_same_steps() -> None:
    first, second = (rewrite(_module(_multiplied), measure=_estimating()).steps for _ in range(2))
    assert [step.what for step in first] == [step.what for step in second]


def test_what_was_not_proved_is_not_tried_again() -> None:
    module = _module(_multiplied)
    rules = _rules("multiple-constants")
    (step,) = rewrite(module, rules, measure=_estimating()).steps
    banned = [("multiple-constants", step.what)]
    assert rewrite(module, rules, measure=_estimating(), banned=banned).module is module


def _slower(module: Dataflow) -> Measure:
    """Take every other module to be half as large and a tenth slower."""

    def measure(modules: Sequence[Dataflow]) -> list[Ppa]:
        return [
            _ppa(100.0) if one.outputs == module.outputs else _ppa(50.0, delay=110.0)
            for one in modules
        ]

    return measure


def test_delay_grows_by_at_most_five_percent() -> None:
    module = _module(_multiplied)
    assert rewrite(module, measure=_slower(module)).module is module


def test_a_bound_on_the_delay_may_be_given() -> None:
    module = _module(_multiplied)
    found = rewrite(module, measure=_slower(module), delay=120.0)
    assert found.module is not module
    assert found.steps[-1].after.delay == 110.0


def test_for_less_delay_area_may_grow() -> None:
    def measure(modules: Sequence[Dataflow]) -> list[Ppa]:
        return [
            _ppa(100.0) if one.outputs == module.outputs else _ppa(300.0, delay=60.0)
            for one in modules
        ]

    module = _module(_multiplied)
    assert rewrite(module, measure=measure).module is module
    assert rewrite(module, measure=measure, goal=Goal.DELAY).module is not module


def test_what_cannot_be_measured_is_not_taken() -> None:
    module = _module(_multiplied)

    def measure(modules: Sequence[Dataflow]) -> list[Ppa | NotMeasured]:
        return [
            _ppa(100.0) if one.outputs == module.outputs else NotMeasured(reason="too large")
            for one in modules
        ]

    assert rewrite(module, measure=measure).module is module


def test_no_time_means_no_proposals() -> None:
    asked: list[int] = []
    module = _module(_multiplied)
    rewrite(module, _rules("multiple-constants"), measure=_estimating(asked), seconds=0.0)
    assert sum(asked) <= 1


def test_no_module_is_measured_twice() -> None:
    asked: list[int] = []
    module = _module(_multiplied)
    costs = Costs(measure_all=_estimating(asked), goal=Goal.AREA, base=module)
    costs.measure([module, module])
    costs.measure([module])
    assert asked == [1]


def test_a_cost_that_was_not_measured_is_an_error() -> None:
    module = _module(_multiplied)
    costs = Costs(measure_all=_estimating(), goal=Goal.AREA, base=module)
    with pytest.raises(LookupError, match="module 'm' was not measured"):
        costs.of(module)


def test_a_register_that_is_gone_keeps_what_read_it_from_being_as_it_was() -> None:
    nodes = Nodes()
    held = nodes.reg("r", 4)
    port = Port(name="y", direction=Direction.OUTPUT, msb=3, lsb=0)
    interface = Interface(module="m", ports=(port,))
    register = Register(name="r", width=4, clock="clk", next=held)
    module = Dataflow(
        interface=interface, nodes=nodes, outputs={"y": held}, registers={"r": register}
    )
    gone = Dataflow(interface=interface, nodes=nodes, outputs={"y": nodes.const(0, 4)})
    assert list(reverting(module, gone)) == []
    assert not is_whole(Dataflow(interface=interface, nodes=nodes, outputs={"y": held}))
    assert is_whole(module)
    assert reverted(module, gone, ["y"]).outputs == gone.outputs
