from __future__ import annotations

from itertools import groupby

import pytest

from testbench_gen.standalone.cycles import Cycle, Input, Phase, seeded
from testbench_gen.standalone.moods import related_values
from testbench_gen.standalone.patterns import expand
from testbench_gen.standalone.sequences import de_bruijn

ADDRESS = Input("addr", 3, role="address")
QUEUE = (Input("push", role="push"), Input("pop", role="pop"), Input("d", 8))


def cycles(pattern: str, count: int, inputs: tuple[Input, ...], **more: object) -> list[Cycle]:
    phase = Phase("p", "why", pattern, count, **more)  # type: ignore[arg-type]
    return [cycle for _, cycle in expand([phase], inputs, seed=3)]


def runs(found: list[Cycle], name: str) -> list[tuple[int, int]]:
    return [(v, len(list(g))) for v, g in groupby(cycle.values[name] for cycle in found)]


@pytest.mark.parametrize("order", [1, 2, 5, 8])
def test_every_short_sequence_is_among_the_first_bits(order: int) -> None:
    text = "".join(map(str, de_bruijn(order)))
    assert {text[i : i + order] for i in range(len(text) - order + 1)} == {
        format(code, f"0{order}b") for code in range(1 << order)
    }
    assert len(text) == (1 << order) + order - 1


def test_codes_are_shifted_in_from_either_end() -> None:
    found = cycles("serial", 600, (Input("x"),), codes=("110100111011",))
    text = "".join(str(cycle.values["x"]) for cycle in found)
    assert "110100111011" in text
    assert "110111001011" in text


def test_enables_let_the_bits_in() -> None:
    found = cycles("serial", 400, (Input("x", role="control"), Input("en", role="enable")))
    assert sum(cycle.values["en"] for cycle in found) > 350


def test_inputs_are_held_for_the_lengths_of_the_reference() -> None:
    found = cycles("dwell", 2000, (Input("a"), Input("b", role="enable")), repeats=(20,))
    lengths = {length for _, length in runs(found, "a")}
    assert {20, 21} <= lengths
    assert any(length < 9 for length in lengths)


def test_a_queue_is_filled_and_drained_beyond_its_depth() -> None:
    found = cycles("fill_drain", 600, QUEUE, repeats=(8,))
    both = [(cycle.values["push"], cycle.values["pop"]) for cycle in found]
    held = [(kind, len(list(group))) for kind, group in groupby(both)]
    lengths = {kind: max(n for k, n in held if k == kind) for kind in set(both)}
    assert all(lengths[kind] >= 9 for kind in ((1, 0), (0, 1), (1, 1)))


def test_addresses_are_written_and_then_read() -> None:
    found = cycles("sweep", 200, (*QUEUE, ADDRESS))
    written = [cycle.values["addr"] for cycle in found[:8]]
    assert sorted(written) == list(range(8))
    assert [cycle.values["addr"] for cycle in found[8:16]] == written
    assert all(cycle.values["push"] for cycle in found[:8])
    assert not any(cycle.values["push"] for cycle in found[8:16])
    same = [cycle for cycle in found if cycle.values["push"] and cycle.values["pop"]]
    assert len(same) > 8


def test_a_loaded_value_runs_on() -> None:
    found = cycles("load_run", 400, (Input("load", role="strobe"), Input("d", 4), *QUEUE[:1]))
    assert any(c.values["load"] and c.values["d"] == 14 for c in found)
    assert sum(c.values["push"] for c in found) / len(found) > 0.3


def test_operands_are_equal_opposite_and_carry_far() -> None:
    pair = (Input("a", 16), Input("b", 16))
    found = [related_values({}, pair, seeded(n)) for n in range(400)]
    assert sum(v["a"] == v["b"] for v in found) > 10
    assert sum((v["a"] + v["b"]) & 0xFFFF == 0 for v in found) > 10
    assert any(v["a"] + v["b"] == 1 << 16 and v["b"] < 8 for v in found)
    assert all(0 <= v[name] < 1 << 16 for v in found for name in "ab")


def test_one_operand_is_no_pair() -> None:
    assert related_values({"a": 1}, (Input("a", 16), Input("s", 4, role="select")), seeded(1)) == {
        "a": 1
    }
