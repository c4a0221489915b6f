"""Where the benchmarks lie below a folder, and how their files are read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from rtlgen.errors import UsageError

MAX_FILE_BYTES = 64 << 20
"""No file of a benchmark is longer."""
_DEPTH = 5
"""Folders below the root that are looked into."""
_MOST_FOLDERS = 20_000
V1_HUMAN = "VerilogEval_Human.jsonl"
V1_MACHINE = "VerilogEval_Machine.jsonl"
V2_SPEC = "dataset_spec-to-rtl"
V2_COMPLETE = "dataset_code-complete-iccad2023"
RTLLM = "RTLLM v2"
"""Is known by its designs alone: `Category/Group/design/testbench.v`."""
RTLLM_FILES = ("design_description.txt", "testbench.v")

_TITLES = {
    V1_HUMAN: "VerilogEval v1 Human",
    V1_MACHINE: "VerilogEval v1 Machine",
    V2_SPEC: "VerilogEval v2 spec-to-rtl",
    V2_COMPLETE: "VerilogEval v2 code-complete",
    RTLLM: "RTLLM v2",
}
_COMMANDS = {
    V1_HUMAN: "verilog-eval-v1-human",
    V1_MACHINE: "verilog-eval-v1-machine",
    V2_SPEC: "verilog-eval-v2-spec-to-rtl",
    V2_COMPLETE: "verilog-eval-v2-code-complete",
    RTLLM: "rtllm-v2",
}


def locate(root: Path, mark: str, *, title: str = "") -> Path:
    """Return the one folder at or below `root` that holds the benchmark known by `mark`.

    For `V1_HUMAN` and `V1_MACHINE` that is the folder of this file, for
    `V2_SPEC` and `V2_COMPLETE` the folder of this name, for `RTLLM` the one
    that holds the categories. Messages call it `title`, where two benchmarks share a mark.

    Raises:
        UsageError: There is none, or more than one; says what is there instead.
    """
    wanted = title or _TITLES[mark]
    if not root.is_dir():
        kind = "a file" if root.exists() else "not there"
        raise UsageError(
            f"a benchmark's root must be a folder, {root} is {kind}\n\n"
            f"hint: give the folder of {wanted} with --root"
        )
    found = survey(root)
    places = found.get(mark, ())
    if len(places) == 1:
        return places[0]
    if not places:
        _absent(root, mark, wanted, found)
    listed = "".join(f"\n  {place}" for place in places[:5])
    raise UsageError(
        f"{wanted} must be there once, it is there {len(places)} times below {root}:{listed}"
        "\n\nhint: give one of these folders as --root"
    )


def survey(root: Path) -> Mapping[str, tuple[Path, ...]]:
    """Return the folders of all benchmarks at or below `root`, by mark."""
    found: dict[str, list[Path]] = {}
    for folder, names in _folders(root):
        for mark, place in _marks(folder, names):
            if place.is_relative_to(root) and place not in found.setdefault(mark, []):
                found[mark].append(place)
    return {mark: tuple(places) for mark, places in found.items()}


def read_text(path: Path) -> str:
    """Return the text of a file of a benchmark, word for word.

    Raises:
        UsageError: It cannot be read, is too long, or is not UTF-8; names file and line.
    """
    content = read_bytes(path)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"a benchmark's files must be UTF-8, byte 0x{content[error.start]:02X} is not, "
            f"{path}:{line}\n\nhint: take the file as it was published"
        ) from error


def read_bytes(path: Path) -> bytes:
    """Return the content of a file of a benchmark.

    Raises:
        UsageError: It cannot be read or is too long.
    """
    try:
        if path.is_dir() or not path.exists():
            why = "a folder" if path.is_dir() else "not there"
            incomplete(f"a file of the benchmark is {why}, {path}")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(
            f"cannot read a file of the benchmark: {why}, {path}\n\nhint: make it readable"
        ) from error
    if len(content) > MAX_FILE_BYTES:
        incomplete(f"a file of the benchmark must have at most {MAX_FILE_BYTES >> 20} MiB, {path}")
    return content


def incomplete(rule: str) -> NoReturn:
    """Raise that the benchmark is not what was published.

    Raises:
        UsageError: Always.
    """
    raise UsageError(f"{rule}\n\nhint: take the benchmark's files as they were published")


def _folders(root: Path) -> Iterator[tuple[Path, frozenset[str]]]:
    """Yield `root`, the folders below it, and the names in each; what cannot be read is left."""
    level, seen = [root], {root.resolve()}
    for _ in range(_DEPTH + 1):
        below: list[Path] = []
        for folder in level:
            names, folders = _entries(folder)
            yield folder, names
            for inner in folders:
                if (target := inner.resolve()) not in seen:
                    seen.add(target)
                    below.append(inner)
            if len(seen) > _MOST_FOLDERS:
                raise UsageError(
                    f"a benchmark is looked for in at most {_MOST_FOLDERS} folders, there are more "
                    f"below {root}\n\nhint: give the benchmark's own folder as --root"
                )
        level = below


def _entries(folder: Path) -> tuple[frozenset[str], list[Path]]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
            names = frozenset(entry.name for entry in entries)
            inner = [folder / e.name for e in entries if e.name[0] != "." and e.is_dir()]
    except OSError:
        return frozenset(), []
    return names, inner


def _marks(folder: Path, names: frozenset[str]) -> Iterator[tuple[str, Path]]:
    """Yield the benchmarks that `folder` shows to be there, and where."""
    for mark in (V1_HUMAN, V1_MACHINE):
        if mark in names:
            yield mark, folder
    if folder.name in (V2_SPEC, V2_COMPLETE):
        yield folder.name, folder
    elif any(name.startswith("Prob") and name.endswith("_prompt.txt") for name in names):
        interfaces = any(name.endswith("_ifc.txt") for name in names)
        yield (V2_COMPLETE if interfaces else V2_SPEC), folder
    if any(name in names for name in RTLLM_FILES) and len(folder.parents) > 2:
        yield RTLLM, folder.parents[2]


def _absent(root: Path, mark: str, title: str, found: Mapping[str, tuple[Path, ...]]) -> NoReturn:
    looked_for = {
        RTLLM: f"folder Category/Group/design with {' and '.join(RTLLM_FILES)}",
    }.get(mark, mark)
    rule = f"{title} must be at or below --root, there is no {looked_for} in {root}"
    if not found:
        raise UsageError(
            f"{rule}, down to {_DEPTH} folders\n\nhint: give the folder that holds it, as published"
        )
    there = " and ".join(_TITLES[other] for other in found)
    commands = " or ".join(f"`rtlgen eval {_COMMANDS[other]}`" for other in found)
    raise UsageError(f"{rule}\n\nhint: this is {there}; did you mean {commands}?")
