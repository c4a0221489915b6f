from __future__ import annotations

from testbench_gen.plan import codes_in
from testbench_gen.testbench import write_testbench
from tests.testbench_gen.builders import Parity, parity_interface, port

NAMES = ("a", "b[1]", "b[0]")


def test_codes_are_read_from_the_source_of_a_reference() -> None:
    source = 'ROWS = [("1-0", "1"), ("011", "0")]\nNOTE = "a-b"\n# "111"\n'
    assert codes_in(source, NAMES) == [{"a": 1, "b[0]": 0}, {"a": 0, "b[1]": 1, "b[0]": 1}]


def test_codes_without_a_fixed_bit_are_none() -> None:
    assert codes_in('X = ["---", "10", "1x0", ""]', NAMES) == []


class Code(Parity):
    """1 for a single code of 16 bits."""

    def step(self, state: None, bits: dict[str, int]) -> tuple[dict[str, str], None]:  # type: ignore[override]
        word = "".join(str(bits[name]) for name in self.input_bits)
        return {"p": str(int(word == "1110000001101011"))}, None

    def python_source(self) -> str:
        return 'CODE = "1110000001101011"\n'

    interesting_inputs = None  # type: ignore[assignment]


def test_a_single_code_among_many_is_driven_and_its_neighbors_too() -> None:
    bits = port("x", "input", 15, 0).bits
    written = write_testbench(parity_interface(15, 0), Code(input_bits=bits))
    driven = {cycle.values["x"] for _, cycle in written.plan.unfold()}
    assert 0b1110000001101011 in driven
    assert any((value ^ 0b1110000001101011).bit_count() == 1 for value in driven)
    assert written.notes == ()


def test_an_output_that_never_changes_is_noted() -> None:
    class Never(Code):
        def python_source(self) -> str:
            return "CODE = 0\n"

    bits = port("x", "input", 15, 0).bits
    written = write_testbench(parity_interface(15, 0), Never(input_bits=bits), seed=2)
    assert written.notes == ("`p` is expected 0 at every sample",)
