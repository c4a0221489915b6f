from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import pytest

from sim.design import Design
from sim.errors import InvalidDesign, InvalidInterface
from sim.interface import Clock, Interface, Reset
from testbench_gen import Golden, Testbench, write_testbench
from tests.golden import check_golden
from tests.testbench_gen.builders import (
    Counter,
    Parity,
    counter_interface,
    counter_rtl,
    parity,
    parity_interface,
    port,
)


def golden(text: str, top: str = "counter", **more: object) -> Golden:
    return Golden(design=Design(top=top, sources={"golden.v": text}, **more))  # type: ignore[arg-type]


def phases(testbench: Testbench) -> dict[str, int]:
    return {phase.name: phase.cycles for phase in testbench.plan.phases}


@pytest.mark.parametrize(
    "name", ["test_counter.py", "stimulus.py", "README.md", "Makefile", "test_runner.py"]
)
def test_files_beside_a_reference_model(name: str) -> None:
    written = write_testbench(
        counter_interface(asynchronous=True), Counter(), budget=256, title="A counter"
    )
    check_golden(f"testbench_gen/reference/{name}.txt", written.files[name])


@pytest.mark.parametrize(
    "name",
    ["test_counter.py", "stimulus.py", "README.md", "Makefile", "golden.v", "rtlgen_tb_top.v"],
)
def test_files_beside_a_golden_design(name: str) -> None:
    written = write_testbench(
        counter_interface(active_low=True), golden(counter_rtl(active_low=True)), budget=256
    )
    check_golden(f"testbench_gen/golden/{name}.txt", written.files[name])


@pytest.mark.parametrize("name", ["test_parity.py", "stimulus.py", "README.md"])
def test_files_of_a_function(name: str) -> None:
    written = write_testbench(parity_interface(0, 3), parity(0, 3), seed=7)
    check_golden(f"testbench_gen/function/{name}.txt", written.files[name])


def test_every_python_file_compiles_and_imports_only_what_is_there() -> None:
    allowed = {
        "cocotb",
        "cocotb_tools",
        "os",
        "pathlib",
        "random",
        "json",
        "collections",
        "dataclasses",
        "functools",
        "itertools",
        "typing",
        "__future__",
    }
    for reference in (Counter(), golden(counter_rtl())):
        files = write_testbench(counter_interface(), reference).files
        modules = {name[:-3] for name in files if name.endswith(".py")}
        for name, text in files.items():
            if name.endswith(".py"):
                for node in ast.walk(ast.parse(text, name)):
                    if isinstance(node, ast.ImportFrom):
                        assert node.level == 0
                        assert node.module is not None
                        assert node.module.split(".")[0] in modules | allowed
                    elif isinstance(node, ast.Import):
                        assert {a.name for a in node.names} <= modules | allowed


def test_checks_of_a_function_are_counted_without_its_open_rows() -> None:
    written = write_testbench(parity_interface(3, 0), parity(3, 0))
    assert phases(written) == {"exhaustive": 16, "shuffled": 16}
    assert written.expected_checks == 30
    assert written.bench.expected_checks == 30


def test_checks_beside_a_golden_design_are_samples_times_outputs() -> None:
    written = write_testbench(counter_interface(), golden(counter_rtl()), budget=100)
    # Three samples a cycle and one at the end, but none before the end of the first cycle;
    # one more where an input changes late.
    cycles = [cycle for _, cycle in written.plan.unfold()]
    late = sum(bool(cycle.late) for cycle in cycles)
    assert late > 0
    # In a long run one sample a cycle, unless inputs change in it.
    brief = sum(
        cycle.brief and ({**last.values, **last.late}, last.resets) == (cycle.values, cycle.resets)
        for last, cycle in pairwise(cycles)
    )
    assert brief > 10
    samples = 3 * (len(cycles) - brief) + brief - 2 + late
    assert written.expected_checks == 2 * samples


def test_budget_is_roughly_kept() -> None:
    for budget in (64, 500, 4096):
        for reference in (Counter(), golden(counter_rtl())):
            cycles = write_testbench(counter_interface(), reference, budget=budget).plan.cycles
            assert budget / 2 <= cycles <= 1.5 * budget


def test_every_transition_is_part_of_the_plan() -> None:
    assert phases(write_testbench(counter_interface(), Counter()))["transitions"] >= 10


def test_wide_functions_get_the_inputs_that_matter() -> None:
    special = ({"x": 0xF01C}, {"x[0]": 1, "x[15]": 1, "x[7]": 0})
    written = write_testbench(parity_interface(15, 0), parity(15, 0, special=special))
    driven = [c.values["x"] for phase, c in written.plan.unfold() if phase.name == "listed"]
    assert 0xF01C in driven
    assert any(x & 1 and x >> 15 & 1 and not x >> 7 & 1 for x in driven)


def test_constants_of_a_golden_design_reach_its_inputs() -> None:
    text = "module f(input [31:0] x, output y); assign y = x == 32'd123456789; endmodule"
    interface = Interface(module="f", ports=(port("x", "input", 31, 0), port("y", "output")))
    written = write_testbench(interface, golden(text, "f"))
    driven = {cycle.values["x"] for _, cycle in written.plan.unfold()}
    assert {123456788, 123456789, 123456790} <= driven


def test_long_timers_get_long_runs() -> None:
    text = counter_rtl().replace("q == 4", "q == 4 && 1000 > 0")
    assert phases(write_testbench(counter_interface(), golden(text)))["long run"] == 3000


def test_equal_arguments_give_equal_files() -> None:
    first, again, other = (
        write_testbench(counter_interface(), Counter(), seed=seed) for seed in (1, 1, 2)
    )
    assert first.files == again.files
    assert first.bench.digest == again.bench.digest != other.bench.digest


def test_a_function_drives_its_unused_clock_and_holds_its_unused_reset() -> None:
    interface = Interface(
        module="parity",
        ports=(
            port("clk", "input"),
            port("rst", "input"),
            port("x", "input", 1, 0),
            port("p", "output"),
        ),
        clocks=(Clock(port="clk"),),
        resets=(Reset(port="rst"),),
    )
    written = write_testbench(interface, parity(1, 0))
    assert [i.name for i in written.plan.inputs] == ["clk", "x"]
    assert written.plan.timing.clocks == ()
    assert "rst" in written.notes[0]


def test_reserved_names_are_those_of_wrapper_and_golden() -> None:
    assert write_testbench(counter_interface(), Counter()).bench.reserved == frozenset()
    written = write_testbench(counter_interface(), golden(counter_rtl()))
    assert written.bench.reserved == {"rtlgen_tb_top", "rtlgen_golden_counter"}
    assert written.bench.toplevel == "rtlgen_tb_top"


def test_hostile_names_stay_names() -> None:
    names = ('"; import os #', "value", "x\\", "{{ 7 * 7 }}", "a'b", "module")
    ports = (*(port(name, "input") for name in names), port("p", "output"))
    interface = Interface(module="evil", ports=ports)
    declared = ", ".join(f"input \\{name.replace(' ', '_')} " for name in names)
    safe = Interface(
        module="evil", ports=tuple(port(p.name.replace(" ", "_"), p.direction.value) for p in ports)
    )
    text = f"module evil({declared}, output p); assign p = \\value ; endmodule"
    for written in (
        write_testbench(
            interface, Parity(input_bits=names, output_bits=("p",)), title='"""\n# `boo'
        ),
        write_testbench(safe, golden(text, "evil")),
    ):
        for name, source in written.files.items():
            assert "49" not in source
            if name.endswith(".py"):
                ast.parse(source, name)


def test_a_module_called_runner_does_not_clash_with_the_pytest_runner() -> None:
    interface = Interface(module="runner", ports=(port("x", "input", 1, 0), port("p", "output")))
    written = write_testbench(interface, parity(1, 0))
    assert written.bench.test_module == "test_runner_module"
    assert {"test_runner.py", "test_runner_module.py"} <= set(written.files)


def test_data_files_of_a_golden_design_come_along() -> None:
    written = write_testbench(counter_interface(), golden(counter_rtl(), data={"rom.hex": b"00"}))
    assert written.data == {"rom.hex": b"00"}


def test_data_files_that_a_golden_design_names_get_names_of_their_own() -> None:
    reads = 'reg [7:0] rom [0:1]; initial $readmemh("mem/rom.hex", rom); endmodule'
    text = counter_rtl().replace("endmodule", reads)
    written = write_testbench(counter_interface(), golden(text, data={"mem/rom.hex": b"00"}))
    assert written.data == written.bench.data == {"mem/rtlgen_golden_rom.hex": b"00"}
    assert '$readmemh("mem/rtlgen_golden_rom.hex", rom)' in written.files["golden.v"]


def test_every_name_beside_a_golden_design_is_one_that_no_design_may_use() -> None:
    wrapper = write_testbench(counter_interface(), golden(counter_rtl())).files["rtlgen_tb_top.v"]
    declared = re.findall(r"(?:reg|wire) +(?:\[.*?\])? *(\w+)|^  \w+ (\w+) \($", wrapper, re.M)
    names = [name for pair in declared for name in pair if name]
    assert len(names) >= 6
    assert all(name.startswith("rtlgen_") for name in names)


def test_inout_is_refused() -> None:
    interface = Interface(module="pad", ports=(port("io", "inout"), port("y", "output")))
    with pytest.raises(InvalidInterface, match=r"'io' of module 'pad' is inout\n\nhint: split"):
        write_testbench(interface, parity(1, 0))


def test_no_output_is_refused() -> None:
    interface = Interface(module="sink", ports=(port("x", "input"),))
    with pytest.raises(InvalidInterface, match="'sink' has no output to check"):
        write_testbench(interface, parity(1, 0))


def test_a_state_needs_a_clock() -> None:
    interface = Interface(module="counter", ports=counter_interface().ports)
    with pytest.raises(InvalidInterface, match=r"needs exactly one clock.* has 0"):
        write_testbench(interface, Counter())


def test_a_wide_clock_is_refused() -> None:
    interface = Interface(
        module="counter",
        ports=(port("clk", "input", 1, 0), port("en", "input"), port("y", "output")),
        clocks=(Clock(port="clk"),),
    )
    with pytest.raises(
        InvalidInterface, match="must be an input of 1 bit, not input 'clk' of 2 bits"
    ):
        write_testbench(interface, Counter())


def test_bits_that_the_module_has_not_are_refused() -> None:
    with pytest.raises(
        InvalidInterface, match=r"no input bit 'x\[3\]'.*; it has x\[0\], x\[1\], x\[2\]"
    ):
        write_testbench(parity_interface(2, 0), parity(3, 0))


def test_a_reference_that_leaves_everything_open_is_refused() -> None:
    with pytest.raises(InvalidInterface, match="leaves every output open"):
        write_testbench(
            Interface(
                module="counter",
                ports=counter_interface().ports,
                clocks=(Clock(port="clk"),),
            ),
            Counter(),
        )


def test_golden_with_other_ports_is_refused() -> None:
    with pytest.raises(
        InvalidInterface,
        match="that has output 'wrap' of 1 bits, module 'counter' has no such port",
    ):
        write_testbench(
            counter_interface(),
            golden("module counter(input clk, rst, en, output [2:0] q); endmodule"),
        )
    with pytest.raises(InvalidInterface, match=r"and no other, but .* has input 'z' of 1 bits"):
        write_testbench(
            counter_interface(),
            golden("module counter(input clk, rst, en, z, output [2:0] q, output wrap); endmodule"),
        )


def test_broken_golden_is_refused() -> None:
    with pytest.raises(InvalidDesign):
        write_testbench(counter_interface(), golden("module counter("))


def test_tiny_budget_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 cycles, not 3"):
        write_testbench(counter_interface(), Counter(), budget=3)


@pytest.mark.parametrize("active_low", [False, True])
def test_a_machine_may_read_its_reset_as_an_input(active_low: bool) -> None:
    @dataclass(frozen=True)
    class ReadsReset(Counter):
        input_bits: tuple[str, ...] = ("rst", "en")

        def step(
            self, state: int | None, bits: Mapping[str, int]
        ) -> tuple[dict[str, str], int | None]:
            asserted = bits["rst"] != active_low
            outputs, following = super().step(state, bits)
            return outputs, 0 if asserted else following

    interface = counter_interface(active_low=active_low)
    with_reset = write_testbench(interface, ReadsReset(), budget=200)
    without = write_testbench(interface, Counter(), budget=200)
    assert with_reset.expected_checks == without.expected_checks
    assert phases(with_reset) == phases(without)
