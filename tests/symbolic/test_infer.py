"""Circuits inferred from waveforms drawn by circuits that are known here."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sim.interface import Edge, Interface
from symbolic.circuit import Circuit, Trigger, emit_circuit
from symbolic.emit import emit_model
from symbolic.equations import Equations
from symbolic.expression import verilog
from symbolic.infer import Inference, NoInference, infer, infer_sequential
from symbolic.state_table import StateTable
from symbolic.truth_table import TruthTable
from symbolic.waveform import Waveform
from tests.symbolic import hdl

Values = Mapping[str, int]
Next = Callable[[int | None, Values], int | None]


def known(rule: Callable[[int, Values], int]) -> Next:
    """Return a next-state rule that gives nothing from nothing."""
    return lambda state, now: None if state is None else rule(state, now)


def draw(
    pins: Interface,
    following: Next,
    *,
    odds: Mapping[str, float] | None = None,
    rows: int = 60,
    trigger: Trigger = Trigger.RISING,
    change: int = 1,
    seed: int = 0,
    outputs: Callable[[int | None, Values], Mapping[str, int | None]] | None = None,
) -> Waveform:
    """Draw a waveform, two rows a cycle; inputs change with the clock going to `change`."""
    rng = random.Random(seed)
    data = pins.data_inputs

    def pick() -> dict[str, int]:
        chances = odds or {}
        return {
            p.name: int(rng.random() < chances[p.name])
            if p.name in chances
            else rng.getrandbits(p.width)
            for p in data
        }

    look = outputs or (lambda state, _: {pins.outputs[0].name: state})
    active = {Trigger.RISING: (1,), Trigger.FALLING: (0,), Trigger.BOTH: (0, 1)}[trigger]
    state: int | None = None
    now, table = pick(), []
    for row in range(rows):
        clock, before = row % 2, now
        if row and clock == change:
            now = pick()
        if row and clock in active:
            state = following(state, before)
        shown = look(state, now)
        cells = [format(value, "x") for value in now.values()]
        cells += ["x" if value is None else format(value, "x") for value in shown.values()]
        table.append([f"{5 * row}ns", str(clock), *cells])
    header = ["time", "clk", *(p.name for p in data), *(p.name for p in pins.outputs)]
    return Waveform.read(header, table, pins, radix={p.name: 16 for p in pins.ports})


def pins(inputs: str, outputs: str) -> Interface:
    return hdl.interface(
        *hdl.inputs("clk", *inputs.split()), *hdl.outputs(*outputs.split()), clock="clk"
    )


def inferred(waveform: Waveform, interface: Interface) -> Inference:
    found = infer(waveform, interface)
    assert isinstance(found, Inference), found
    return found


def parts(found: Inference) -> dict[str, str]:
    assert isinstance(found.model, Circuit)
    texts = {s.target.text: f"{verilog(s.value)} @ {s.trigger.value}" for s in found.model.storage}
    return texts | {a.target.text: verilog(a.value) for a in found.model.assignments}


@pytest.mark.parametrize("change", [0, 1])
@pytest.mark.parametrize(
    ("inputs", "rule", "odds", "text"),
    [
        ("a b", lambda s, i: i["a"] ^ i["b"], {}, "a ^ b"),
        (
            "rst en",
            lambda s, i: 0 if i["rst"] else known(lambda q, i: (q + i["en"]) % 16)(s, i),
            {"rst": 0.1},
            "rst ? 4'b0000 : q + {3'b000, en}",
        ),
        (
            "rst",
            lambda s, i: 3 if i["rst"] else known(lambda q, _: 0 if q == 6 else q + 1)(s, i),
            {"rst": 0.04},
            "rst ? 4'b0011 : (q == 4'b0110) ? 4'b0000 : q + 4'b0001",
        ),
        (
            "ld v:4",
            lambda s, i: i["v"] if i["ld"] else known(lambda q, _: q >> 1)(s, i),
            {"ld": 0.3},
            "ld ? v : {1'b0, q[3:1]}",
        ),
        (
            "clr d:2",
            lambda s, i: 0 if i["clr"] else known(lambda q, i: (q + i["d"]) % 16)(s, i),
            {"clr": 0.1},
            "clr ? 4'b0000 : q + {2'b00, d}",
        ),
        ("e d:4", lambda s, i: i["d"] if i["e"] else s, {}, "e ? d : q"),
    ],
    ids=["xor", "counter", "wrap", "shift", "accumulate", "enable"],
)
def test_registers_are_recognized(
    inputs: str, rule: Next, odds: dict[str, float], text: str, change: int
) -> None:
    wide = inputs != "a b"
    interface = pins(inputs, "q:4" if wide else "q")
    found = inferred(draw(interface, rule, odds=odds, rows=140, change=change), interface)
    assert parts(found) == {"q": f"{text} @ rising edge"}
    assert found.convincing
    assert not found.ambiguous


@pytest.mark.parametrize("trigger", [Trigger.FALLING, Trigger.BOTH])
def test_other_edges_are_recognized(trigger: Trigger) -> None:
    interface = pins("d", "q")
    change = 0 if trigger is Trigger.FALLING else 1
    waveform = draw(interface, lambda _, i: i["d"], trigger=trigger, change=change, seed=3)
    assert parts(inferred(waveform, interface)) == {"q": f"d @ {trigger.value}"}


def test_an_edge_that_is_stated_is_taken() -> None:
    interface = pins("d", "q")
    waveform = draw(interface, lambda _, i: i["d"], trigger=Trigger.FALLING, change=0)
    found = infer_sequential(waveform, interface, edge=Edge.FALLING)
    assert isinstance(found, Inference)
    assert parts(found) == {"q": "d @ falling edge"}


def test_a_latch_and_a_register_behind_it_are_told_apart() -> None:
    interface = pins("d", "p q")
    rng = random.Random(2)
    rows, p, q, clock, d = [], None, None, 0, 0
    for row in range(60):
        before = d
        d = rng.getrandbits(1)
        level = row // 5 % 2
        if clock == 1 and level == 0:
            q = before
        clock = level
        p = d if clock else p
        rows.append([str(v) if v is not None else "x" for v in (clock, d, p, q)])
    found = inferred(Waveform.read(["clk", "d", "p", "q"], rows, interface), interface)
    assert parts(found) == {"p": "d @ high level", "q": "d @ falling edge"}
    assert isinstance(found.model, Circuit)
    assert not found.model.clocked


def test_a_visible_state_explains_a_combinational_output() -> None:
    interface = pins("a b", "carry sum")
    waveform = draw(
        interface,
        lambda s, i: i["a"] if i["a"] == i["b"] else s,
        outputs=lambda s, i: {
            "carry": s,
            "sum": None if s is None else i["a"] ^ i["b"] ^ s,
        },
        rows=80,
    )
    found = inferred(waveform, interface)
    assert parts(found)["sum"] == "a ^ b ^ carry"
    assert parts(found)["carry"].endswith("@ rising edge")
    assert found.unseen == 0


def test_a_hidden_state_is_searched_for() -> None:
    interface = pins("x", "rise")
    waveform = draw(
        interface,
        lambda s, i: i["x"] << 1 | (i["x"] & ~((s or 0) >> 1) & 1),
        outputs=lambda s, _: {"rise": None if s is None else s & 1},
        rows=160,
        seed=5,
    )
    found = inferred(waveform, interface)
    assert isinstance(found.model, StateTable)
    assert len(found.model.states) == 3
    assert found.convincing


def test_gaps_are_counted_and_do_not_convince() -> None:
    interface = hdl.interface(*hdl.inputs("a", "b"), *hdl.outputs("q"))
    rows = [["0", "0", "0"], ["1", "1", "1"]]
    found = inferred(Waveform.read(["a", "b", "q"], rows, interface), interface)
    assert isinstance(found.model, Equations)
    assert (found.unseen, found.cases) == (2, 4)
    assert not found.convincing


def test_a_complete_waveform_is_its_table() -> None:
    interface = hdl.interface(*hdl.inputs("s:2"), *hdl.outputs("q:12"))
    rows = [["0", "abc"], ["1", "012"], ["2", "fff"], ["3", "5a5"], ["0", "abc"]]
    found = inferred(Waveform.read(["s", "q"], rows, interface), interface)
    assert isinstance(found.model, TruthTable)
    assert found.convincing
    assert found.unseen == 0


def test_a_selector_is_recognized_among_wide_inputs() -> None:
    interface = hdl.interface(*hdl.inputs("a:8", "b:8", "s:3"), *hdl.outputs("q:8"))
    source = {0: "b", 1: "a", 4: "c"}
    rows = []
    for s in range(8):
        a, b = 0x31 + s, 0xC6 - s
        q = {"a": a, "b": b, "c": 0}[source.get(s, "b")]
        rows.append([f"{a:02x}", f"{b:02x}", str(s), f"{q:02x}"])
    found = inferred(Waveform.read(["a", "b", "s", "q"], rows, interface), interface)
    assert isinstance(found.model, Equations)
    (assignment,) = found.model.assignments
    assert "(s == 3'b001) ? a" in verilog(assignment.value)
    assert found.model.value(_spread(a=5, b=9, s=4))["q[0]"] == "0"


def _spread(**words: int) -> dict[str, int]:
    widths = {"a": 8, "b": 8, "s": 3}
    return {f"{n}[{i}]": w >> i & 1 for n, w in words.items() for i in range(widths[n])}


def test_noise_is_refused_with_a_reason() -> None:
    interface = pins("a:4 b:4", "q:4")
    rng = random.Random(9)
    waveform = draw(interface, lambda *_: rng.getrandbits(4), rows=80)
    assert infer(waveform, interface) == NoInference(
        reason="no register, latch, counter or machine of at most four states gives these outputs"
    )
    flat = hdl.interface(*hdl.inputs("a:4"), *hdl.outputs("q:4"))
    rows = [["1", "7"], ["1", "8"]]
    found = infer(Waveform.read(["a", "q"], rows, flat), flat)
    assert found == NoInference(reason="the outputs at 0 and 1 differ for the same inputs")


def test_an_output_that_is_not_shown_is_missed() -> None:
    interface = pins("a", "p q")
    waveform = Waveform.read(["clk", "a", "p"], [["0", "1", "0"], ["1", "1", "1"]], interface)
    assert infer(waveform, interface) == NoInference(reason="output 'q' is not shown")


COUNTER = pins("rst", "q:3")


def counter() -> Circuit:
    rule: Next = lambda s, i: 0 if i["rst"] else known(lambda q, _: (q + 1) % 8)(s, i)  # noqa: E731
    found = inferred(draw(COUNTER, rule, odds={"rst": 0.1}, rows=90), COUNTER)
    assert isinstance(found.model, Circuit)
    return found.model


def test_a_circuit_predicts_from_what_it_knows() -> None:
    model = counter()
    assert model.clocked
    outputs, state = model.step(model.initial(), {"rst": 1})
    assert outputs == {"q[2]": "-", "q[1]": "-", "q[0]": "-"}
    assert model.step(state, {"rst": 0}) == ({"q[2]": "0", "q[1]": "0", "q[0]": "0"}, {(1,)})


def test_a_circuit_predicts_the_same_in_python() -> None:
    model = counter()
    scope: dict[str, type] = {}
    exec(model.python_source(), scope)
    reference = scope["Reference"]()
    rng = random.Random(0)
    mine, theirs = model.initial(), reference.initial()
    assert mine == theirs
    for _ in range(50):
        bits = {"rst": int(rng.random() < 0.2)}
        (expected, mine), (found, theirs) = model.step(mine, bits), reference.step(theirs, bits)
        assert (found, theirs) == (expected, mine)


@pytest.mark.icarus
def test_an_inferred_counter_runs(tmp_path: Path) -> None:
    text = emit_circuit(COUNTER, counter(), origin="inferred from a waveform")
    assert hdl.lint_icarus(text, tmp_path) == ""
    assert hdl.mismatches(text, COUNTER, counter(), tmp_path) == []


@pytest.mark.verilator
@pytest.mark.parametrize("trigger", list(Trigger))
def test_verilator_has_nothing_against_storage(trigger: Trigger, tmp_path: Path) -> None:
    interface = pins("d", "q")
    drawn = draw(interface, lambda _, i: i["d"])
    model = inferred(drawn, interface).model
    assert isinstance(model, Circuit)
    changed = Circuit(
        inputs=model.inputs,
        storage=tuple(
            type(s)(target=s.target, trigger=trigger, control="clk", value=s.value)
            for s in model.storage
        ),
    )
    text = emit_circuit(interface, changed)
    assert hdl.lint_verilator(text, tmp_path) == ""
    assert hdl.lint_icarus(text, tmp_path) == ""


@pytest.mark.shared
@pytest.mark.icarus
def test_published_waveforms_are_explained(shared: Path, tmp_path: Path) -> None:
    """Every waveform of a benchmark whose columns are its ports gives clean Verilog."""
    folder = shared / "benchmarks" / "verilog-eval-v2" / "dataset_spec-to-rtl"
    explained = 0
    for prompt in sorted(folder.glob("*circuit*_prompt.txt")):
        interface, waveform = _prompt(prompt.read_text())
        found = inferred(waveform, interface)
        assert found.convincing, prompt.name
        assert hdl.lint_icarus(emit_model(interface, found.model), tmp_path) == ""
        explained += 1
    assert explained >= 10


def _prompt(text: str) -> tuple[Interface, Waveform]:
    lines = text.splitlines()
    ports: dict[str, list[str]] = {"input": [], "output": []}
    for line in lines:
        words = line.replace("(", " ").replace(")", " ").split()
        if words[:1] == ["-"] and len(words) > 2 and words[1] in ports:
            ports[words[1]].append(words[2] + (f":{words[3]}" if len(words) > 3 else ""))
    start = next(i for i, line in enumerate(lines) if line.split()[:1] == ["time"])
    header = lines[start].split()
    rows = [line.split() for line in lines[start + 1 :]]
    rows = rows[: next((i for i, row in enumerate(rows) if len(row) != len(header)), len(rows))]
    interface = hdl.interface(*hdl.inputs(*ports["input"]), *hdl.outputs(*ports["output"]))
    return interface, Waveform.read(header, rows, interface)


def test_a_counter_not_seen_at_its_bound_does_not_convince() -> None:
    interface = pins("rst", "q:4")
    rule: Next = lambda s, i: 0 if i["rst"] else known(lambda q, _: min(q + 1, 9))(s, i)  # noqa: E731
    short = draw(interface, rule, odds={"rst": 0.5}, rows=40)
    found = inferred(short, interface)
    assert parts(found) == {"q": "rst ? 4'b0000 : q + 4'b0001 @ rising edge"}
    assert not found.convincing
    assert "what q does at its bounds is not shown" in found.notes
