"""Which verdicts are kept, and which entries are believed."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.cache_folder import cache_folder
from sim.cocotb_bench import CocotbBench
from sim.design import Design
from sim.process import Limits, ToolRun
from sim.simulate import Plan
from sim.verdict import Cause, Mismatch, Status, Verdict
from sim.verdict_cache import MAX_ENTRY_BYTES, MAX_OUTPUT, RunVerdicts, VerdictCache, verdict_key

BENCH = CocotbBench(test_module="t", python_files={"t.py": "pass"}, toplevel="m", expected_checks=4)
RUN = ToolRun(argv=("vvp", "x"), exit_code=0, output="done\n", truncated=False, seconds=0.5)
PASS = Verdict(
    status=Status.PASS,
    reason="all 4 checks held",
    simulator="Counting 1.0",
    checked=4,
    expected=4,
    runs=(RUN,),
)
FAIL = Verdict(
    status=Status.FAIL,
    cause=Cause.MISMATCH,
    reason="1 of 4 checks did not hold",
    simulator="Counting 1.0",
    checked=4,
    expected=4,
    mismatches=1,
    first_mismatch=Mismatch(
        check=2,
        phase="corners",
        time_ns=12.5,
        port="y",
        expected="1-",
        got="0x",
        inputs={"a": "0x3"},
        history=({"a": "0x1"}, {"a": "0x2"}),
    ),
    notes=("two-state",),
)
UNKNOWN = replace(PASS, status=Status.UNKNOWN, cause=Cause.INCOMPLETE, checked=3)


class Counting:
    """A simulator that is only ever named."""

    two_state = False

    def __init__(self, name: str = "counting", version: str = "1.0") -> None:
        self.name = name
        self._version = version

    def version(self) -> str:
        return self._version

    def plan(self, design: Design, bench: CocotbBench, *, waveform: bool = False) -> Plan:
        raise NotImplementedError

    def judge(
        self, runs: Sequence[ToolRun], bench: CocotbBench, *, report: str | None, token: str
    ) -> Verdict:
        raise NotImplementedError

    def compile_errors(self, run: ToolRun) -> list[str]:
        raise NotImplementedError

    def facts(self, runs: Sequence[ToolRun]) -> dict[str, Any]:
        raise NotImplementedError


KEY = verdict_key("d" * 32, BENCH, [Counting()], Limits())


def entry_of(cache: VerdictCache) -> Path:
    (path,) = cache.folder.glob("??/*.json")
    return path


@pytest.mark.parametrize("verdict", [PASS, FAIL, UNKNOWN])
def test_what_is_kept_comes_back(verdict: Verdict, tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path / "new" / "verdicts")
    assert cache.get(KEY) is None
    cache.put(KEY, verdict)
    assert cache.get(KEY) == verdict
    assert VerdictCache(tmp_path / "new" / "verdicts").get(KEY) == verdict


@pytest.mark.parametrize(
    "verdict",
    [
        replace(PASS, status=Status.TIMEOUT, cause=Cause.TIME),
        replace(PASS, status=Status.TIMEOUT, cause=Cause.MEMORY),
        replace(PASS, status=Status.ERROR, cause=Cause.BENCH),
        replace(UNKNOWN, checked=0),
        replace(FAIL, cause=Cause.REFUSED),
        replace(PASS, simulator="Other 2.0"),
        replace(PASS, simulator=""),
        replace(PASS, runs=(RUN, replace(RUN, exit_code=None, limit="time"))),
        replace(FAIL, reason="x" * MAX_ENTRY_BYTES),
    ],
)
def test_what_the_moment_decides_is_not_kept(verdict: Verdict, tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    cache.put(KEY, verdict)
    assert cache.get(KEY) is None
    assert not list(tmp_path.rglob("*.json"))


def test_a_long_output_is_cut(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    cache.put(KEY, replace(PASS, runs=(replace(RUN, output="x" * 1_000_000),)))
    found = cache.get(KEY)
    assert found is not None
    assert (len(found.runs[0].output), found.runs[0].truncated) == (MAX_OUTPUT, True)
    assert entry_of(cache).stat().st_size < 4000


@pytest.mark.parametrize(
    "change",
    [
        {"status": "pass", "mismatches": 1},
        {"status": "pass", "checked": 3},
        {"status": "pass", "cause": "time limit"},
        {"checked": "4"},
        {"runs": [{"argv": ["vvp"]}]},
        {"status": "timeout", "cause": "time limit"},
        {"simulator": "Other 2.0"},
        {"first_mismatch": {"port": "y"}},
    ],
)
def test_an_entry_that_breaks_a_rule_is_none(change: dict[str, Any], tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    cache.put(KEY, PASS)
    path = entry_of(cache)
    entry = json.loads(path.read_text())
    entry["verdict"] |= change
    path.write_text(json.dumps(entry))
    assert cache.get(KEY) is None
    cache.put(KEY, PASS)
    assert cache.get(KEY) == PASS


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"null", b"x" * (MAX_ENTRY_BYTES * 2)])
def test_a_damaged_entry_is_ignored_and_replaced(content: bytes, tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    cache.put(KEY, PASS)
    entry_of(cache).write_bytes(content)
    assert cache.get(KEY) is None
    cache.put(KEY, PASS)
    assert cache.get(KEY) == PASS


def test_an_entry_under_another_key_is_none(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    cache.put(KEY, PASS)
    other = verdict_key("e" * 32, BENCH, [Counting()], Limits())
    name = other.rpartition("-")[2]
    (tmp_path / name[:2]).mkdir(mode=0o700, exist_ok=True)
    entry_of(cache).rename(tmp_path / name[:2] / f"{other}.json")
    assert cache.get(other) is None


@pytest.mark.parametrize("part", ["root", "folder", "entry"])
def test_what_others_can_write_is_not_believed(part: str, tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path / "verdicts")
    cache.put(KEY, PASS)
    entry = entry_of(cache)
    place = {"root": cache.folder, "folder": entry.parent, "entry": entry}[part]
    mode = place.stat().st_mode
    for writable in (0o020, 0o002):
        place.chmod(mode | writable)
        assert cache.get(KEY) is None
        place.chmod(mode)
        assert cache.get(KEY) == PASS


def test_what_belongs_to_another_is_not_believed(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    cache.put(KEY, PASS)
    if os.geteuid() == 0:
        os.chown(entry_of(cache), 12345, -1)
    else:  # only root can give a file away, but the root folder is another's anyhow
        cache = VerdictCache(Path("/"))
    assert cache.get(KEY) is None


def test_links_are_not_followed(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    cache.put(KEY, PASS)
    entry = entry_of(cache)
    entry.rename(tmp_path / "elsewhere")
    entry.symlink_to(tmp_path / "elsewhere")
    assert cache.get(KEY) is None
    entry.unlink()
    os.mkfifo(entry, 0o600)
    assert cache.get(KEY) is None


def test_nothing_is_written_where_others_can(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tmp_path.chmod(0o777)
    VerdictCache(tmp_path).put(KEY, PASS)
    assert not list(tmp_path.iterdir())
    assert "no verdict is kept where others can write" in caplog.text


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    cache = VerdictCache(tmp_path / "file" / "verdicts")
    cache.put(KEY, PASS)
    assert cache.get(KEY) is None
    assert "a verdict cannot be kept" in caplog.text


def test_many_may_write_the_same_verdict(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: VerdictCache(tmp_path).put(KEY, FAIL), range(64)))
    assert VerdictCache(tmp_path).get(KEY) == FAIL
    assert len(list(entry_of(VerdictCache(tmp_path)).parent.iterdir())) == 1


@pytest.mark.parametrize("key", ["", "../../x", "counting-" + "D" * 32, KEY + "\n", KEY + "0"])
def test_keys_are_not_paths(key: str, tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    with pytest.raises(ValueError, match="a key must be one that `verdict_key` returned"):
        cache.get(key)
    with pytest.raises(ValueError, match="a key must be"):
        cache.put(key, PASS)


def test_whatever_decides_a_verdict_is_in_the_key() -> None:
    digest, simulators, limits = "d" * 32, [Counting()], Limits()
    keys = {
        verdict_key(digest, BENCH, simulators, limits),
        verdict_key("e" * 32, BENCH, simulators, limits),
        verdict_key(digest, replace(BENCH, expected_checks=5), simulators, limits),
        verdict_key(digest, replace(BENCH, python_files={"t.py": "1"}), simulators, limits),
        verdict_key(digest, BENCH, [Counting(version="1.1")], limits),
        verdict_key(digest, BENCH, [Counting(name="other")], limits),
        verdict_key(digest, BENCH, [Counting(), Counting("other")], limits),
        verdict_key(digest, BENCH, [Counting("other"), Counting()], limits),
        verdict_key(digest, BENCH, simulators, replace(limits, seconds=31)),
        verdict_key(digest, BENCH, simulators, replace(limits, processes=31)),
    }
    assert len(keys) == 10
    assert KEY in keys


def test_what_has_no_key() -> None:
    with pytest.raises(ValueError, match="only an admitted design has a key"):
        verdict_key("", BENCH, [Counting()], Limits())
    with pytest.raises(ValueError, match="simulators must not be empty"):
        verdict_key("d" * 32, BENCH, [], Limits())


def test_where_the_cache_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RTLGEN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert VerdictCache().folder == tmp_path / "rtlgen" / "verdicts"
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"
    monkeypatch.delenv("RTLGEN_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "rtlgen"


def test_a_run_remembers_what_no_cache_keeps(tmp_path: Path) -> None:
    late = Verdict(status=Status.TIMEOUT, cause=Cause.TIME, reason="it took too long")
    key = "icarus-" + "0" * 32
    behind = VerdictCache(tmp_path / "verdicts")
    run = RunVerdicts(behind)
    assert run.get(key) is None
    run.put(key, late)
    assert run.get(key) is late
    assert behind.get(key) is None
    assert RunVerdicts(behind).get(key) is None
    assert RunVerdicts().get(key) is None
