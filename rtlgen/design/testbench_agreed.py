"""A testbench where nothing is right by definition: what a language model's designs agree on."""

from __future__ import annotations

from dataclasses import replace

from rtlgen.design.model_run import Question, model_run
from rtlgen.design.options import Options, Progress
from rtlgen.design.testbench_beside import with_tests_beside
from rtlgen.design.testbench_run import Made, make_testbench
from rtlgen.design.testbench_source import Subject
from rtlgen.design.unfinished import ANSWERS
from rtlgen.errors import CannotJudge
from rtlgen.spec.model import Spec
from sim.scratch import scratch_folder
from sim.verdict_cache import VerdictCache
from testbench_gen.closing import Effort, Standing


def agreed_testbench(
    spec: Spec, question: Question, options: Options, effort: Effort, progress: Progress
) -> Made:
    """Ask for designs and reference models, and return a testbench of what the best of them does.

    Its agreement is the estimated probability that this one is right.

    Raises:
        CannotJudge: No design came that could be observed.
        ModelFault: The model cannot be asked at all.
        EnvironmentFault: A tool is missing or does not run.
    """
    with scratch_folder() as work:
        run = model_run(spec, question.about(spec), options, work, progress, cache=VerdictCache())
        answers = (work / ANSWERS).read_bytes()
    judgement, chosen, trust = run.judgement, run.chosen, run.record.trust
    if judgement is None or chosen is None or chosen.design is None or trust is None:
        raise CannotJudge(
            f"there is nothing to judge by, and no design to agree on: {run.record.reason}"
            "\n\nhint: more --candidates may help; a table in the specification or --golden does"
        )
    subject = Subject(
        source=Standing(testbench=judgement.testbench, design=chosen.design),
        interface=judgement.interface,
        reference=judgement.reference,
        measured_on=f"candidate {chosen.number}, which the testbench expects",
        notes=judgement.notes,
        agreement=trust.value,
    )
    made = make_testbench(subject, options, effort, progress)
    made = with_tests_beside(made, spec, subject, options, effort, progress)
    return replace(made, answers=answers)
