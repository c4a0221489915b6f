"""State charts as Verilog, with wrong versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import ClockAndReset, Slip, indented
from rtlgen.synth.families._chart import Chart, Condition, Place
from rtlgen.synth.families._tour import apart, letters

STYLES = ("two-process", "one-process", "output-case")
"""Ways to code a chart, the most usual one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartCode:
    """A chart in a style of coding."""

    chart: Chart
    timing: ClockAndReset
    style: str = STYLES[0]
    start: int = 0
    """The place that reset leads to."""

    @property
    def split(self) -> bool:
        """Whether the next state has a block of its own."""
        return self.style != "one-process" or self.chart.timed

    def body(self) -> str:
        """Return the module's body."""
        return "\n\n".join([self._declared(), self._transitions(), self._outputs()])

    def registered(self) -> tuple[str, ...]:
        """Return the outputs assigned in procedures."""
        return tuple(n for n, width in self.chart.outputs if self._in_case(width))

    def _in_case(self, width: int) -> bool:
        return width > 1 or self.style == "output-case"

    def _declared(self) -> str:
        width = max(1, (len(self.chart.places) - 1).bit_length())
        names = [f"{p.name} = {width}'d{i}" for i, p in enumerate(self.chart.places)]
        lines = ["localparam\n" + indented(",\n".join(names)) + ";", ""]
        size = f"[{width - 1}:0] " if width > 1 else ""
        lines.append(f"reg {size}state{', next_state' if self.split else ''};")
        if self.chart.timed:
            lines.append(f"reg {size_of(self._timer())}timer;")
        return "\n".join(lines)

    def _timer(self) -> int:
        return max(1, (max(place.wait for place in self.chart.places) - 1).bit_length())

    def _transitions(self) -> str:
        first = self.chart.places[self.start].name
        if not self.split:
            return self.timing.always(self._case("state <="), f"state <= {first};")
        update, reset = "state <= next_state;", f"state <= {first};"
        if self.chart.timed:
            zero = f"{self._timer()}'d0"
            update += f"\nif (next_state != state)\n    timer <= {zero};\nelse\n"
            update += "    timer <= timer + 1'b1;"
            reset += f"\ntimer <= {zero};"
        return (
            f"always @(*) begin\n{indented(self._case('next_state ='))}\nend\n\n"
            + self.timing.always(update, reset)
        )

    def _case(self, target: str) -> str:
        arms = [self._arm(place, target) for place in self.chart.places]
        arms.append(f"default: {target} {self.chart.places[0].name};")
        return f"case (state)\n{indented(chr(10).join(arms))}\nendcase"

    def _arm(self, place: Place, target: str) -> str:
        steps = [(verilog(rule.when), rule.to) for rule in place.rules]
        last = place.name
        if place.wait == 1:
            last = place.then
        elif place.wait:
            steps.append((f"timer == {self._timer()}'d{place.wait - 1}", place.then))
        if not steps:
            return f"{place.name}: {target} {last};"
        if len(steps) == 1:
            test = f"({steps[0][0]})" if " " in steps[0][0] else steps[0][0]
            return f"{place.name}: {target} {test} ? {steps[0][1]} : {last};"
        lines = [f"if ({test}) {target} {to};" for test, to in steps]
        chain = "\nelse ".join([*lines, f"{target} {last};"])
        return f"{place.name}: begin\n{indented(chain)}\nend"

    def _outputs(self) -> str:
        parts = []
        for at, (name, width) in enumerate(self.chart.outputs):
            parts.append(self._by_case(at, name, width) if self._in_case(width) else self._or(at))
        return ("\n\n" if self.registered() else "\n").join(parts)

    def _by_case(self, at: int, name: str, width: int) -> str:
        arms = [f"{p.name}: {name} = {width}'d{p.outputs[at]};" for p in self.chart.places]
        arms.append(f"default: {name} = {width}'d0;")
        inner = f"case (state)\n{indented(chr(10).join(arms))}\nendcase"
        return f"always @(*) begin\n{indented(inner)}\nend"

    def _or(self, at: int) -> str:
        terms = [f"(state == {p.name})" for p in self.chart.places if p.outputs[at]]
        return f"assign {self.chart.outputs[at][0]} = {' || '.join(terms)};"


def size_of(width: int) -> str:
    """Return `[3:0] `, or nothing for one bit."""
    return f"[{width - 1}:0] " if width > 1 else ""


def verilog(when: Condition) -> str:
    """Return a condition as an expression."""
    return " && ".join(name if value else f"!{name}" for name, value in when)


def chart_code(draw: Draw, chart: Chart, timing: ClockAndReset) -> ChartCode:
    """Return a chart in a drawn style."""
    return ChartCode(chart=chart, timing=timing, style=draw.style(*STYLES))


def chart_slips(draw: Draw, code: ChartCode) -> tuple[Slip, ...]:
    """Return up to four wrong codings that stimulus can tell from the right one."""
    given = letters(*((name, 1) for name in code.chart.inputs))
    right = code.chart.behavior()
    found: dict[str, str] = {}
    for name, wrong in _wrong(draw, code.chart):
        if name not in found and apart(right, wrong.behavior(), given):
            found[name] = replace(code, chart=wrong).body()
    found["wrong-reset-state"] = replace(code, start=1).body()
    return tuple(Slip(name=name, body=body) for name, body in list(found.items())[:4])


def _wrong(draw: Draw, chart: Chart) -> Iterator[tuple[str, Chart]]:
    """Yield plausible mistakes, in a drawn order of places."""
    order = draw.random.sample(range(len(chart.places)), len(chart.places))
    for at in order:
        place = chart.places[at]
        rules = place.rules
        if place.wait > 1:
            late = draw.one_of(-1, 1) if place.wait > 2 else 1
            yield "off-by-one-wait", chart.with_place(at, replace(place, wait=place.wait + late))
        if len(rules) > 1:
            yield "wrong-priority", chart.with_place(at, replace(place, rules=rules[::-1]))
        if rules:
            yield "missing-rule", chart.with_place(at, replace(place, rules=rules[1:]))
            other = chart.places[(chart.index(rules[0].to) + 1) % len(chart.places)].name
            moved = (replace(rules[0], to=other), *rules[1:])
            yield "wrong-transition", chart.with_place(at, replace(place, rules=moved))
