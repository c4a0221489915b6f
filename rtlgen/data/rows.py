"""The rows of a dataset, one schema a kind.

A dataset is a folder::

    DIR/README.md                      the card; its YAML names the files, so that
                                       `datasets.load_dataset(DIR, "preference")` finds them
    DIR/dataset.json                   options, digests of the sources, versions, counts
    DIR/KIND/SPLIT.jsonl               rows of one kind, by split
    DIR/parquet/KIND/SPLIT.parquet     the same rows
    DIR/dropped.jsonl                  what was left out, and by which rule
    DIR/plots/*.svg

`prompt`, `chosen`, `rejected`, `completion` and `label` are as TRL's trainers
take them, in its conversational format; every other column is metadata that
they ignore. A schema changes only together with `SCHEMA`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from rtlgen.evaluation.strict import Strict

SCHEMA = 1
"""Version of all schemas."""


class Kind(StrEnum):
    """What a row is for; also the name of its folder."""

    PREFERENCE = "preference"
    """A better and a worse answer, for DPO."""
    SFT = "sft"
    """An answer that holds, for supervised fine-tuning."""
    REPAIR = "repair"
    """Wrong code with what was seen of it, and right code."""
    GRPO = "grpo"
    """A prompt and what a reward needs to judge answers to it."""
    UNPAIRED = "unpaired"
    """An answer and whether it holds, for KTO."""


class Split(StrEnum):
    """Part of a dataset; a family of problems is in one only."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class Turn(Strict):
    """One message of a conversation, as chat templates take it."""

    role: Literal["system", "user", "assistant"]
    """Who says it."""
    content: str
    """What is said."""


class VerdictColumns(Strict):
    """What rtlgen saw when it judged a design itself."""

    status: Literal["pass", "fail"]
    """"Not judged" is no label and never gets here."""
    category: str
    """As `rtlgen.evaluation.judgement.Category`, such as `runtime mismatch`."""
    share: float = Field(ge=0, le=1)
    """Share of the expected checks that were made and met; 0 for what does not compile."""
    checks: int = Field(ge=0)
    """Checks that a complete run makes."""
    reason: str = ""
    """One line for a person."""
    judge: str
    """What judged: the harness or testbench, and its simulator with version."""
    trust: float | None = Field(default=None, ge=0, le=1)
    """Testbench trust, where it was measured."""
    digest: str
    """Hex digest of the design's text."""


class Provenance(Strict):
    """Where an answer comes from."""

    source: str
    """Kind of source: `eval run`, `design run`, `samples`, `corpus` or `folder`."""
    name: str
    """The source's own name; never an absolute path."""
    source_digest: str
    """Hex digest of the file or record that the answer was read from."""
    sample: int = Field(ge=0)
    """Number of the answer within its problem and source."""
    model: str = ""
    """What wrote it; empty where nobody says."""
    temperature: float | None = None
    """Sampling temperature; None where nobody says."""
    top_p: float | None = None
    """Probability mass of nucleus sampling; None where nobody says."""
    seed: int | None = None
    """Seed of the sampling; None where nobody says."""
    licence: str = ""
    """SPDX expression; empty where nobody says."""
    rtlgen: str
    """Version of rtlgen that judged it."""


class Row(Strict):
    """What all rows begin with."""

    id: str
    """Hex digest of all that the row says to a trainer."""
    version: Literal[1] = SCHEMA  # type: ignore[assignment]
    """Version of the schema."""
    problem_set: str
    """Such as `verilog-eval-v1-human`, or a corpus by its seed."""
    problem: str
    """Its name within the set."""
    family: str
    """Problems of one family resemble each other; splits never part them."""
    prompt: list[Turn]
    """What a model is asked."""


class PreferenceRow(Row):
    """Two answers of which rtlgen saw that one is better."""

    chosen: list[Turn]
    """The better answer."""
    rejected: list[Turn]
    """The worse answer."""
    chosen_verdict: VerdictColumns
    """On the better answer."""
    rejected_verdict: VerdictColumns
    """On the worse answer."""
    chosen_provenance: Provenance
    """Of the better answer."""
    rejected_provenance: Provenance
    """Of the worse answer."""
    margin: float = Field(gt=0, le=1)
    """Difference of the two answers' scores; see `rtlgen.data.score`."""
    distance: float = Field(ge=0, le=1)
    """Edit distance in tokens, as a share of the longer answer."""
    chosen_tokens: int = Field(ge=1)
    """Verilog tokens, comments and space not counted."""
    rejected_tokens: int = Field(ge=0)
    """Those of the worse answer."""


class SftRow(Row):
    """An answer that holds."""

    completion: list[Turn]
    """The answer."""
    spec: str
    """The specification, word for word."""
    rtl: str
    """The design in the answer."""
    tests: str
    """What judged it, as text, where that is text; else how to have it written."""
    reasoning: str = ""
    """What stands in `<think>` in the completion, where there is any."""
    verdict: VerdictColumns
    """On the answer."""
    provenance: Provenance
    """Of the answer."""
    tokens: int = Field(ge=1)
    """Verilog tokens of the design."""


class RepairRow(Row):
    """A repair: the prompt holds the wrong code and what was seen of it."""

    completion: list[Turn]
    """The answer."""
    wrong: str
    """The design that fails."""
    right: str
    """The design that holds."""
    evidence: str
    """Diagnostics or the first mismatch, as the prompt tells them."""
    kind: Literal["syntax", "functional"]
    """Whether the wrong design does not compile, or does not do what it should."""
    wrong_verdict: VerdictColumns
    """On the design that fails."""
    right_verdict: VerdictColumns
    """On the design that holds."""
    wrong_provenance: Provenance
    """Of the design that fails."""
    right_provenance: Provenance
    """Of the design that holds."""
    distance: float = Field(ge=0, le=1)
    """Edit distance in tokens, as a share of the longer design."""


class GrpoRow(Row):
    """A prompt whose answers a reward can judge."""

    reward_data: str
    """JSON of an `evaluation.problem.Problem`: test, reference, top; see `rtlgen.train.rewards`."""
    samples: int = Field(ge=0)
    """Judged answers that the figures below rest on."""
    mean_reward: float | None = None
    """Mean score of those answers; neither trivial nor hopeless where a gate was set."""
    reward_spread: float | None = Field(default=None, ge=0)
    """Their standard deviation."""


class UnpairedRow(Row):
    """An answer and whether it holds."""

    completion: list[Turn]
    """The answer."""
    label: bool
    """Whether it holds."""
    verdict: VerdictColumns
    """On the answer."""
    provenance: Provenance
    """Of the answer."""
    tokens: int = Field(ge=0)
    """Verilog tokens of the design."""


ROWS: dict[Kind, type[Row]] = {
    Kind.PREFERENCE: PreferenceRow,
    Kind.SFT: SftRow,
    Kind.REPAIR: RepairRow,
    Kind.GRPO: GrpoRow,
    Kind.UNPAIRED: UnpairedRow,
}
"""The schema of each kind."""
