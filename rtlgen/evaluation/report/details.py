"""What the page shows of a sample when it is asked for, as blocks of JSON."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rtlgen.design.words import duration
from rtlgen.evaluation.report.outcomes import CODES, ORDER
from rtlgen.evaluation.report.texts import line, shown
from rtlgen.evaluation.row import Row, SignalRow, WindowRow

ROOM = 48_000_000
"""Characters for the details of all samples together."""
_MOST_ENTRY = 60_000
"""Characters for one sample; without its waveform where that is not enough."""
_VERILOG = 24_000
_LOG = 6_000
_REASON = 600
_NAME = 80
_COLUMNS = 24
_SIGNALS = 64


@dataclass(slots=True)
class _Task:
    """The samples of a problem, in the order of the file; a number each, not their texts."""

    samples: array[int] = field(default_factory=lambda: array("q"))
    entries: array[int] = field(default_factory=lambda: array("l"))
    rules: array[int] = field(default_factory=lambda: array("H"))
    categories: list[str] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)
    room: int = 0

    def index(self, name: str) -> dict[str, Any]:
        order = sorted(range(len(self.samples)), key=self.samples.__getitem__)
        return {
            "id": name,
            "n": [self.samples[at] for at in order],
            "c": "".join(self.categories[at] for at in order),
            "v": "".join(self.verdicts[at] for at in order),
            "e": [self.entries[at] for at in order],
            "r": [self.rules[at] for at in order],
        }


class Details:
    """Makes a block of each new design, and an index of all samples.

    Holds a few numbers a sample and a digest a design, never their texts.
    """

    def __init__(self, problems: Sequence[str], *, room: int = ROOM) -> None:
        """Take the problems in the order in which the page lists them."""
        self._share = room // max(1, len(problems))
        self._tasks = {shown(name): _Task(room=self._share) for name in problems}
        self._entries: dict[tuple[str, str, str], int] = {}
        self._texts: dict[str, int] = {}
        self._rules: dict[str, int] = {}
        self._count = 0

    def block(self, row: Row) -> str:
        """Note a sample; return its block, or nothing where the page has it or has no room."""
        name = shown(row.task_id)
        task = self._tasks.setdefault(name, _Task(room=self._share))
        entry, block = self._entry(name, task, row)
        task.samples.append(row.sample)
        task.entries.append(entry)
        task.rules.append(self._rules.setdefault(row.rule, min(len(self._rules), 0xFFFF)))
        task.categories.append(CODES[row.category])
        task.verdicts.append(str(3 * _digit(row.official) + _digit(row.functional)))
        return block

    def index(self, title: str) -> str:
        """Return the block that says which samples there are and where their details stand."""
        return data_block(
            "index",
            {
                "title": title,
                "categories": [(CODES[category], category.value) for category in ORDER],
                "rules": [line(rule, _NAME) for rule in self._rules],
                "tasks": [task.index(name) for name, task in self._tasks.items()],
            },
        )

    def _entry(self, name: str, task: _Task, row: Row) -> tuple[int, str]:
        """Return the number of the details, -1 for none, and their block where it is new."""
        key = (name, row.digest or row.reason, row.category.value)
        if (known := self._entries.get(key)) is not None:
            return known, ""
        passed = row.functional and row.official
        if task.room <= (self._share // 2 if passed else 0):
            return -1, ""
        block = self._new_block(row)
        task.room -= len(block)
        self._entries[key] = self._count
        self._count += 1
        return self._count - 1, block

    def _new_block(self, row: Row) -> str:
        name = f"e{self._count}"
        values = _values(row)
        if row.digest and row.verilog is not None:
            where = self._texts.setdefault(row.digest, self._count)
            values |= _text(row) if where == self._count else {"v": where}
        if row.window is not None:
            block = data_block(name, values | {"w": window_data(row.window)})
            if len(block) <= _MOST_ENTRY:
                return block
        return data_block(name, values)


def data_block(name: str, value: object) -> str:
    """Return `value` as an element that nothing runs and no text in it can end."""
    return f'<script type="application/json" id="{name}">{script_json(value)}</script>\n'


def script_json(value: object) -> str:
    """Return `value` as JSON in ASCII, without `<`."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _digit(verdict: bool | None) -> int:
    return 2 if verdict is None else int(verdict)


def _values(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if row.reason:
        values["r"] = line(row.reason, _REASON)
    if row.official_category:
        values["o"] = line(row.official_category, _NAME)
    if row.samples or row.expected_samples:
        values["m"] = (row.mismatches, row.samples, row.expected_samples)
    if row.seconds:
        values["s"] = duration(row.seconds)
    if row.log.strip():
        values["l"] = shown(_cut_log(row.log.rstrip()))
    return values


def _text(row: Row) -> dict[str, Any]:
    text = row.verilog or ""
    cut = len(text) - _VERILOG
    more = {"x": cut} if cut > 0 else {"x": "many"} if row.verilog_cut else {}
    return {"v": shown(text[:_VERILOG]), **more}


def _cut_log(text: str) -> str:
    if len(text) <= _LOG:
        return text
    half = _LOG // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"


def window_data(window: WindowRow) -> Mapping[str, object]:
    """Return `window` as the script reads it: times, first sample, signals, and how many more.

    A signal is name, role, width and values: characters 0, 1, x and z where it
    is one bit, and otherwise hexadecimal, or `~` and bits where some are unknown.
    """
    kept = _kept(window.signals)
    return {
        "t": window.times[-_COLUMNS:],
        "f": window.first + max(0, len(window.times) - _COLUMNS),
        "s": [_signal(signal) for signal in kept],
        "m": len(window.signals) - len(kept),
    }


def _kept(signals: Sequence[SignalRow]) -> Sequence[SignalRow]:
    """Return the signals that fit, those first that may be wrong, in the order given."""
    if len(signals) <= _SIGNALS:
        return signals
    wrong = {s.name for s in signals if s.role == "got"} & _wrong(signals)
    ranked = sorted(signals, key=lambda signal: signal.name not in wrong)[:_SIGNALS]
    names = {(signal.name, signal.role) for signal in ranked}
    return [signal for signal in signals if (signal.name, signal.role) in names]


def _wrong(signals: Sequence[SignalRow]) -> set[str]:
    last = {(signal.name, signal.role): signal.values[-1:] for signal in signals}
    return {name for name, role in last if last.get((name, "expected")) != last.get((name, "got"))}


def _signal(signal: SignalRow) -> tuple[str, str, int, str | list[str]]:
    values = signal.values[-_COLUMNS:]
    name = line(signal.name, _NAME)
    width = max(map(len, values), default=0)
    if width == 1:
        return name, signal.role, 1, "".join(map(_bits, values))
    return name, signal.role, width, [_value(value) for value in values]


def _value(value: str) -> str:
    if not value.strip("01"):
        return f"{int(value or '0', 2):x}"
    return f"~{_bits(value)}"


def _bits(value: str) -> str:
    low = value.lower()
    return low if not low.strip("01xz") else "".join(c if c in "01xz" else "x" for c in low)
