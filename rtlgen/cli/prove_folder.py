"""The folder that `prove` writes, and reads to check a proof again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rtlgen.errors import UsageError
from sim.design import MAX_FILE_BYTES, Design
from symbolic.certificate import INVARIANT, MITER, QUERY, Certificate, read_invariant
from symbolic.counterexample import Counterexample, cocotb_test, vcd
from symbolic.yosys_aiger import Aiger

RECORD = "proof.json"
_SIDES = ("golden", "other")
_UNFINISHED = {"outcome": "unfinished"}
"""Stands in the record while the rest is written: old and new files are never taken for one."""


def write_folder(
    folder: Path,
    kept: Path,
    record: Mapping[str, Any],
    designs: tuple[Design, Design],
    shown: Counterexample | None,
) -> None:
    """Write what was compared, the answer, and all that it rests on.

    Raises:
        UsageError: The folder holds other things.
    """
    if folder.exists() and (not folder.is_dir() or _holds_others(folder)):
        raise UsageError(f"-o must be a new folder, or one that `rtlgen prove` wrote, not {folder}")
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / RECORD, json.dumps(_UNFINISHED).encode())
    for side in _SIDES:
        shutil.rmtree(folder / side, ignore_errors=True)
    files = dict(_files(kept, record, designs, shown))
    for old in (*folder.glob("*.log"), *(folder / name for name in _FIXED)):
        if old.name not in files and old.name != RECORD:
            old.unlink(missing_ok=True)
    for name, content in files.items():
        _write(folder / name, content)


_FIXED = (MITER, INVARIANT, QUERY, "counterexample.vcd", "test_counterexample.py")


def _holds_others(folder: Path) -> bool:
    return any(folder.iterdir()) and not (folder / RECORD).is_file()


def _files(
    kept: Path,
    record: Mapping[str, Any],
    designs: tuple[Design, Design],
    shown: Counterexample | None,
) -> Iterator[tuple[str, bytes]]:
    for side, design in zip(_SIDES, designs, strict=True):
        for name, text in design.sources.items():
            yield f"{side}/{name}", text.encode()
        for name, data in design.data.items():
            yield f"{side}/{name}", data
    for path in sorted(kept.iterdir()):
        yield (
            path.name.removeprefix("0.") if path.suffix != ".log" else path.name,
            path.read_bytes(),
        )
    if shown is not None:
        files = [f"{_SIDES[1]}/{name}" for name in designs[1].sources]
        test = cocotb_test(shown, files=files, top=designs[1].top)
        yield "counterexample.vcd", vcd(shown).encode()
        yield "test_counterexample.py", test.encode()
    # Last: a folder with it is whole.
    yield RECORD, (json.dumps(record, indent=2) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def read_certificate(folder: Path) -> Certificate:
    """Read what the proof in `folder` can be checked by.

    Raises:
        UsageError: There is none, or it cannot be read.
    """
    if not (folder / RECORD).is_file():
        raise UsageError(f"--check must name a folder that `rtlgen prove -o` wrote, not {folder}")
    if _outcome(folder / RECORD) == _UNFINISHED["outcome"]:
        raise UsageError(
            f"the proof in {folder} was not written to its end\n\nhint: run `rtlgen prove -o` again"
        )
    if (folder / QUERY).is_file() and not (folder / MITER).is_file():
        raise UsageError(
            f"{folder} holds no invariant to check, but {QUERY}: the proof is that it is unsat"
            "\n\nhint: ask another solver that takes SMT-LIB 2"
        )
    if not (folder / MITER).is_file():
        raise UsageError(f"{folder} holds no circuit to check: see its {RECORD} for what was found")
    try:
        circuit = Aiger.read(folder / MITER)
        text = _text(folder / INVARIANT)
        return Certificate(circuit=circuit, forbidden=read_invariant(text, circuit))
    except (ValueError, IndexError, KeyError) as error:
        raise UsageError(f"the proof in {folder} cannot be read: {error}") from error


def _outcome(path: Path) -> object:
    try:
        record = json.loads(_text(path))
    except ValueError as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    return record.get("outcome") if isinstance(record, dict) else None


def _text(path: Path) -> str:
    if not path.is_file():
        return ""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ValueError(f"{path.name} is longer than {MAX_FILE_BYTES} bytes")
    return path.read_text(encoding="utf-8")
