"""What `rtlgen dataset build` does once its arguments are parsed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from pydantic import ValidationError

from rtlgen.cli.common import stderr, unwind_when_interrupted
from rtlgen.data.build import Built, Order, build
from rtlgen.data.options import BuildOptions
from rtlgen.data.problem_sets import Roots
from rtlgen.data.rows import Kind
from rtlgen.design.visible import visible
from rtlgen.errors import UsageError
from rtlgen.evaluation.executor import Executor
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.run import Progress
from rtlgen.evaluation.strict import first_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for, the options of rows and gates aside."""

    sources: Sequence[Path]
    output: Path
    roots: Sequence[str]
    benchmark: str
    allow: Sequence[str]
    against: Sequence[str]
    doctor: Sequence[Path]
    skip_bad: bool
    held_out: bool
    workers: int | None
    executor: str
    address: str | None
    cached: bool
    title: str
    json: bool
    quiet: bool


def run(asked: Asked, *, kinds: str | None, options: Mapping[str, object]) -> None:
    """Run `rtlgen dataset build`.

    Raises:
        RtlgenError: As `rtlgen.data.build.build`.
    """
    if asked.address is not None and asked.executor != "ray":
        raise UsageError("--address must come with `--executor ray`: a local run has none")
    order = Order(
        sources=asked.sources,
        folder=asked.output,
        options=_options(options, kinds),
        roots=Roots.of(asked.roots),
        benchmark=asked.benchmark,
        allow=asked.allow,
        against=asked.against,
        doctor=asked.doctor,
        skip_bad=asked.skip_bad,
        held_out=asked.held_out,
        cache=asked.cached,
        title=asked.title,
    )
    unwind_when_interrupted()
    with _shown(quiet=asked.quiet) as (progress, say):
        built = build(order, lambda: _executor(asked), progress=progress, say=say)
    _tell(built, asked)


def _options(values: Mapping[str, object], kinds: str | None) -> BuildOptions:
    chosen = dict(values)
    if kinds is not None:
        chosen["kinds"] = tuple(_kind(name) for name in kinds.split(",") if name.strip())
    try:
        return BuildOptions.model_validate(chosen)
    except ValidationError as error:
        raise UsageError(f"an option cannot be used: {first_fault(error)}") from error


def _kind(text: str) -> Kind:
    try:
        return Kind(text.strip())
    except ValueError as error:
        raise UsageError(
            f"--kinds must be of {', '.join(Kind)}, not {text.strip()[:60]!r}\n\n"
            "hint: separate several by commas, as in `--kinds sft,preference`"
        ) from error


def _executor(asked: Asked) -> Executor:
    if asked.executor == "local":
        return LocalPool(asked.workers)
    from rtlgen.evaluation.ray_pool import RayPool

    return RayPool(asked.address, workers=asked.workers)


@contextmanager
def _shown(
    *, quiet: bool
) -> Iterator[tuple[Callable[[str, Progress], None], Callable[[str], None]]]:
    """Yield what shows how far judging has come, and what says a stage."""
    if quiet:
        yield (lambda _name, _now: None), (lambda _: None)
    elif not sys.stderr.isatty():
        yield (lambda _name, _now: None), _say
    else:
        with stderr().status("reading sources ...") as status:
            yield (lambda name, now: status.update(_line(name, now))), status.update


def _line(name: str, now: Progress) -> str:
    return (
        f"judging {name}: {now.rows} answers, {now.judged} simulated, "
        f"{now.equal} equal to others, {now.cached} known"
    )


def _say(text: str) -> None:
    typer.echo(f"note: {visible(text)}", err=True)


def _tell(built: Built, asked: Asked) -> None:
    if asked.json:
        typer.echo(built.record.model_dump_json(indent=2))
    elif not asked.quiet:
        typer.echo(visible(_summary(built, asked.output)))
    if not asked.quiet:
        for note in built.notes:
            _say(note)


def _summary(built: Built, folder: Path) -> str:
    record = built.record
    lines = [f"{folder} was finished before" if built.before else f"{folder} is written"]
    judged = sum(record.verdicts.values()) - record.verdicts.get("not judged", 0)
    passed = record.verdicts.get("pass", 0)
    lines.append(f"{judged} answers judged, {passed} of them right")
    for kind, splits in record.counts.items():
        shares = ", ".join(f"{number} {split}" for split, number in splits.items())
        lines.append(f"{kind:10}  {sum(splits.values()):6}  ({shares})")
    for rule, number in record.dropped.items():
        lines.append(f"left out: {number} by {rule!r}")
    return "\n".join(lines)
