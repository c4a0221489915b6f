"""Behaviors: the same in Python, in the standalone reference and in Verilog."""

import random
from collections.abc import Mapping

import pytest

from sim.design import Design
from sim.icarus import Icarus
from sim.interface import Clock, Direction, Edge, Interface, Port, Reset
from sim.judge import judge
from sim.verdict import Status
from symbolic.arithmetic import (
    Apply,
    Number,
    Signal,
    Term,
    Unknown,
    Word,
    apply,
    bits_of,
    bounds,
    evaluate,
    kept_in,
)
from symbolic.behavior import Behavior, Register
from symbolic.behavior_statements import Assign, Choice
from symbolic.behavior_text import told
from testbench_gen.testbench import write_testbench

WORDS = (Word("a", 8), Word("b", 5), Word("e", 1), Word("s", 6, signed=True))
RANGES = {word.name: word for word in WORDS}


def port(word: Word, direction: Direction) -> Port:
    wide = word.width > 1
    return Port(
        name=word.name,
        direction=direction,
        msb=word.width - 1 if wide else None,
        lsb=0 if wide else None,
        signed=word.signed,
    )


def interface(outputs: tuple[Word, ...], *, clocked: bool = False) -> Interface:
    timed = [Port(name=name, direction=Direction.INPUT) for name in ("clk", "rst")]
    return Interface(
        module="m",
        ports=(
            *(timed if clocked else ()),
            *(port(word, Direction.INPUT) for word in WORDS),
            *(port(word, Direction.OUTPUT) for word in outputs),
        ),
        clocks=(Clock(port="clk", edge=Edge.RISING),) if clocked else (),
        resets=(Reset(port="rst"),) if clocked else (),
    )


def term(draw: random.Random, depth: int) -> Term:
    """Return a random term over `WORDS`."""
    if depth == 0 or draw.random() < 0.15:
        return draw.choice([Signal(draw.choice(WORDS).name), Number(draw.randint(0, 40))])
    op = draw.choice(
        [
            *("add", "sub", "mul", "half", "min", "max", "abs", "choose", "shl", "shr", "bitxor"),
            *("length", "lowest", "div", "mod"),
        ]
    )
    if op in ("length", "lowest"):
        return apply(op, apply("abs", term(draw, depth - 1)))
    if op in ("div", "mod"):
        return apply(op, apply("abs", term(draw, depth - 1)), Number(draw.randint(1, 12)))
    if op in ("half", "abs"):
        return apply(op, term(draw, depth - 1))
    if op in ("shl", "shr"):
        return apply(op, term(draw, depth - 1), Number(draw.randint(0, 3)))
    if op == "choose":
        return apply(op, test(draw, depth - 1), term(draw, depth - 1), term(draw, depth - 1))
    return apply(op, term(draw, depth - 1), term(draw, depth - 1))


def test(draw: random.Random, depth: int) -> Term:
    """Return a random condition."""
    if depth and draw.random() < 0.3:
        op = draw.choice(["and", "or"])
        return apply(op, test(draw, depth - 1), test(draw, depth - 1))
    op = draw.choice(["lt", "le", "eq", "ne"])
    return apply(op, term(draw, max(depth - 1, 0)), term(draw, max(depth - 1, 0)))


test.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(6))
def test_verilog_says_what_the_terms_say(seed: int) -> None:
    draw = random.Random(seed)
    outputs = tuple(Word(f"y{n}", draw.randint(1, 14), signed=n % 3 == 0) for n in range(16))
    wires = [Assign(word.name, term(draw, 3)) for word in outputs[:10]]
    for word in outputs[10:]:  # read what others hold
        one, other = (draw.randrange(10) for _ in range(2))
        held = (kept_in(wires[n].value, outputs[n], RANGES) for n in (one, other))
        wires.append(Assign(word.name, apply(draw.choice(["add", "lt", "max", "eq"]), *held)))
    behavior = Behavior(inputs=WORDS, outputs=outputs, registers=(), clocked=(), wires=tuple(wires))
    shape = interface(outputs)
    design = Design(top="m", sources={"m.v": behavior.verilog(shape, "random")})
    bench = write_testbench(shape, behavior, seed=seed)
    verdict = judge(design, bench.bench, simulators=[Icarus()])
    assert verdict.status is Status.PASS, verdict.reason


@pytest.mark.parametrize("seed", range(4))
def test_registers_in_verilog_do_what_the_statements_say(seed: int) -> None:
    draw = random.Random(100 + seed)
    outputs = tuple(Word(f"q{n}", draw.randint(1, 9)) for n in range(4))
    clocked = tuple(
        Choice(
            (
                (test(draw, 1), (Assign(word.name, term(draw, 2)),)),
                (test(draw, 1), (Assign(word.name, apply("add", Signal(word.name), Number(1))),)),
            ),
            (Assign(word.name, Signal(draw.choice(outputs).name)),),
        )
        for word in outputs
    )
    registers = tuple(Register(word, draw.randrange(1 << word.width)) for word in outputs)
    behavior = Behavior(
        inputs=WORDS, outputs=outputs, registers=registers, clocked=clocked, wires=()
    )
    shape = interface(outputs, clocked=True)
    design = Design(top="m", sources={"m.v": behavior.verilog(shape, "random")})
    bench = write_testbench(shape, behavior, seed=seed)
    verdict = judge(design, bench.bench, simulators=[Icarus()])
    assert verdict.status is Status.PASS, verdict.reason


@pytest.mark.parametrize("seed", range(30))
def test_values_stay_within_their_bounds(seed: int) -> None:
    draw = random.Random(seed)
    one = term(draw, 4)
    low, high = bounds(one, RANGES)
    for _ in range(40):
        values: Mapping[str, int] = {w.name: draw.randint(*w.bounds) for w in WORDS}
        assert low <= evaluate(one, values) <= high
    assert bits_of((low, high)) >= bits_of((0, max(0, high)))


def test_the_standalone_reference_is_the_same() -> None:
    n, full = Word("n", 3), Word("full", 1)
    behavior = Behavior(
        inputs=(Word("e", 1),),
        outputs=(n, full),
        registers=(Register(n, 2),),
        clocked=(
            Choice(
                ((Signal("e"), (Assign("n", apply("add", Signal("n"), Number(1))),)),),
                (Assign("n", Signal("n")),),
            ),
        ),
        wires=(Assign("full", apply("eq", Signal("n"), Number(7))),),
    )
    scope: dict[str, type] = {}
    exec(behavior.python_source(), scope)
    reference = scope["Reference"]()
    mine, other = behavior.initial(), reference.initial()
    for e in (0, 1):
        shown, mine = behavior.step(mine, {"e": e})
        assert dict(shown) == reference.step(other, {"e": e})[0] == dict.fromkeys(shown, "-")
    mine, other = behavior.after_reset(), reference.after_reset()
    for e in (1, 1, 0, 1, 1, 1, 1):
        shown, mine = behavior.step(mine, {"e": e})
        theirs, other = reference.step(other, {"e": e})
        assert dict(shown) == theirs
        assert mine == other
    assert mine == (0,)


def test_what_is_unknown_stays_so() -> None:
    with pytest.raises(Unknown):
        evaluate(apply("add", Signal("a"), Number(1)), {"a": None})
    assert evaluate(apply("and", Number(0), Signal("a")), {"a": None}) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wires": ()}, "output 'y' must be defined exactly once"),
        ({"wires": (Assign("y", Signal("z")),)}, "'z' is read"),
    ],
)
def test_bad_behaviors_are_refused(change: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"wires": (Assign("y", Signal("a")),)} | change
    with pytest.raises(ValueError, match=message):
        Behavior(inputs=(Word("a", 2),), outputs=(Word("y", 2),), registers=(), clocked=(), **given)  # type: ignore[arg-type]


def test_unknown_operations_are_refused() -> None:
    with pytest.raises(ValueError, match="must be one of"):
        Apply("power", (Number(1), Number(2)))


def test_it_is_told_in_words() -> None:
    q = Word("q", 4)
    behavior = Behavior(
        inputs=(Word("e", 1),),
        outputs=(q,),
        registers=(Register(q, 3),),
        clocked=(Choice(((Signal("e"), (Assign("q", apply("sub", Signal("q"), Number(1))),)),)),),
        wires=(),
    )
    assert list(told(behavior)) == [
        "reset makes q 3",
        "at the clock edge if e, q becomes (q - 1)",
    ]
