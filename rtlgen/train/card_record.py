"""`table.json`: the figures of a model card. None stands for what was not measured."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from rtlgen.errors import UsageError
from rtlgen.evaluation.strict import Strict, first_fault
from rtlgen.evaluation.summary import Rate

TABLE = "table.json"


class Point(Strict):
    """pass@k under one verdict."""

    k: int = Field(ge=1)
    rate: Rate | None
    """None where no problem has `k` judged samples."""
    problems: int = Field(ge=0)
    """Problems that it is the mean of."""


class Measured(Strict):
    """One run: a stage on a set, greedy or sampled."""

    benchmark: str
    benchmark_digest: str
    simulator: str
    model: str
    details: dict[str, str | int | float | bool | None]
    """What the answers were drawn with: n, seed, temperature, top_p, max_tokens."""
    problems: int
    """Problems that count."""
    samples: int
    most: int
    """Samples of the problem that has most."""
    missing: int
    """Samples that other problems have and some do not."""
    not_judged: int
    excluded: tuple[str, ...]
    official: tuple[Point, ...]
    functional: tuple[Point, ...]
    categories: dict[str, int]

    def point(self, k: int, *, functional: bool = False) -> Point | None:
        """Return pass@k, if there are `k` samples."""
        points = self.functional if functional else self.official
        return next((point for point in points if point.k == k and point.rate), None)


class Part(Strict):
    """pass@k on the problems of a set whose family is in the corpus, or is not."""

    known: bool
    problems: int
    greedy: Point | None
    sampled: tuple[Point, ...] = ()


class Failure(Strict):
    """One kind of failure."""

    category: str
    shows: str
    """What the first mismatch or the message shows; empty where there is nothing to add."""
    samples: int
    problems: int
    example: str
    """Id of a problem that has it."""


class Cell(Strict):
    """A stage on a set."""

    stage: str
    set: str
    greedy: Measured | None = None
    sampled: Measured | None = None
    parts: tuple[Part, ...] = ()


class Gain(Strict):
    """What a stage brought over another one, paired by problem."""

    set: str
    before: str
    after: str
    drawn: Literal["greedy", "sampled"]
    k: int
    difference: Rate
    """Of the rates, with the paired bootstrap interval over problems."""
    p_value: float
    """By the two-sided sign-flip test over problems."""
    problems: int

    @property
    def beyond(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.difference.low > 0 or self.difference.high < 0


class SystemResult(Strict):
    """One answer to each problem by compiler, model and blind judging."""

    set: str
    measured: Measured
    by: dict[str, tuple[int, int]]
    """What made the answers: how many, and how many of them pass officially."""
    outcomes: dict[str, tuple[int, int]]
    """What the system said of them before the test: how many, and how many pass officially."""
    candidates: int
    """Most answers of the model that one was chosen from."""
    seconds: float
    """Wall time of all answers, sampling included unless the samples were there already."""


class Step(Strict):
    """pass@1 of a model on its way."""

    set: str
    stage: str
    step: int
    point: Point


class TrainingFacts(Strict):
    """One training run."""

    stage: str
    method: str
    steps: int
    rows: int
    tokens: int | None
    """Tokens that were trained on; None where the trainer did not count them."""
    seconds: float
    resumed: int
    seed: int
    trained: int
    """Parameters that are trained."""
    hardware: str
    loss: float | None
    settings: dict[str, str]
    data: dict[str, str]
    """Digest of each file of rows."""
    versions: dict[str, str]
    log: tuple[tuple[int, float], ...] = ()
    """Step and training loss."""


class CorpusFacts(Strict):
    """The corpus that training began with."""

    seed: int
    parts: dict[str, int]
    """Problems of each part."""
    families: int
    held_out_families: tuple[str, ...]
    designs: int
    """Different designs of the part that is trained on, names not counted."""
    specs: int
    contaminated: int
    """Examples that were left out because they resemble a known problem."""
    against: tuple[str, ...]
    tools: dict[str, str]


class FamilyRule(Strict):
    """How it was decided which problems have their family in the corpus."""

    threshold: float
    examples: int
    """Designs of the corpus that problems are compared with."""
    families: int
    recognized: float
    """Share of held-out phrasings of corpus families that are at or above the threshold."""
    mistaken: float
    """Share of corpus designs that are, once their own family is taken out."""


class FamilyOf(Strict):
    """The nearest family of a problem."""

    family: str
    similarity: float
    known: bool


class EverydayResult(Strict):
    """One everyday specification."""

    name: str
    outcome: str
    right: bool | None
    """Whether golden RTL that the run never saw agrees; None where it was not asked."""
    by: str = ""


class TableRecord(Strict):
    """All of `table.json`."""

    version: Literal[1] = 1
    rtlgen: str
    name: str
    stages: dict[str, str]
    """Title by name, in order."""
    sets: dict[str, str]
    cells: tuple[Cell, ...]
    gains: tuple[Gain, ...]
    systems: tuple[SystemResult, ...]
    failures: dict[str, tuple[Failure, ...]]
    """By set, of the last stage that was measured there; `all` for all benchmarks together."""
    steps: tuple[Step, ...]
    trainings: tuple[TrainingFacts, ...]
    corpus: CorpusFacts | None
    rule: FamilyRule | None
    families: dict[str, dict[str, FamilyOf]]
    """By set and problem."""
    everyday: tuple[EverydayResult, ...]
    missing: tuple[str, ...]
    """What was named and is not there, each in words."""

    def cell(self, stage: str, name: str) -> Cell | None:
        """Return a stage's results on a set, if there are any."""
        return next((c for c in self.cells if (c.stage, c.set) == (stage, name)), None)

    def system(self, name: str) -> SystemResult | None:
        """Return what the whole system answers on a set, if it was run."""
        return next((one for one in self.systems if one.set == name), None)


def read_table(path: Path) -> TableRecord:
    """Return the figures in a file.

    Raises:
        UsageError: There are none, or the file is damaged.
    """
    try:
        return TableRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except ValidationError as error:
        raise UsageError(
            f"{path}: {first_fault(error)}\n\nhint: `rtlgen train card` writes it again"
        ) from error
