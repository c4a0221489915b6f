"""A mismatch as text: the values, the bits that differ, the samples before, what it looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sim.interface import Edge, Interface
from sim.verdict import Mismatch, Verdict

_SHOWN_BITS = 64
"""Wider values are shown in hexadecimal only."""
_ROW_CHARACTERS = 110
_NAMED_RUNS = 8


def mismatch_lines(
    verdict: Verdict, mismatch: Mismatch, interface: Interface | None
) -> Iterator[str]:
    """Yield the lines that describe the first mismatch of `verdict`."""
    port = mismatch.port
    failed = f"{verdict.mismatches} of {verdict.checked} checks failed"
    yield f"Output {port} is wrong: {failed}; the first at sample {mismatch.check}."
    if mismatch.phase:
        yield f"It was seen in the phase {mismatch.phase!r} of the test."
    yield f"  expected {value_text(mismatch.expected)}"
    yield f"  got      {value_text(mismatch.got)}"
    if named := _differing(mismatch, interface):
        yield f"  differs in {named}"
    yield from _table(mismatch, interface)
    for remark in remarks(mismatch, interface):
        yield f"- {remark}"


def value_text(value: str) -> str:
    """Return a binary value as a person compares it: binary, hexadecimal and decimal."""
    width = len(value)
    if width == 1:
        return value
    if width > _SHOWN_BITS:
        return f"{width}'h{hexadecimal(value)}"
    text = f"{width}'b{value}"
    if set(value) <= {"0", "1"}:
        text += f" = {int(value, 2)}" + (f" = {width}'h{hexadecimal(value)}" if width > 4 else "")
    return text


def hexadecimal(value: str) -> str:
    """Return binary `value` in hexadecimal; X for a digit that is unknown only in part."""
    padded = value.lower().rjust(-(-len(value) // 4) * 4, "0")
    return "".join(_digit(padded[i : i + 4]) for i in range(0, len(padded), 4))


def _digit(bits: str) -> str:
    if set(bits) <= {"0", "1"}:
        return f"{int(bits, 2):x}"
    kinds = set(bits)
    return kinds.pop() if len(kinds) == 1 else "X"


def _differing(mismatch: Mismatch, interface: Interface | None) -> str:
    """Name the bits that differ, where these are not all."""
    pairs = list(zip(mismatch.expected, mismatch.got.lower(), strict=False))
    places = [i for i, (want, got) in enumerate(pairs) if want in "01" and want != got]
    if len(pairs) == 1 or not places or len(places) == len(pairs):
        return ""
    names = _bit_names(mismatch, interface)
    runs = _runs(places)
    shown = [_span(names[first], names[last]) for first, last in runs[:_NAMED_RUNS]]
    more = f" and {len(runs) - _NAMED_RUNS} more places" if len(runs) > _NAMED_RUNS else ""
    return ", ".join(shown) + more


def _runs(places: Sequence[int]) -> Sequence[tuple[int, int]]:
    """Return the first and last of every run of neighbors."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs


def _span(first: str, last: str) -> str:
    """Return `x[7:4]` for `x[7]` and `x[4]`."""
    return first if first == last else f"{first.removesuffix(']')}:{last.partition('[')[2]}"


def _bit_names(mismatch: Mismatch, interface: Interface | None) -> Sequence[str]:
    width = len(mismatch.expected)
    for port in interface.outputs if interface else ():
        if port.name == mismatch.port and port.width == width:
            return port.bits
    return [f"{mismatch.port}[{i}]" for i in range(width - 1, -1, -1)]


def _table(mismatch: Mismatch, interface: Interface | None) -> Iterator[str]:
    """Yield the samples before the mismatch and its own, one row each."""
    rows = [dict(row) for row in mismatch.history]
    rows.append({**mismatch.inputs, mismatch.port: mismatch.got})
    inputs = list(mismatch.inputs)
    constant = [name for name in inputs if len(rows) > 2 and _steady(rows, name)]
    outputs = [name for name in _columns(rows) if name not in inputs and name != mismatch.port]
    wanted = [*(name for name in inputs if name not in constant), mismatch.port, *outputs]
    first = mismatch.check - len(mismatch.history)
    yield ""
    yield "The samples up to it (values in hexadecimal; outputs right of |):"
    if steady := [f"{name}={_short(rows[-1][name])}" for name in constant]:
        yield "all with " + " ".join(steady)
    yield from _rows(rows, wanted, set(inputs), first, mismatch)
    if mismatch.history:
        yield from _reading(interface, wanted)
    yield ""


def _columns(rows: Sequence[Mapping[str, str]]) -> Sequence[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _steady(rows: Sequence[Mapping[str, str]], name: str) -> bool:
    return len({row.get(name) for row in rows}) == 1


def _rows(
    rows: Sequence[Mapping[str, str]],
    names: Sequence[str],
    inputs: set[str],
    first: int,
    mismatch: Mismatch,
) -> Iterator[str]:
    shown = {name: [_short(row.get(name, "")) for row in rows] for name in names}
    widths = {name: max(len(name), *map(len, cells)) for name, cells in shown.items()}
    fitting = _fitting(names, widths, mismatch.port)
    left = [name for name in fitting if name in inputs]
    right = [name for name in fitting if name not in inputs]

    def line(label: str, cells: Mapping[str, str], mark: str = "") -> str:
        halves = (" ".join(cells[n].rjust(widths[n]) for n in side) for side in (left, right))
        return f"{label:>6} {' | '.join(halves)}{mark}".rstrip()

    yield line("sample", {name: name for name in fitting})
    for number in range(len(rows)):
        last = number == len(rows) - 1
        mark = f"   <- {mismatch.port} should be {_wanted(mismatch.expected)}" if last else ""
        yield line(str(first + number), {name: shown[name][number] for name in fitting}, mark)
    if left_out := len(names) - len(fitting):
        yield f"({left_out} more signals left out)"


def _fitting(names: Sequence[str], widths: Mapping[str, int], port: str) -> Sequence[str]:
    """Return the names that fit a row, `port` among them."""
    room = _ROW_CHARACTERS - widths[port] - 12
    kept = {port}
    for name in names:
        if name != port and widths[name] + 1 <= room:
            room -= widths[name] + 1
            kept.add(name)
    return [name for name in names if name in kept]


def _short(value: str) -> str:
    """Return a value of the history in hexadecimal, without a prefix."""
    if value.startswith("0x"):
        return value[2:].lstrip("0") or "0"
    digits = hexadecimal(value) if len(value) > 1 else value
    return digits if set(digits) & set("xzX-") else digits.lstrip("0") or digits[:1]


def _wanted(value: str) -> str:
    """Return an expected value; bit by bit where some may have any value."""
    few = "-" in value and len(value) <= 32
    return f"{value} (- is any value)" if few else _short(value)


def _reading(interface: Interface | None, shown: Sequence[str]) -> Iterator[str]:
    """Say where the edges are; a clock in the table shows them."""
    if interface is None or len(interface.clocks) != 1 or interface.clocks[0].port not in shown:
        return
    clock = interface.clocks[0]
    after, before = ("1", "0") if clock.edge is Edge.RISING else ("0", "1")
    yield (
        f"The active edge is where {clock.port} goes from {before} in one row to {after} in the "
        f"next; that row shows the inputs of the edge and what it did. Where {clock.port} stays "
        "as it is, the inputs changed and there was no edge."
    )


def remarks(mismatch: Mismatch, interface: Interface | None) -> Iterator[str]:
    """Yield what the wrong value looks like, for a hint of its cause."""
    want, got = mismatch.expected, mismatch.got.lower()
    if interface:
        yield from _reset_remarks(mismatch, interface)
    before = mismatch.history[-1].get(mismatch.port) if mismatch.history else None
    if before is not None and before == got != want:
        yield f"{mismatch.port} kept the value of the sample before, and should have changed"
    elif before is not None and before == want:
        when = " without an active clock edge" if _no_edge(mismatch, interface) else ""
        yield f"{mismatch.port} changed{when}, and should have kept its value"
    if set(want) <= {"0", "1"} and set(got) <= {"0", "1"} and len(want) == len(got) > 1:
        yield from _value_remarks(want, got)
    if "z" in got:
        yield f"bits of {mismatch.port} are Z: nothing drives them"


def _no_edge(mismatch: Mismatch, interface: Interface | None) -> bool:
    """Whether the only clock was steady from the sample before to this one."""
    if interface is None or len(interface.clocks) != 1:
        return False
    clock = interface.clocks[0].port
    level = mismatch.inputs.get(clock)
    return level is not None and level == mismatch.history[-1].get(clock)


def _reset_remarks(mismatch: Mismatch, interface: Interface) -> Iterator[str]:
    for reset in interface.resets:
        level = mismatch.inputs.get(reset.port)
        if level is not None and (int(level, 16) == 0) == reset.active_low:
            kind = "asynchronous" if reset.asynchronous else "synchronous"
            yield f"the {kind} reset {reset.port} is asserted here"


def _value_remarks(want: str, got: str) -> Iterator[str]:
    width, difference = len(want), int(got, 2) - int(want, 2)
    if got == want[::-1]:
        yield "the bits are in reverse order"
    elif int(got, 2) ^ int(want, 2) == (1 << width) - 1:
        yield "every bit is inverted"
    elif width > 2 and difference % (1 << width) in (1, (1 << width) - 1):
        yield f"it is {'one more' if difference % (1 << width) == 1 else 'one less'} than expected"
    elif width > 2 and got == want[1:] + "0":
        yield "it is the expected value shifted left by one"
    elif width > 2 and got == "0" + want[:-1]:
        yield "it is the expected value shifted right by one"
