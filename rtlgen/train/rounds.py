"""Rounds of sampling and training: ITERTL's loop (arXiv 2407.12022), with verdicts.

A round draws answers of the best model so far, judges them, builds rows of them, trains
on these, and evaluates what comes out on problems that are in no training data::

    DIR/rounds/N/prompts/     what was asked, where it is a part of a corpus
    DIR/rounds/N/samples/     the answers and their verdicts, a run of `rtlgen eval`
    DIR/rounds/N/data/        rows
    DIR/rounds/N/train.yaml
    DIR/rounds/N/run/         the training; its `model` is the round's
    DIR/rounds/N/round.json   what it brought, and whether there is another
    DIR/evaluate/STAGE/SET/   runs of `rtlgen eval`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from rtlgen.errors import UsageError
from rtlgen.evaluation.compare import compare
from rtlgen.evaluation.replacing import write_whole
from rtlgen.evaluation.strict import Strict, first_fault
from rtlgen.train import loop_steps
from rtlgen.train.config import Method
from rtlgen.train.loop_config import ProblemSet, RoundsConfig
from rtlgen.train.loop_parts import drawn, tasks_of, write_part
from rtlgen.train.loop_steps import Stage, evaluation_of
from rtlgen.train.steps import Step
from rtlgen.train.stopping import Decision, RoundGain, decide

CORPUS = "corpus"


class RoundRecord(Strict):
    """`round.json`."""

    gain: RoundGain
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """What rounds are planned from."""

    folder: Path
    config: RoundsConfig
    start: Stage
    """What the first round draws from; evaluated by whoever plans it."""
    prompts: ProblemSet
    held_out: Sequence[ProblemSet]
    """The first decides."""
    like: str = ""
    """The GGUF file, or `smollm2`, whose tokenizer conversions take."""

    def stage(self, number: int) -> Stage:
        """Return the model that round `number` made; of round 0, the one it all began with."""
        if number == 0:
            return self.start
        under = self.start.under if self.config.train.goes_on else None
        model = _at(number) / "run" / loop_steps.MODEL
        return Stage(name=f"round-{number}", model=model, under=under)

    def plan(self) -> Iterator[Step]:
        """Yield the steps of all rounds; each is asked for when those before it are done."""
        gains: list[RoundGain] = []
        best, go_on = 0, True
        while go_on:
            number = len(gains) + 1
            parent = number - 1 if self.config.keep_going else best
            yield from self._round(number, self.stage(parent))
            yield self._decided(number, gains, best)
            record = read_round(self.folder / _at(number))
            gains.append(record.gain)
            best, go_on = record.decision.best, record.decision.go_on

    def evaluated(self, stage: Stage) -> Iterator[Step]:
        """Yield the steps that make a stage ready to be asked, and evaluate it."""
        config = self.config
        if config.inference == "gguf":
            yield loop_steps.convert(stage, self.like)
        for problems in self.held_out:
            yield loop_steps.evaluate(stage, problems, config.evaluate, config.inference)

    def _round(self, number: int, parent: Stage) -> Iterator[Step]:
        config, place = self.config, _at(number)
        method = Method(config.train.method)
        asked = self.prompts
        if asked.benchmark == CORPUS and not asked.problems:
            yield self._prompts(number)
            asked = asked.model_copy(update={"root": str(place / "prompts")})
        drawing = config.sample.model_copy(update={"seed": config.sample.seed + number - 1})
        samples, data = place / "samples", place / "data"
        yield loop_steps.sample(
            f"rounds/{number}/sample", parent, asked, drawing, config.inference, samples
        )
        sources = [samples, *([Path(asked.root)] if config.build.slips else [])]
        yield loop_steps.build(
            f"rounds/{number}/build",
            sources,
            config.build,
            method=method,
            problems=asked,
            into=data,
        )
        yield loop_steps.check(f"rounds/{number}/check", data)
        yield loop_steps.configure(
            self.folder,
            f"rounds/{number}/configure",
            config.train,
            begins=parent,
            data="data",
            into=place / "train.yaml",
        )
        yield loop_steps.train(
            f"rounds/{number}/train", method, place / "train.yaml", place / "run"
        )
        yield from self.evaluated(self.stage(number))

    def _prompts(self, number: int) -> Step:
        """Return the step that draws the prompts of a round: other ones each time."""
        count, seed = self.config.sample.problems, self.config.sample.seed
        root, into = self.folder / self.prompts.root, _at(number) / "prompts"

        def write() -> None:
            chosen = drawn(tasks_of(root), count, start=count * (number - 1), seed=seed)
            write_part(root, self.folder / into, frozenset(chosen).__contains__)

        facts = {"root": self.prompts.root, "count": str(count), "seed": str(seed)}
        return Step(
            name=f"rounds/{number}/prompts", makes=into / "problems.jsonl", does=write, facts=facts
        )

    def _decided(self, number: int, gains: Sequence[RoundGain], best: int) -> Step:
        into = _at(number) / "round.json"
        return Step(
            name=f"rounds/{number}/decide",
            makes=into,
            does=_writes(self.folder / into, lambda: self._record(number, gains, best)),
        )

    def _record(self, number: int, gains: Sequence[RoundGain], best: int) -> RoundRecord:
        runs = [
            self.folder / evaluation_of(self.stage(one).name, self.held_out[0].name)
            for one in (best, number)
        ]
        found = compare(*runs, k=self.config.k)
        gain = RoundGain(round=number, against=best, difference=found.difference)
        every = [*gains, gain]
        decision = decide(every, rounds=self.config.rounds, patience=self.config.patience)
        return RoundRecord(gain=gain, decision=decision)


def _at(number: int) -> Path:
    return Path("rounds") / str(number)


def _writes(path: Path, made: Callable[[], RoundRecord]) -> Callable[[], None]:
    return lambda: write_whole(path, made().model_dump_json(indent=1) + "\n")


def read_round(folder: Path) -> RoundRecord:
    """Return what a round brought.

    Raises:
        UsageError: There is no record, or it is damaged.
    """
    path = folder / "round.json"
    try:
        return RoundRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read the record of a round: {path}: {error.strerror}") from error
    except ValidationError as error:
        raise UsageError(
            f"{path}: {first_fault(error)}\n\nhint: remove it, and it is made again"
        ) from error
