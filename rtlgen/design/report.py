"""`report.md`: a run for a person to read."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from rtlgen.design import summary, words
from rtlgen.design.record import CandidateRecord, MismatchRecord, RunRecord
from rtlgen.design.summary import Branch, Guide
from rtlgen.design.visible import one_line, shortened, visible

_MARKS = re.compile(r"[\\`*\[\]<>~]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|&(?=#?[0-9A-Za-z]{1,40};)")
_LINE = 110
"""Characters of a line of the tree."""
_MOST_CANDIDATES = 200
_GUIDES: dict[Guide, str] = {"bar": "│  ", "gap": "   ", "tee": "├─ ", "end": "└─ "}


def render_report(run: RunRecord, *, waveform: bool, picture: bool = False) -> str:
    """Return the Markdown report of `run`.

    Args:
        run: The run.
        waveform: Whether `waveform.vcd` stands beside the report.
        picture: Whether `summary.PICTURE` does, with `summary.mismatch_picture(run)`.
    """
    findings = run.spec.findings if run.spec else ()
    candidate = summary.subject(run)
    search = summary.is_search(run)
    text = (
        markdown()
        .get_template("report.md.j2")
        .render(
            run=run,
            candidate=candidate,
            search=search,
            written=run.chosen is not None or not search,
            assumptions=[finding for finding in findings if finding.assumption],
            remarks=[finding for finding in findings if not finding.assumption],
            limits=summary.limits(run),
            sampling=summary.sampling(run.model),
            tree=_tree(run),
            unshown=max(0, len(run.candidates) - _MOST_CANDIDATES),
            waveform=waveform,
            picture=summary.PICTURE if picture else "",
        )
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def markdown() -> Environment:
    """Return what fills in Markdown templates, hostile text included."""
    environment = Environment(
        loader=PackageLoader("rtlgen.design"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - Markdown, not HTML
    )
    environment.globals["STATEMENTS"] = 40
    environment.filters |= {
        "cell": _cell,
        "code": _code,
        "code_cell": lambda text: _code(text).replace("|", "\\|") if text else "",
        "columns": _columns,
        "count": words.count,
        "dashes": lambda name: "-" * max(3, len(name)),
        "duration": words.duration,
        "fence": _fence,
        "inline": _inline,
        "members": summary.members,
        "money": words.money,
        "more": words.more,
        "of": lambda name, sample: _cell(_value(sample, name)),
        "sentence": words.sentence,
        "shell": lambda command: visible(shlex.join(command)).replace("\n", "\n    "),
        "tokens": summary.tokens,
    }
    return environment


def _value(sample: Mapping[str, str], name: str) -> str:
    return sample.get(name, "")


def _columns(miss: MismatchRecord) -> list[str]:
    """Return the signals to show: inputs, then outputs."""
    names = dict.fromkeys(miss.inputs)
    for sample in miss.history:
        names |= dict.fromkeys(sample)
    return list(names | {miss.port: None})


def _inline(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, on one line; code spans stay code."""
    parts = re.split(r"(`[^`]+`)", one_line(text))
    text = "".join(part if at % 2 else _plain(part) for at, part in enumerate(parts))
    return re.sub(r"^(#+|[-+=]+|[0-9]{1,9}[.)])(?= |\Z)", _at_start, text)


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", text)


def _at_start(found: re.Match[str]) -> str:
    """Return the start of a line so that it begins no heading, rule or list."""
    return f"{found[0][:-1]}\\{found[0][-1]}"


def _cell(text: str) -> str:
    """Return `text` so that it stays in its table cell."""
    return _inline(text).replace("|", "\\|")


def _code(text: str) -> str:
    """Return `text` as a code span that it cannot end."""
    text = one_line(text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    if not longest:
        return f"`{text}`"
    ticks = "`" * (longest + 1)
    return f"{ticks} {text} {ticks}"


def _fence(text: str, language: str) -> str:
    """Return `text` as a code block whose fence it cannot close."""
    text = visible(text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _tree(run: RunRecord) -> str:
    """Return the candidates as lines of text, repairs under what they repair."""
    branches = summary.tree(run.candidates)[:_MOST_CANDIDATES]
    grouped = any(branch.candidate.group is not None for branch in branches)
    head = ["#", "candidate", *(["group"] if grouped else []), "score", "tokens", "time", "result"]
    rows = [head, *(_row(branch, run, grouped=grouped) for branch in branches)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
    return "\n".join(_line(row, widths) for row in rows)


def _row(branch: Branch, run: RunRecord, *, grouped: bool) -> list[str]:
    candidate = branch.candidate
    group = "" if candidate.group is None else str(candidate.group)
    return [
        str(candidate.number),
        "".join(_GUIDES[guide] for guide in branch.guides[-12:]) + candidate.origin,
        *([group] if grouped else []),
        f"{candidate.score:.2f}" if candidate.verdict else "",
        summary.tokens(candidate.usage),
        words.duration(candidate.usage.seconds) if candidate.usage else "",
        _result(candidate, chosen=candidate.number == run.chosen),
    ]


def _result(candidate: CandidateRecord, *, chosen: bool) -> str:
    found = summary.result(candidate)
    return f"{'CHOSEN, ' if chosen else ''}{found.word}{': ' if found.detail else ''}{found.detail}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    """Return a line: number to the right, what it is to the left, amounts to the right."""
    number, name, *amounts, last = row
    cells = [number.rjust(widths[0]), name.ljust(widths[1])]
    cells += [text.rjust(width) for text, width in zip(amounts, widths[2:], strict=True)]
    before = "  ".join(cells)
    return f"{before}  {shortened(last, max(40, _LINE - len(before)))}".rstrip()
