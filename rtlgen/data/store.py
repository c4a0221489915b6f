"""Tasks, answers and verdicts on disk, read back one problem at a time.

A private SQLite file: it is made anew from the sources and from what was
judged, so that a kill costs no verdict, and memory does not grow with the
number of answers.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rtlgen import __version__
from rtlgen.data.judged import Judged, Task
from rtlgen.data.problem_json import problem_json, problem_of
from rtlgen.data.rows import Provenance, VerdictColumns
from rtlgen.llm.model import Message

_SCHEMA = """
CREATE TABLE tasks(
    id INTEGER PRIMARY KEY, problem_set TEXT NOT NULL, problem TEXT NOT NULL,
    family TEXT NOT NULL, content TEXT NOT NULL, trust REAL, doubt TEXT NOT NULL DEFAULT '',
    UNIQUE(problem_set, problem));
CREATE TABLE answers(
    task INTEGER NOT NULL, number INTEGER NOT NULL, origin INTEGER NOT NULL,
    sample INTEGER NOT NULL, completion TEXT, verilog TEXT, PRIMARY KEY(task, number));
CREATE TABLE verdicts(
    task INTEGER NOT NULL, number INTEGER NOT NULL, category TEXT NOT NULL,
    verdict TEXT, evidence TEXT NOT NULL, PRIMARY KEY(task, number));
"""
_TOGETHER = 2000


def model_name(name: str) -> str:
    """Return a model's name as rows tell it: of a path on this machine its last part."""
    kind, colon, place = name.rpartition(":")
    return f"{kind}{colon}{Path(place).name}" if place.startswith(("/", ".", "~")) else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A source, as every row made from it tells."""

    kind: str
    """As `rows.Provenance.source`."""
    name: str
    digest: str
    model: str = ""
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    licence: str = ""

    def provenance(self, sample: int) -> Provenance:
        """Return where answer number `sample` of this source comes from."""
        return Provenance(
            source=self.kind,
            name=self.name,
            source_digest=self.digest,
            sample=sample,
            model=model_name(self.model),
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed,
            licence=self.licence,
            rtlgen=__version__,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer before it is judged; `number` is its own within its task."""

    task: int
    number: int
    origin: int
    sample: int
    """Its number within problem and source."""
    completion: str
    verilog: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of one answer."""

    task: int
    number: int
    category: str
    """As `judgement.Category`."""
    verdict: VerdictColumns | None
    """None where it was not judged."""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A problem with all of its answers."""

    task: Task
    answers: tuple[Judged, ...]
    """In the order of the sources; those that were not judged too."""


class Store:
    """Holds everything of one build; a context manager that removes its file."""

    def __init__(self, path: Path) -> None:
        """Begin anew at `path`.

        Raises:
            OSError: The file cannot be made.
        """
        self.path = path
        self.origins: list[Origin] = []
        path.unlink(missing_ok=True)
        with _as_os_error(path):
            self._connection = sqlite3.connect(path, isolation_level=None)
            for name, value in (("journal_mode", "OFF"), ("synchronous", "OFF")):
                self._connection.execute(f"PRAGMA {name}={value}")
            self._connection.execute("PRAGMA temp_store=FILE")
            self._connection.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()
        self.path.unlink(missing_ok=True)

    def add_origin(self, origin: Origin) -> int:
        """Add a source and return its number."""
        self.origins.append(origin)
        return len(self.origins) - 1

    def add_task(self, task: Task) -> int:
        """Add a problem, or find it, and return its number."""
        known = self._ask(
            "SELECT id FROM tasks WHERE problem_set = ? AND problem = ?",
            (task.problem_set, task.problem),
        ).fetchone()
        if known is not None:
            return int(known[0])
        values = (task.problem_set, task.problem, task.family, _task_text(task))
        cursor = self._ask(
            "INSERT INTO tasks(problem_set, problem, family, content) VALUES (?, ?, ?, ?)", values
        )
        return int(cursor.lastrowid or 0)

    def add_answers(self, answers: Iterable[Answer]) -> None:
        """Add answers; a completion that is just the design is kept once."""
        rows = (
            (a.task, a.number, a.origin, a.sample, _unless_equal(a), a.verilog) for a in answers
        )
        self._many("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)", rows)

    def add_verdicts(self, seen: Iterable[Seen]) -> None:
        """Add what was seen of answers."""
        rows = ((s.task, s.number, s.category, _verdict_text(s), s.evidence) for s in seen)
        self._many("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?)", rows)

    def tasks(self) -> Iterator[Task]:
        """Yield the problems, by set and name."""
        question = "SELECT family, content, trust, doubt FROM tasks ORDER BY problem_set, problem"
        for row in self._ask(question):
            yield _task_of(*row)

    def next_number(self, task: int) -> int:
        """Return the number of the next answer to problem `task`."""
        (last,) = self._ask("SELECT max(number) FROM answers WHERE task = ?", (task,)).fetchone()
        return 0 if last is None else int(last) + 1

    def set_families(self, families: Mapping[tuple[str, str], str]) -> None:
        """Name the families of problems, by set and name."""
        rows = ((family, *key) for key, family in families.items())
        self._many("UPDATE tasks SET family = ? WHERE problem_set = ? AND problem = ?", rows)

    def doubt(self, task: int, why: str) -> None:
        """Note that the test of problem `task` is worth nothing."""
        self._ask("UPDATE tasks SET trust = 0, doubt = ? WHERE id = ?", (why, task))

    def categories(self) -> dict[str, int]:
        """Return the number of answers by category."""
        question = "SELECT category, count(*) FROM verdicts GROUP BY category ORDER BY 1"
        return {category: int(number) for category, number in self._ask(question)}

    def by_origin(self) -> list[tuple[int, int]]:
        """Return the number of answers of each source, and of those that were judged."""
        question = (
            "SELECT origin, count(*), count(verdicts.verdict) FROM answers "
            "LEFT JOIN verdicts USING (task, number) GROUP BY origin"
        )
        found = {int(origin): (int(n), int(judged)) for origin, n, judged in self._ask(question)}
        return [found.get(number, (0, 0)) for number in range(len(self.origins))]

    def set_of(self, origin: int) -> str:
        """Return the problem set of a source's answers; empty where there is none."""
        question = (
            "SELECT problem_set FROM tasks JOIN answers ON answers.task = tasks.id "
            "WHERE origin = ? LIMIT 1"
        )
        found = self._ask(question, (origin,)).fetchone()
        return "" if found is None else str(found[0])

    def judges(self) -> list[str]:
        """Return all that has judged an answer."""
        question = "SELECT DISTINCT json_extract(verdict, '$.judge') FROM verdicts"
        return sorted(str(judge) for (judge,) in self._ask(question) if judge)

    def groups(self) -> Iterator[Group]:
        """Yield each problem with its answers, by set and name; one is in memory at a time."""
        question = (
            "SELECT tasks.id, tasks.family, tasks.content, tasks.trust, tasks.doubt, "
            "answers.number, origin, sample, completion, verilog, verdict, evidence FROM tasks "
            "LEFT JOIN answers ON answers.task = tasks.id "
            "LEFT JOIN verdicts ON verdicts.task = answers.task "
            "AND verdicts.number = answers.number "
            "ORDER BY problem_set, problem, answers.number"
        )
        for _, rows in groupby(self._ask(question), key=itemgetter(0)):
            yield self._group(list(rows))

    def _group(self, rows: list[Any]) -> Group:
        task = _task_of(*rows[0][1:5])
        answers = (self._judged(task, row) for row in rows if row[5] is not None)
        return Group(task=task, answers=tuple(answers))

    def _judged(self, task: Task, row: Any) -> Judged:  # noqa: ANN401 - a row of SQLite
        origin, sample, completion, verilog, verdict, evidence = row[6:]
        return Judged(
            task=task,
            completion=(verilog or "") if completion is None else completion,
            verilog=verilog,
            verdict=None if verdict is None else _verdict_of(verdict, task),
            evidence=evidence or "",
            provenance=self.origins[origin].provenance(sample),
        )

    def _ask(self, question: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        with _as_os_error(self.path):
            return self._connection.execute(question, values)

    def _many(self, question: str, rows: Iterable[tuple[object, ...]]) -> None:
        with _as_os_error(self.path):
            self._connection.execute("BEGIN")
            self._connection.executemany(question, rows)
            self._connection.execute("COMMIT")


class _as_os_error:
    """Turns SQLite's trouble with a file, such as a full disk, into an `OSError`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, sqlite3.OperationalError):
            full = "full" in str(error)
            raise OSError(28 if full else 5, str(error), str(self._path)) from error


def in_batches(write: Callable[[list[Any]], None], items: Iterable[Any]) -> Iterator[Any]:
    """Yield `items` on, and hand them to `write` some thousands at a time."""
    held: list[Any] = []
    for item in items:
        held.append(item)
        yield item
        if len(held) == _TOGETHER:
            write(held)
            held = []
    write(held)


def _unless_equal(answer: Answer) -> str | None:
    return None if answer.completion == answer.verilog else answer.completion


def _verdict_text(seen: Seen) -> str | None:
    return None if seen.verdict is None else seen.verdict.model_dump_json()


def _task_text(task: Task) -> str:
    fields = {
        "problem_set": task.problem_set,
        "problem": task.problem,
        "spec": task.spec,
        "header": task.header,
        "top": task.top,
        "prompt": [asdict(message) for message in task.prompt],
        "form": task.form,
        "golden": task.golden,
        "tests": task.tests,
        "licence": task.licence,
        "judge": None if task.judge is None else problem_json(task.judge),
    }
    return json.dumps(fields)


def _verdict_of(text: str, task: Task) -> VerdictColumns:
    verdict = VerdictColumns.model_validate_json(text)
    return verdict if task.trust is None else verdict.model_copy(update={"trust": task.trust})


def _task_of(family: str, text: str, trust: float | None, doubt: str) -> Task:
    fields = json.loads(text)
    judge = fields.pop("judge")
    prompt = tuple(Message(**message) for message in fields.pop("prompt"))
    return Task(
        **fields,
        family=family,
        trust=trust,
        doubt=doubt,
        prompt=prompt,
        judge=None if judge is None else problem_of(judge),
    )
