"""What a model was trained on, and how: corpus, decontamination, training runs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from rtlgen.data import contamination as gate
from rtlgen.data.dataset_record import read_record as read_dataset
from rtlgen.data.dropped import DROPPED, Dropped
from rtlgen.data.fingerprints import SHIPPED, shipped
from rtlgen.errors import UsageError
from rtlgen.evaluation.corpus import RECORD
from rtlgen.evaluation.strict import Strict, first_fault
from rtlgen.synth.corpus_record import CorpusRecord
from rtlgen.synth.corpus_record import read_record as read_corpus
from rtlgen.train.card_record import CorpusFacts, EverydayResult, TrainingFacts, read_table
from rtlgen.train.run_folder import Record, read_log
from rtlgen.train.run_folder import RunFolder as TrainingFolder
from sim.design import digest

TRAIN = "train"
DECONTAMINATION = "decontamination.json"
_MOST_NAMED = 200
_SETTINGS = ("learning_rate", "lr_scheduler_type", "num_train_epochs", "max_steps")
_MORE_SETTINGS = ("per_device_train_batch_size", "gradient_accumulation_steps", "max_length")
_DPO_SETTINGS = ("beta", "loss_type", "loss_weights")


class Compared(Strict):
    """A problem set that training data was compared with."""

    name: str
    problems: int
    digest: str
    """Of the fingerprints that the package holds; empty for a set that was given by its files."""


class Match(Strict):
    """Something that was left out."""

    what: str
    problem: str
    """Its name in the data; never its text."""
    against: str
    matched: str
    measure: str
    score: float | None
    threshold: float | None


class CheckedRows(Strict):
    """A dataset of rows, and what the gate found."""

    name: str
    rows: dict[str, int]
    """By kind and split."""
    files: dict[str, str]
    """SHA-256 of each file of rows."""
    against: tuple[str, ...]
    allowed: tuple[str, ...]
    """Sets that are in it by declaration."""
    dropped: dict[str, int]
    """What was left out, by rule."""
    contaminated: dict[str, int]
    """Of these, for contamination, by the set that it resembles."""
    matches: tuple[Match, ...]
    """The first of them."""


class CorpusPart(Strict):
    """A part of the corpus: examples that resemble a known problem are never written."""

    problems: int
    dropped: dict[str, int]
    contaminated: dict[str, int]
    """By family of the corpus."""


class Decontamination(Strict):
    """`decontamination.json`: what training data was compared with, how, and what went."""

    version: Literal[1] = 1
    rtlgen: str
    measures: dict[str, float]
    """Thresholds, as `rtlgen.data.contamination` describes them."""
    compared: tuple[Compared, ...]
    corpus: dict[str, CorpusPart]
    corpus_against: tuple[str, ...]
    datasets: tuple[CheckedRows, ...]

    def total(self) -> int:
        """Return how much was left out for contamination."""
        parts = [one.contaminated for one in self.corpus.values()]
        return sum(sum(one.values()) for one in [*parts, *(d.contaminated for d in self.datasets)])


def decontamination(corpus: Path | None, datasets: Sequence[Path], version: str) -> Decontamination:
    """Return what was compared and left out, by the records of a corpus and of datasets.

    Raises:
        UsageError: A record is missing or damaged.
    """
    found = None if corpus is None else _corpus(corpus)
    checked = tuple(map(_checked, datasets))
    names = {name for one in checked for name in one.against}
    if found is not None:
        names |= set(found.options.against)
    return Decontamination(
        rtlgen=version,
        measures={
            "8-grams, share of the shorter text": gate.GRAM_SHARE,
            "8-grams, at least": gate.GRAM_LEAST,
            "Rouge-L, F1 (of sets that are given by their files)": gate.ROUGE_L,
            "code shingles, Jaccard": gate.CODE_JACCARD,
            "code shingles, contained": gate.CODE_CONTAINED,
            "short text, share of 3-grams, with equal code": gate.SHORT_SHARE,
        },
        compared=tuple(_compared(names)),
        corpus={} if found is None else {n: _part(found, n) for n in found.parts},
        corpus_against=() if found is None else tuple(found.options.against),
        datasets=checked,
    )


def _compared(names: Iterable[str]) -> Iterable[Compared]:
    prints: dict[str, list[str]] = {}
    for one in shipped():
        prints.setdefault(one.problem_set, []).append(one.problem)
    for name in sorted(names):
        listed = sorted(prints.get(name, ()))
        own = digest(SHIPPED.encode(), *(problem.encode() for problem in listed)) if listed else ""
        yield Compared(name=name, problems=len(listed), digest=own)


def _part(record: CorpusRecord, name: str) -> CorpusPart:
    part = record.parts[name]
    return CorpusPart(problems=part.problems, dropped=part.dropped, contaminated=part.contaminated)


def _checked(folder: Path) -> CheckedRows:
    record = read_dataset(folder)
    matches = [one for one in _dropped(folder) if one.rule == "contamination"]
    return CheckedRows(
        name=record.name,
        rows={
            f"{kind}/{split}": number
            for kind, splits in record.counts.items()
            for split, number in splits.items()
        },
        files={name: entry.sha256 for name, entry in record.files.items()},
        against=tuple(record.against),
        allowed=tuple(record.allowed),
        dropped=record.dropped,
        contaminated=dict(sorted(Counter(one.against for one in matches).items())),
        matches=tuple(map(_match, matches[:_MOST_NAMED])),
    )


def _match(one: Dropped) -> Match:
    return Match(
        what=one.what,
        problem=one.problem,
        against=one.against,
        matched=one.matched,
        measure=one.measure,
        score=one.score,
        threshold=one.threshold,
    )


def _dropped(folder: Path) -> list[Dropped]:
    path = folder / DROPPED
    if not path.is_file():
        return []
    found = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                found.append(Dropped.model_validate_json(line))
            except ValidationError as error:
                raise UsageError(
                    f"{path}:{number}: {first_fault(error, whole='a line')}"
                ) from error
    return found


def _corpus(folder: Path) -> CorpusRecord:
    if not (folder / RECORD).is_file():
        raise UsageError(
            f"a corpus must have {RECORD}, {folder} has none\n\n"
            "hint: give the folder that `rtlgen dataset synth` wrote with -o"
        )
    return read_corpus(folder / RECORD)


def corpus_facts(folder: Path) -> CorpusFacts:
    """Return what is in a corpus.

    Raises:
        UsageError: There is none, or its record is damaged.
    """
    record = _corpus(folder)
    train = record.parts.get(TRAIN)
    return CorpusFacts(
        seed=record.options.seed,
        parts={name: part.problems for name, part in record.parts.items()},
        families=len(train.families) if train else 0,
        held_out_families=record.options.held_out_families,
        designs=train.designs if train else 0,
        specs=train.specs if train else 0,
        contaminated=sum(sum(p.contaminated.values()) for p in record.parts.values()),
        against=record.options.against,
        tools=train.tools if train else {},
    )


def training_facts(stage: str, folder: Path) -> TrainingFacts | None:
    """Return what a training run did; None where there is none.

    Args:
        stage: What it made.
        folder: Of the run; or `table.json` of an earlier card, which tells of a run whose
            folder is gone.

    Raises:
        UsageError: It is not finished, or damaged; or the card does not tell of it.
    """
    if folder.is_file():
        told = {facts.stage: facts for facts in read_table(folder).trainings}
        if stage not in told:
            raise UsageError(
                f"a card that is named for a training must tell of it, {folder} tells of "
                f"{', '.join(told) or 'none'}, not of {stage}\n\nhint: name the folder of the run"
            )
        return told[stage]
    record = TrainingFolder(folder).read() if folder.is_dir() else None
    if record is None:
        return None
    if record.status != "done":
        raise UsageError(
            f"a card must be made of trainings that are done, {folder} is not\n\n"
            "hint: the command that began it goes on"
        )
    log = read_log(folder)
    return TrainingFacts(
        stage=stage,
        method=record.method,
        steps=record.steps,
        rows=record.rows.get("kept", 0),
        tokens=_tokens(record, log),
        seconds=record.seconds,
        resumed=record.resumed,
        seed=int(record.config.get("seed") or 0),
        trained=record.parameters.get("trained", 0),
        hardware=_hardware(record),
        loss=_loss(record),
        settings=_settings(record),
        data=record.data,
        versions=record.versions,
        log=tuple((int(line["step"]), float(line["loss"])) for line in log if "loss" in line),
    )


def _tokens(record: Record, log: Sequence[dict[str, Any]]) -> int | None:
    known = [line["num_tokens"] for line in [*log, record.result] if "num_tokens" in line]
    return int(max(known)) if known else None


def _loss(record: Record) -> float | None:
    found = record.result.get("train_loss", record.result.get("loss"))
    return None if found is None else round(found, 4)


def _hardware(record: Record) -> str:
    found = record.hardware
    if found.get("device") != "cpu":
        return str(found.get("name") or found.get("device", ""))
    memory = int(found.get("memory") or 0) / (1 << 30)
    return f"CPU, {found.get('processors', '?')} processors, {memory:.0f} GiB"


def _weights(lora: Mapping[str, object] | None) -> str:
    if lora is None:
        return "all"
    if lora.get("adapter"):
        return "those of the adapter that was trained before"
    return ", ".join(f"{key} {value}" for key, value in lora.items() if value)


def _settings(record: Record) -> dict[str, str]:
    trl, lora = record.config.get("trl") or {}, record.config.get("lora")
    names = (*_SETTINGS, *_MORE_SETTINGS, *_DPO_SETTINGS)
    found = {name: str(trl[name]) for name in names if name in trl}
    found["weights"] = _weights(lora)
    if loss_on := record.config.get("loss_on"):
        found["loss on"] = str(loss_on)
    return found


def read_everyday(path: Path) -> tuple[EverydayResult, ...]:
    """Return results on everyday specifications, as `bench/everyday.py -o` writes them.

    `right` says whether golden RTL, which the run never saw, agrees; it may be missing.

    Raises:
        UsageError: The file cannot be read, or is of another form.
    """
    try:
        content = json.loads(path.read_bytes())
        return tuple(_everyday(name, one) for name, one in content["specifications"].items())
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f'{path} must be {{"specifications": {{NAME: {{"outcome", "right", ...}}}}}}, and is '
            f"not: {type(error).__name__}\n\nhint: python bench/everyday.py -o {path.name}"
        ) from error


def _everyday(name: str, one: dict[str, Any]) -> EverydayResult:
    basis = one.get("basis") or ""
    return EverydayResult(
        name=name,
        outcome=" by ".join(filter(None, (one["outcome"], basis))),
        right=one.get("right"),
        by=str(one.get("model", "")),
    )
