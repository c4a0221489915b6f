"""One run with a language model: rounds of candidates, the best judged again, the record."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rtlgen import __version__
from rtlgen.design.basis import basis_of
from rtlgen.design.bench import NO_REFERENCE, Judgement
from rtlgen.design.blind_referee import ByAgreement
from rtlgen.design.candidate import Candidate
from rtlgen.design.loop import Loop, Referee, Ruling
from rtlgen.design.optimizing import with_optimization
from rtlgen.design.options import EXIT_CODES, Asking, Options, Outcome, Progress, State
from rtlgen.design.output import finished_output
from rtlgen.design.prompter import Prompter
from rtlgen.design.properties import property_checked
from rtlgen.design.protocols import protocol_checked
from rtlgen.design.quorum import NARROW
from rtlgen.design.record import ModelRecord, RunRecord, SamplingRecord, TrustRecord
from rtlgen.design.referee import ByReference
from rtlgen.design.regression import REGRESSION, save_regression
from rtlgen.design.run import make_judgement, say_verdict
from rtlgen.design.run_folder import WAVEFORM, write_run
from rtlgen.design.run_record import run_record, usage_record
from rtlgen.design.testbench_judgement import (
    as_demanded,
    measured_on,
    say_trust,
    with_brief_trust,
)
from rtlgen.design.tried import tried
from rtlgen.design.two_simulators import heard_by_both
from rtlgen.design.unfinished import ANSWERS, unfinished
from rtlgen.design.words import counted
from rtlgen.errors import CannotJudge
from rtlgen.llm.budget import Budget
from rtlgen.llm.identity import digests_of
from rtlgen.llm.model import Failure, LanguageModel
from rtlgen.llm.replay import Replay
from rtlgen.llm.session import Session
from rtlgen.llm.store import AnswerStore
from rtlgen.llm.style import style_of
from rtlgen.spec.model import Spec
from sim.design import digest
from sim.judge import judge
from sim.verdict import Status
from sim.verdict_cache import VerdictCache

_MARKS: dict[Outcome, State] = {
    "verified": "ok",
    "trusted": "ok",
    "failed": "bad",
    "not judged": "open",
}
_STATED_ERROR = "no reference was given, and some designs like this are wrong"
_AGAIN = "--resume asks again for what was not answered"
_MORE = (
    "worked examples in the specification (`for example, a = 3, b = 4 gives y = 7`) are checked, "
    "and enough of them are a verdict; more answers of this model: --candidates"
)
_LARGER = (
    "a larger model: `--model openai:MODEL` with OPENAI_API_KEY, `--model openai:qwen3 --base-url "
    "http://localhost:11434/v1` for a local server, `--model gguf:FILE`; RTLGEN_MODEL and "
    "rtlgen.toml choose it for good"
)
_HINTS = {
    Failure.CONTEXT: "prompt and answer share the model's context: lower --max-tokens or "
    "--examples, or choose a model with a longer one",
    Failure.TIMEOUT: "`timeout` in [model] of rtlgen.toml gives an answer more time",
    Failure.RATE_LIMIT: f"`concurrency` in [model] of rtlgen.toml asks for less at once; {_AGAIN}",
    Failure.SERVER: _AGAIN,
    Failure.GARBAGE: _AGAIN,
    Failure.UNREACHABLE: _AGAIN,
    Failure.BUDGET: "with a larger budget --resume goes on from here",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Who is asked, and what that may cost."""

    model: LanguageModel
    chosen_by: str
    """Where the choice came from, such as `--model`."""
    budget: Budget = field(default_factory=Budget)
    subject: str = ""
    """What the model knows the problem by; empty: the module's name."""
    header: str | None = None
    """The module's header, where samples made elsewhere continue it."""

    def about(self, spec: Spec) -> Question:
        """Return the question with what samples made elsewhere need to be found and read."""
        if not isinstance(self.model, Replay):
            return self
        stem, module = Path(spec.path).stem, spec.interface.module
        subject = stem if stem in self.model.tasks else module
        return replace(self, subject=subject, header=self.model.prompt_of(subject) or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRun:
    """A run that has ended, and what is to be written of it."""

    record: RunRecord
    judgement: Judgement | None
    chosen: Candidate | None


def design_with_model(
    spec: Spec,
    question: Question,
    options: Options,
    folder: Path,
    progress: Progress,
    *,
    resume: bool = False,
) -> RunRecord:
    """Ask a model for RTL for `spec` until some holds, and write the output `folder`.

    Raises:
        ModelFault: The model cannot be asked at all.
        UsageError: An interrupted run is in the way, or `resume` does not fit it.
        EnvironmentFault: A tool is missing or does not run.
    """
    progress.stage("model", f"{question.model.name} ({question.chosen_by})")
    question = question.about(spec)
    with unfinished(folder, facts_of(spec, question, options), resume=resume) as work:
        (work / WAVEFORM).unlink(missing_ok=True)
        shutil.rmtree(work / REGRESSION, ignore_errors=True)
        if resume and not (work / ANSWERS).is_file():
            progress.stage("resume", "there is nothing to resume; the run begins", state="note")
        run = model_run(spec, question, options, work, progress, cache=VerdictCache())
        with finished_output(work, folder) as output:
            shutil.copyfile(work / ANSWERS, output / ANSWERS)
            if (work / WAVEFORM).is_file():
                (work / WAVEFORM).rename(output / WAVEFORM)
            if (work / REGRESSION).is_dir():
                (work / REGRESSION).rename(output / REGRESSION)
            write_run(output, run.record, options, spec, run.judgement, run.chosen)
    return run.record


def model_run(
    spec: Spec,
    question: Question,
    options: Options,
    work: Path,
    progress: Progress,
    *,
    cache: VerdictCache | None,
) -> ModelRun:
    """Run the loop with `work` as its memory, and judge its best candidate once more, alone."""
    start = time.monotonic()
    asking = options.asking or Asking()
    prompter = Prompter(
        spec,
        asking,
        subject=question.subject,
        header=question.header,
        form=style_of(question.model),
    )
    referee = _referee(spec, options, prompter, progress, cache)
    with AnswerStore(work / ANSWERS) as store:
        if len(store):
            progress.stage("resume", f"{len(store)} answers are there already", state="note")
        session = Session(question.model, store, question.budget)
        loop = Loop(
            session=session,
            referee=referee,
            prompter=prompter,
            asking=asking,
            seed=options.seed,
            progress=progress,
        )
        loop.run()
        model = _model_record(session, question, facts_of(spec, question, options), asking)
        for note in model.notes:
            progress.stage("model", note, state="note")
    ruling = _judged_alone(referee.rule(loop.candidates), options, work, progress)
    regression = ""
    if ruling.chosen is not None and ruling.judgement is not None:
        regression = save_regression(work, ruling.judgement, ruling.chosen, options, progress)
    ruling = _with_testbench_trust(ruling, spec, options, progress)
    outcome, reason = as_demanded(*_outcome(ruling, loop.ended), ruling.judgement, options)
    progress.stage("outcome", f"{outcome}: {reason}", state=_MARKS[outcome])
    summed = tried(ruling.candidates) if EXIT_CODES[outcome] else ""
    if summed:
        progress.stage("tried", summed, state="note")
        for hint in _hints(loop, prompter):
            progress.stage("hint", hint, state="note")
    record = run_record(
        spec=spec,
        judgement=ruling.judgement,
        options=options,
        candidates=ruling.candidates,
        chosen=ruling.chosen,
        outcome=outcome,
        reason=reason,
        seconds=time.monotonic() - start,
        model=model,
        price=question.budget.price,
        trust=ruling.trust,
        regression=regression,
        tried=summed,
    )
    record = record.model_copy(update=basis_of(record, ruling.judgement))
    record = with_optimization(record, ruling.chosen, ruling.judgement, options, progress)
    return ModelRun(record=record, judgement=ruling.judgement, chosen=ruling.chosen)


def facts_of(spec: Spec, question: Question, options: Options) -> dict[str, Any]:
    """Return what the answers of a run depend on; it is resumed only with the same."""
    golden, asking = options.golden, options.asking or Asking()
    how = {**asking.recorded(), **SamplingRecord.of(asking.sampling).model_dump()}
    files = digests_of(question.model)
    return {
        **({"files": files} if files else {}),
        "specification": digest(spec.text.encode()),
        "golden RTL": None if golden is None else golden.digest,
        "--model": question.model.name,
        "--seed": options.seed,
        "--top": options.top,
        "--simulator": [simulator.name for simulator in options.simulators],
        "--timeout": options.limits.seconds,
        **{f"--{name.replace('_', '-')}": value for name, value in how.items()},
        "rtlgen": __version__,
    }


def _referee(
    spec: Spec,
    options: Options,
    prompter: Prompter,
    progress: Progress,
    cache: VerdictCache | None,
) -> Referee:
    try:
        judgement = make_judgement(spec, options, progress)
    except CannotJudge as error:
        if str(error) != NO_REFERENCE:
            raise
        progress.stage(
            "testbench",
            "no reference: nothing formal fixes the outputs, and no golden RTL was given; "
            "candidates are judged by agreement",
            state="note",
        )
        return ByAgreement(spec, options, prompter, progress)
    return ByReference(judgement, options, cache)


def _judged_alone(ruling: Ruling, options: Options, work: Path, progress: Progress) -> Ruling:
    """Judge the chosen candidate once more, by itself and with a waveform; this verdict holds."""
    chosen, judgement = ruling.chosen, ruling.judgement
    if chosen is None or chosen.design is None or judgement is None:
        return ruling
    with progress.working("judging the chosen candidate alone"):
        verdict = judge(
            chosen.design,
            judgement.testbench.bench,
            simulators=options.simulators,
            interface=judgement.interface,
            limits=options.limits,
            waveform=work / WAVEFORM,
        )
    progress.stage("chosen", f"candidate {chosen.number}, judged once more by itself")
    chosen = property_checked(replace(chosen, verdict=verdict), judgement, options, progress)
    chosen = protocol_checked(chosen, judgement, options, progress)
    chosen = heard_by_both(chosen, judgement, options, progress)
    verdict = verdict if chosen.verdict is None else chosen.verdict
    if ruling.trust is None or verdict.status is not Status.PASS:
        say_verdict(verdict, progress)
    candidates = [chosen if c.number == chosen.number else c for c in ruling.candidates]
    return replace(ruling, candidates=candidates, chosen=chosen)


def _with_testbench_trust(
    ruling: Ruling, spec: Spec, options: Options, progress: Progress
) -> Ruling:
    """Measure the testbench of a pass: briefly, or in full where that is asked for.

    In full only where it says nothing but what the chosen candidate does; else that is done.
    """
    chosen, judgement = ruling.chosen, ruling.judgement
    if chosen is None or chosen.design is None or judgement is None:
        return ruling
    agreement = _sure_of(ruling.trust)
    if agreement is not None and options.measure_testbench:
        measured = measured_on(judgement, chosen.design, agreement, options, progress)
        say_trust(measured, options, progress)
    else:
        measured = with_brief_trust(judgement, chosen, spec, options, progress, agreement=agreement)
    return replace(ruling, judgement=measured)


def _sure_of(trust: TrustRecord | None) -> float | None:
    """Return how probable it is that the chosen candidate is right; None where a reference says."""
    if trust is None:
        return None
    settled = trust.settled
    if settled is not None and not settled.against:
        return settled.killed / settled.counted
    return trust.value


def _outcome(ruling: Ruling, ended: str) -> tuple[Outcome, str]:
    tail = f" ({ended})" if ended else ""
    trust = ruling.trust
    if ruling.chosen is None or ruling.chosen.verdict is None:
        return _no_design(ruling.candidates, tail)
    verdict = ruling.chosen.verdict
    if verdict.status is not Status.PASS:
        outcome: Outcome = "failed" if verdict.status is Status.FAIL else "not judged"
        return outcome, f"{verdict.reason}{tail}"
    if trust is None:
        return "verified", verdict.reason
    said = f"no reference verified it; trust {trust.value:.2f}"
    quorum, settled = trust.quorum, trust.settled
    if settled is not None and not settled.against:
        return "verified", (
            f"by the specification's own examples: they notice {settled.killed} of "
            f"{counted(settled.counted, 'mutant')}, and the {counted(settled.keepers, 'answer')} "
            "that keep them behave alike"
        )
    if settled is not None and quorum is not None and quorum.narrow:
        return "not judged", f"{said}; {settled.against[0]}{tail}"
    if trust.value < trust.demanded:
        return "not judged", f"{said} is below the {trust.demanded:.2f} demanded{tail}"
    if quorum is not None and quorum.narrow:
        return "not judged", f"{said}; {NARROW}{tail}"
    if quorum is not None and not quorum.against:
        alike = f"{quorum.alike} of {quorum.answers} answers behave alike"
        return "verified", f"by agreement: {alike}, trust {trust.value:.2f}; {_STATED_ERROR}"
    short = f"; short of a verdict: {quorum.against[0]}" if quorum else ""
    return "trusted", f"{said}, {trust.demanded:.2f} is demanded{short}"


def _no_design(candidates: Sequence[Candidate], tail: str) -> tuple[Outcome, str]:
    if any(candidate.design for candidate in candidates):
        return "not judged", f"no output ever has a known value that could be compared{tail}"
    if any(candidate.declined for candidate in candidates):
        return "failed", f"no answer holds a design{tail}"
    failures = [candidate.failure for candidate in candidates if candidate.failure]
    if failures:
        return "not judged", f"the model gave no answer: {failures[-1]}{tail}"
    return "not judged", f"there is no answer{tail}"


def _hints(loop: Loop, prompter: Prompter) -> list[str]:
    """Say what may help a run that has not come to a design."""
    hints = [_HINTS[failure] for failure, _ in loop.failures.most_common() if failure in _HINTS]
    if any(c.design is None and c.answer and c.answer.finish == "length" for c in loop.candidates):
        hints.append("answers broke off at their limit: --max-tokens raises it")
    if not prompter.instructable:
        hints += [_MORE, _LARGER]
    return list(dict.fromkeys(hints))


def _model_record(
    session: Session, question: Question, facts: dict[str, Any], asking: Asking
) -> ModelRecord:
    tally, price = session.store.tally, question.budget.price
    unsent = session.totals.failed.get(Failure.BUDGET, 0)
    failures = {**tally.failures, Failure.BUDGET: unsent} if unsent else tally.failures
    return ModelRecord(
        name=question.model.name,
        chosen_by=question.chosen_by,
        subject=question.subject,
        header=question.header,
        prompt=style_of(question.model),
        sampling=SamplingRecord.of(asking.sampling),
        question=facts,
        requests=tally.requests,
        reused=session.totals.reused,
        failures={failure.value: count for failure, count in failures.items()},
        usage=usage_record(tally.usage, tally.seconds, price),
        budget=session.meter.line(),
        notes=list(getattr(question.model, "notes", ())),
    )
