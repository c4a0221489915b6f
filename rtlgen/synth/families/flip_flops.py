"""Toggle, JK and SR flip-flops, and flip-flops with logic in front of them."""

from __future__ import annotations

from collections.abc import Callable

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import ClockAndReset, Clocked, Drawn, Family, Values, Words, inputs, outputs
from rtlgen.synth.families._clocked import edge, level, listed, priority, slips


def _toggle_words(draw: Draw, at: str, t: str, q: str, reset: int) -> Words:
    return Words(
        title="T flip-flop",
        terse=draw.phrase(
            f"a toggle flip-flop: {q} changes when {t} is 1",
            "a T flip-flop",
            f"a flip-flop whose output {q} becomes {t} XOR {q}",
            f"a flip-flop {q} that inverts itself in every cycle in which {t} is 1",
        ),
        plain=draw.phrase(
            f"{at.capitalize()}, {q} is inverted if {t} is 1 and stays the same if {t} is 0.",
            f"This is a toggle flip-flop. When {level(draw, t, 1)}, the next clock edge flips {q}; "
            f"when {level(draw, t, 0)}, {q} is kept.",
            f"The next value of {q} is the exclusive OR of {t} and the present value of {q}.",
            f"A D flip-flop whose data input is driven by an XOR gate: the gate combines {t} with "
            f"the flip-flop's own output {q}.",
            f"Think of a push-button light switch: a clock edge with {t} = 1 changes {q} from 0 to "
            f"1 or from 1 to 0, a clock edge with {t} = 0 does nothing.",
        ),
        points=(
            f"When {t} is 1 at a clock edge, {q} is inverted.",
            f"When {t} is 0, {q} does not change.",
        ),
        after_reset=f"{q} is {reset}",
    )


def _toggle(draw: Draw) -> Drawn:
    timing, reset = draw.timing(), draw.one_of(0, 0, 1)
    t, q = draw.name("t", "toggle", "tog", "flip", "in"), draw.name("q", "out", "dout", "light")
    clear = f"{q} <= 1'b{reset};"
    body = draw.style(
        timing.always(f"if ({t})\n    {q} <= ~{q};", clear),
        timing.always(f"{q} <= {q} ^ {t};", clear),
        timing.always(f"{q} <= {t} ? ~{q} : {q};", clear),
    )
    return Drawn(
        parameters={"reset": reset},
        ports=(*inputs((t, 1)), *outputs((q, 1))),
        timing=timing,
        words=_toggle_words(draw, edge(draw, timing), t, q, reset),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=reset,
            outputs=lambda state, _: {q: state},
            following=lambda state, given: 1 - state if given[t] else state,
            unknown=(q,),
        ),
        slips=(
            *slips(body, ("wrong-reset-value", clear, f"{q} <= 1'b{1 - reset};")),
            *slips("x", ("follows-input", "x", timing.always(f"{q} <= {t};", clear))),
            *slips("x", ("always-toggles", "x", timing.always(f"{q} <= ~{q};", clear))),
        ),
        module="t_flip_flop",
    )


_JK_TABLE = "{j:<3}{k:<3}next {q}\n0  0  {q} (no change)\n0  1  0\n1  0  1\n1  1  ~{q} (toggles)"


def _jk_words(draw: Draw, j: str, k: str, q: str) -> Words:
    table = draw.words.random() < 0.4
    return Words(
        title="JK flip-flop",
        terse=draw.phrase("a JK flip-flop", f"a JK flip-flop with inputs {j} and {k}")
        + f": {j} sets {q}, {k} clears it, both together invert it, and neither keeps it",
        plain=draw.phrase(
            f"This is a JK flip-flop. With {j} = 1 and {k} = 0, {q} becomes 1; with {j} = 0 and "
            f"{k} = 1, it becomes 0; with both at 1 it toggles; with both at 0 it holds.",
            f"{j} sets the flip-flop and {k} clears it. If both are 1, {q} is inverted; if both "
            f"are 0, {q} stays as it is.",
            f"The next {q} is ({j} AND NOT {q}) OR (NOT {k} AND {q}).",
            f"At each clock edge look at {j} and {k}: 00 leaves {q} alone, 01 makes it 0, 10 makes "
            f"it 1, 11 inverts it.",
        )
        + (" The table gives the next state." if table else ""),
        points=(
            f"{j} = 0, {k} = 0: {q} does not change.",
            f"{j} = 0, {k} = 1: {q} becomes 0.",
            f"{j} = 1, {k} = 0: {q} becomes 1.",
            f"{j} = 1, {k} = 1: {q} is inverted.",
        ),
        after_reset=f"{q} is 0",
        fragment=_JK_TABLE.format(j=j, k=k, q=q) if table else "",
    )


def _jk(draw: Draw) -> Drawn:
    timing = draw.timing()
    j, k = draw.one_of(("j", "k"), ("j", "k"), ("set", "clr"), ("on", "off"))
    q = draw.name("q", "out", "q_out", "ff")
    draw.take(j, k)
    cases = f"2'b00: {q} <= {q};\n    2'b01: {q} <= 1'b0;\n    2'b10: {q} <= 1'b1;\n"
    clear = f"{q} <= 1'b0;"
    body = draw.style(
        timing.always(f"{q} <= ({j} & ~{q}) | (~{k} & {q});", clear),
        timing.always(
            f"case ({{{j}, {k}}})\n    {cases}    default: {q} <= ~{q};\nendcase",
            clear,
        ),
        timing.always(
            priority((f"{j} & {k}", f"{q} <= ~{q};"), (j, f"{q} <= 1'b1;"), (k, f"{q} <= 1'b0;")),
            clear,
        ),
    )
    following: dict[int, Callable[[int], int]] = {
        0: lambda s: s,
        1: lambda _: 0,
        2: lambda _: 1,
        3: lambda s: 1 - s,
    }
    return Drawn(
        parameters={"names": j},
        ports=(*inputs((j, 1), (k, 1)), *outputs((q, 1))),
        timing=timing,
        words=_jk_words(draw, j, k, q),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=0,
            outputs=lambda state, _: {q: state},
            following=lambda state, given: following[2 * given[j] + given[k]](state),
            unknown=(q,),
        ),
        slips=(
            *slips(
                "x",
                ("no-toggle", "x", timing.always(f"{q} <= {j} | (~{k} & {q});", clear)),
                (
                    "swapped-inputs",
                    "x",
                    timing.always(f"{q} <= ({k} & ~{q}) | (~{j} & {q});", clear),
                ),
            ),
        ),
        module="jk_flip_flop",
    )


_BOTH = {
    "set": ("{s} has priority over {r}", "if both are 1, {q} becomes 1", "set wins"),
    "clear": ("{r} has priority over {s}", "if both are 1, {q} becomes 0", "clearing wins"),
    "hold": ("if both are 1, nothing changes", "both at 1 leave {q} as it is", "both at 1: hold"),
}


def _sr_words(draw: Draw, s: str, r: str, q: str, both: str) -> Words:
    rule = draw.phrase(*_BOTH[both][:2]).format(s=s, r=r, q=q)
    return Words(
        title=draw.phrase("SR flip-flop", "set-reset flip-flop"),
        terse=f"a clocked set-reset flip-flop: {s} sets {q}, {r} clears it; {rule}",
        plain=draw.phrase(
            f"A clock edge with {s} = 1 makes {q} 1, and one with {r} = 1 makes it 0; {rule}. "
            f"With both at 0, {q} remembers its value.",
            f"{q} is a flag. It is set by {s} and cleared by {r}, both sampled at the clock edge; "
            f"{rule}. Otherwise the flag is kept.",
            f"Flip-flop {q} has a set input {s} and a clear input {r}. When neither is 1 it holds "
            f"its state, and {rule}.",
            f"An alarm: {s} switches {q} on, {r} switches it off, and in between it stays as it "
            f"was. When {s} and {r} arrive in the same cycle: {rule}.",
        ),
        points=(
            f"When {s} is 1 and {r} is 0, {q} becomes 1.",
            f"When {r} is 1 and {s} is 0, {q} becomes 0.",
            f"{rule}.",
            f"When both are 0, {q} holds.",
        ),
        after_reset=f"{q} is 0",
    )


def _sr(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    s, r = draw.one_of(
        ("s", "r"), ("set", "clr"), ("start", "stop"), ("set_i", "ack"), ("on", "off")
    )
    draw.take(s, r)
    q = draw.name("q", "flag", "active", "out", "alarm")
    both = draw.one_of("set", "clear", "hold")
    one, zero = f"{q} <= 1'b1;", f"{q} <= 1'b0;"
    codes = {
        "set": priority((s, one), (r, zero)),
        "clear": priority((r, zero), (s, one)),
        "hold": priority((f"{s} & ~{r}", one), (f"{r} & ~{s}", zero)),
    }
    other = {"set": f"{s} | ({q} & ~{r})", "clear": f"~{r} & ({s} | {q})"}
    again = f"{q} <= {other[both]};" if both in other else codes[both]
    body = draw.style(timing.always(codes[both], zero), timing.always(again, zero))
    wrong = timing.always(codes["clear" if both == "set" else "set"], zero)

    def following(state: tuple[int | None], given: Values) -> tuple[int | None]:
        if given[s] and given[r]:
            return {"set": (1,), "clear": (0,), "hold": state}[both]
        return (given[s],) if given[s] or given[r] else state

    return Drawn(
        parameters={"both": both},
        ports=(*inputs((s, 1), (r, 1)), *outputs((q, 1))),
        timing=timing,
        words=_sr_words(draw, s, r, q, both),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=(0,),
            power_up=(None,),
            outputs=lambda state, _: {q: state[0]},
            following=following,
        ),
        slips=slips("x", ("wrong-priority", "x", wrong)),
        module="sr_flip_flop",
    )


_GATES: dict[str, tuple[str, str, Callable[[int, int], int]]] = {
    "and": ("{a} & {b}", "{a} AND {b}", lambda a, b: a & b),
    "or": ("{a} | {b}", "{a} OR {b}", lambda a, b: a | b),
    "xor": ("{a} ^ {b}", "{a} XOR {b}", lambda a, b: a ^ b),
    "nand": ("~({a} & {b})", "{a} NAND {b}", lambda a, b: 1 - (a & b)),
    "nor": ("~({a} | {b})", "{a} NOR {b}", lambda a, b: 1 - (a | b)),
    "xnor": ("~({a} ^ {b})", "{a} XNOR {b}", lambda a, b: 1 - (a ^ b)),
}
_SPOKEN = {
    "and": "an AND",
    "or": "an OR",
    "xor": "an XOR",
    "nand": "a NAND",
    "nor": "a NOR",
    "xnor": "an XNOR",
}


def _gated_words(
    draw: Draw, operands: tuple[str, ...], gates: tuple[str, ...], q: str, at: str
) -> Words:
    a, b, c = operands
    first, second = gates
    text = _GATES[second][1].format(a=f"({_GATES[first][1].format(a=a, b=b)})", b=c)
    own = f" {q} is the flip-flop's own output, fed back." if q in operands else ""
    return Words(
        title="flip-flop with logic in front",
        terse=draw.phrase(
            f"a D flip-flop {q} with {text} at its data input",
            f"a flip-flop that stores {text} in {q}",
        ),
        plain=draw.phrase(
            f"{at.capitalize()}, {q} takes the value of {text}.",
            f"The D input of a flip-flop is driven by {_SPOKEN[second]} gate whose inputs are {c} "
            f"and the output of {_SPOKEN[first]} gate; that one has {a} and {b} as inputs. The "
            f"output of the flip-flop is {q}.",
            f"First combine {a} and {b} with {_SPOKEN[first]} gate, then the result and {c} with "
            f"{_SPOKEN[second]} gate. Register the result in {q} at every clock edge.",
            f"The next state of {q} is {text}.",
        )
        + own,
        points=(
            f"{_SPOKEN[first][0].upper()}{_SPOKEN[first][1:]} gate combines {a} and {b}.",
            f"{_SPOKEN[second][0].upper()}{_SPOKEN[second][1:]} gate combines its output and {c}.",
            f"{q} takes the result {at}." + own,
        ),
        after_reset=f"{q} is 0",
    )


def _gated(draw: Draw) -> Drawn:
    fed_back = draw.chance(0.5)
    timing = draw.timing("always" if fed_back else "sometimes")
    a, b = draw.name("left", "in1", "p"), draw.name("right", "in2", "r")
    c = draw.name("c", "en", "in3", "w")
    q = draw.name("q", "out", "ff_q")
    operands = (a, b, q) if fed_back else (a, b, c)
    gates = (draw.one_of(*_GATES), draw.one_of(*_GATES))
    code, _, first = _GATES[gates[0]]
    outer, _, second = _GATES[gates[1]]
    inner = code.format(a=a, b=b)
    inner = inner if inner.startswith("~(") else f"({inner})"
    expression = outer.format(a=inner, b=operands[2])
    wire = f"wire d_next = {expression};\n\n{timing.always(f'{q} <= d_next;', f'{q} <= 0;')}"
    body = draw.style(timing.always(f"{q} <= {expression};", f"{q} <= 1'b0;"), wire)
    names = (a, b) if fed_back else (a, b, c)

    def following(state: tuple[int | None], given: Values) -> tuple[int | None]:
        last = state[0] if fed_back else given[c]
        return (None,) if last is None else (second(first(given[a], given[b]), last),)

    return Drawn(
        parameters={"gates": " ".join(gates), "fed_back": int(fed_back)},
        ports=(*inputs(*((name, 1) for name in names)), *outputs((q, 1))),
        timing=timing,
        words=_gated_words(draw, operands, gates, q, edge(draw, timing)),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=(0,), power_up=(None,), outputs=lambda s, _: {q: s[0]}, following=following
        ),
        slips=slips(
            body,
            ("or-for-and", f"{a} & {b}", f"{a} | {b}"),
            ("and-for-xor", f"{a} ^ {b}", f"{a} & {b}"),
            ("and-for-or", f"{a} | {b}", f"{a} & {b}"),
        ),
        module="gated_flip_flop",
    )


def _mux_words(draw: Draw, inner: tuple[str, str, str], outer: tuple[str, str], q: str) -> Words:
    sel, one, zero = inner
    load, value = outer
    first = draw.phrase(
        f"a 2-to-1 multiplexer picks {one} if {sel} is 1 and {zero} if {sel} is 0",
        f"{sel} chooses between {zero} (0) and {one} (1)",
    )
    second = draw.phrase(
        f"a second multiplexer replaces the result by {value} if {load} is 1",
        f"{load} = 1 overrides this with {value}",
    )
    return Words(
        title="flip-flop with two multiplexers in front",
        terse=f"a flip-flop {q} that takes {value} if {load}, else {one} if {sel}, else {zero}",
        plain=draw.phrase(
            f"In front of flip-flop {q} stand two multiplexers: {first}; {second}. The outcome is "
            f"stored at the clock edge.",
            f"When {load} is 1, {q} is loaded with {value}. When {load} is 0, it takes {one} if "
            f"{sel} is 1 and {zero} if {sel} is 0.",
            f"One stage of a shift register with parallel load: {load} has the highest priority "
            f"and brings {value} into {q}; without it, {sel} = 1 stores {one} and {sel} = 0 stores "
            f"{zero}.",
        ),
        points=(
            f"If {load} is 1, {q} takes {value}.",
            f"If {load} is 0 and {sel} is 1, {q} takes {one}.",
            f"If both are 0, {q} takes {zero}.",
        ),
        after_reset=f"{q} is 0",
    )


def _mux_code(draw: Draw, timing: ClockAndReset, words: tuple[str, ...]) -> str:
    q, load, value, sel, one, zero = words
    clear = f"{q} <= 1'b0;"
    last = () if zero == q else (("", f"{q} <= {zero};"),)
    return draw.style(
        timing.always(f"{q} <= {load} ? {value} : ({sel} ? {one} : {zero});", clear),
        timing.always(priority((load, f"{q} <= {value};"), (sel, f"{q} <= {one};"), *last), clear),
    )


def _mux_in_front(draw: Draw) -> Drawn:
    timing = draw.timing("sometimes")
    load, value = draw.name("load"), draw.name("r", "r_in", "d", "p_in", "preset_bit")
    sel, one = draw.name("e", "en", "shift", "sel"), draw.name("w", "w_in", "ser", "a")
    q = draw.name("q", "out", "qout")
    hold = draw.chance(0.5)
    zero = q if hold else draw.name("c", "b", "v_in")
    body = _mux_code(draw, timing, (q, load, value, sel, one, zero))
    names = [load, value, sel, one, *([] if hold else [zero])]

    def following(state: tuple[int | None], given: Values) -> tuple[int | None]:
        if given[load]:
            return (given[value],)
        return (given[one],) if given[sel] else (state if hold else (given[zero],))

    return Drawn(
        parameters={"hold": int(hold), "reset": int(bool(timing.reset))},
        ports=(*inputs(*((name, 1) for name in names)), *outputs((q, 1))),
        timing=timing,
        words=_mux_words(draw, (sel, one, zero), (load, value), q),
        body=body,
        registered=(q,),
        behavior=Clocked(
            reset=(0,), power_up=(None,), outputs=lambda s, _: {q: s[0]}, following=following
        ),
        slips=slips(
            "x",
            (
                "wrong-priority",
                "x",
                timing.always(
                    f"{q} <= {sel} ? {one} : ({load} ? {value} : {zero});", f"{q} <= 1'b0;"
                ),
            ),
            (
                "swapped-inputs",
                "x",
                timing.always(
                    f"{q} <= {load} ? {value} : ({sel} ? {zero} : {one});", f"{q} <= 1'b0;"
                ),
            ),
        ),
        module="mux_flip_flop",
    )


def _network_words(draw: Draw, rules: list[str], stages: list[str], z: str, last: str) -> Words:
    return Words(
        title=f"{len(stages)} flip-flops with gates",
        terse=f"{len(stages)} D flip-flops {listed(stages)}: {'; '.join(rules)}; "
        f"{z} is the {last} of all of them",
        plain=draw.phrase(
            f"The circuit has {len(stages)} D flip-flops, {listed(stages)}. ",
            f"Input gates feed {len(stages)} D flip-flops named {listed(stages)}. ",
            f"Build this finite state machine of {len(stages)} flip-flops {listed(stages)}: ",
        )
        + f"At each clock edge {', '.join(rules)}. "
        + draw.phrase(
            f"Output {z} is the {last} of the {len(stages)} flip-flop outputs.",
            f"A {last} gate with {len(stages)} inputs reads the flip-flops and drives {z}.",
        ),
        points=(
            f"There are {len(stages)} D flip-flops: {listed(stages)}.",
            *(f"At a clock edge, {rule}." for rule in rules),
            f"{z} = {last} of {listed(stages)}, without a register.",
        ),
        after_reset=f"{listed(stages)} are all 0",
    )


def _network(draw: Draw) -> Drawn:
    timing = draw.timing()
    x, z = draw.name("x", "in", "w", "a"), draw.name("z", "out", "f", "y")
    draw.take("q0", "q1", "q2")
    stages = ["q0", "q1", "q2"][: draw.integer(2, 3)]
    gates = [draw.one_of(*_GATES) for _ in stages]
    last = draw.one_of("and", "or", "xor", "nor", "nand")
    own = [draw.chance(0.7) for _ in stages]
    other = [
        stage if keep else stages[i - 1]
        for i, (stage, keep) in enumerate(zip(stages, own, strict=True))
    ]
    codes = [_GATES[g][0].format(a=x, b=o) for g, o in zip(gates, other, strict=True)]
    rules = [
        f"{s} takes {_GATES[g][1].format(a=x, b=o)}"
        for s, g, o in zip(stages, gates, other, strict=True)
    ]
    sign = {"and": "&", "nand": "&", "or": "|", "nor": "|", "xor": "^"}[last]
    joined = f" {sign} ".join(stages)
    result = f"~({joined})" if last in {"nand", "nor"} else joined
    update = "\n".join(f"{s} <= {code};" for s, code in zip(stages, codes, strict=True))
    reset = "\n".join(f"{s} <= 1'b0;" for s in stages)
    body = f"reg {', '.join(stages)};\n\n{timing.always(update, reset)}\n\nassign {z} = {result};"

    def shown(state: tuple[int, ...], _: Values) -> dict[str, int]:
        value = state[0]
        for bit in state[1:]:
            value = {"&": value & bit, "|": value | bit, "^": value ^ bit}[sign]
        return {z: 1 - value if last in {"nand", "nor"} else value}

    def following(state: tuple[int, ...], given: Values) -> tuple[int, ...]:
        before = [state[stages.index(o)] for o in other]
        return tuple(_GATES[g][2](given[x], b) for g, b in zip(gates, before, strict=True))

    return Drawn(
        parameters={"gates": " ".join(gates), "from": " ".join(other), "last": last},
        ports=(*inputs((x, 1)), *outputs((z, 1))),
        timing=timing,
        words=_network_words(draw, rules, stages, z, last.upper()),
        body=body,
        behavior=Clocked(
            reset=(0,) * len(stages), outputs=shown, following=following, unknown=(z,)
        ),
        slips=(
            *(() if all(own) else slips(body, ("blocking-for-non-blocking", "<=", "="))),
            *slips(body, ("output-not-inverted", result, joined)),
        ),
        module="flip_flop_network",
    )


FAMILIES = (
    Family(name="toggle-flip-flop", kind="registers", draw=_toggle),
    Family(name="jk-flip-flop", kind="registers", draw=_jk, weight=0.5),
    Family(name="sr-flip-flop", kind="registers", draw=_sr, weight=0.5),
    Family(name="gated-flip-flop", kind="registers", draw=_gated),
    Family(name="mux-flip-flop", kind="registers", draw=_mux_in_front),
    Family(name="flip-flop-network", kind="registers", draw=_network),
)
