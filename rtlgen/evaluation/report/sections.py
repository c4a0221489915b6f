"""The parts of the page that are read without a script; every text in them is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from rtlgen.design.words import count, counted, duration
from rtlgen.evaluation.judgement import Category
from rtlgen.evaluation.report.charts import curve, interval, percent, stacked
from rtlgen.evaluation.report.outcomes import CODES, ORDER, css_class
from rtlgen.evaluation.report.texts import bytes_of, line, problem_link
from rtlgen.evaluation.run_record import RunRecord
from rtlgen.evaluation.summary import Counts, PassAtK, ProblemSummary, Summary, VerdictSummary

_SLOWEST = 12
_COUNTS: Mapping[str, tuple[str, str]] = {
    "excluded_problems": ("Problems excluded", "They count nowhere; the reasons are below."),
    "missing_samples": ("Samples missing", "Other problems have as many."),
    "refused": ("Refused by the gate", "What reaches out of the design has failed."),
    "timed_out": ("Timed out", "Processor time ran out; it has failed."),
    "memory": ("Out of memory", "It has failed."),
    "output_limit": ("Output limit", "It printed without end; it has failed."),
    "no_code": ("No code", "The completion holds no design; it has failed."),
    "not_judged": ("Not judged", "Nothing is known of these designs, and no rate counts them."),
}


def header(summary: Summary) -> Markup:
    """Return the top: what was judged, how, and the first figures."""
    run = summary.run
    what = "Model" if run.source.kind == "model" else "Samples of"
    facts = [
        ("Samples", count(summary.counts.samples)),
        ("Problems", count(summary.counts.problems)),
        ("Samples a problem", _samples_each(summary.problems)),
        ("Simulator", run.simulator),
        ("Extraction", run.extract.value),
        ("CPU limit", duration(run.conditions.cpu_seconds)),
    ]
    return Markup(
        '<header class="top accent"><div>\n<p class="eyebrow">rtlgen {} · {}</p>\n'
        '<div class="headline"><h1>{}</h1>{}</div>\n<p class="lead">{} <b>{}</b></p>\n'
        '<dl class="facts">{}</dl>\n{}</div></header>\n'
    ).format(
        line(run.rtlgen),
        line(run.started),
        line(run.title),
        _seals(summary),
        what,
        line(run.source.name),
        _facts(facts),
        _navigation(summary),
    )


def results(summary: Summary) -> Markup:
    """Return pass@k in figures, what was left out of it, and the curve."""
    official, functional = summary.official, summary.functional
    heads = Markup().join(Markup("<th>pass@{}</th>").format(at.k) for at in official.pass_at_k)
    return Markup(
        '<section id="results"><h2>Results</h2>\n{}'
        '<div class="scroll"><table class="figures"><thead><tr><th>Verdict</th>{}<th>Passed</th>'
        "</tr></thead><tbody>{}{}</tbody></table></div>\n"
        '<p class="note">Intervals of {:.0f} %: {}, {} draws. Of a problem, judged samples '
        "count.</p>\n{}"
        '<dl class="counts">{}</dl>\n<h3>pass@k over k</h3><div class="columns">'
        '<div class="picture">{}</div>{}</div></section>\n'
    ).format(
        _departures(summary.departures),
        heads,
        _figures("Official", official, "the published rule, to the letter"),
        _figures("Functional", functional, "it works; warnings and printed words do not count"),
        100 * summary.intervals.confidence,
        summary.intervals.method,
        count(summary.intervals.resamples),
        _short(functional),
        _counts(summary.counts),
        curve(official.curve, functional.curve),
        _curve_table(official.curve, functional.curve),
    )


def outcomes(summary: Summary) -> Markup:
    """Return how many samples ended how."""
    total = sum(summary.categories.values())
    rows = [
        _category(category, summary.categories[category], total)
        for category in ORDER
        if summary.categories.get(category)
    ]
    return Markup(
        '<section id="outcomes"><h2>Outcomes</h2>\n{}\n<div class="columns">'
        '<div class="scroll"><table><thead><tr>'
        '<th>Category</th><th class="number">Samples</th><th class="number">Share</th></tr>'
        "</thead><tbody>{}</tbody></table></div>{}</div></section>\n"
    ).format(
        stacked(summary.categories, "mix wide"),
        Markup().join(rows),
        _official_words(summary.official_categories),
    )


def slowest(summary: Summary) -> Markup:
    """Return where processor time goes."""
    ranked = sorted(summary.problems, key=lambda problem: -problem.seconds)[:_SLOWEST]
    rows = [_slow(problem, summary.seconds, ranked[0].seconds) for problem in ranked]
    if not summary.seconds:
        return Markup()
    return Markup(
        '<section id="slowest"><h2>Slowest problems</h2>\n<p>All different designs together need '
        '{} of processor time; {}.</p><div class="scroll"><table><thead><tr>'
        '<th>Problem</th><th class="number">CPU</th>'
        '<th class="number">Of all</th><th class="number">Slowest sample</th>'
        '<th class="number">Judged per CPU-second</th><th></th></tr></thead>'
        "<tbody>{}</tbody></table></div></section>\n"
    ).format(duration(summary.seconds), _spent(summary), Markup().join(rows))


def tests(summary: Summary) -> Markup:
    """Return the problems that do not count, and those whose test has faults or repairs."""
    found = [(task, "excluded", why) for task, why in summary.excluded.items()]
    for problem in summary.problems:
        found += [(problem.task_id, "fault", why) for why in problem.faults]
        found += [(problem.task_id, "repaired", why) for why in problem.repairs]
    if not found:
        return Markup()
    rows = [
        Markup(
            '<tr><td>{}</td><td><span class="pill warn">{}</span></td><td>{}</td></tr>\n'
        ).format(problem_link(task), kind, line(why))
        for task, kind, why in found
    ]
    return Markup(
        '<section id="tests"><h2>Tests with faults or repairs</h2>\n'
        '<div class="scroll"><table class="prose"><thead><tr><th>Problem</th><th>What</th>'
        "<th>Why</th></tr></thead><tbody>{}</tbody></table></div></section>\n"
    ).format(Markup().join(rows))


def conditions(summary: Summary) -> Markup:
    """Return what makes the run repeatable."""
    rows = [
        Markup('<tr><th scope="row">{}</th><td>{}</td></tr>\n').format(name, line(value))
        for name, value in _conditions(summary.run)
    ]
    rules = Markup(" · ").join(
        Markup("{} {}").format(line(rule), count(number)) for rule, number in summary.rules.items()
    )
    rows.append(Markup('<tr><th scope="row">Completions</th><td>{}</td></tr>\n').format(rules))
    return Markup(
        '<section id="conditions"><h2>Conditions</h2>\n<div class="scroll"><table class="prose">'
        '<tbody>{}</tbody></table></div>\n<p class="note"><code>run.json</code>, '
        "<code>summary.json</code> and <code>samples.jsonl</code> beside this page have all of it."
        "</p></section>\n"
    ).format(Markup().join(rows))


def _samples_each(problems: Sequence[ProblemSummary]) -> str:
    numbers = {problem.samples for problem in problems} or {0}
    least, most = min(numbers), max(numbers)
    return str(most) if least == most else f"{least} to {most}"


def _seals(summary: Summary) -> Markup:
    verdicts = (("official", summary.official), ("functional", summary.functional))
    return Markup().join(
        Markup(' <span class="seal {}">{} {}</span>').format(
            name, percent(points[0].rate.value), f"pass@{points[0].k} {name}"
        )
        for name, verdict in verdicts
        if (points := verdict.curve) and points[0].rate and points[0].k == 1
    )


def _facts(facts: Iterable[tuple[str, str]]) -> Markup:
    return Markup().join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, line(value))
        for name, value in facts
    )


def _navigation(summary: Summary) -> Markup:
    noted = summary.excluded or any(p.faults or p.repairs for p in summary.problems)
    links = [
        ("results", "Results", True),
        ("outcomes", "Outcomes", True),
        ("problems", "Problems", True),
        ("slowest", "Slowest", summary.seconds),
        ("tests", "Tests with faults", noted),
        ("conditions", "Conditions", True),
    ]
    return Markup('<nav aria-label="Sections">{}</nav>').format(
        Markup().join(
            Markup('<a href="#{}">{}</a>').format(name, title) for name, title, on in links if on
        )
    )


def _departures(departures: Sequence[str]) -> Markup:
    if not departures:
        return Markup()
    items = Markup().join(Markup("<li>{}</li>").format(line(each)) for each in departures)
    return Markup(
        '<div class="callout warn"><p>Not the published setting:</p><ul>{}</ul></div>\n'
    ).format(items)


def _figures(name: str, verdict: VerdictSummary, words: str) -> Markup:
    cells = Markup().join(_figure(point) for point in verdict.pass_at_k)
    return Markup(
        '<tr><th scope="row">{}<span class="note">{}</span></th>{}'
        '<td>{}<span class="note">of {} judged</span></td></tr>\n'
    ).format(name, words, cells, count(verdict.passed), count(verdict.judged))


def _figure(point: PassAtK) -> Markup:
    if point.rate is None:
        return Markup('<td class="muted">none<span class="note">too few samples</span></td>')
    title = f"{interval(point.rate)}, {point.problems} problems"
    return Markup('<td title="{}"><b>{}</b><span class="note">{:.1f} to {:.1f}</span></td>').format(
        title, percent(point.rate.value), 100 * point.rate.low, 100 * point.rate.high
    )


def _short(verdict: VerdictSummary) -> Markup:
    parts = [
        f"pass@{point.k} leaves out {count(len(point.short))} of "
        f"{count(len(point.short) + point.problems)} problems, with fewer than {point.k} judged "
        "samples."
        for point in verdict.pass_at_k
        if point.short
    ]
    if verdict.unjudged:
        parts.append(f"Without any judged sample: {counted(len(verdict.unjudged), 'problem')}.")
    return Markup('<p class="note">{}</p>\n').format(" ".join(parts)) if parts else Markup()


def _curve_table(official: Sequence[PassAtK], functional: Sequence[PassAtK]) -> Markup:
    """Return the curve in numbers, of how many problems where that is not the same everywhere."""
    values = [{at.k: at for at in line} for line in (official, functional)]
    unequal = len({at.problems for at in (*official, *functional)}) > 1
    rows = []
    for k in sorted({*values[0], *values[1]}):
        cells = (_point(at, unequal=unequal) if (at := by_k.get(k)) else "" for by_k in values)
        rows.append(
            Markup('<tr><td class="number">{}</td><td>{}</td><td>{}</td></tr>').format(k, *cells)
        )
    return Markup(
        '<div class="scroll"><table class="points"><thead><tr><th class="number">k</th>'
        "<th>Official</th><th>Functional</th></tr></thead><tbody>{}</tbody></table></div>"
    ).format(Markup().join(rows))


def _point(at: PassAtK, *, unequal: bool) -> str:
    over = f" of {counted(at.problems, 'problem')}" if unequal else ""
    return f"{interval(at.rate)}{over}" if at.rate else ""


def _counts(counts: Counts) -> Markup:
    numbers = ((getattr(counts, field), *words) for field, words in _COUNTS.items())
    return Markup().join(
        Markup('<div class="{}"><dt>{}</dt><dd>{}</dd><dd class="note">{}</dd></div>').format(
            "some" if number else "zero", name, count(number), meaning
        )
        for number, name, meaning in numbers
    )


def _category(category: Category, number: int, total: int) -> Markup:
    code = CODES[category]
    return Markup(
        '<tr><td><i class="dot {}">{}</i> <span data-category="{}">{}</span></td>'
        '<td class="number">{}</td><td class="number">{}</td></tr>\n'
    ).format(
        css_class(category), code, code, category.value, count(number), percent(number / total)
    )


def _official_words(named: Mapping[str, int]) -> Markup:
    words = [
        Markup("<code>{}</code> {}").format(line(name), count(number))
        for name, number in named.items()
        if name
    ]
    if not words:
        return Markup()
    rows = Markup().join(Markup("<li>{}</li>").format(word) for word in words)
    return Markup("<div><h3>In the words of the benchmark</h3><ul>{}</ul></div>").format(rows)


def _slow(problem: ProblemSummary, total: float, most: float) -> Markup:
    if not problem.seconds:
        return Markup()
    numbers = (
        duration(problem.seconds),
        percent(problem.seconds / total),
        duration(problem.slowest),
        throughput(problem),
    )
    cells = Markup().join(Markup('<td class="number">{}</td>').format(each) for each in numbers)
    bar = Markup(
        '<svg class="mix" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="time" width="{:.1f}" height="10"></rect></svg>'
    ).format(1000 * problem.seconds / most)
    return Markup('<tr><td>{}</td>{}<td class="bar">{}</td></tr>\n').format(
        problem_link(problem.task_id), cells, bar
    )


def _spent(summary: Summary) -> str:
    if summary.spent >= summary.seconds:
        return "this run spent all of it"
    return f"this run spent {duration(summary.spent)} of it, and earlier ones the rest"


def throughput(problem: ProblemSummary) -> str:
    """Return judged samples a second of processor time, in two or three digits."""
    value = problem.rate
    if value is None:
        return ""
    return count(round(value)) if value >= 10 else f"{value:.2g}"


def _conditions(run: RunRecord) -> list[tuple[str, str]]:
    limits = run.conditions
    details = ", ".join(f"{name} {value}" for name, value in run.source.details.items())
    return [
        ("Benchmark", f"{run.benchmark}, digest {run.benchmark_digest}"),
        ("Samples", f"{run.source.name}, digest {run.source.digest}"),
        *([("Settings", details)] if details else []),
        ("Judged by", f"{run.harness}, {run.simulator}, code {run.judging_code}"),
        (
            "Limits",
            f"{duration(limits.cpu_seconds)} of processor time and "
            f"{bytes_of(limits.memory_bytes)} a tool",
        ),
        ("Simulation", "ends at the first mismatch" if limits.stop_early else "runs to its end"),
        ("Extraction", f"the {run.extract.value} rule"),
        ("Run", f"{run.executor or 'local'}, {run.workers} workers, {duration(run.seconds)}"),
        ("Time", f"{run.started} to {run.finished or 'unfinished'}"),
        *([("Taken up again", str(run.resumed))] if run.resumed else []),
    ]
