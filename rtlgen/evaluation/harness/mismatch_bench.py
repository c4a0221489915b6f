"""What is simulated in place of a test in VerilogEval's form.

Three renditions of one test, all with the test's own stimulus and comparison:

- `counting` has neither reference nor design and tells how many samples there are;
- `alone` is the test as published, around one design, in the same order of processes;
- `side_by_side` compares many designs with one reference in one simulation.

None writes waveforms. What they report are lines that begin with a secret, which
a design cannot know: it has no way to read files, and nothing in its reach holds
the secret. Lines, after the secret::

    n SAMPLES                          at the end
    r LANE MISMATCHES                  at the end
    w LANE SAMPLE TIME INPUTS,EXPECTED GOT      up to the first mismatch, binary
    m LANE                             after these
    b WIDTH ...                        bits of each input and each output, while counting
    t                                  the test's own time limit
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rtlgen.evaluation.harness.mismatch_test import TIMEOUT, VERDICT, MismatchTest
from rtlgen.evaluation.harness.source_text import Span

WINDOW = 16
"""Samples that are kept up to the first mismatch."""
TEST = "test.sv"
"""Name that messages give to the test."""
_OWN = "rtlgen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """How a bench is written."""

    secret: str
    stop_early: bool
    windows: bool
    most: int = 0
    """Side by side, end after so many samples; 0: by the test's own end."""
    widths: tuple[int, ...] = ()
    """Bits of each input and each expected output, as `counting` reports them.

    Without them nothing is kept. Icarus 11 takes `$bits` for other numbers where a
    constant is wanted than when it runs.
    """

    @property
    def keeps(self) -> bool:
        """Whether the samples up to a mismatch are kept."""
        return self.windows and bool(self.widths)


def lane_name(number: int) -> str:
    """Return the name that messages give to the place of design `number` in the bench."""
    return f"{_OWN}_lane_{number}"


def counting(test: MismatchTest, rendering: Rendering, *, most: int = 0) -> str:
    """Return the bench that only counts the samples of a complete run.

    With `most`, the reference is there too, and the run ends after so many samples.
    """
    step = f"{_OWN}_n = {_OWN}_n + 1;"
    if most:
        step = f"begin {step} if ({_OWN}_n == {most}) $finish; end"
    count = f"int {_OWN}_n = 0;\nalways {test.sampling_event} {step}\n"
    final = f'final $display("{rendering.secret} n %0d", {_OWN}_n);\n'
    return test.edited(
        [
            *_without(test.dumps),
            *_timeout(test, rendering),
            (test.instance, ""),
            *([] if most else [(test.reference, "")]),
            (test.assign, _as_if_right(test)),
            (test.sampling, _widths(test, rendering) + count),
            (test.final, final),
        ]
    )


def alone(test: MismatchTest, rendering: Rendering) -> str:
    """Return the bench for one design; its verdict line carries the secret."""
    secret = rendering.secret
    before = f"reg {_OWN}_seen = 0, {_OWN}_new_0 = 0;\n{_common(test, rendering)}"
    before += _showing(test, rendering, 0, test.got)
    first = f" if (!{_OWN}_seen) begin {_OWN}_seen = 1; {_OWN}_new_0 = 1; end\n"
    verdicts = [(span, f'"{secret} r 0 %1d\\n{secret} n %1d"') for span in test.literals[VERDICT]]
    return test.edited(
        [
            *_without(test.dumps),
            *_timeout(test, rendering),
            *verdicts,
            (_at(test.sampling[0]), before),
            (_at(test.mismatch_start), first),
            (
                _at(test.sampling_end),
                _report(
                    test,
                    rendering,
                    [test.got],
                    early=f"{_OWN}_seen" if rendering.stop_early else "",
                    good=f"!{_OWN}_seen",
                ),
            ),
        ]
    )


def side_by_side(test: MismatchTest, rendering: Rendering, modules: Sequence[str]) -> str:
    """Return the bench for the designs whose top modules are called `modules`, one lane each."""
    lanes = range(len(modules))
    got = [_renamed_all(test, lane) for lane in lanes]
    declarations = _declarations(test, lanes)
    instances = "".join(
        _placed(lane, _instance(test, lane, name)) for lane, name in enumerate(modules)
    )
    matches = _wanted(test, rendering)
    matches += "".join(_comparison(test, rendering, lane) for lane in lanes)
    histories = "".join(_showing(test, rendering, lane, got[lane]) for lane in lanes)
    return test.edited(
        [
            *_without(test.dumps),
            *_timeout(test, rendering),
            *declarations,
            (test.instance, instances),
            (test.assign, _as_if_right(test) + matches),
            (
                test.sampling,
                _common(test, rendering) + histories + _sampling(test, rendering, got),
            ),
            (test.final, _final(rendering, len(modules))),
        ]
    )


def _as_if_right(test: MismatchTest) -> str:
    """Return what the stimulus generator sees of a design that is always right."""
    pairs = zip(test.got, test.expected, strict=True)
    same = "".join(f"assign {got} = {expected};\n" for got, expected in pairs)
    return f"assign {test.match} = 1'b1;\n{same}"


def _at(offset: int) -> Span:
    return offset, offset


def _without(spans: Sequence[Span]) -> list[tuple[Span, str]]:
    return [(span, ";") for span in spans]


def _timeout(test: MismatchTest, rendering: Rendering) -> list[tuple[Span, str]]:
    return [(span, f'"{rendering.secret} t"') for span in test.literals[TIMEOUT]]


def _placed(lane: int, text: str) -> str:
    """Return `text` on lines that messages ascribe to `lane`."""
    return f'\n`line 1 "{lane_name(lane)}" 0\n{text}\n`line 1 "{TEST}" 0\n'


def _renamed(lane: int, name: str) -> str:
    return f"{_OWN}_{lane}_{name}"


def _renamed_all(test: MismatchTest, lane: int) -> tuple[str, ...]:
    return tuple(_renamed(lane, name) for name in test.got)


def _declarations(test: MismatchTest, lanes: range) -> list[tuple[Span, str]]:
    edits = []
    for name, span in test.declarations.items():
        text = test.slice(span)
        head, _, tail = text.rpartition(name)
        new = "".join(_placed(lane, f"{head}{_renamed(lane, name)}{tail}") for lane in lanes)
        edits.append((span, text + new))
    return edits


def _instance(test: MismatchTest, lane: int, module: str) -> str:
    got = set(test.got)
    connections = ", ".join(
        f".{c.port}({_renamed(lane, c.signal) if c.signal in got else c.signal})"
        for c in test.connections
    )
    return f"{module} {_renamed(lane, test.instance_name)} ({connections});"


def _expected(test: MismatchTest, rendering: Rendering) -> str:
    """Return all expected outputs as one vector."""
    return f"{_OWN}_expected" if rendering.widths else f"{{{', '.join(test.expected)}}}"


def _wanted(test: MismatchTest, rendering: Rendering) -> str:
    """Return the vector of expected outputs, put together once for all lanes."""
    if not rendering.widths:
        return ""
    wide = sum(rendering.widths[len(test.inputs) :])
    names = ", ".join(test.expected)
    return f"wire [{wide - 1}:0] {_OWN}_expected;\nassign {_OWN}_expected = {{{names}}};\n"


def _comparison(test: MismatchTest, rendering: Rendering, lane: int) -> str:
    """Return the test's own comparison for one lane.

    vvp puts a concatenation together anew, bit by bit, with each bit that changes in it;
    so there are few. The vector of expected outputs has no sign, as a concatenation.
    """
    expected, names = _expected(test, rendering), _renamed_all(test, lane)
    single = rendering.widths and len(names) == 1
    got = names[0] if single else f"{{{', '.join(names)}}}"
    match = f"{_OWN}_match_{lane}"
    return f"wire {match};\nassign {match} = ({expected} === ({expected} ^ {got} ^ {expected}));\n"


def _shared(test: MismatchTest) -> list[str]:
    return [*(c.signal for c in test.inputs), *test.expected]


def _common(test: MismatchTest, rendering: Rendering) -> str:
    """Return what all lanes share: the sample's number, the last inputs and expected outputs."""
    count = f"int {_OWN}_k = 0;\n"
    if not rendering.keeps:
        return count
    return (
        f"{count}reg [{sum(rendering.widths) - 1}:0] {_OWN}_past [0:{WINDOW - 1}];\n"
        f"reg [63:0] {_OWN}_when [0:{WINDOW - 1}];\n"
    )


def _widths(test: MismatchTest, rendering: Rendering) -> str:
    """Return what reports the bits of each input and each expected output."""
    widths = ", ".join(f"$bits({name})" for name in _shared(test))
    places = " ".join(["%0d"] * len(_shared(test)))
    return f'initial $display("{rendering.secret} b {places}", {widths});\n'


def _showing(test: MismatchTest, rendering: Rendering, lane: int, got: Sequence[str]) -> str:
    """Return the last outputs of one lane, and the task that shows them and what is there now."""
    names, expected, shared = ", ".join(got), ", ".join(test.expected), ", ".join(_shared(test))
    secret = rendering.secret
    mismatch = f'$display("{secret} m {lane} %b %b", {{{expected}}}, {{{names}}});'
    if not rendering.keeps:
        return f"task {_OWN}_show_{lane};\n{mismatch}\nendtask\n"
    line = f'$display("{secret} w {lane} %0d %0d %b %b", '
    wide = sum(rendering.widths[len(test.inputs) :])
    return f"""reg [{wide - 1}:0] {_OWN}_past_{lane} [0:{WINDOW - 1}];
task {_OWN}_show_{lane};
  int k;
  begin
    for (k = {_OWN}_k < {WINDOW - 1} ? 0 : {_OWN}_k - {WINDOW - 1}; k < {_OWN}_k; k = k + 1)
      {line}k, {_OWN}_when[k % {WINDOW}],
        {_OWN}_past[k % {WINDOW}], {_OWN}_past_{lane}[k % {WINDOW}]);
    {line}{_OWN}_k, $time, {{{shared}}}, {{{names}}});
    {mismatch}
  end
endtask
"""


def _report(
    test: MismatchTest,
    rendering: Rendering,
    lanes: Sequence[Sequence[str]],
    *,
    early: str,
    good: str,
) -> str:
    """Return how a sample ends: new mismatches are shown, the sample is kept.

    The run ends where `early` holds; empty: by the test's own end.

    Nothing of it may come before the sample is counted: at the last edge `$finish` can
    have been called already, and then vvp ends a process at its next system task.
    """
    shown = "".join(
        f"if ({_OWN}_new_{lane}) begin {_OWN}_new_{lane} = 0; {_OWN}_show_{lane}; end\n"
        for lane in range(len(lanes))
    )
    ended = f"if ({early}) $finish;\n" if early else ""
    return f"\n{shown}{_keep(test, rendering, lanes, good)}{_OWN}_k = {_OWN}_k + 1;\n{ended}"


def _keep(
    test: MismatchTest, rendering: Rendering, lanes: Sequence[Sequence[str]], good: str
) -> str:
    """Return the statements that keep one sample of the lanes that are `good` so far."""
    if not rendering.keeps:
        return ""
    place = f"[{_OWN}_k % {WINDOW}]"
    shared = ", ".join(_shared(test))
    kept = "".join(
        f"if ({good.format(lane=lane)}) {_OWN}_past_{lane}{place} = {{{', '.join(got)}}};\n"
        for lane, got in enumerate(lanes)
    )
    return f"{_OWN}_past{place} = {{{shared}}};\n{kept}{_OWN}_when{place} = $time;\n"


def _sampling(test: MismatchTest, rendering: Rendering, lanes: Sequence[Sequence[str]]) -> str:
    count = range(len(lanes))
    state = "".join(f"int {_OWN}_bad_{k} = 0;\nreg {_OWN}_new_{k} = 0;\n" for k in count)
    checks = "".join(
        f"if (!{_OWN}_match_{k}) begin\n"
        f"  if ({_OWN}_bad_{k} == 0) begin {_OWN}_left = {_OWN}_left - 1; {_OWN}_new_{k} = 1; end\n"
        f"  {_OWN}_bad_{k} = {_OWN}_bad_{k} + 1;\nend\n"
        for k in count
    )
    ends = [f"{_OWN}_left == 0"] if rendering.stop_early else []
    ends += [f"{_OWN}_n == {rendering.most}"] if rendering.most else []
    early, good = " || ".join(ends), f"{_OWN}_bad_{{lane}} == 0"
    end = _report(test, rendering, lanes, early=early, good=good)
    return (
        f"int {_OWN}_n = 0;\nint {_OWN}_left = {len(lanes)};\n{state}"
        f"always {test.sampling_event} begin\n{_OWN}_n = {_OWN}_n + 1;\n{checks}{end}end\n"
    )


def _final(rendering: Rendering, count: int) -> str:
    secret = rendering.secret
    lines = "".join(
        f'$display("{secret} r {lane} %0d", {_OWN}_bad_{lane});\n' for lane in range(count)
    )
    return f'final begin\n$display("{secret} n %0d", {_OWN}_n);\n{lines}end\n'
