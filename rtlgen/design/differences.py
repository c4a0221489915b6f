"""What came out otherwise when a recorded run was made again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from rtlgen.design.record import CandidateRecord, RunRecord

_VERDICT = frozenset(
    {
        "status",
        "cause",
        "reason",
        "simulator",
        "checked",
        "expected",
        "mismatches",
        "first_mismatch",
        "notes",
    }
)
"""What counts of a verdict; its runs take another time each time."""
_CANDIDATE = (
    "parent",
    "origin",
    "declined",
    "failure",
    "digest",
    "sources",
    "guess",
    "notes",
    "twin",
    "group",
    "score",
)
_TESTBENCH = ("digest", "reference", "independent", "expected_checks", "notes")
_READING = ("digest", "module", "ports", "findings", "fragments")
_TRUST = ("value", "demanded", "evidence", "groups", "references")
_LONGEST = 300
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that did not come out as it was recorded."""

    what: str
    recorded: str
    now: str


def differences(record: RunRecord, now: RunRecord) -> Iterator[Difference]:
    """Yield what of `record` came out otherwise `now`, versions and times left aside."""
    yield from _of("specification", _part(record.spec, _READING), _part(now.spec, _READING))
    yield from _of(
        "testbench", _part(record.testbench, _TESTBENCH), _part(now.testbench, _TESTBENCH)
    )
    yield from _of("candidates", len(record.candidates), len(now.candidates))
    for before, after in zip(record.candidates, now.candidates, strict=False):
        yield from _candidate(before, after)
    yield from _of("trust", _part(record.trust, _TRUST), _part(now.trust, _TRUST))
    for name in ("chosen", "outcome", "exit_code"):
        yield from _of(name.replace("_", " "), getattr(record, name), getattr(now, name))


def version_differences(record: RunRecord, now: RunRecord) -> Iterator[Difference]:
    """Yield the tools and libraries whose version is another one now."""
    before = {"rtlgen": record.rtlgen, **record.versions}
    after = {"rtlgen": now.rtlgen, **now.versions}
    yield from _of("", before, after)


def file_differences(
    folder: Path, files: Mapping[str, str], *, origin: str
) -> Iterator[Difference]:
    """Yield which of `files` (path in `folder` to text, made by `origin`) read otherwise there."""
    for name, text in files.items():
        path = folder / name
        if not path.is_file():
            yield Difference(what=name, recorded="missing", now=f"the text of {origin}")
        elif path.read_bytes() != text.encode():
            yield Difference(what=name, recorded="another text", now=f"the text of {origin}")


def _candidate(before: CandidateRecord, after: CandidateRecord) -> Iterator[Difference]:
    name = f"candidate {before.number}"
    yield from _of(name, _part(before, _CANDIDATE), _part(after, _CANDIDATE))
    old, new = before.verdict, after.verdict
    yield from _of(f"{name}: verdict", _part(old, _VERDICT), _part(new, _VERDICT))


def _part(value: BaseModel | None, names: Iterable[str]) -> dict[str, Any]:
    return {} if value is None else value.model_dump(include=set(names))


def _of(what: str, recorded: object, now: object) -> Iterator[Difference]:
    """Compare, mappings key by key."""
    if isinstance(recorded, Mapping) and isinstance(now, Mapping):
        for key in sorted(recorded.keys() | now.keys()):
            place = f"{what}: {key}" if what else str(key)
            yield from _of(place, recorded.get(key), now.get(key))
    elif recorded != now:
        yield Difference(what=what, recorded=_shown(recorded), now=_shown(now))


def _shown(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    is_line = isinstance(value, str) and value.isprintable()
    text = str(value) if is_line else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
