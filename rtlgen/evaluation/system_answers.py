"""Designs of an earlier run as a model that gives them again, so that they are not drawn twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rtlgen.errors import UsageError
from rtlgen.evaluation.row import read_rows
from rtlgen.evaluation.run_record import read_run
from rtlgen.llm.model import Answer, Failure, Purpose, Request
from rtlgen.llm.style import PromptStyle


class RunAnswers:
    """Answers the i-th request for a problem with the i-th design of a run of `rtlgen eval`.

    Of a row, nothing but the design is kept: no verdict can be asked for. Whatever is no
    proposal, such as a repair, is `Failure.EXHAUSTED`.
    """

    prompt_style: PromptStyle = "plain"
    """It proposes and does nothing else."""

    def __init__(self, folder: Path, *, benchmark: str) -> None:
        """Read the designs.

        Raises:
            UsageError: `folder` holds no run, or one of another benchmark.
        """
        record = read_run(folder)
        if record.benchmark != benchmark:
            raise UsageError(
                f"the designs must be of {benchmark}, {folder} is a run of {record.benchmark}"
            )
        self.name = f"{record.source.name} ({record.source.digest[:12]})"
        self._designs: dict[tuple[str, int], str | None] = {}
        for row in read_rows(folder):
            usable = not row.verilog_cut and (row.verilog is not None or row.judged)
            self._designs[row.task_id, row.sample] = (row.verilog or "") if usable else None

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        for index, request in enumerate(requests):
            yield index, self._answer(request)

    def close(self) -> None:
        self._designs.clear()

    def _answer(self, request: Request) -> Answer:
        text = self._designs.get((request.subject, request.sample))
        if request.purpose is Purpose.PROPOSE and text is not None:
            return Answer(text=text)
        detail = f"the run has no design {request.sample} of {request.subject}"
        return Answer(text=None, failure=Failure.EXHAUSTED, detail=detail)
