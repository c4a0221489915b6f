"""What is asked of a design beside what the gate asks, and how a refusal is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rtlgen.evaluation.harness.dialect import random_refusal
from rtlgen.evaluation.judgement import Category
from sim.gate import Admission
from sim.interface import Direction, Interface, Port
from sim.refusal import Refusal
from sim.verdict import Cause

_CATEGORIES = {
    Cause.SYNTAX: Category.SYNTAX,
    Cause.ELABORATION: Category.ELABORATION,
    Cause.INTERFACE: Category.INTERFACE,
    Cause.TIME: Category.TIMEOUT,
    Cause.MEMORY: Category.MEMORY,
}


def category_of(admission: Admission) -> Category:
    """Return the outcome of a design that the gate has turned away."""
    return _CATEGORIES.get(admission.cause, Category.REFUSED)


def reason_of(admission: Admission) -> str:
    """Return the first reason for which the gate has turned a design away."""
    reasons = [str(refusal) for refusal in admission.refusals]
    return reasons[0] if reasons else admission.cause.value


def checked(
    admission: Admission, wrong_ports: Callable[[Interface], Iterable[Refusal]]
) -> Admission:
    """Refuse what an admitted design could still do to the test."""
    if admission.design is None:
        return admission
    if admission.interface is None:
        return _turned_away(admission, (_interface("its ports are not known"),), Cause.INTERFACE)
    if wrong := tuple(wrong_ports(admission.interface)):
        return _turned_away(admission, wrong, Cause.INTERFACE)
    random = random_refusal(admission.design.sources.values())
    return _turned_away(admission, (random,), Cause.REFUSED) if random else admission


def _turned_away(admission: Admission, why: tuple[Refusal, ...], cause: Cause) -> Admission:
    return Admission(design=None, refusals=why, interface=admission.interface, cause=cause)


def wrong_port(name: str, port: Port | None, wanted: Direction) -> Refusal | None:
    """Return what is wrong with `port`, called `name` by the test, which uses it as `wanted`.

    What the test drives must be an input, so that nothing else drives it; what the test
    reads must not be one.
    """
    if port is None:
        return _interface(f"port {name!r} is missing")
    if wanted is Direction.INPUT and port.direction is not Direction.INPUT:
        return _interface(f"port {port.name!r} must be an input, not {port.direction.value}")
    if wanted is Direction.OUTPUT and port.direction is Direction.INPUT:
        return _interface(f"port {port.name!r} must be an output, not an input")
    return None


def _interface(message: str) -> Refusal:
    return Refusal(rule="interface", file="", line=0, message=message)
