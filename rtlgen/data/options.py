"""What a dataset is made with: gates and choices, all of them recorded in `dataset.json`."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from rtlgen.data.rows import Kind
from rtlgen.evaluation.benchmark import Extract
from rtlgen.evaluation.strict import Strict


class PromptChoice(StrEnum):
    """What stands in the rows' prompts."""

    PLAIN = "plain"
    """Description and header, as small models are trained (`rtlgen.prompts.plain`)."""
    PROPOSE = "propose"
    """As `rtlgen design` asks a language model."""
    BENCHMARK = "benchmark"
    """As `rtlgen eval` asks about this benchmark's problems."""


class AnswerChoice(StrEnum):
    """What stands in the rows' answers."""

    DESIGN = "design"
    """The design alone, in the form that the prompt asks for."""
    COMPLETION = "completion"
    """What the model wrote, word for word."""


class BuildOptions(Strict):
    """Gates and choices of one build; `dataset.json` holds each by its name here."""

    kinds: tuple[Kind, ...] = tuple(Kind)
    prompt: PromptChoice = PromptChoice.PLAIN
    answers: AnswerChoice = AnswerChoice.DESIGN
    reasoning: bool = False
    """Whether completions of SFT rows keep what stands in `<think>`."""
    extract: Extract = Extract.OFFICIAL
    """How designs are found in the completions of sample files."""
    seed: int = Field(default=0, ge=0)
    validation: float = Field(default=0.05, ge=0, lt=1)
    """Share of the families in the validation split."""
    test: float = Field(default=0.05, ge=0, lt=1)

    min_margin: float = Field(default=0.2, gt=0, le=1)
    """Least difference of the scores (`rtlgen.data.score`) of a pair."""
    min_trust: float = Field(default=0.5, ge=0, le=1)
    """Least trust of a testbench whose trust was measured; others are taken, and say so."""
    min_checks: int = Field(default=1, ge=0)
    """Least number of checks of a complete run of the test."""
    pairs_per_problem: int = Field(default=8, ge=1)
    uses_per_answer: int = Field(default=4, ge=1)
    """Pairs that one answer may be in."""
    max_length_ratio: float | None = Field(default=None, gt=1)
    """Most that one answer of a pair may be longer than the other, in tokens; None: any."""
    fail_pairs: bool = True
    """Whether a fail may be chosen over a worse fail, where passes leave room for pairs."""
    sft_per_problem: int = Field(default=4, ge=1)
    repairs_per_problem: int = Field(default=4, ge=1)
    unpaired_per_problem: int = Field(default=16, ge=1)
    balance_unpaired: bool = False
    """Whether a problem has as many unpaired rows that hold as rows that do not."""
    min_mean: float = Field(default=0.05, ge=0, le=1)
    """A GRPO prompt whose answers score no more on average is hopeless."""
    max_mean: float = Field(default=0.95, ge=0, le=1)
    """One whose answers score no less is trivial."""
    min_spread: float = Field(default=0.1, ge=0, le=1)
    """A GRPO prompt needs a larger standard deviation of its answers' scores."""
    min_samples: int = Field(default=0, ge=0)
    """Judged answers that a GRPO prompt needs; those with fewer than two have no spread to gate."""

    near_duplicates: float = Field(default=0.9, gt=0, le=1)
    """Similarity from which on an SFT answer of a problem repeats another one."""
    cpu_seconds: float = Field(default=30.0, gt=0)
    """Processor seconds of compiling one sample, and of simulating it."""
    licence: str = ""
    """SPDX expression of the answers in sample files and folders."""
    model: str = ""
    """What wrote the answers in sample files and folders."""

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.validation + self.test >= 1:
            raise ValueError("validation and test must leave something for training")
        if self.min_mean > self.max_mean:
            raise ValueError("min_mean must not be above max_mean")
        return self

    def recorded(self) -> dict[str, str | int | float | bool | None]:
        """Return each option as a plain value."""
        plain = self.model_dump(mode="json")
        plain["kinds"] = ",".join(self.kinds)
        return plain
