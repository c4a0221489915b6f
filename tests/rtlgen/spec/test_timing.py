"""Clocks and resets as the text gives them."""

import pytest

from rtlgen.spec import Severity, Spec, read_spec
from sim.interface import Edge


def spec_of(ports: str, text: str) -> Spec:
    lines = "".join(f"- input {name}\n" for name in ports.split())
    return read_spec(f"Module name: m\n\n{lines}- input d\n- output q\n\n{text}\n")


def described(description: str, text: str = "", name: str = "rst") -> Spec:
    return read_spec(
        f"Module name: m\n\nInputs:\n- clk: rising edge clock\n- {name}: {description}\n- d: data\n\n"
        f"Outputs:\n- q: data\n\n{text}\n"
    )


def clocks(spec: Spec) -> list[tuple[str, Edge]]:
    return [(clock.port, clock.edge) for clock in spec.interface.clocks]


def rules(spec: Spec) -> set[str]:
    return {f"{finding.severity.value}:{finding.rule}" for finding in spec.findings}


@pytest.mark.parametrize(
    "name",
    [
        "clk",
        "clock",
        "CLK",
        "Clk",
        "i_clk",
        "clk_i",
        "sys_clk",
        "clk_in",
        "wclk",
        "clk_a",
        "ACLK",
        "clk_50mhz",
        "clock_in",
    ],
)
def test_clocks_by_name(name: str) -> None:
    spec = spec_of(name, f"All registers change at the rising edge of {name}.")
    assert clocks(spec) == [(name, Edge.RISING)]
    assert not any(rule.endswith("clock-edge") for rule in rules(spec))


@pytest.mark.parametrize(
    "name", ["clk_en", "clken", "clock_enable", "clk_sel", "clk_valid", "click", "block"]
)
def test_no_clocks(name: str) -> None:
    assert clocks(spec_of(f"clk {name}", "")) == [("clk", Edge.RISING)]


@pytest.mark.parametrize(
    "text",
    [
        "Registers change on the falling edge of the clock.",
        "All flip-flops are triggered by the negative edge of clk.",
        "Everything is negative edge triggered.",
        "always @(negedge clk)",
        "At each falling clock edge q takes d.",
        "Sampling happens on the negedge of `clk`.",
    ],
)
def test_falling_edges(text: str) -> None:
    assert clocks(spec_of("clk", text)) == [("clk", Edge.FALLING)]


@pytest.mark.parametrize(
    "text",
    [
        "Registers change on the positive edge of the clock; rst is a negative edge triggered reset.",
        "On the rising edge of clk or the falling edge of rst, q changes.",
        "q is 1 for one cycle after a falling edge of d. Registers are positive edge triggered.",
        "The block detects a falling edge on d, on every rising edge of the clock.",
    ],
)
def test_falling_edges_of_something_else(text: str) -> None:
    assert clocks(spec_of("clk rst", text)) == [("clk", Edge.RISING)]


def test_an_edge_that_is_not_stated_is_assumed() -> None:
    spec = spec_of("clk", "q is d, one cycle later.")
    assert [f.assumption for f in spec.assumptions if f.rule == "clock-edge"] == [
        "clk acts on its rising edge"
    ]


def test_two_clocks_with_their_own_edges() -> None:
    spec = spec_of(
        "wclk rclk", "Writes happen on the rising edge of wclk, reads on the falling edge of rclk."
    )
    assert clocks(spec) == [("wclk", Edge.RISING), ("rclk", Edge.FALLING)]
    assert "question:clock-domains" in rules(spec)


def test_a_clock_by_its_description() -> None:
    spec = read_spec(
        "Module name: m\n\nInputs:\n- tick: clock\n- d: data\n\nOutputs:\n- q: d, one tick later\n"
    )
    assert clocks(spec) == [("tick", Edge.RISING)]


def test_a_clock_by_its_use() -> None:
    assert clocks(spec_of("step", "On every rising edge of step, q takes d.")) == [
        ("step", Edge.RISING)
    ]


def test_a_combinational_module_has_neither() -> None:
    interface = spec_of(
        "reset", "This is the next-state logic only: q is d and not reset."
    ).interface
    assert not interface.clocks
    assert not interface.resets


@pytest.mark.parametrize(
    ("text", "low", "asynchronous"),
    [
        ("rst is an active-high synchronous reset.", False, False),
        ("rst is an active low, asynchronous reset.", True, True),
        ("Reset is asynchronous active-low.", True, True),
        ("The reset is synchronous and active high.", False, False),
        ("There is an asynchronous reset, active when low.", True, True),
        ("Include a synchronous active high reset to 0.", False, False),
        ("rst is positive edge triggered asynchronous reset.", False, True),
        ("rst is a negative edge triggered asynchronous reset.", True, True),
        ("always @(posedge clk or negedge rst)", True, True),
        ("On the rising edge of clk or the falling edge of rst, q changes.", True, True),
        ("On the rising edge of clk, if rst is high, q is cleared.", False, False),
        ("On the rising edge of clk, when rst is 0, q is cleared.", True, False),
        ("When rst is low, q is asynchronously set to 0.", True, True),
        ("rst: synchronous; 0 for reset and 1 for reset signal inactive.", True, False),
        ("Synchronous reset: q is 0 while rst = 0.", True, False),
    ],
)
def test_resets(text: str, low: bool, asynchronous: bool) -> None:
    spec = spec_of("clk rst", text)
    reset = spec.interface.resets[0]
    assert (reset.port, reset.active_low, reset.asynchronous) == ("rst", low, asynchronous)
    assert not rules(spec) & {
        "question:reset-polarity",
        "question:reset-kind",
        "error:reset-polarity",
    }


@pytest.mark.parametrize(
    ("name", "low", "asynchronous"),
    [
        ("rst_n", True, False),
        ("resetn", True, False),
        ("nrst", True, False),
        ("rst_ni", True, False),
        ("aresetn", True, True),
        ("arst", False, True),
        ("areset", False, True),
        ("i_rst", False, False),
        ("sys_rst", False, False),
        ("RESET", False, False),
        ("reset_i", False, False),
    ],
)
def test_resets_by_name(name: str, low: bool, asynchronous: bool) -> None:
    reset = spec_of(f"clk {name}", "q is 0 after reset.").interface.resets[0]
    assert (reset.port, reset.active_low, reset.asynchronous) == (name, low, asynchronous)


@pytest.mark.parametrize("name", ["reset_value", "preset_en", "rst_cnt", "first", "burst"])
def test_no_resets(name: str) -> None:
    assert not spec_of(f"clk {name}", "").interface.resets


def test_what_is_not_said_of_a_reset_is_assumed() -> None:
    spec = described("the reset")
    assert {f.rule: f.assumption for f in spec.assumptions if f.rule.startswith("reset")} == {
        "reset-polarity": "rst is active high",
        "reset-kind": "rst is synchronous",
        "reset-value": "every register and output is 0 after reset",
    }
    assert all(f.severity is Severity.QUESTION and f.place.line == 5 for f in spec.assumptions)


def test_a_complete_description_leaves_nothing_to_assume() -> None:
    spec = described(
        "synchronous reset, active high", "At reset q becomes 0. q follows d by one cycle."
    )
    assert spec.findings == ()


def test_another_signal_is_asynchronous() -> None:
    spec = spec_of(
        "clk areset load ena",
        "areset is an asynchronous reset to 0, active high; load and ena are synchronous, active high signals.",
    )
    assert spec.interface.resets[0].asynchronous
    assert "error:reset-kind" not in rules(spec)


def test_a_polarity_that_contradicts_itself() -> None:
    spec = described("active low reset", "The reset is active high and synchronous; q becomes 0.")
    finding = next(f for f in spec.findings if f.rule == "reset-polarity")
    assert finding.severity is Severity.ERROR
    assert "active low here and active high in line 11" in finding.message


def test_a_kind_that_contradicts_itself() -> None:
    assert "error:reset-kind" in rules(
        described("synchronous reset", "The asynchronous reset clears q.")
    )


def test_a_name_against_the_text() -> None:
    spec = described("synchronous reset, active high", "Reset clears q.", name="rst_n")
    assert not spec.interface.resets[0].active_low
    assert "question:reset-polarity" in rules(spec)


def test_a_clear_that_the_text_calls_a_reset() -> None:
    spec = spec_of("clk clr", "clr is a synchronous reset, active high: q becomes 0.")
    assert [reset.port for reset in spec.interface.resets] == ["clr"]


def test_the_only_candidate_for_the_reset_that_the_text_has() -> None:
    spec = spec_of("clk r", "A flip-flop with active high synchronous reset to 0.")
    assert [reset.port for reset in spec.interface.resets] == ["r"]


def test_two_resets_with_their_own_polarity() -> None:
    spec = read_spec(
        "Module name: m\n\n| Port | Dir | Description |\n|---|---|---|\n| wclk | in | write clock, rising edge |\n"
        "| rclk | in | read clock, rising edge |\n| wrst_n | in | asynchronous, active low, clears the write side |\n"
        "| rrst | in | synchronous, active high, clears the read side |\n| d | in | data |\n| q | out | data |\n"
    )
    assert [(r.port, r.active_low, r.asynchronous) for r in spec.interface.resets] == [
        ("wrst_n", True, True),
        ("rrst", False, False),
    ]


def test_front_matter_says_it() -> None:
    spec = read_spec(
        "---\nmodule: m\nclock: {port: ck, edge: falling}\nreset: {port: init, active: low, kind: asynchronous, polarity: active low}\n"
        "ports: [input ck, input init, input d, output q]\n---\nq is d; at reset it is 0.\n"
    )
    assert clocks(spec) == [("ck", Edge.FALLING)]
    reset = spec.interface.resets[0]
    assert (reset.port, reset.active_low, reset.asynchronous) == ("init", True, True)
