"""The test of a corpus problem, as Verilog text.

It has the form that `rtlgen.evaluation.harness.mismatch_test` takes apart: module
`tb` drives a design and the reference beside it and compares their outputs. The
stimulus is data, a row of hexadecimal digits for each beat.

Inputs change while the clock rests; outputs are compared 2 ns later, and, where
the clock ticks, once more between its edges. Nothing happens at the same time
as a clock edge, so that no test depends on the order of processes. A sample of
which the reference model knows nothing is left out at the start, and otherwise
marked, output by output: there the reference is X, which matches anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rtlgen.synth.drawn import Drawn, Outputs
from rtlgen.synth.header import HeaderStyle, apart, data_inputs, data_outputs, module
from rtlgen.synth.vectors import Beat, expected
from sim.interface import Port

REFERENCE = "RefModule"
_PLAIN = HeaderStyle()
_TOP = "top_module"
_COLUMNS = 96


@dataclass(frozen=True)
class Stimulus:
    """The beats of one design with all that its test needs of them."""

    drawn: Drawn
    beats: tuple[Beat, ...]

    @cached_property
    def wanted(self) -> list[Outputs]:
        """What the reference model expects at every sample, in their order."""
        return expected(self.drawn, self.beats)

    @cached_property
    def skipped(self) -> int:
        """Samples at the start of which nothing is known."""
        known = (
            number
            for number, outputs in enumerate(self.wanted)
            if any(value is not None for value in outputs.values())
        )
        return next(known, len(self.wanted))

    @cached_property
    def compared(self) -> int:
        """Samples of a complete run of the test."""
        return len(self.wanted) - self.skipped

    @cached_property
    def masked(self) -> bool:
        """Whether some output may have any value in some sample that is compared."""
        return any(None in outputs.values() for outputs in self.wanted[self.skipped :])

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of the test's own signals, which no port has."""
        taken = {port.name for port in self.drawn.ports}
        timing = self.drawn.timing
        taken |= {timing.clock, timing.reset} if timing else set()
        own = ("rows", "tick", "sample", "compare", "skip", "care", "care_before", "care_after")
        return {name: _free(name, taken) for name in own}


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"{name}_i"
    return name


def text_of_test(stimulus: Stimulus, top: str) -> str:
    """Return the test that judges module `top`."""
    return f"`timescale 1ns/1ps\n\n{generator(stimulus)}\n{_bench(stimulus, top)}"


def reference_text(stimulus: Stimulus, name: str = REFERENCE) -> str:
    """Return the reference: the golden design, X where any value will do."""
    if not stimulus.masked:
        return _golden(stimulus, name)
    inner = f"{name}Inner"
    return f"{_masking(stimulus, name, inner)}\n{_golden(stimulus, inner)}"


def _golden(stimulus: Stimulus, name: str) -> str:
    """Return the golden design under names that a design under test does not use."""
    return apart(module(stimulus.drawn, _TOP, _PLAIN), _TOP, name)


# The stimulus


def generator(stimulus: Stimulus, name: str = "stimulus_gen", *, ends: bool = True) -> str:
    """Return the module that drives the inputs; `ends`: and ends the simulation."""
    drawn, names = stimulus.drawn, stimulus.names
    fields = _fields(stimulus)
    rows = _rows(stimulus, fields)
    digits = len(rows[0])
    clock = drawn.timing.clock if drawn.timing else ""
    rest = _level(drawn)
    ports = [_output(p) for p in driven(stimulus)]
    total = 4 * digits * len(rows)
    fetched = f"{{{', '.join(field for field, _ in fields)}}}"
    body = [
        f"reg [{total - 1}:0] {names['rows']} = {{\n{_constants(rows)}\n}};",
        *([f"reg {names['tick']};"] if (names["tick"], 1) in fields else []),
        *([_cares(stimulus)] if stimulus.masked else []),
        *_compare(stimulus),
        "initial begin",
        f"    {names['sample']} = 0;",
        *([f"    {clock} = {rest};"] if clock else []),
        f"    repeat ({len(rows)}) begin",
        f"        #1 {fetched} = {names['rows']}[{total - 1} -: {4 * digits}];",
        f"        {names['rows']} = {names['rows']} << {4 * digits};",
        *_samples(stimulus, clock, rest),
        "    end",
        *(["    #1 $finish;"] if ends else []),
        "end",
    ]
    listed = ",\n".join(f"    {port}" for port in ports)
    said = ", ".join(field for field, _ in fields)
    inside = "\n".join(f"    {line}" for line in "\n".join(body).splitlines())
    return (
        f"// {len(rows)} rows of {digits} hexadecimal digits: {said}\n"
        f"module {name} (\n{listed}\n);\n{inside}\nendmodule\n"
    )


def _level(drawn: Drawn) -> str:
    """Return the level at which the clock rests."""
    return "1'b0" if drawn.timing is None or drawn.timing.rising else "1'b1"


def _compare(stimulus: Stimulus) -> list[str]:
    """Return the task that has the outputs compared, but not while nothing is known of them."""
    names = stimulus.names
    sample, left = names["sample"], names["skip"]
    start = f"{sample} = 1;"
    if stimulus.skipped:
        start = f"if ({left} == 0) {sample} = 1; else {left} = {left} - 1;"
    return [
        *([f"integer {left} = {stimulus.skipped};"] if stimulus.skipped else []),
        f"task {names['compare']};",
        f"    begin #2 {start} #1 {sample} = 0; end",
        "endtask",
    ]


def _samples(stimulus: Stimulus, clock: str, rest: str) -> list[str]:
    names = stimulus.names
    before = f"{names['care']} = {names['care_before']}; " if stimulus.masked else ""
    after = f"{names['care']} = {names['care_after']}; " if stimulus.masked else ""
    first = f"        {before}{names['compare']};"
    if not clock:
        return [first]
    edge = "1'b1" if rest == "1'b0" else "1'b0"
    return [
        first,
        f"        if ({names['tick']}) begin",
        f"            #1 {clock} = {edge};",
        f"            {after}{names['compare']};",
        f"            #1 {clock} = {rest};",
        "        end",
    ]


def _cares(stimulus: Stimulus) -> str:
    names, width = stimulus.names, len(data_outputs(stimulus.drawn))
    span = f"[{width - 1}:0] " if width > 1 else ""
    both = [names["care_before"], *([names["care_after"]] if stimulus.drawn.timing else [])]
    return f"reg {span}{', '.join(both)};"


def _fields(stimulus: Stimulus) -> list[tuple[str, int]]:
    """Return name and width of what a row holds, most significant first."""
    drawn, names = stimulus.drawn, stimulus.names
    cares = len(data_outputs(drawn))
    found: list[tuple[str, int]] = []
    if stimulus.masked:
        found.append((names["care_before"], cares))
        found += [(names["care_after"], cares)] if drawn.timing else []
    if drawn.timing:
        found.append((names["tick"], 1))
        found += [(drawn.timing.reset, 1)] if drawn.timing.reset else []
    found += [(port.name, port.width) for port in data_inputs(drawn)]
    return found or [(names["tick"], 1)]


def _rows(stimulus: Stimulus, fields: Sequence[tuple[str, int]]) -> list[str]:
    """Return the beats as hexadecimal numbers, all of the same length."""
    digits = -(-sum(width for _, width in fields) // 4)
    drawn, timing = stimulus.drawn, stimulus.drawn.timing
    names = [port.name for port in data_inputs(drawn)]
    rows, sample = [], 0
    for beat in stimulus.beats:
        values = list(_row_cares(stimulus, beat, sample)) if stimulus.masked else []
        if timing:
            values.append(int(beat.tick))
            values += [int(beat.reset != timing.active_low)] if timing.reset else []
        values += [beat.inputs[name] for name in names]
        rows.append(f"{_packed(values or [0], fields):0{digits}x}")
        sample += 1 + beat.tick
    return rows


def _packed(values: Sequence[int], fields: Sequence[tuple[str, int]]) -> int:
    row = 0
    for value, (_, width) in zip(values, fields, strict=True):
        row = row << width | value & (1 << width) - 1
    return row


def _row_cares(stimulus: Stimulus, beat: Beat, sample: int) -> Sequence[int]:
    """Return which outputs count, before and after the tick, a bit an output."""
    before = _care(stimulus, sample)
    if not stimulus.drawn.timing:
        return (before,)
    return before, _care(stimulus, sample + 1) if beat.tick else 0


def _care(stimulus: Stimulus, sample: int) -> int:
    wanted, bits = stimulus.wanted[sample], 0
    for port in data_outputs(stimulus.drawn):
        bits = bits << 1 | (wanted[port.name] is not None)
    return bits


def _constants(rows: Sequence[str]) -> str:
    """Return the rows as constants of a concatenation, a few rows each."""
    digits = len(rows[0])
    together = max(1, _COLUMNS // digits)
    parts = [rows[start : start + together] for start in range(0, len(rows), together)]
    lines = [f"    {4 * digits * len(part)}'h{''.join(part)}" for part in parts]
    return ",\n".join(lines)


def driven(stimulus: Stimulus) -> list[tuple[str, int]]:
    """Return name and width of all that the generator drives."""
    drawn, names = stimulus.drawn, stimulus.names
    timing = [drawn.timing.clock, drawn.timing.reset] if drawn.timing else []
    found = [(name, 1) for name in timing if name]
    found += [(port.name, port.width) for port in data_inputs(drawn)]
    found += [(names["care"], len(data_outputs(drawn)))] if stimulus.masked else []
    return [*found, (names["sample"], 1)]


def _output(port: tuple[str, int]) -> str:
    name, width = port
    return f"output reg {span(width)}{name}"


def span(width: int) -> str:
    """Return the range of a signal and a blank; empty for a scalar."""
    return f"[{width - 1}:0] " if width > 1 else ""


# The reference


def _masking(stimulus: Stimulus, name: str, inner: str) -> str:
    """Return the module around the golden design that makes X what may have any value."""
    drawn, care = stimulus.drawn, stimulus.names["care"]
    given = [n for n, _ in driven(stimulus)[:-1] if n != care]
    outputs = data_outputs(drawn)
    ports = [
        *(f"input {span(width)}{port}" for port, width in driven(stimulus)[:-1]),
        *(f"output {span(port.width)}{port.name}" for port in outputs),
    ]
    own = {port.name: f"{port.name}_known" for port in outputs}
    lines = [f"wire {span(port.width)}{own[port.name]};" for port in outputs]
    wires = [*(f".{n}({n})" for n in given), *(f".{p}({w})" for p, w in own.items())]
    lines.append(f"{inner} design_i ({', '.join(wires)});")
    for place, port in enumerate(reversed(outputs)):
        bit = f"{care}[{place}]" if len(outputs) > 1 else care
        lines.append(f"assign {port.name} = {bit} ? {own[port.name]} : {port.width}'bx;")
    inside = "\n".join(f"    {line}" for line in lines)
    listed = ",\n".join(f"    {port}" for port in ports)
    return f"module {name} (\n{listed}\n);\n{inside}\nendmodule\n"


# The root


def _bench(stimulus: Stimulus, top: str) -> str:
    drawn, names = stimulus.drawn, stimulus.names
    signals, outputs = driven(stimulus), data_outputs(drawn)
    given = [name for name, _ in signals[:-1] if name != names["care"]]
    shared = [name for name, _ in signals[:-1]]
    logic = [f"logic {span(width)}{name};" for name, width in signals]
    logic += [f"logic {span(p.width)}{p.name}_{side};" for side in ("ref", "dut") for p in outputs]
    match, errors, samples = (_own(stimulus, n) for n in ("tb_match", "errors", "samples"))
    lines = [
        *logic,
        f"wire {match};",
        f"int {errors} = 0;",
        f"int {samples} = 0;",
        "",
        instance("stimulus_gen", "stim1", [(n, n) for n, _ in signals]),
        instance(REFERENCE, "good1", wired(shared, outputs, "ref")),
        instance(top, "dut1", wired(given, outputs, "dut")),
        "",
        f"assign {match} = {comparison(outputs)};",
        f"always @(posedge {names['sample']}) begin",
        f"    {samples} = {samples} + 1;",
        f"    if (!{match}) begin",
        f"        {errors} = {errors} + 1;",
        "    end",
        "end",
        f'final $display("Mismatches: %1d in %1d samples", {errors}, {samples});',
    ]
    inside = "\n".join(f"    {line}" if line else "" for line in lines)
    return f"module tb;\n{inside}\nendmodule\n"


def _own(stimulus: Stimulus, name: str) -> str:
    return _free(name, {port for port, _ in driven(stimulus)})


def wired(given: Sequence[str], outputs: Sequence[Port], side: str) -> list[tuple[str, str]]:
    """Return the connections of a design whose outputs are the signals of `side`."""
    return [*((name, name) for name in given), *((p.name, f"{p.name}_{side}") for p in outputs)]


def instance(name: str, label: str, wires: Sequence[tuple[str, str]]) -> str:
    """Return an instance of module `name`, with port and signal of each connection."""
    return f"{name} {label} ({', '.join(f'.{port}({signal})' for port, signal in wires)});"


def comparison(outputs: Sequence[Port], ref: str = "ref", dut: str = "dut") -> str:
    """Return the condition under which the outputs match; X in the reference matches anything."""
    wanted = ", ".join(f"{port.name}_{ref}" for port in outputs)
    got = ", ".join(f"{port.name}_{dut}" for port in outputs)
    return f"{{{wanted}}} === ({{{wanted}}} ^ {{{got}}} ^ {{{wanted}}})"
