"""The rows that a run trains on, from wherever the configuration says, line by line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rtlgen.data.problem_json import problem_json
from rtlgen.data.problem_sets import is_held_out
from rtlgen.data.rows import Kind, Split, Turn
from rtlgen.errors import UsageError
from rtlgen.evaluation.corpus import PROBLEMS, corpus_problems
from rtlgen.evaluation.sample_files import lines
from rtlgen.evaluation.strict import first_fault
from rtlgen.prompts.plain import plain
from rtlgen.train.config import KIND_OF, Method, Placed


class Lean(BaseModel):
    """What a trainer needs of a row; other columns may be there."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    prompt: list[Turn] = Field(min_length=1)

    @property
    def turns(self) -> list[dict[str, str]]:
        """The prompt, as chat templates take it."""
        return [turn.model_dump() for turn in self.prompt]


class Answered(Lean):
    """A prompt and the answer to learn."""

    completion: list[Turn] = Field(min_length=1, max_length=1)


class Compared(Lean):
    """A prompt and two answers."""

    chosen: list[Turn] = Field(min_length=1, max_length=1)
    rejected: list[Turn] = Field(min_length=1, max_length=1)


class Rewarded(Lean):
    """A prompt, and what a reward judges its answers by."""

    problem_set: str
    reward_data: str


LEAN: dict[Kind, type[Lean]] = {
    Kind.SFT: Answered,
    Kind.REPAIR: Answered,
    Kind.PREFERENCE: Compared,
    Kind.GRPO: Rewarded,
}
"""What is read of the rows of each kind."""
_PARQUET = ".parquet"
_FITTING: dict[Method, tuple[Kind, ...]] = {
    Method.SFT: (Kind.SFT, Kind.REPAIR),
    Method.DPO: (Kind.PREFERENCE,),
    Method.GRPO: (Kind.GRPO,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file of rows."""

    path: Path
    kind: Kind
    corpus: bool = False
    """Whether its lines are problems of a corpus."""

    def digest(self) -> str:
        """Return the hex digest of the file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def rows(self) -> Iterator[tuple[str, Lean]]:
        """Yield place and row.

        Raises:
            UsageError: A line is no such row; names file and line.
        """
        if self.corpus:
            yield from _corpus_rows(self.path.parent, self.kind)
            return
        for line in lines(self.path):
            if line.trouble:
                raise UsageError(f"{line.trouble}, {line.place}\n\nhint: build the data again")
            yield line.place, self._row(line.content, line.place)

    def _row(self, content: bytes, place: str) -> Lean:
        try:
            row = LEAN[self.kind].model_validate(json.loads(content))
        except ValidationError as error:
            fault = first_fault(error, whole="the row")
            raise UsageError(
                f"a row of kind {self.kind} must be as datasets/schema says: {fault}, {place}\n\n"
                "hint: build the dataset again with `rtlgen dataset build`"
            ) from None
        except (ValueError, RecursionError) as error:
            why = str(error).split(":", 1)[0]
            raise UsageError(
                f"a row must be a line of JSON: {why}, {place}\n\n"
                "hint: the file may be cut short; build the dataset again"
            ) from None
        _check_different(row, place)
        return row


def sources(method: Method, placed: Placed) -> tuple[Source, ...]:
    """Return the files that the configuration names, in its order.

    Raises:
        UsageError: One is not there, or holds nothing for this method.
    """
    kinds = placed.config.kinds or (KIND_OF[method],)
    for kind in kinds:
        if kind not in _FITTING[method]:
            fitting = ", ".join(_FITTING[method])
            raise UsageError(
                f"kinds of {method} must be among {fitting}, not {kind}, {placed.place('kinds')}"
                "\n\nhint: leave `kinds` out"
            )
    return tuple(
        source
        for text in placed.config.data
        for source in _sources(placed.path(text), kinds, placed.place("data"))
    )


def validation(method: Method, placed: Placed) -> tuple[Source, ...]:
    """Return the files of the split `validation` of the datasets that the configuration names.

    Raises:
        UsageError: No dataset has such rows.
    """
    kinds = placed.config.kinds or (KIND_OF[method],)
    folders = [placed.path(text) for text in placed.config.data]
    files = [
        (folder / kind / f"{Split.VALIDATION}.jsonl", kind) for folder in folders for kind in kinds
    ]
    found = tuple(
        Source(path=file, kind=kind) for file, kind in files if file.is_file() and _filled(file)
    )
    if not found:
        raise UsageError(
            f"trl.eval_strategy needs rows to validate on, {', '.join(map(str, folders))} has none "
            f"of kind {', '.join(kinds)}, {placed.place('trl.eval_strategy')}\n\n"
            "hint: give a dataset that was built with --validation, or leave eval_strategy out"
        )
    return found


def _filled(file: Path) -> bool:
    return file.stat().st_size > 0


def _sources(path: Path, kinds: tuple[Kind, ...], place: str) -> list[Source]:
    if path.suffix == _PARQUET and path.is_file():
        raise UsageError(
            f"a file of rows must be JSON Lines, {path} is Parquet, {place}\n\n"
            "hint: give the dataset's folder, which has the same rows in KIND/train.jsonl"
        )
    if path.is_file():
        return [Source(path=path, kind=kinds[0])]
    if not path.is_dir():
        raise UsageError(
            f"no data at {path}, {place}\n\nhint: `rtlgen dataset build` or `rtlgen dataset synth`"
        )
    if (path / PROBLEMS).is_file():
        return [_corpus(path, kinds, place)]
    return [Source(path=_of_kind(path, kind, place), kind=kind) for kind in kinds]


def _corpus(path: Path, kinds: tuple[Kind, ...], place: str) -> Source:
    if is_held_out(path):
        raise UsageError(
            f"held-out problems must not be trained on, those of {path} are, {place}\n\n"
            "hint: give the corpus's `train`"
        )
    fitting = [kind for kind in kinds if kind in (Kind.SFT, Kind.GRPO)]
    if not fitting:
        raise UsageError(
            f"a corpus holds answers to learn and tests, no rows of kind {kinds[0]}, {path}, "
            f"{place}\n\nhint: build them: `rtlgen dataset build {path} -o DIR`"
        )
    return Source(path=path / PROBLEMS, kind=fitting[0], corpus=True)


def _of_kind(path: Path, kind: Kind, place: str) -> Path:
    file = path / kind / f"{Split.TRAIN}.jsonl"
    if file.is_file():
        return file
    there = [each.value for each in Kind if (path / each / f"{Split.TRAIN}.jsonl").is_file()]
    parts = sorted(each.parent.name for each in path.glob(f"*/{PROBLEMS}"))
    hint = f"it has rows of kind {', '.join(there)}" if there else "give a folder of a dataset"
    if parts:
        hint = f"it is a corpus in parts, give one of them: {', '.join(parts)}"
    raise UsageError(f"{path} has no {kind}/{Split.TRAIN}.jsonl, {place}\n\nhint: {hint}")


def _corpus_rows(root: Path, kind: Kind) -> Iterator[tuple[str, Lean]]:
    """Yield the problems of a corpus with their golden answers, or with their tests."""
    for place, found in corpus_problems(root):
        prompt = [
            Turn(role=message.role, content=message.content)
            for message in plain(found.description, found.header)
        ]
        if kind is Kind.SFT:
            answer = Turn(role="assistant", content=found.golden)
            yield place, Answered(prompt=prompt, completion=[answer])
        else:
            data = problem_json(found.problem())
            yield place, Rewarded(prompt=prompt, problem_set="corpus", reward_data=data)


def _check_different(row: Lean, place: str) -> None:
    if isinstance(row, Compared) and row.chosen == row.rejected:
        raise UsageError(
            f"chosen and rejected must differ, {place}\n\nhint: run `rtlgen dataset check`"
        )
