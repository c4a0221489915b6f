"""The table of problems, a row at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from rtlgen.design.words import duration
from rtlgen.evaluation.report.charts import stacked
from rtlgen.evaluation.report.sections import throughput
from rtlgen.evaluation.report.texts import line, problem_link, shown
from rtlgen.evaluation.statistics import Tally
from rtlgen.evaluation.summary import ProblemSummary

_HEAD = Markup("""\
<section id="problems"><h2>Problems</h2>
<noscript><p class="note">Sorting, filtering and the samples need JavaScript.</p></noscript>
<form id="filters" role="search" hidden>
<label>Name <input id="find" type="search" autocomplete="off" spellcheck="false"></label>
<label>With outcome <select id="category"><option value="">any</option></select></label>
<label>Works <select id="solved"><option value="">any</option><option>always</option>\
<option>sometimes</option><option>never</option><option>not judged</option></select></label>
<output id="shown"></output></form>
<div class="scroll"><table id="problem-table"><thead><tr>
<th data-sort="ascending">Problem</th>
<th class="number" data-sort="descending">n</th>
<th class="number" data-sort="ascending">Official</th>
<th class="number" data-sort="ascending">Functional</th>
<th class="bar">Outcomes</th>
<th class="number" data-sort="descending">CPU</th>
<th class="number" data-sort="ascending">Judged per CPU-s</th>
</tr></thead><tbody>
""")
_ROW = Markup(
    '<tr data-task="{}"><td>{}{}</td><td class="number">{}</td>{}{}<td class="bar">{}</td>'
    '<td class="number" data-v="{:.6g}">{}</td><td class="number" data-v="{}">{}</td></tr>\n'
)


def problem_table(problems: Sequence[ProblemSummary]) -> Iterator[str]:
    """Yield the section, piece by piece."""
    yield _HEAD
    for problem in problems:
        yield _row(problem)
    yield "</tbody></table></div></section>\n"


def _row(problem: ProblemSummary) -> str:
    return _ROW.format(
        shown(problem.task_id),
        problem_link(problem.task_id),
        _flags(problem),
        problem.samples,
        _score(problem.official),
        _score(problem.functional),
        stacked(problem.categories),
        problem.seconds,
        duration(problem.seconds),
        "" if problem.rate is None else f"{problem.rate:.6g}",
        throughput(problem),
    )


def _flags(problem: ProblemSummary) -> Markup:
    flags = (("fault", problem.faults), ("repaired", problem.repairs))
    found = [*flags, (f"{problem.missing} missing", ("Other problems have as many samples.",))]
    return Markup().join(
        Markup(' <span class="pill warn" title="{}">{}</span>').format(line("; ".join(why)), name)
        for name, why in (found if problem.missing else flags)
        if why
    )


def _score(tally: Tally) -> Markup:
    if not tally.judged:
        return Markup('<td class="number muted" data-v="">not judged</td>')
    share = tally.passed / tally.judged
    kind = "all" if share == 1 else "part" if share else "none"
    return Markup(
        '<td class="number" data-v="{:.6g}" title="{} of {} judged samples">'
        '<span class="{}">{:.0f} %</span></td>'
    ).format(share, tally.passed, tally.judged, kind, 100 * share)
