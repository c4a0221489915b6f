"""Problems that training data must not hold, read from where they are."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from rtlgen.errors import UsageError
from rtlgen.evaluation.catalog import BENCHMARKS
from sim.design import digest

TEXTS = ("description", "detail_description", "spec", "instruction", "problem", "text", "prompt")
"""Fields of a JSON line that may hold a specification; the first that is there counts."""
CODES = ("golden", "canonical_solution", "reference", "rtl", "verilog", "code", "response")
"""Fields that may hold a design."""
_NAMES = ("task_id", "id", "name", "problem")
_SPECS, _RTL = (".md", ".txt"), (".v", ".sv")
_LONGEST = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A problem as a text and designs that solve it."""

    problem_set: str
    problem: str
    spec: str
    header: str = ""
    codes: tuple[str, ...] = ()


def named(option: str) -> tuple[str, Path]:
    """Return name and root of a `--against NAME=ROOT`.

    Raises:
        UsageError: It is none, or the root is not there.
    """
    name, mark, root = option.partition("=")
    if not name or not mark or not root:
        raise UsageError(
            f"--against must be NAME=ROOT, not {option!r}\n\n"
            "hint: for instance verilog-eval-v1-human=../benchmarks"
        )
    if not Path(root).exists():
        raise UsageError(f"the root of --against must be there, {root} is not")
    return name, Path(root)


def read_problems(name: str, root: Path) -> list[Known]:
    """Return the problems at `root`.

    Of a benchmark's name it is the benchmark's root; else a `.jsonl` file, gzip or not, a folder
    with `problems.jsonl`, or a folder of specifications (.md, .txt) with RTL of the same name.

    Raises:
        UsageError: None of these is there, or a line cannot be read; names file and line.
    """
    if name in BENCHMARKS and not (root.is_file()):
        problems = BENCHMARKS[name].read(root)
        return [
            Known(
                problem_set=name,
                problem=problem.task_id,
                spec=problem.description,
                header=problem.header,
                codes=(problem.golden,),
            )
            for problem in problems
        ]
    if root.is_file():
        found = list(_from_lines(name, root))
    elif (root / "problems.jsonl").is_file():
        found = list(_from_lines(name, root / "problems.jsonl"))
    else:
        found = list(_from_folder(name, root))
    if not found:
        _nothing(root)
    return found


def content(problems: Iterable[Known]) -> str:
    """Return a hex digest of what problems are, wherever they were read from."""
    return digest(*(json.dumps(asdict(problem)).encode() for problem in problems))


def _from_lines(name: str, path: Path) -> Iterator[Known]:
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            yield _known(name, _object(line, f"{path}:{number}"), f"{path}:{number}", number)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            while line := file.readline(_LONGEST):
                yield line
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"cannot read {path}: {why}") from error


def _object(line: bytes, place: str) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{place}: a problem must be a line of JSON") from error
    if not isinstance(found, dict):
        raise UsageError(f"{place}: a problem must be a JSON object")
    return found


def _known(name: str, row: Mapping[str, Any], place: str, number: int) -> Known:
    texts = (_text(row.get(field)) for field in TEXTS)
    spec = next(filter(None, texts), "")
    if not spec:
        raise UsageError(
            f"{place}: a problem must have a text\n\nhint: in one of the fields {', '.join(TEXTS)}"
        )
    label = next((row[field] for field in _NAMES if isinstance(row.get(field), str)), f"{number}")
    codes = [row[field] for field in CODES if isinstance(row.get(field), str)]
    header = row.get("header")
    return Known(
        problem_set=name,
        problem=label[:200],
        spec=spec,
        header=header if isinstance(header, str) else "",
        codes=tuple(filter(str.strip, codes)),
    )


def _text(value: object) -> str:
    """Return a field's text; of a conversation, what the user says."""
    if isinstance(value, list):
        turns = (turn for turn in value if isinstance(turn, dict) and turn.get("role") == "user")
        said = (turn.get("content") for turn in turns)
        return "\n\n".join(text for text in said if isinstance(text, str))
    return value if isinstance(value, str) else ""


def _from_folder(name: str, root: Path) -> Iterator[Known]:
    specs = (path for path in sorted(root.rglob("*")) if path.suffix in _SPECS)
    for path in specs:
        codes = tuple(_read(path.with_suffix(end)) for end in _RTL)
        if any(codes):
            yield Known(
                problem_set=name,
                problem=path.relative_to(root).with_suffix("").as_posix(),
                spec=_read(path),
                codes=tuple(filter(None, codes)),
            )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _nothing(root: Path) -> NoReturn:
    raise UsageError(
        f"a problem set must have a problem, {root} has none\n\n"
        "hint: give a benchmark's name and root, a .jsonl file, or a folder of NAME.md with NAME.v"
    )
