"""What stands beside a testbench in its folder: stated properties, and regression tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rtlgen.design.options import Options, Progress
from rtlgen.design.properties import PROPERTIES
from rtlgen.design.regression import REGRESSION, of_breach
from rtlgen.design.testbench_record import RegressionRecord
from rtlgen.design.testbench_regressions import Regression, regressions
from rtlgen.design.testbench_run import Made
from rtlgen.design.testbench_source import Subject
from rtlgen.design.testbench_stated import Breach, Stated, stated
from rtlgen.spec.model import Spec
from testbench_gen.closing import Effort


def with_tests_beside(
    made: Made,
    spec: Spec | None,
    subject: Subject,
    options: Options,
    effort: Effort,
    progress: Progress,
) -> Made:
    """Return `made` with the properties that `spec` states, and with regression tests.

    Raises:
        EnvironmentFault: A tool is missing or does not run.
    """
    found = stated(() if spec is None else spec.properties, made, subject, options, progress)
    kept = [*_of_breaches(found.breaches), *regressions(made, subject, options, effort, progress)]
    named = dict(_numbered(kept))
    record = made.record.model_copy(
        update={
            "properties": list(found.records),
            "regressions": [
                RegressionRecord(folder=folder, what=one.what, cycles=one.cycles)
                for folder, one in named.items()
            ],
            "notes": [*made.record.notes, *_notes(found)],
        }
    )
    return replace(made, record=record, folders=_folders(found, named))


def _of_breaches(breaches: Sequence[Breach]) -> Iterator[Regression]:
    for breach in breaches:
        yield Regression(
            name=breach.prop.kind.value.replace(" ", "_").replace("-", "_"),
            what=f"the reference itself fails: {of_breach(breach.prop, breach.cycles)}",
            cycles=breach.cycles,
            files=breach.bench.files,
        )


def _numbered(kept: Sequence[Regression]) -> Iterator[tuple[str, Regression]]:
    for number, one in enumerate(kept, start=1):
        yield f"{REGRESSION}/{number}_{one.name}", one


def _folders(found: Stated, named: Mapping[str, Regression]) -> dict[str, Mapping[str, str]]:
    folders: dict[str, Mapping[str, str]] = {folder: one.files for folder, one in named.items()}
    if found.bench is not None:
        folders[PROPERTIES] = found.bench.files
    return folders


def _notes(found: Stated) -> Iterator[str]:
    for record in found.records:
        if record.reference == "broken":
            yield (
                f"the reference does not keep what the specification says in line {record.line} "
                f"({record.text}); that is not checked"
            )
