"""Parts of larger systems: branch prediction, timers set over a wire."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import (
    ClockAndReset,
    Clocked,
    Drawn,
    Family,
    Outputs,
    Slip,
    Values,
    Words,
    inputs,
    outputs,
)
from rtlgen.synth.families._chart_rtl import size_of
from rtlgen.synth.families._words import counted, number

Table = tuple[tuple[int, ...], int]
"""Counters, and the history of outcomes, newest in the lowest bit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Predictor:
    """A table of saturating counters, indexed by address and maybe history."""

    timing: ClockAndReset
    index: str
    predict: str
    train: str
    train_index: str
    taken: str
    bits: int
    size: int
    """Width of a counter."""
    history: bool
    first: int

    def behavior(self) -> Clocked[Table]:
        top = (1 << self.size) - 1

        def place(state: Table, at: int) -> int:
            return at ^ state[1] if self.history else at

        def told(state: Table, given: Values) -> Outputs:
            return {self.predict: state[0][place(state, given[self.index])] >> (self.size - 1)}

        def after(state: Table, given: Values) -> Table:
            if not given[self.train]:
                return state
            at, taken = place(state, given[self.train_index]), given[self.taken]
            counters = list(state[0])
            counters[at] = min(counters[at] + 1, top) if taken else max(counters[at] - 1, 0)
            past = (state[1] << 1 | taken) & ((1 << self.bits) - 1)
            return tuple(counters), past if self.history else 0

        return Clocked(
            reset=((self.first,) * (1 << self.bits), 0),
            outputs=told,
            following=after,
            unknown=(self.predict,),
        )

    def body(self, slip: str = "") -> str:
        n, b, s = 1 << self.bits, self.bits, self.size
        top = f"{s}'d{(1 << s) - 1}"
        mixed = " ^ history" if self.history else ""
        up = "" if slip == "no-saturation" else f" && table_q[train_at] != {top}"
        down = "" if slip == "no-saturation" else f" && table_q[train_at] != {s}'d0"
        taken = f"!{self.taken}" if slip == "wrong-way" else self.taken
        other = self.taken if slip == "wrong-way" else f"!{self.taken}"
        shift = f"{{history[{b - 2}:0], {self.taken}}}" if b > 1 else self.taken
        past = f"\n    history <= {shift};" if self.history else ""
        update = (
            f"if ({self.train}) begin\n    if ({taken}{up})\n"
            f"        table_q[train_at] <= table_q[train_at] + 1'b1;\n"
            f"    else if ({other}{down})\n"
            f"        table_q[train_at] <= table_q[train_at] - 1'b1;{past}\nend"
        )
        reset = f"for (i = 0; i < {n}; i = i + 1)\n    table_q[i] <= {s}'d{self.first};"
        reset += f"\nhistory <= {b}'d0;" if self.history else ""
        declared = f"reg {size_of(s)}table_q [0:{n - 1}];\n"
        declared += f"reg {size_of(b)}history;\n" if self.history else ""
        return (
            f"{declared}wire {size_of(b)}read_at = {self.index}{mixed};\n"
            f"wire {size_of(b)}train_at = {self.train_index}{mixed};\n"
            f"wire {size_of(s)}chosen = table_q[read_at];\ninteger i;\n\n"
            f"assign {self.predict} = chosen[{s - 1}];\n\n" + self.timing.always(update, reset)
        )


def _predictor(draw: Draw) -> Drawn:
    draw.take("table_q", "history", "read_at", "train_at", "chosen", "i")
    size = draw.one_of(2, 2, 2, 3)
    it = _Predictor(
        timing=draw.timing(),
        index=draw.name("pc", "index", "lookup_pc", "addr_i"),
        predict=draw.name("predict", "prediction", "taken_pred", "guess"),
        train=draw.name("train", "update", "resolved", "upd_valid"),
        train_index=draw.name("train_pc", "update_pc", "upd_index"),
        taken=draw.name("taken", "outcome", "was_taken"),
        bits=draw.integer(1, 4),
        size=size,
        history=draw.chance(0.45),
        first=draw.one_of((1 << (size - 1)) - 1, 1 << (size - 1), 0),
    )
    return Drawn(
        parameters={"bits": it.bits, "size": size, "history": int(it.history), "first": it.first},
        ports=(
            *inputs((it.index, it.bits), (it.train, 1), (it.train_index, it.bits), (it.taken, 1)),
            *outputs((it.predict, 1)),
        ),
        timing=it.timing,
        words=_predictor_words(draw, it),
        body=it.body(),
        behavior=it.behavior(),
        vectors=_branches(draw, it),
        slips=tuple(Slip(name=n, body=it.body(n)) for n in ("no-saturation", "wrong-way")),
        module="branch_predictor",
    )


def _branches(draw: Draw, it: _Predictor) -> tuple[Values, ...]:
    """Return runs of one outcome in single entries, long enough to saturate."""
    plan: list[tuple[int, int]] = []
    long = (1 << it.size) + 2
    for at in range(min(1 << it.bits, 4)):
        for taken in (1, 0, 1):
            plan += [(at, taken)] * long
    return tuple(
        {it.index: at, it.train: 1, it.train_index: at, it.taken: taken} for at, taken in plan
    )


def _predictor_words(draw: Draw, it: _Predictor) -> Words:
    n, top = 1 << it.bits, (1 << it.size) - 1
    half = 1 << (it.size - 1)
    table = draw.phrase(
        f"There are {n} saturating counters of {it.size} bits, values 0 to {top}.",
        f"A table of {n} counters, each {it.size} bits wide, keeps what happened at earlier"
        " branches.",
    )
    reads = (
        f"{it.predict} is combinational: 1 if the counter chosen by {it.index} is {half} or more."
    )
    trains = draw.phrase(
        f"At a clock edge with {it.train} = 1, the counter chosen by {it.train_index} goes up by 1"
        f" if {it.taken} is 1 and down by 1 if it is 0, but never above {top} or below 0.",
        f"{it.train} = 1 at a clock edge updates the counter chosen by {it.train_index}: plus 1 for"
        f" {it.taken} = 1, minus 1 for 0, stopping at {top} and at 0.",
    )
    chosen = (
        f"The number of the chosen counter is the bitwise XOR of the index and a history register"
        f" of {counted(it.bits, 'bit')}, for prediction and training alike. Each training shifts"
        f" {it.taken} into the history from the right, after the counter has been chosen with the"
        " old history; the history is 0 after reset."
        if it.history
        else "The index is the number of the counter."
    )
    return Words(
        title=f"branch predictor with {counted(n, 'counter')}",
        terse=f"a branch predictor. {table} {reads} {trains} {chosen}",
        plain=draw.phrase(
            "A processor wants to know whether a branch will be taken.",
            "Implement a small branch predictor.",
            f"{it.predict} guesses the outcome of a branch from earlier ones.",
        )
        + f" {table} {chosen} {reads} {trains}",
        points=(table, chosen, reads, trains),
        after_reset=f"all counters are {it.first}",
    )


Clock = tuple[int, int, int, int]
"""Phase (0 idle, 1 loading, 2 running, 3 done), bits or cycles so far, duration, unused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    """A timer whose duration comes in bit by bit after a start."""

    timing: ClockAndReset
    start: str
    x: str
    busy: str
    done: str
    ack: str
    """Empty: `done` lasts one cycle."""
    bits: int
    factor: int

    def behavior(self) -> Clocked[Clock]:
        def told(state: Clock, _: Values) -> Outputs:
            return {self.busy: int(state[0] == 2), self.done: int(state[0] == 3)}

        def after(state: Clock, given: Values) -> Clock:
            phase, count, duration, _ = state
            if phase == 0:
                return (1, 0, 0, 0) if given[self.start] else state
            if phase == 1:
                duration = 2 * duration + given[self.x]
                return (1, count + 1, duration, 0) if count + 1 < self.bits else (2, 0, duration, 0)
            if phase == 2:
                long = (duration + 1) * self.factor
                return (2, count + 1, duration, 0) if count + 1 < long else (3, 0, 0, 0)
            return state if self.ack and not given[self.ack] else (0, 0, 0, 0)

        return Clocked(
            reset=(0, 0, 0, 0), outputs=told, following=after, unknown=(self.busy, self.done)
        )

    def body(self, slip: str = "") -> str:
        b, c = self.bits, self.bits.bit_length()
        f = max(1, (self.factor - 1).bit_length())
        shift = f"{{left[{b - 2}:0], {self.x}}}"
        if slip == "wrong-bit-order":
            shift = f"{{{self.x}, left[{b - 1}:1]}}"
        ends = f"left == {b}'d{1 if slip == 'one-too-few' else 0}"
        run = f"if ({ends})\n            state <= DONE;\n        else\n"
        run += "            left <= left - 1'b1;"
        if self.factor > 1:
            run = (
                f"if (ticks == {f}'d{self.factor - 1}) begin\n            ticks <= {f}'d0;\n"
                f"            if ({ends})\n                state <= DONE;\n            else\n"
                "                left <= left - 1'b1;\n        end else\n"
                "            ticks <= ticks + 1'b1;"
            )
        ticks = f"reg {size_of(f)}ticks;\n" if self.factor > 1 else ""
        zero = f"\nticks <= {f}'d0;" if self.factor > 1 else ""
        done = f"if ({self.ack})\n            state <= IDLE;" if self.ack else "state <= IDLE;"
        case = (
            f"case (state)\n    IDLE: begin\n        count <= {c}'d0;\n        if ({self.start})\n"
            f"            state <= LOAD;\n    end\n    LOAD: begin\n        left <= {shift};\n"
            f"        count <= count + 1'b1;\n        if (count == {c}'d{b - 1})\n"
            f"            state <= RUN;\n    end\n    RUN: begin\n        {run}\n    end\n"
            f"    DONE: begin\n        {done}\n    end\n    default: state <= IDLE;\nendcase"
        )
        return (
            "localparam IDLE = 2'd0, LOAD = 2'd1, RUN = 2'd2, DONE = 2'd3;\n\nreg [1:0] state;\n"
            f"reg [{b - 1}:0] left;\nreg [{c - 1}:0] count;\n{ticks}\n"
            + self.timing.always(case, f"state <= IDLE;\nleft <= {b}'d0;\ncount <= {c}'d0;{zero}")
            + f"\n\nassign {self.busy} = (state == RUN);\nassign {self.done} = (state == DONE);"
        )

    def vectors(self, draw: Draw) -> tuple[Values, ...]:
        """Return a few durations, with starts and acknowledges in between."""
        plan: list[tuple[int, int, int]] = []
        for value in (0, 1, 2, draw.integer(0, min((1 << self.bits) - 1, 10))):
            plan.append((1, 0, 0))
            plan += [(draw.integer(0, 1), value >> i & 1, 0) for i in range(self.bits)[::-1]]
            plan += [(0, 1, draw.integer(0, 1))] * ((value + 1) * self.factor)
            plan += [(0, 0, 0), (1, 0, 0), (0, 0, 1), (0, 0, 1)]
        return tuple(
            {self.start: s, self.x: x, **({self.ack: a} if self.ack else {})} for s, x, a in plan
        )[:400]


def _loaded(draw: Draw) -> Drawn:
    draw.take("state", "left", "count", "ticks")
    it = _Loaded(
        timing=draw.timing(),
        start=draw.name("start", "go", "arm"),
        x=draw.name("d", "bit_in", "sdata", "in"),
        busy=draw.name("busy", "running", "counting_o"),
        done=draw.name("done", "expired", "ring"),
        ack=draw.name("ack", "confirm", "clear_done") if draw.chance(0.6) else "",
        bits=draw.integer(2, 6),
        factor=draw.one_of(1, 1, 2, 3, 5, 10),
    )
    wrong = {name: it.body(name) for name in ("wrong-bit-order", "one-too-few")}
    wrong["one-bit-more"] = replace(it, bits=it.bits + 1).body()
    return Drawn(
        parameters={"bits": it.bits, "factor": it.factor, "ack": int(bool(it.ack))},
        ports=(
            *inputs((it.start, 1), (it.x, 1), *([(it.ack, 1)] if it.ack else [])),
            *outputs((it.busy, 1), (it.done, 1)),
        ),
        timing=it.timing,
        words=_loaded_words(draw, it),
        body=it.body(),
        behavior=it.behavior(),
        vectors=it.vectors(draw),
        slips=tuple(Slip(name=name, body=body) for name, body in wrong.items()),
        module="programmable_timer",
    )


def _loaded_words(draw: Draw, it: _Loaded) -> Words:
    n = draw.phrase(number(it.bits), str(it.bits))
    loads = draw.phrase(
        f"When idle, a 1 on {it.start} at a clock edge begins: the next {n} clock edges take the"
        f" bits of a number t from {it.x}, most significant bit first.",
        f"After a clock edge with {it.start} = 1 while idle, the {n} bits of a number t are read"
        f" from {it.x} at the following {n} edges, highest bit first.",
    )
    long = "t + 1" if it.factor == 1 else f"{it.factor} * (t + 1)"
    runs = draw.phrase(
        f"Then {it.busy} is 1 for exactly {long} cycles, beginning with the cycle after the last of"
        " these edges.",
        f"The timer then runs for {long} cycles, in all of which {it.busy} is 1; the first of them"
        " follows directly on the edge that took the last bit.",
    )
    ends = (
        f"After that {it.done} is 1 until a clock edge at which {it.ack} is 1; then the timer is"
        " idle again."
        if it.ack
        else f"After that {it.done} is 1 for one cycle, in which {it.start} is still ignored, and"
        " the timer is idle again."
    )
    rest = f"{it.start} counts only when idle. {it.busy} and {it.done} are 0 at all other times."
    return Words(
        title=f"timer with a {n}-bit serial duration",
        terse=f"a timer. {loads} {runs} {ends} {rest}",
        plain=draw.phrase(
            "A timer gets its duration over a serial input.",
            "Implement a timer that is set bit by bit.",
            f"Somebody starts a timer with {it.start} and tells it serially how long to run.",
        )
        + f" {loads} {runs} {ends} {rest}",
        points=(loads, runs, ends, rest),
        after_reset="the timer is idle",
    )


FAMILIES = (
    Family(name="branch-predictor", kind="systems", draw=_predictor, weight=0.7),
    Family(name="loaded-timer", kind="systems", draw=_loaded),
)
"""The families of this module."""
