from __future__ import annotations

from held_out import held_out, said, without

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


def test_no_text_is_there_twice_nor_that_of_the_original() -> None:
    some = [mutant(f"open_it {op} locked") for op in "&|^"]
    again = mutant("open_it /* the same */ &\n locked")
    unchanged = mutant("open_it & ~locked /* nothing */")
    chosen = held_out([*some, again, unchanged], most=9, seed=1, interface=INTERFACE)
    assert summaries(chosen) == summaries(some)


def test_a_seed_always_chooses_the_same() -> None:
    some = [mutant(f"open_it {op} locked") for op in ("&", "|", "^", "<", ">", "!=")]
    chosen = [held_out(some, most=3, seed=7, interface=INTERFACE) for _ in range(2)]
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == 3


def test_every_kind_gets_its_turn() -> None:
    many = [mutant(f"open_it {op} locked") for op in ("&", "|", "^", "<", ">", "!=")]
    rare = mutant("1'b0", operator="stuck output")
    assert rare in held_out([*many, rare], most=2, seed=3, interface=INTERFACE)


def test_what_does_not_compile_measures_nothing() -> None:
    broken = mutant("open_it &&& (", operator="a broken one")
    chosen = held_out([broken, mutant("open_it")], most=2, seed=1, interface=INTERFACE)
    assert summaries(chosen) == ["open_it"]


def test_without_leaves_out_what_says_the_same() -> None:
    one, other = mutant("open_it"), mutant("locked")
    assert without([one, other], [mutant("open_it  ")]) == [other]
    assert said(one.design) != said(other.design)
