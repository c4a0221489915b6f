"""Measured testbenches that are kept, so that none is measured twice.

Kept is what was found about a testbench, with the stimulus that proofs brought: under a key of all
that decides it, and under the digest of the testbench itself, by which every run that judges by the
same testbench finds its trust. The folder can be removed at any time.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

import sim
import symbolic
import testbench_gen
from rtlgen import __version__
from rtlgen.design.testbench_record import TestbenchFile
from sim.cache_folder import cache_folder
from sim.design import digest
from sim.own_files import read_own, write_own
from sim.process import Limits
from sim.proof import InputTrace
from testbench_gen import Golden
from testbench_gen.closing import Effort, Source, Standing
from testbench_gen.directed import Directed

log = logging.getLogger(__name__)

MAX_BYTES = 8 << 20
"""An entry that takes more is not kept."""
_OF_THE_MOMENT = ("time",)
"""Limits that another run might not meet."""


class _Trace(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    reason: str
    cycles: list[dict[str, int]]
    from_power_up: bool


class Entry(BaseModel):
    """What is kept of a testbench."""

    model_config = ConfigDict(extra="forbid")

    key: str
    budget: int | None
    traces: list[_Trace]
    record: TestbenchFile

    @property
    def directed(self) -> tuple[Directed, ...]:
        """The stimulus that proofs found."""
        return tuple(
            Directed(
                name=one.name,
                reason=one.reason,
                trace=InputTrace(cycles=tuple(one.cycles), from_power_up=one.from_power_up),
            )
            for one in self.traces
        )


def testbench_key(
    source: Source | Standing, effort: Effort, limits: Limits, versions: Mapping[str, str]
) -> str | None:
    """Return a digest of all that decides what closing a testbench comes to.

    None where that cannot be told, as for a stimulus that was recorded.
    """
    if isinstance(source, Standing) or source.design is None:
        return None
    reference = source.reference
    said = reference.design.digest if isinstance(reference, Golden) else _python(reference)
    parts: list[Any] = [source.interface, source.title, source.strict_reset, said]
    parts += [source.design.digest, effort, sorted(versions.items()), _code(), __version__]
    parts += [(field.name, getattr(limits, field.name)) for field in fields(limits)]
    return digest(*(repr(part).encode() for part in parts))


testbench_key.__test__ = False  # type: ignore[attr-defined]  # pytest: no test


def _python(reference: Any) -> str:  # noqa: ANN401 - of a protocol that `fixed` has narrowed
    return str(reference.python_source())


@cache
def _code() -> str:
    """Return a digest of the code that writes, judges and proves."""
    folders = [Path(str(package.__file__)).parent for package in (sim, symbolic, testbench_gen)]
    paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
    templates = sorted(folders[2].rglob("*.j2"))
    return digest(
        *(part for p in (*paths, *templates) for part in (p.name.encode(), p.read_bytes()))
    )


class TestbenchCache:
    """A folder of entries; several processes may use it at once. Trouble only costs time."""

    __test__ = False  # not a pytest class

    def __init__(self, folder: Path | None = None) -> None:
        """Use `folder`, or `testbenches` in the user's cache folder; it is made when needed."""
        self.folder = folder if folder is not None else cache_folder() / "testbenches"

    def get(self, key: str) -> Entry | None:
        """Return what is kept under `key`, a `testbench_key` or the digest of a testbench."""
        content = read_own(self._path(key), most=MAX_BYTES)
        if content is None:
            return None
        try:
            entry = Entry.model_validate_json(content)
        except ValidationError:
            log.warning("a damaged testbench is ignored: %s", self._path(key))
            return None
        return entry if key in (entry.key, _by_testbench(entry.record)) else None

    def known(self, testbench_digest: str) -> Entry | None:
        """Return what is known of the testbench with this digest."""
        return self.get(digest(testbench_digest.encode(), _code().encode()))

    def put(
        self,
        key: str,
        record: TestbenchFile,
        *,
        budget: int | None,
        directed: tuple[Directed, ...],
    ) -> None:
        """Keep `record` and the stimulus that belongs to it, unless time has cut it short."""
        if any(ended.startswith(_OF_THE_MOMENT) for ended in record.ended):
            return
        traces = [
            _Trace(
                name=d.name,
                reason=d.reason,
                cycles=[dict(cycle) for cycle in d.trace.cycles],
                from_power_up=d.trace.from_power_up,
            )
            for d in directed
        ]
        entry = Entry(key=key, budget=budget, traces=traces, record=record)
        content = entry.model_dump_json().encode()
        if len(content) > MAX_BYTES:
            return
        for name in (key, _by_testbench(record)):
            try:
                write_own(self._path(name), content)
            except OSError as error:
                log.warning("a testbench cannot be kept: %s", error)
                return

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def _by_testbench(record: TestbenchFile) -> str:
    return digest(record.digest.encode(), _code().encode())
