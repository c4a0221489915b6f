"""Functions and machines written down the way people do, in many styles."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from sim.interface import Clock, Direction, Interface, Port, Reset


def ports(
    inputs: Sequence[str | tuple[str, int]], outputs: Sequence[str | tuple[str, int]]
) -> tuple[Port, ...]:
    """Return scalar ports, or vectors `[n-1:0]` for pairs."""
    made = []
    for direction, names in ((Direction.INPUT, inputs), (Direction.OUTPUT, outputs)):
        for name in names:
            if isinstance(name, tuple):
                made.append(Port(name=name[0], direction=direction, msb=name[1] - 1, lsb=0))
            else:
                made.append(Port(name=name, direction=direction))
    return tuple(made)


def combinational(
    inputs: Sequence[str | tuple[str, int]], outputs: Sequence[str | tuple[str, int]]
) -> Interface:
    return Interface(module="m", ports=ports(inputs, outputs))


def clocked(
    inputs: Sequence[str | tuple[str, int]], outputs: Sequence[str | tuple[str, int]]
) -> Interface:
    return Interface(
        module="m",
        ports=ports(["clk", "rst", *inputs], outputs),
        clocks=(Clock(port="clk"),),
        resets=(Reset(port="rst"),),
    )


@dataclass(frozen=True)
class Function:
    """Values `0`, `1`, `-` of one output by minterm, the first name most significant."""

    names: tuple[str, ...]
    output: str
    values: str

    def at(self, bits: dict[str, str]) -> str:
        return self.values[int("".join(bits[name] for name in self.names), 2)]


def random_function(
    rng: random.Random, names: Sequence[str], *, dont_cares: bool = True
) -> Function:
    alphabet = "01-" if dont_cares and rng.random() < 0.5 else "01"
    values = "".join(rng.choice(alphabet) for _ in range(1 << len(names)))
    return Function(tuple(names), "f", values)


# -- Karnaugh maps ----------------------------------------------------------


def codes(rng: random.Random, width: int) -> list[str]:
    numbers = range(1 << width)
    gray = [n ^ n >> 1 for n in numbers] if rng.random() < 0.7 else list(numbers)
    if rng.random() < 0.2:
        rng.shuffle(gray)
    return [format(n, f"0{width}b") if width else "" for n in gray]


def axis(rng: random.Random, names: Sequence[str]) -> str:
    styles = ["".join(names), " ".join(names), ",".join(names), "{" + ",".join(names) + "}"]
    return rng.choice(styles)


def karnaugh(rng: random.Random, f: Function) -> str:
    order = list(f.names)
    rng.shuffle(order)
    split = rng.randint(1, len(order) - 1)
    split = max(split, len(order) - 4)
    split = min(split, 4)
    side, top = order[:split], order[split:]
    free = rng.choice("dxX-")
    columns, rows = codes(rng, len(top)), codes(rng, len(side))
    cells = {
        (r, c): f.at(dict(zip(side + top, r + c, strict=True))).replace("-", free)
        for r in rows
        for c in columns
    }
    style = rng.choice(["top", "corner", "slash", "markdown", "bare", "beside"])
    if style == "markdown":
        head = f"| {''.join(side)}\\{''.join(top)} | " + " | ".join(columns) + " |"
        rule = "|" + "---|" * (len(columns) + 1)
        body = [f"| {r} | " + " | ".join(cells[r, c] for c in columns) + " |" for r in rows]
        return "\n".join([head, rule, *body])
    left = axis(rng, side)
    if style == "top":
        head = [f"          {axis(rng, top)}", f"  {left}   " + "  ".join(columns)]
    elif style == "corner":
        head = [f"{''.join(side)}\\{''.join(top)}  " + "  ".join(columns)]
    elif style == "slash":
        head = [f"{''.join(side)}/{''.join(top)}  " + "  ".join(columns)]
    elif style == "beside":
        head = [f"          {axis(rng, top)}", "        " + "  ".join(columns)]
    else:
        head = [f"   {''.join(side)} \\ {''.join(top)}", "        " + "  ".join(columns)]
    bars = rng.random() < 0.5 and style != "bare"
    body = []
    for i, r in enumerate(rows):
        prefix = (
            f"{''.join(side)} " if style == "beside" and i == 0 else " " * (len("".join(side)) + 1)
        )
        values = " | ".join(cells[r, c] for c in columns)
        body.append(
            f"{prefix}{r} | {values} |"
            if bars
            else f"{prefix}{r}   " + "   ".join(cells[r, c] for c in columns)
        )
    return "\n".join([*head, *body])


# -- truth tables -----------------------------------------------------------


def truth_table(rng: random.Random, f: Function) -> str:
    order = list(f.names)
    rng.shuffle(order)
    columns = [*order, f.output]
    if rng.random() < 0.3:
        rng.shuffle(columns)
    free = rng.choice("dxX-")
    numbers = list(range(1 << len(f.names)))
    if rng.random() < 0.3:
        rng.shuffle(numbers)
    rows = []
    for number in numbers:
        bits = dict(zip(f.names, format(number, f"0{len(f.names)}b"), strict=True))
        bits[f.output] = f.values[number].replace("-", free)
        rows.append([bits[name] for name in columns])
    style = rng.choice(["pipes", "markdown", "blanks", "groups", "csv"])
    if style == "markdown":
        return "\n".join(
            ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
            + ["| " + " | ".join(row) + " |" for row in rows]
        )
    if style == "csv":
        return "\n".join([",".join(columns)] + [",".join(row) for row in rows])
    if style == "groups" and columns[-1] == f.output:
        head = "".join(columns[:-1]) + " | " + f.output
        return "\n".join(
            [head, "-" * len(order) + "-+--"] + ["".join(r[:-1]) + " | " + r[-1] for r in rows]
        )
    mark = " | " if style == "pipes" else "  "
    return "\n".join([mark.join(columns)] + [mark.join(row) for row in rows])


# -- minterms ---------------------------------------------------------------


def minterms(rng: random.Random, f: Function) -> str:
    on = [n for n, v in enumerate(f.values) if v == "1"]
    off = [n for n, v in enumerate(f.values) if v == "0"]
    free = [n for n, v in enumerate(f.values) if v == "-"]
    arguments = ", ".join(f.names)
    listed = lambda numbers: ", ".join(map(str, numbers))  # noqa: E731
    sigma = rng.choice(["Σm", "Σ", "sum m", "∑ m", "Sum", "\\sum m"])
    text = f"{f.output}({arguments}) = {sigma}({listed(on)})"
    if rng.random() < 0.3:
        text = f"{f.output}({arguments}) = {rng.choice(['ΠM', 'Π', 'prod M'])}({listed(off)})"
        joint = " · D" if rng.random() < 0.5 else ", d"
        return text + (f"{joint}({listed(free)})" if free else "")
    if free:
        text += rng.choice([" + d", " + Σd", ", don't cares ", " + dc"]) + f"({listed(free)})"
    return text


def worded_minterms(rng: random.Random, f: Function) -> str:
    def words(numbers: list[int]) -> str:
        texts = [str(n) for n in numbers]
        return (
            texts[0]
            if len(texts) == 1
            else ", ".join(texts[:-1]) + rng.choice([" and ", ", and ", " or "]) + texts[-1]
        )

    on = [n for n, v in enumerate(f.values) if v == "1"]
    off = [n for n, v in enumerate(f.values) if v == "0"]
    free = [n for n, v in enumerate(f.values) if v == "-"]
    order = ", ".join(f.names)
    text = (
        f"With the inputs read as the number ({order}), the output is 1 for the input values {words(on)}, "
        f"and 0 for the values {words(off)}."
    )
    if free:
        text += f" The values {words(free)} never occur."
    return text


# -- machines ---------------------------------------------------------------


@dataclass(frozen=True)
class Machine:
    """Next state by state and input bits; outputs by state, or by state and input bits."""

    states: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    next_state: dict[tuple[str, str], str]
    moore: dict[str, str] | None
    mealy: dict[tuple[str, str], str] | None


def random_machine(
    rng: random.Random, *, inputs: Sequence[str], outputs: Sequence[str], moore: bool
) -> Machine:
    count = rng.randint(2, 6)
    names = rng.choice(
        [
            list("ABCDEFGH"),
            [f"S{i}" for i in range(8)],
            ["IDLE", "RUN", "WAIT_1", "DONE", "ERR", "X1", "Go", "END"],
        ]
    )
    states = tuple(names[:count])
    points = [format(n, f"0{len(inputs)}b") for n in range(1 << len(inputs))]
    value = lambda: "".join(rng.choice("01") for _ in outputs)  # noqa: E731
    return Machine(
        states=states,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        next_state={(s, p): rng.choice(states) for s in states for p in points},
        moore={s: value() for s in states} if moore else None,
        mealy=None if moore else {(s, p): value() for s in states for p in points},
    )


def _condition(rng: random.Random, machine: Machine, point: str, style: str) -> str:
    if style == "bare":
        return point
    if style == "expression":
        return " & ".join(
            name if bit == "1" else "!" + name
            for name, bit in zip(machine.inputs, point, strict=True)
        )
    joint = rng.choice([", ", " and ", " && "]) if style == "worded" else ","
    return joint.join(f"{name}={bit}" for name, bit in zip(machine.inputs, point, strict=True))


def _outputs(names: Sequence[str], values: str, named: bool) -> str:
    if named:
        return ", ".join(f"{name}={bit}" for name, bit in zip(names, values, strict=True))
    return ", ".join(values)


def arrows(rng: random.Random, machine: Machine) -> str:
    style = rng.choice(["bare", "named", "expression", "worded"])
    named = rng.random() < 0.5
    shape = rng.choice(["long", "on", "colon"])
    lines = []
    for (state, point), target in machine.next_state.items():
        label = _condition(rng, machine, point, style)
        left = state
        if machine.moore is not None:
            left += f" ({_outputs(machine.outputs, machine.moore[state], named)})"
        elif machine.mealy is not None:
            values = machine.mealy[state, point]
            beside = _outputs(machine.outputs, values, named)
            label += (
                f" ({beside})" if rng.random() < 0.5 and style != "expression" else f" / {beside}"
            )
        if shape == "long":
            lines.append(f"  {left} --{label}--> {target}")
        elif shape == "on":
            lines.append(f"- {left} -> {target} on {label}")
        else:
            lines.append(f"{left} --> {target} : {label}")
    if rng.random() < 0.3:
        rng.shuffle(lines)
    return "\n".join(lines)


def state_table(rng: random.Random, machine: Machine) -> str:
    points = sorted({point for _, point in machine.next_state})
    head = ["State"]
    word = rng.choice(["Next state ", "next ", "Next state when ", ""])
    for point in points:
        condition = ", ".join(f"{n}={b}" for n, b in zip(machine.inputs, point, strict=True))
        head.append(
            f"{word}{condition}".strip()
            if len(machine.inputs) == 1
            else f"{word}{condition.replace(', ', ' and ')}"
        )
    rows = []
    if machine.moore is not None:
        head += [f"Output {name}" if rng.random() < 0.3 else name for name in machine.outputs]
        for state in machine.states:
            rows.append(
                [state, *(machine.next_state[state, p] for p in points), *machine.moore[state]]
            )
    elif machine.mealy is not None:
        for state in machine.states:
            rows.append(
                [
                    state,
                    *(
                        f"{machine.next_state[state, p]} / {machine.mealy[state, p]}"
                        for p in points
                    ),
                ]
            )
    if rng.random() < 0.5:
        return "\n".join(
            ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
            + ["| " + " | ".join(r) + " |" for r in rows]
        )
    return "\n".join([" | ".join(head)] + [" | ".join(row) for row in rows])


def transition_rows(rng: random.Random, machine: Machine) -> str:
    head = [
        rng.choice(["Present state", "Current state", "State"]),
        *machine.inputs,
        "Next state",
        *machine.outputs,
    ]
    rows = []
    for (state, point), target in machine.next_state.items():
        values = (
            machine.moore[state]
            if machine.moore is not None
            else (machine.mealy or {})[state, point]
        )
        rows.append([state, *point, target, *values])
    return "\n".join([" | ".join(head)] + [" | ".join(row) for row in rows])
