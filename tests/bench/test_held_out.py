from __future__ import annotations

from held_out import said, split, without

from sim.design import Design
from sim.interface import read_interface
from testbench_gen.mutants.mutant import Mutant

GATE = "module door(input open_it, input locked, output moves);\n  assign moves = {};\nendmodule\n"
ORIGINAL = Design(top="door", sources={"door.v": GATE.format("open_it & ~locked")})
INTERFACE = read_interface(ORIGINAL)


def mutant(expression: str, operator: str = "operator changed") -> Mutant:
    return Mutant(
        operator=operator,
        summary=expression,
        file="door.v",
        line=2,
        original=ORIGINAL,
        design=Design(top="door", sources={"door.v": GATE.format(expression)}),
    )


def summaries(mutants: object) -> list[str]:
    return sorted(one.summary for one in mutants)  # type: ignore[attr-defined]


def test_parts_share_no_text() -> None:
    some = [mutant(f"open_it {op} locked") for op in "&|^"]
    again = mutant("open_it /* the same */ &\n locked")
    unchanged = mutant("open_it & ~locked /* nothing */")
    parts = split([*some, again, unchanged], most=2, seed=1, interface=INTERFACE)
    assert len(parts.measuring) == 2
    assert len(parts.closing) == 1
    assert summaries((*parts.measuring, *parts.closing)) == summaries(some)


def test_a_seed_always_chooses_the_same() -> None:
    some = [mutant(f"open_it {op} locked") for op in ("&", "|", "^", "<", ">", "!=")]
    chosen = [split(some, most=3, seed=7, interface=INTERFACE).measuring for _ in range(2)]
    assert chosen[0] == chosen[1]


def test_every_kind_gets_its_turn() -> None:
    many = [mutant(f"open_it {op} locked") for op in ("&", "|", "^", "<", ">", "!=")]
    rare = mutant("1'b0", operator="stuck output")
    assert rare in split([*many, rare], most=2, seed=3, interface=INTERFACE).measuring


def test_what_does_not_compile_measures_nothing() -> None:
    broken = mutant("open_it &&& (", operator="a broken one")
    parts = split([broken, mutant("open_it")], most=2, seed=1, interface=INTERFACE)
    assert summaries(parts.measuring) == ["open_it"]
    assert parts.closing == (broken,)


def test_without_leaves_out_what_says_the_same() -> None:
    one, other = mutant("open_it"), mutant("locked")
    assert without([one, other], [mutant("open_it  ")]) == [other]
    assert said(one.design) != said(other.design)
