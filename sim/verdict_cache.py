"""Verdicts that are kept, so that nothing is simulated twice.

Kept is what a simulation decided and would decide again: a pass, a mismatch, a
complete run without enough checks. What load or limits decide is not.

An entry is believed only if it and its folders belong to this user and nobody
else can write to them; it is a `Verdict` with all its rules, or it is nothing.
Entries are never removed; the folder can be, at any time.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from sim.cache_folder import cache_folder
from sim.cocotb_bench import CocotbBench
from sim.design import digest
from sim.own_files import is_own_folder, read_own, write_own
from sim.process import Limits, ToolRun
from sim.simulate import Simulator
from sim.verdict import Cause, Status, Verdict

log = logging.getLogger(__name__)

MAX_ENTRY_BYTES = 256 << 10
"""A verdict that takes more is not kept."""
MAX_OUTPUT = 2000
"""Characters of a tool's output that are kept."""

_KEY = re.compile(r"[a-z0-9]+-[0-9a-f]{32}\Z")
_FAILURES = frozenset({Cause.MISMATCH, Cause.UNKNOWN_VALUE})
_PACKAGES = ("cocotb", "pyslang", "rtlgen")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    key: str
    verdict: Verdict


def verdict_key(
    admission_digest: str,
    bench: CocotbBench,
    simulators: Sequence[Simulator],
    limits: Limits,
    *,
    together: CocotbBench | None = None,
) -> str:
    """Return the key of the verdict on the design whose `Admission.digest` is given.

    It covers everything that decides a verdict: the testbench, the simulators in
    their order with versions, the limits, and the code that judges. `together` is
    the testbench for many designs, where one may have judged.

    Raises:
        ValueError: The design was not admitted, or there is no simulator.
        ToolNotFound: A simulator is not installed.
    """
    if not admission_digest:
        raise ValueError("only an admitted design has a key; this one has no digest")
    if not simulators:
        raise ValueError("simulators must not be empty")
    tools = [part for s in simulators for part in (s.name, s.version())]
    values = [f"{f.name}={getattr(limits, f.name)!r}" for f in fields(limits)]
    benches = [bench.digest, together.digest if together else ""]
    parts = [admission_digest, *benches, _judging_code(), *tools, "limits", *values]
    return f"{_plain(simulators[0].name)}-{digest(*(part.encode() for part in parts))}"


@cache
def _judging_code() -> str:
    """Return a digest of this package and of the versions of what it judges with."""
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    texts = [part for path in sources for part in (path.name.encode(), path.read_bytes())]
    return digest(*texts, *(_version(name).encode() for name in _PACKAGES))


def _version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"{package} unknown"


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()) or "unnamed"


class Verdicts(Protocol):
    """Where verdicts are looked up and kept, by `verdict_key`."""

    def get(self, key: str) -> Verdict | None:
        """Return the verdict kept under `key`, if there is one."""

    def put(self, key: str, verdict: Verdict) -> None:
        """Keep `verdict`, if it is one to be kept."""


class RunVerdicts:
    """The verdicts of one run, all of them, in front of a cache that keeps some for later runs.

    What the run has judged is not judged again, even where only load decided it,
    and equal designs share one verdict from round to round.
    """

    def __init__(self, behind: Verdicts | None = None) -> None:
        self._known: dict[str, Verdict] = {}
        self._behind = behind

    def get(self, key: str) -> Verdict | None:
        if key not in self._known and self._behind is not None:
            found = self._behind.get(key)
            if found is not None:
                self._known[key] = found
        return self._known.get(key)

    def put(self, key: str, verdict: Verdict) -> None:
        self._known[key] = verdict
        if self._behind is not None:
            self._behind.put(key, verdict)


class VerdictCache:
    """A folder of verdicts; several processes may use it at once.

    Trouble with the folder is logged and costs only time.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Use `folder`, or `verdicts` in the user's cache folder; it is made when needed."""
        self.folder = folder if folder is not None else cache_folder() / "verdicts"

    def get(self, key: str) -> Verdict | None:
        """Return the verdict kept under `key`, or None; a damaged entry is none."""
        path = self._path(key)
        if not is_own_folder(self.folder):
            return None
        content = read_own(path, most=MAX_ENTRY_BYTES)
        if content is None:
            return None
        try:
            entry = _Entry.model_validate_json(content)
        except ValidationError:
            log.warning("a damaged verdict is ignored: %s", path)
            return None
        fits = entry.key == key and _lasts(entry.verdict, key)
        return entry.verdict if fits else None

    def put(self, key: str, verdict: Verdict) -> None:
        """Keep `verdict` under `key` if it is one that lasts.

        A verdict of any simulator but the first of those in `key` does not: that
        the first has failed may be due to the moment.
        """
        path = self._path(key)
        if not _lasts(verdict, key):
            return
        short = replace(verdict, runs=tuple(map(_shortened, verdict.runs)))
        content = _Entry(key=key, verdict=short).model_dump_json().encode()
        if len(content) > MAX_ENTRY_BYTES:
            return
        try:
            self._write(path, content)
        except OSError as error:
            log.warning("a verdict cannot be kept in %s: %s", path.parent, error.strerror)

    def _path(self, key: str) -> Path:
        if not _KEY.match(key):
            raise ValueError(f"a key must be one that `verdict_key` returned, not {key!r}")
        name = key.rpartition("-")[2]
        return self.folder / name[:2] / f"{key}.json"

    def _write(self, path: Path, content: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_own_folder(self.folder):
            log.warning("no verdict is kept where others can write: %s", self.folder)
            return
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if is_own_folder(path.parent):
            write_own(path, content)


def _lasts(verdict: Verdict, key: str) -> bool:
    """Whether the same simulation would decide the same again."""
    if not _plain(verdict.simulator).startswith(key.partition("-")[0]):
        return False
    if any(run.limit is not None for run in verdict.runs):
        return False
    if verdict.status is Status.FAIL:
        return verdict.cause in _FAILURES
    if verdict.status is Status.UNKNOWN:
        # Without any check the bench may never have begun.
        return verdict.cause is Cause.INCOMPLETE and verdict.checked > 0
    return verdict.status is Status.PASS


def _shortened(run: ToolRun) -> ToolRun:
    if len(run.output) <= MAX_OUTPUT:
        return run
    return replace(run, output=run.output[:MAX_OUTPUT], truncated=True)
