"""How often the built-in proposer guesses a random circuit right from its waveform.

    python bench/waveforms.py [--count 300] [--seed 1] [--show]

Each circuit is drawn at random from kinds that people draw waveforms of, simulated for
15 to 40 rows, and printed. What the proposer makes of that text is simulated beside the
original on further random inputs, under Icarus Verilog.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rtlgen.design.builtin import propose
from rtlgen.design.proposal import Decline
from rtlgen.spec.reader import read_spec
from sim.process import Limits, run_tool

Inputs = Mapping[str, int]
_LIMITS = Limits(seconds=20.0)
_FURTHER = 200
"""Steps beyond the waveform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A circuit with at most one register."""

    kind: str
    inputs: Mapping[str, int]
    """Width of each input, the clock left out."""
    output: int
    """Width of output `q`."""
    following: Callable[[int, Inputs], int] | None
    """The next state; None for a function of the inputs."""
    shown: Callable[[int, Inputs], int]
    """The output."""
    latch: str = ""
    """The input that opens the latch, if it is one."""
    states: int = 2


def combinational(rng: random.Random) -> Circuit:
    names = list("abcde")[: rng.randint(2, 5)]
    bits = rng.getrandbits(1 << len(names))

    def shown(_: int, x: Inputs) -> int:
        return bits >> int("".join(str(x[n]) for n in names), 2) & 1

    return Circuit(
        kind="function", inputs=dict.fromkeys(names, 1), output=1, following=None, shown=shown
    )


def gates(rng: random.Random) -> Circuit:
    names = list("abcd")[: rng.randint(2, 4)]
    order = rng.sample(names, len(names))
    operators = [rng.choice("&|^") for _ in order[1:]]
    flips = [rng.randint(0, 1) for _ in order]

    def shown(_: int, x: Inputs) -> int:
        value = x[order[0]] ^ flips[0]
        for name, operator, flip in zip(order[1:], operators, flips[1:], strict=True):
            other = x[name] ^ flip
            value = {"&": value & other, "|": value | other, "^": value ^ other}[operator]
        return value

    return Circuit(
        kind="gates", inputs=dict.fromkeys(names, 1), output=1, following=None, shown=shown
    )


def selected(rng: random.Random) -> Circuit:
    width = rng.randint(2, 4)
    words = list("abc")[: rng.randint(2, 3)]
    table = [rng.choice([*words, *range(1 << width)]) for _ in range(1 << 2)]

    def shown(_: int, x: Inputs) -> int:
        chosen = table[x["s"]]
        return x[chosen] if isinstance(chosen, str) else chosen

    return Circuit(
        kind="selection", inputs={"s": 2, **dict.fromkeys(words, width)}, output=width,
        following=None, shown=shown,
    )  # fmt: skip


def register(rng: random.Random) -> Circuit:
    width = rng.choice([1, 1, 2, 4, 8])
    inputs = {"d": width}
    enable, reset = rng.random() < 0.6, rng.random() < 0.5
    low = rng.randint(0, 1)
    value = rng.choice([0, 0, (1 << width) - 1])
    inputs |= {"en": 1} if enable else {}
    inputs |= {"r": 1} if reset else {}

    def following(q: int, x: Inputs) -> int:
        if reset and x["r"] != low:
            return value
        return q if enable and not x["en"] else x["d"]

    return Circuit(
        kind="register",
        inputs=inputs,
        output=width,
        following=following,
        shown=_state,
        states=1 << width,
    )


def counter(rng: random.Random) -> Circuit:
    width = rng.randint(2, 4)
    top = rng.choice([(1 << width) - 1, rng.randint(2, (1 << width) - 1)])
    control = rng.choice(["", "en", "up", "load", "r"])
    step = rng.choice([1, 1, 1, -1])
    other = rng.choice(["wrap", "wrap", "stop"])

    def count(q: int, by: int) -> int:
        if not 0 <= q + by <= top:
            return (0 if by > 0 else top) if other == "wrap" else q
        return q + by

    def following(q: int, x: Inputs) -> int:
        if control == "en":
            return count(q, step) if x["en"] else q
        if control == "up":
            return count(q, 1 if x["up"] else -1)
        if control == "load":
            return min(x["d"], top) if x["load"] else count(q, step)
        if control == "r" and x["r"]:
            return 0
        return count(q, step)

    inputs = {control: 1} if control else {}
    inputs |= {"d": width} if control == "load" else {}
    return Circuit(
        kind="counter",
        inputs=inputs,
        output=width,
        following=following,
        shown=_state,
        states=top + 1,
    )


def shift(rng: random.Random) -> Circuit:
    width = rng.randint(2, 4)
    left, last, enable = rng.random() < 0.6, rng.random() < 0.4, rng.random() < 0.4
    mask = (1 << width) - 1

    def following(q: int, x: Inputs) -> int:
        if enable and not x["en"]:
            return q
        return (q << 1 | x["d"]) & mask if left else q >> 1 | x["d"] << width - 1

    def end(q: int, _: Inputs) -> int:
        return q >> width - 1 & 1 if left else q & 1

    return Circuit(
        kind="shift", inputs={"d": 1} | ({"en": 1} if enable else {}), output=1 if last else width,
        following=following, shown=end if last else _state, states=1 << width,
    )  # fmt: skip


def flipflop(rng: random.Random) -> Circuit:
    """Return a flip-flop with a random next-state function of two or three inputs."""
    names = list("jkm")[: rng.randint(1, 3)]
    bits = rng.getrandbits(2 << len(names))
    extra = rng.choice([None, None, names[0]])

    def following(q: int, x: Inputs) -> int:
        return bits >> int("".join(str(x[n]) for n in names) + str(q), 2) & 1

    def shown(q: int, x: Inputs) -> int:
        return q ^ x[extra] if extra else q

    return Circuit(
        kind="flip-flop", inputs=dict.fromkeys(names, 1), output=1, following=following, shown=shown
    )


def machine(rng: random.Random) -> Circuit:
    names = list("xy")[: rng.randint(1, 2)]
    states = rng.randint(2, 4)
    symbols = 1 << len(names)
    moves = [[rng.randrange(states) for _ in range(symbols)] for _ in range(states)]
    mealy = rng.random() < 0.4
    given = [[rng.randint(0, 1) for _ in range(symbols)] for _ in range(states)]

    def symbol(x: Inputs) -> int:
        return int("".join(str(x[n]) for n in names), 2)

    return Circuit(
        kind="machine", inputs=dict.fromkeys(names, 1), output=1,
        following=lambda q, x: moves[q][symbol(x)],
        shown=lambda q, x: given[q][symbol(x) if mealy else 0], states=states,
    )  # fmt: skip


def latch(rng: random.Random) -> Circuit:
    width = rng.choice([1, 2, 4])
    return Circuit(
        kind="latch", inputs={"en": 1, "d": width}, output=width,
        following=lambda _, x: x["d"], shown=_state, latch="en", states=1 << width,
    )  # fmt: skip


def _state(q: int, _: Inputs) -> int:
    return q


KINDS = (combinational, gates, selected, register, counter, shift, flipflop, machine, latch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Rows of a simulation: inputs with the clock (if there is one), and the output."""

    rows: tuple[tuple[dict[str, int], int], ...]
    clocked: bool
    style: str
    """`falling`: inputs change at the falling edge; `rising`: just after the rising edge;
    `cycles`: a row per cycle, before its edge; `rows`: no clock."""


def simulate(rng: random.Random, circuit: Circuit, rows: int) -> Trace:
    """Return `rows` printed rows, then as many steps as the comparison takes."""
    clocked = circuit.following is not None and not circuit.latch
    style = rng.choice(["falling", "falling", "rising", "cycles"]) if clocked else "rows"
    q = rng.randrange(circuit.states)
    x = _draw(rng, circuit)
    found: list[tuple[dict[str, int], int]] = []
    clock = 0
    for number in range(rows + _FURTHER):
        if style in ("cycles", "rows"):
            x = _draw(rng, circuit)
            if circuit.latch and circuit.following and x[circuit.latch]:
                q = circuit.following(q, x)
            found.append((dict(x), circuit.shown(q, x)))
            q = circuit.following(q, x) if clocked and circuit.following else q
            continue
        if number:
            clock = 1 - clock
            if clock and circuit.following:
                q = circuit.following(q, x)
            if (style == "falling") == (clock == 0):
                x = _draw(rng, circuit)
        found.append(({**x, "clk": clock}, circuit.shown(q, x)))
    return Trace(rows=tuple(found), clocked=clocked, style=style)


def _draw(rng: random.Random, circuit: Circuit) -> dict[str, int]:
    return {
        name: int(rng.random() < (0.25 if name == "r" else 0.6 if name == "en" else 0.5))
        if width == 1
        else rng.getrandbits(width)
        for name, width in circuit.inputs.items()
    }


def spec_text(circuit: Circuit, trace: Trace, rows: int) -> str:
    """Print a specification that shows the first rows."""
    ports = [("clk", 1)] if trace.clocked else []
    ports += circuit.inputs.items()
    lines = ["# Recorded block", "", "Module name: block", ""]
    lines += [f"- input {name}" + (f" ({w} bits)" if w > 1 else "") for name, w in ports]
    lines += ["- output q" + (f" ({circuit.output} bits)" if circuit.output > 1 else ""), ""]
    what = "sequential" if circuit.following else "combinational"
    lines += [f"The block is {what}. Implement what this simulation waveform shows:", ""]
    shown = [name for name in trace.rows[0][0] if name != "clk"]
    shown = (["clk"] if "clk" in trace.rows[0][0] else []) + shown
    lines.append("time  " + "  ".join([*shown, "q"]))
    widths = {**circuit.inputs, "clk": 1}
    for number, (inputs, q) in enumerate(trace.rows[:rows]):
        cells = [format(inputs[n], f"0{widths[n]}b") for n in shown]
        lines.append("  ".join([f"{5 * number}ns", *cells, format(q, f"0{circuit.output}b")]))
    return "\n".join(lines) + "\n"


def attempt(seed: int, *, show: bool = False) -> tuple[str, str]:
    """Return the kind of the circuit, and `right`, `wrong` or `declined`."""
    rng = random.Random(seed)
    circuit = KINDS[seed % len(KINDS)](rng)
    rows = rng.randint(15, 40)
    trace = simulate(rng, circuit, rows)
    text = spec_text(circuit, trace, rows)
    answer = propose(read_spec(text))
    if isinstance(answer, Decline):
        return circuit.kind, "declined"
    outcome = "right" if _agrees(circuit, trace, rows, answer.verilog) else "wrong"
    if show and outcome == "wrong":
        print(f"-- seed {seed}, {circuit.kind}, {trace.style}\n{text}\n{answer.verilog}")
    return circuit.kind, outcome


def _agrees(circuit: Circuit, trace: Trace, rows: int, verilog: str) -> bool:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "design.v").write_text(verilog)
        (folder / "tb.v").write_text(_bench(circuit, trace, rows))
        build = ["iverilog", "-g2012", "-s", "tb", "-o", "tb.vvp", "tb.v", "design.v"]
        built = run_tool(build, cwd=folder, limits=_LIMITS)
        ran = run_tool(["vvp", "-n", "tb.vvp"], cwd=folder, limits=_LIMITS)
    return built.exit_code == 0 and "WRONG 0" in ran.output


def _bench(circuit: Circuit, trace: Trace, rows: int) -> str:
    """Return a bench that drives every row, and compares those beyond the waveform."""
    widths = {**circuit.inputs, **({"clk": 1} if trace.clocked else {})}
    regs = [f"reg [{w - 1}:0] {n};" for n, w in widths.items()]
    ports = ", ".join(f".{n}({n})" for n in (*widths, "q"))
    steps: list[str] = []
    for number, (inputs, q) in enumerate(trace.rows):
        data = " ".join(f"{n} = {inputs[n]};" for n in circuit.inputs)
        check = f"#1 if (q !== {q}) wrong = wrong + 1;" if number >= rows else "#1;"
        if trace.style == "cycles":
            steps.append(f"{data} {check} clk = 1; #1 clk = 0; #1;")
        else:
            clock = f"clk = {inputs['clk']}; #1 " if trace.clocked else ""
            steps.append(f"{clock}{data} {check}")
    start = "clk = 0;" if trace.style == "cycles" else ""
    return "\n".join(
        [
            f"module tb; {' '.join(regs)} wire [{circuit.output - 1}:0] q; integer wrong = 0;",
            f"block dut({ports});",
            f"initial begin {start}",
            *steps,
            '$display("WRONG %0d", wrong); $finish; end endmodule',
        ]
    )


def tally(seeds: Sequence[int], *, show: bool = False) -> Counter[tuple[str, str]]:
    """Return how many circuits of each kind were taken and right, wrong, or declined."""
    return Counter(attempt(seed, show=show) for seed in seeds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print the wrong ones")
    arguments = parser.parse_args()
    start = arguments.seed * 100_000
    found = tally(range(start, start + arguments.count), show=arguments.show)
    for kind in sorted({kind for kind, _ in found}):
        counts = {o: found[kind, o] for o in ("right", "wrong", "declined")}
        print(f"{kind:12} " + "  ".join(f"{o} {n:4}" for o, n in counts.items()))
    right = sum(n for (_, o), n in found.items() if o == "right")
    wrong = sum(n for (_, o), n in found.items() if o == "wrong")
    print(f"\ntaken on {right + wrong}, right {right}, wrong {wrong}, of {arguments.count}")


if __name__ == "__main__":
    main()
