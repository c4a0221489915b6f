"""Gates, small networks of gates, wires and constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family, Words
from rtlgen.synth.families._common import (
    NUMBERS,
    Coding,
    always,
    an,
    capital,
    decimal,
    design,
    listed,
    mask,
    scalars,
)
from rtlgen.synth.families._logic import GATES, gate, gate_noun, gate_verilog

_MEANING = {
    "AND": ("{out} is 1 only if all of {ins} are 1", "{out} is 0 as soon as one of {ins} is 0"),
    "OR": ("{out} is 1 if at least one of {ins} is 1", "{out} is 0 only if {ins} are all 0"),
    "XOR": (
        "{out} is 1 if an odd number of {ins} are 1",
        "{out} is 1 exactly when the number of ones among {ins} is odd",
    ),
    "NAND": ("{out} is 0 only if all of {ins} are 1", "{out} is 1 unless {ins} are all 1"),
    "NOR": ("{out} is 1 only if all of {ins} are 0", "{out} is 0 if at least one of {ins} is 1"),
    "XNOR": (
        "{out} is 1 if an even number of {ins} are 1",
        "{out} is 1 exactly when the number of ones among {ins} is even, none included",
    ),
}


def _assigned(draw: Draw, out: str, expression: str) -> Coding:
    return draw.style(
        (f"assign {out} = {expression};", ()),
        (f"assign {out} = {expression};", ()),
        (always(f"{out} = {expression};"), (out,)),
    )


def _gate(draw: Draw) -> Drawn:
    kind = draw.one_of(*GATES)
    ins = scalars(draw, draw.one_of(2, 2, 2, 3, 3, 4, 5))
    out = draw.name("y", "out", "z", "f", "q")
    bubbled = [draw.chance(0.12) for _ in ins]
    bubbles = [x for x, on in zip(ins, bubbled, strict=True) if on]
    terms = [f"~{x}" if on else x for x, on in zip(ins, bubbled, strict=True)]
    expression = gate_verilog(kind, terms)
    opposite = {"AND": "OR", "OR": "AND", "XOR": "XNOR", "XNOR": "XOR"}
    wrong = opposite.get(kind) or {"NAND": "NOR", "NOR": "NAND"}[kind]
    return design(
        module=f"{kind.lower()}_gate",
        parameters={"gate": kind, "inputs": len(ins), "inverted": "".join(map(str, bubbles))},
        ins=[(x, 1) for x in ins],
        outs=[(out, 1)],
        words=_gate_words(draw, kind, ins, bubbles, out),
        coding=_assigned(draw, out, expression),
        model=lambda given: {
            out: gate(kind, [given[x] ^ on for x, on in zip(ins, bubbled, strict=True)])
        },
        slips={
            "other-gate": f"assign {out} = {gate_verilog(wrong, terms)};",
            "input-not-inverted": f"assign {out} = {gate_verilog(kind, ins)};",
        },
    )


def _gate_words(
    draw: Draw, kind: str, ins: Sequence[str], bubbles: Sequence[str], out: str
) -> Words:
    noun = gate_noun(kind, len(ins))
    inverted = f" with {listed(bubbles)} inverted at the gate's input" if bubbles else ""
    before = listed([f"NOT {x}" if x in bubbles else x for x in ins])
    detail = draw.phrase(
        f"The inputs {listed(ins)} go to {noun}"
        + (
            f"; the input{'s'[: len(bubbles) - 1]} from {listed(bubbles)} "
            f"ha{'ve' if len(bubbles) > 1 else 's'} a bubble (inverter)"
            if bubbles
            else ""
        )
        + f". The output of the gate drives {out}.",
        f"{out} is the {kind} of {before}.",
        f"Build {noun}. Its inputs are {before}, its output is {out}.",
        f"Compute {kind} over {before} and put the result on {out}.",
    )
    meaning = draw.phrase("", "", draw.phrase(*_MEANING[kind]).format(out=out, ins=before))
    return Words(
        title=f"{len(ins)}-input {kind} gate{' with inverted inputs' if bubbles else ''}",
        named="" if bubbles else draw.phrase(f"{kind} gate", f"{len(ins)}-input {kind} gate"),
        terse=draw.phrase(
            f"{noun}{inverted}",
            f"{noun} whose inputs are {before}" if bubbles else noun,
            f"a circuit in which {out} is the {kind} of {before}",
        ),
        plain=f"{detail} {capital(meaning) + '.' if meaning else ''}".strip(),
        points=(
            f"{out} is the output of {noun}.",
            f"The inputs of the gate are {before}.",
        ),
    )


def _inverter(draw: Draw) -> Drawn:
    inverts = draw.chance(0.6)
    width = draw.one_of(1, 1, 1, 4, 8, 16)
    source, out = draw.name("data"), draw.name("result")
    expression = f"~{source}" if inverts else source
    every = "" if width == 1 else "every bit of "
    verb = draw.phrase(
        *(
            (f"{out} is the inverse of {every}{source}", f"{out} is NOT {source}, bit by bit")
            if inverts
            else (f"{out} always has the same value as {source}", f"{out} follows {source}")
        )
    )
    noun = (
        draw.phrase("an inverter", "a NOT gate")
        if inverts
        else draw.phrase("a plain wire", "a buffer", "a feed-through connection")
    )
    noun = noun if width == 1 else f"{noun} for each of the {width} bits of {source}"
    return design(
        module="inverter" if inverts else "wire_through",
        parameters={"inverts": int(inverts), "width": width},
        ins=[(source, width)],
        outs=[(out, width)],
        words=Words(
            title="inverter" if inverts else "wire",
            terse=draw.phrase(f"{noun} from {source} to {out}", f"a module in which {verb}"),
            plain=draw.phrase(
                f"Connect {source} to {out} through {noun}."
                if inverts
                else f"Connect {source} to {out} directly, as a wire would.",
                f"At all times {verb}. There is no clock and nothing is stored.",
                f"{capital(verb)}.",
            ),
            points=(f"{capital(verb)}.", "The circuit is purely combinational."),
        ),
        coding=_assigned(draw, out, expression),
        model=lambda given: {out: given[source] ^ (mask(width) if inverts else 0)},
        slips={
            "inverted-or-not": f"assign {out} = {source if inverts else '~' + source};",
            "logical-not": f"assign {out} = !{source};" if width > 1 else "",
        },
        vectors=[{source: 0}, {source: mask(width)}],
    )


def _constant(draw: Draw) -> Drawn:
    count = draw.one_of(1, 1, 1, 2, 3)
    names = [draw.name("out", "y", "z", "zero", "one", "f", "q", "const_out") for _ in range(count)]
    widths = [draw.one_of(1, 1, 4, 8, 16) for _ in names]
    values = [draw.one_of(0, mask(w), draw.integer(0, mask(w))) for w in widths]
    sayings = [_constant_words(draw, *each) for each in zip(names, widths, values, strict=True)]
    said = " ".join(f"{capital(saying)}." for saying in sayings)
    literals = [decimal(w, v) if w > 1 else f"1'b{v}" for w, v in zip(widths, values, strict=True)]
    body = "\n".join(f"assign {n} = {v};" for n, v in zip(names, literals, strict=True))
    return design(
        module="constants",
        parameters={
            f"value{i}": f"{w}:{v}" for i, (w, v) in enumerate(zip(widths, values, strict=True))
        },
        ins=[],
        outs=list(zip(names, widths, strict=True)),
        words=Words(
            title="constant output" + ("s" if count > 1 else ""),
            terse=f"a module without inputs in which {listed(sayings)}",
            plain=draw.phrase(
                f"The circuit has no inputs. {said}",
                f"{said} Nothing can change that: there are no inputs.",
                f"Drive fixed values. {said}",
            ),
            points=("There are no inputs.", *(f"{capital(saying)}." for saying in sayings)),
        ),
        coding=body,
        model=lambda _: dict(zip(names, values, strict=True)),
        slips={"other-constant": body.replace(literals[0], f"~{literals[0]}", 1)},
    )


def _constant_words(draw: Draw, name: str, width: int, value: int) -> str:
    if width == 1:
        level = "high" if value else "low"
        return draw.phrase(
            f"{name} is always {value}",
            f"{name} is tied to logic {level}",
            f"{name} constantly drives a {level} level (logic {value})",
        )
    return draw.phrase(
        f"{name} always has the {width}-bit value {value}",
        f"{name} is the constant {value} (hexadecimal {value:x})",
        f"{name} is tied to binary {value:0{width}b}",
    )


def _gate_set(draw: Draw) -> Drawn:
    left, right = scalars(draw, 2)
    kinds = draw.random.sample(sorted(GATES), draw.integer(2, 6))
    also = draw.chance(0.4)
    naming = draw.one_of("{}_o", "{}_out", "y_{}", "f_{}", "out_{}", "{}_result", "o_{}")
    outs = [naming.format(kind.lower()) for kind in kinds]
    expressions = [gate_verilog(kind, (left, right)) for kind in kinds]
    if also:
        outs.append(naming.format(draw.one_of("andn", "and_not", f"{left}_not_{right}")))
        expressions.append(f"{left} & ~{right}")
    told = [
        draw.phrase(f"{out}: {left} {kind.lower()} {right}", f"{out} is {left} {kind} {right}")
        for out, kind in zip(outs, kinds, strict=False)
    ]
    told += (
        [
            draw.phrase(
                f"{outs[-1]}: {left} and not {right}", f"{outs[-1]} is {left} AND-NOT {right}"
            )
        ]
        if also
        else []
    )

    def model(given: Mapping[str, int]) -> dict[str, int]:
        result = [gate(kind, (given[left], given[right])) for kind in kinds]
        result += [given[left] & (1 - given[right])] if also else []
        return dict(zip(outs, result, strict=True))

    lines = [f"{out} = {text};" for out, text in zip(outs, expressions, strict=True)]
    plain = "\n".join(f"assign {line}" for line in lines)
    count = NUMBERS[len(outs)]
    return design(
        module="gate_set",
        parameters={"gates": " ".join(kinds), "and_not": int(also)},
        ins=[(left, 1), (right, 1)],
        outs=[(out, 1) for out in outs],
        words=Words(
            title=f"{count} gates on two inputs",
            terse=f"a circuit of two inputs and {count} gates, one for each output "
            f"({'; '.join(told)})",
            plain=draw.phrase(
                f"Both inputs {left} and {right} go to {count} different gates. Each gate drives "
                "one output: ",
                f"For the bits {left} and {right}, produce {count} results at once: ",
                f"The module compares nothing and stores nothing, it only combines {left} and "
                f"{right}: ",
            )
            + "; ".join(told)
            + ".",
            points=tuple(f"{capital(text)}." for text in told),
        ),
        coding=draw.style((plain, ()), (always("\n".join(lines)), tuple(outs))),
        model=model,
        slips={
            "two-outputs-swapped": "\n".join(
                f"assign {out} = {text};"
                for out, text in zip([outs[1], outs[0], *outs[2:]], expressions, strict=True)
            ),
            "missing-inversion": plain.replace("~(", "("),
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """A gate of a network: its own name, its kind and what it is connected to."""

    name: str
    kind: str
    sources: tuple[tuple[str, bool], ...]

    def terms(self) -> list[str]:
        return [f"~{x}" if inverted else x for x, inverted in self.sources]

    def value(self, values: Mapping[str, int]) -> int:
        return gate(self.kind, [values[x] ^ inverted for x, inverted in self.sources])

    def told(self) -> str:
        return listed([f"NOT {x}" if inverted else x for x, inverted in self.sources])


def _network(draw: Draw) -> Drawn:
    ins = scalars(draw, draw.integer(3, 5))
    outs = [draw.name("y", "out", "z", "f", "g", "out_n") for _ in range(draw.one_of(1, 1, 2))]
    wires = draw.one_of(("w1", "w2", "w3"), ("n1", "n2", "n3"), ("t1", "t2", "t3"))
    draw.take(*wires)
    middle = wires[: draw.integer(max(1, len(outs)), 3)]
    nodes = _nodes(draw, ins, middle, outs)

    def model(given: Mapping[str, int]) -> dict[str, int]:
        values = dict(given)
        for node in nodes:
            values[node.name] = node.value(values)
        return {out: values[out] for out in outs}

    declared = f"wire {', '.join(middle)};\n"
    lines = [f"assign {n.name} = {gate_verilog(n.kind, n.terms())};" for n in nodes]
    primitives = [
        f"{n.kind.lower()} g{i} ({n.name}, {', '.join(n.terms())});"
        for i, n in enumerate(nodes, start=1)
    ]
    body = declared + "\n".join(lines)
    last = nodes[-1]
    wrong = {"AND": "OR", "OR": "AND", "XOR": "OR", "NAND": "NOR", "NOR": "NAND", "XNOR": "NOR"}
    return design(
        module="gate_network",
        parameters={
            "gates": " ".join(f"{n.kind}{len(n.sources)}" for n in nodes),
            "inputs": len(ins),
            "net": ";".join(",".join(n.terms()) for n in nodes),
        },
        ins=[(x, 1) for x in ins],
        outs=[(x, 1) for x in outs],
        words=_network_words(draw, nodes, middle, outs),
        coding=draw.style(body, body, declared + "\n".join(primitives)),
        model=model,
        slips={
            "other-gate": body.replace(
                lines[-1], f"assign {last.name} = {gate_verilog(wrong[last.kind], last.terms())};"
            ),
            "first-gate-wrong": body.replace(
                lines[0],
                f"assign {nodes[0].name} = {gate_verilog(wrong[nodes[0].kind], nodes[0].terms())};",
            ),
        },
    )


def _nodes(
    draw: Draw, ins: Sequence[str], middle: Sequence[str], outs: Sequence[str]
) -> list[_Node]:
    """Draw gates; each wire and each input is used somewhere."""
    unused = list(ins)
    draw.random.shuffle(unused)
    nodes: list[_Node] = []
    for name in (*middle, *outs):
        is_output = name in outs
        waiting = [w for w in middle if all(w != s for n in nodes for s, _ in n.sources)]
        waiting = [w for w in waiting if any(n.name == w for n in nodes)]
        left = len(outs) - outs.index(name) if is_output else 0
        must = waiting if left == 1 else waiting[: 1 if is_output else 0]
        sources = list(must)
        if is_output and left == 1:
            sources += unused
            unused = []
        while len(sources) < 2:
            known = [*ins, *(n.name for n in nodes if n.name not in outs)]
            sources.append(unused.pop() if unused else draw.one_of(*known))
            sources = list(dict.fromkeys(sources))
        chosen = tuple((s, draw.chance(0.18)) for s in sources)
        nodes.append(_Node(name=name, kind=draw.one_of(*GATES), sources=chosen))
    return nodes


def _network_words(
    draw: Draw, nodes: Sequence[_Node], middle: Sequence[str], outs: Sequence[str]
) -> Words:
    gates = [
        draw.phrase(
            f"{gate_noun(n.kind, len(n.sources))} with inputs {n.told()} drives {n.name}",
            f"{n.name} is the output of {an(f'{n.kind} gate')} whose inputs are {n.told()}",
            f"{n.told()} go into {an(f'{n.kind} gate')}, whose output is {n.name}",
        )
        for n in nodes
    ]
    short = "; ".join(f"{n.name} is the {n.kind} of {n.told()}" for n in nodes)
    opening = draw.phrase(
        f"The circuit consists of {NUMBERS[len(nodes)]} gates.",
        f"Implement this network of gates. The wire{'s' if len(middle) > 1 else ''} "
        f"{listed(middle)} "
        f"{'are' if len(middle) > 1 else 'is'} internal.",
        f"Wire up {NUMBERS[len(nodes)]} gates as follows.",
        "",
    )
    return Words(
        title=f"network of {NUMBERS[len(nodes)]} gates",
        terse=f"a gate network: {short}",
        plain=f"{opening} {'. '.join(capital(g) for g in gates)}.".strip(),
        points=tuple(f"{capital(g)}." for g in gates),
    )


def _chip(draw: Draw) -> Drawn:
    kind = draw.one_of("AND", "OR", "NAND", "NOR", "XOR")
    size = 2 if kind == "XOR" else draw.one_of(2, 3, 4)
    copies = draw.one_of(2, 2, 3, 4)
    letters = "abcd"[:size]
    prefix = draw.one_of("g", "u", "n")
    ins = [[f"{prefix}{i}{x}" for x in letters] for i in range(1, copies + 1)]
    outs = [f"{prefix}{i}y" for i in range(1, copies + 1)]
    expressions = [gate_verilog(kind, group) for group in ins]
    name = {2: "dual", 3: "triple", 4: "quad"}[copies]
    count, noun = NUMBERS[copies], f"{size}-input {kind} gates"
    body = "\n".join(f"assign {o} = {e};" for o, e in zip(outs, expressions, strict=True))
    connected = [f"{o} is the {kind} of {listed(g)}" for o, g in zip(outs, ins, strict=True)]
    wrong = gate_verilog(
        {"AND": "OR", "OR": "AND", "NAND": "AND", "NOR": "OR", "XOR": "OR"}[kind], ins[-1]
    )
    return design(
        module=f"{name}_{kind.lower()}{size}",
        parameters={"gate": kind, "inputs": size, "copies": copies},
        ins=[(x, 1) for group in ins for x in group],
        outs=[(x, 1) for x in outs],
        words=Words(
            title=f"{name} {size}-input {kind} chip",
            terse=draw.phrase(
                f"a chip with {count} separate {noun} ({'; '.join(connected)})",
                f"{an(name)} {size}-input {kind}: {'; '.join(connected)}",
            ),
            plain=draw.phrase(
                f"An old logic chip holds {count} independent {noun}. The number in a port's name "
                f"tells the gate it belongs to, {listed(letters)} are inputs and y is the output: "
                f"{listed(connected)}.",
                f"Model a small package of {count} {noun}. "
                + " ".join(f"{capital(c)}." for c in connected),
                f"The module has {count} {noun} that have nothing to do with each other: "
                f"{listed(connected)}.",
            ),
            points=tuple(f"{capital(c)}." for c in connected),
        ),
        coding=draw.style((body, ()), (always(body.replace("assign ", "")), tuple(outs))),
        model=lambda given: {
            o: gate(kind, [given[x] for x in g]) for o, g in zip(outs, ins, strict=True)
        },
        slips={"last-gate-wrong": body.replace(expressions[-1], wrong)},
    )


def _wires(draw: Draw) -> Drawn:
    ins = scalars(draw, draw.integer(1, 4))
    count = draw.integer(len(ins), 6)
    pools = (
        ("y1", "y2", "y3", "y4", "y5", "y6", "y7", "y8"),
        ("u", "v", "w", "x", "y", "z", "t", "r"),
        ("out0", "out1", "out2", "out3", "out4", "out5", "out6", "out7"),
        ("led_a", "led_b", "led_c", "led_d", "led_e", "led_f", "led_g", "led_h"),
    )
    outs = [f"{x}_o" if x in ins else x for x in draw.one_of(*pools)][:count]
    sources = [*ins, *(draw.one_of(*ins) for _ in range(count - len(ins)))]
    draw.random.shuffle(sources)
    pairs = list(zip(outs, sources, strict=True))
    arrows = draw.phrase("{1} -> {0}", "{1} drives {0}", "{0} is connected to {1}", "{0} = {1}")
    told = [arrows.format(*pair) for pair in pairs]
    each = f"assign {concat_of(outs)} = {concat_of(sources)};" if count > 1 else ""
    body = "\n".join(f"assign {o} = {s};" for o, s in pairs)
    wrong = "\n".join(
        f"assign {o} = {s};" for o, s in zip(outs, [*sources[1:], sources[0]], strict=True)
    )
    return design(
        module="wires",
        parameters={"map": ",".join(str(ins.index(s)) for s in sources)},
        ins=[(x, 1) for x in ins],
        outs=[(x, 1) for x in outs],
        words=Words(
            title="wires",
            terse=f"a module of wires only: {listed(told)}",
            plain=draw.phrase(
                "The module holds nothing but wires, which make these connections: "
                f"{listed(told)}.",
                f"Pass the inputs on to the outputs without any logic: {listed(told)}.",
                "Connect the ports like this, where one input may feed several outputs: "
                f"{listed(told)}.",
            ),
            points=tuple(f"{capital(t)}." if " " in t[:3] else f"{t}." for t in told),
        ),
        coding=draw.style(body, body, each or body),
        model=lambda given: {o: given[s] for o, s in pairs},
        slips={
            "shifted-by-one": wrong
            if len(ins) > 1
            else body.replace(f"= {ins[0]}", f"= ~{ins[0]}", 1)
        },
    )


def concat_of(names: Sequence[str]) -> str:
    """Return a concatenation of `names`."""
    return "{" + ", ".join(names) + "}"


FAMILIES = (
    Family(name="gate", kind="gates", draw=_gate),
    Family(name="inverter-or-wire", kind="gates", draw=_inverter, weight=0.5),
    Family(name="constant", kind="gates", draw=_constant, weight=0.5),
    Family(name="gate-set", kind="gates", draw=_gate_set),
    Family(name="gate-network", kind="gates", draw=_network, weight=2.0),
    Family(name="gate-chip", kind="gates", draw=_chip, weight=0.5),
    Family(name="wires", kind="gates", draw=_wires, weight=0.5),
)
"""The families of this module."""
