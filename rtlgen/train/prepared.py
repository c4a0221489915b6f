"""Rows as the columns that TRL's trainers take, tokenized, in files on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rtlgen.data.problem_json import problem_of
from rtlgen.errors import UsageError
from rtlgen.evaluation.generate import header_of
from rtlgen.train.config import Longer
from rtlgen.train.rows_read import Answered, Compared, Lean, Rewarded, Source
from rtlgen.train.tokens import Parted, Tokenizer, Unfit, given_part, given_tokens, part

Columns = dict[str, Any]
_NOT_LEARNED = -100
"""The label that torch's losses leave out."""
_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the rows."""

    read: int = 0
    kept: int = 0
    too_long: int = 0
    """Rows with more tokens than TRL's `max_length`: a model should not learn to break off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """How rows become columns."""

    tokenizer: Tokenizer
    body: bool
    longest: int | None
    """Most tokens of a row; None: any number."""

    def columns(self, row: Lean, place: str) -> Columns:
        """Return what a trainer takes for `row`.

        Raises:
            UsageError: The model's chat template cannot write it.
        """
        try:
            return self._columns(row)
        except Unfit as error:
            raise UsageError(
                f"{error}, {place}\n\nhint: set `chat_template: chatml` or a file of your own"
            ) from error

    def _columns(self, row: Lean) -> Columns:
        if isinstance(row, Answered):
            return _answered(self._part(row, row.completion[0].content))
        if isinstance(row, Compared):
            return self._compared(row)
        if isinstance(row, Rewarded):
            return self._rewarded(row)
        raise TypeError(f"no columns for {type(row).__name__}")

    def _compared(self, row: Compared) -> Columns:
        chosen, rejected = row.chosen[0].content, row.rejected[0].content
        same = given_part(row.turns, chosen) == given_part(row.turns, rejected)
        parts = [
            part(self.tokenizer, row.turns, answer, body=self.body and same)
            for answer in (chosen, rejected)
        ]
        longest = max(len(each.written) for each in parts)
        return {
            "prompt_ids": parts[0].given,
            "chosen_ids": parts[0].written,
            "rejected_ids": parts[1].written,
            "length": len(parts[0].given) + longest,
        }

    def _rewarded(self, row: Rewarded) -> Columns:
        header = header_of(problem_of(row.reward_data)).strip() if self.body else ""
        given = header if header and row.turns[-1]["content"].rstrip().endswith(header) else ""
        begun = [{"role": "assistant", "content": given}] if given else []
        return {
            "prompt": [*row.turns, *begun],
            "problem_set": row.problem_set,
            "reward_data": row.reward_data,
            "length": len(given_tokens(self.tokenizer, row.turns, given)),
        }

    def _part(self, row: Lean, answer: str) -> Parted:
        return part(self.tokenizer, row.turns, answer, body=self.body)


def prepare(sources: Sequence[Source], how: Preparation, path: Path) -> Counts:
    """Tokenize all rows of `sources` into an Arrow file, which appears whole.

    Memory does not grow with the rows.

    Raises:
        UsageError: A row cannot be used, or none is left.
    """
    partial = path.with_name(f".{path.name}.partial")
    counts = _write(_kept(sources, how), partial)
    if not counts.kept:
        partial.unlink(missing_ok=True)
        raise UsageError(_nothing(sources, how, counts))
    partial.replace(path)
    return counts


def load(path: Path, *, examples: int | None, seed: int, longer: Longer | None = None) -> Any:  # noqa: ANN401 - imported late
    """Return the `datasets.Dataset` in `path`, or so many `examples` of it drawn by `seed`.

    Of these, as many are long as `longer` says; fewer where there are not so many.
    """
    import datasets  # noqa: PLC0415 - takes seconds

    rows = datasets.Dataset.from_file(str(path))
    if examples is None or examples >= len(rows):
        return rows
    rows = rows.shuffle(seed=seed)
    if longer is None:
        return rows.select(range(examples))
    return rows.select(drawn(rows["length"], examples, longer))


def drawn(lengths: Sequence[int], examples: int, longer: Longer) -> list[int]:
    """Return the places of the first `examples` of which as many are long as `longer` says."""
    long = [at for at, length in enumerate(lengths) if length > longer.than]
    short = [at for at, length in enumerate(lengths) if length <= longer.than]
    wanted = round(longer.share * examples)
    taken = max(min(wanted, len(long)), examples - len(short))
    return sorted([*long[:taken], *short[: examples - taken]])


def _kept(sources: Sequence[Source], how: Preparation) -> Iterator[Columns | None]:
    """Yield the columns of each row, None for one that is too long."""
    for source in sources:
        for place, row in source.rows():
            columns = how.columns(row, place)
            fits = how.longest is None or columns["length"] <= how.longest
            yield columns if fits else None


def _write(rows: Iterator[Columns | None], path: Path) -> Counts:
    import pyarrow  # noqa: PLC0415 - takes long

    read = kept = 0
    writer = None
    with path.open("wb") as file:
        while taken := list(islice(rows, _BATCH)):
            there = [row for row in taken if row is not None]
            read, kept = read + len(taken), kept + len(there)
            if there:
                batch = pyarrow.RecordBatch.from_pylist(there)
                writer = writer or pyarrow.ipc.new_stream(file, batch.schema)
                writer.write_batch(batch)
        if writer is not None:
            writer.close()
    return Counts(read=read, kept=kept, too_long=read - kept)


def _nothing(sources: Sequence[Source], how: Preparation, counts: Counts) -> str:
    where = ", ".join(str(source.path) for source in sources)
    if counts.too_long:
        return (
            f"data must have a row of at most {how.longest} tokens, all {counts.read} are longer, "
            f"{where}\n\nhint: raise trl.max_length"
        )
    return f"data must have a row, {where} has none\n\nhint: see its card for what was dropped"


def _answered(parted: Parted) -> Columns:
    return {
        "input_ids": parted.given + parted.written,
        "labels": [_NOT_LEARNED] * len(parted.given) + parted.written,
        "length": len(parted.given) + len(parted.written),
    }
