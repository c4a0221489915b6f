"""The pictures of a model card, as SVG; the same figures always give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rtlgen.data.extra import require
from rtlgen.train.card_record import Measured, Point, TableRecord
from rtlgen.train.loop_plots import COLORS, SETTINGS

_SIZE = (7.2, 3.6)
_CATEGORIES = 7
"""Categories that have a color; the rarest are put together."""


def draw(folder: Path, found: TableRecord) -> list[tuple[str, str]]:
    """Draw what there is; return name and title of each picture.

    Raises:
        ToolNotFound: matplotlib is not installed.
        OSError: A picture cannot be written.
    """
    require("matplotlib")
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, title, put in _pictures(found):
        _save(folder / f"{name}.svg", title, put)
        drawn.append((f"{name}.svg", title))
    return drawn


_Put = Callable[[Any], None]


def _pictures(found: TableRecord) -> Iterator[tuple[str, str, _Put]]:
    if found.steps:
        yield "steps", "Greedy pass@1 over training steps", lambda axes: _steps(axes, found)
    for name, title in found.sets.items():
        stages = _sampled(found, name)
        if stages:
            yield (
                f"pass-at-k-{name}",
                f"pass@k on {title}",
                partial(_curves, stages=stages),
            )
    bars = _categories(found)
    if bars:
        yield "failures", "Greedy answers by outcome", lambda axes: _bars(axes, bars)
    if any(training.log for training in found.trainings):
        yield "loss", "Training loss", lambda axes: _losses(axes, found)


def _sampled(found: TableRecord, name: str) -> list[tuple[str, Measured]]:
    cells = [(title, found.cell(stage, name)) for stage, title in found.stages.items()]
    return [(title, cell.sampled) for title, cell in cells if cell and cell.sampled]


def _save(path: Path, title: str, put: _Put) -> None:
    import matplotlib as mpl  # noqa: PLC0415 - slow to load
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    unfinished = path.with_name(f".{path.name}")
    with mpl.rc_context({**mpl.rcParamsDefault, **SETTINGS, "backend": "svg"}):
        figure = Figure(figsize=_SIZE, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot(title=title)
        put(axes)
        figure.savefig(unfinished, format="svg", metadata={"Date": None, "Creator": None})
    unfinished.replace(path)


def _line(axes: Any, at: Sequence[float], points: Sequence[Point], label: str, number: int) -> None:  # noqa: ANN401 - matplotlib's
    rates = [(x, one.rate) for x, one in zip(at, points, strict=True) if one.rate]
    color = COLORS[number % len(COLORS)]
    xs = [x for x, _ in rates]
    axes.plot(xs, [100 * r.value for _, r in rates], color=color, marker="o", label=label)
    low, high = [100 * r.low for _, r in rates], [100 * r.high for _, r in rates]
    axes.fill_between(xs, low, high, color=color, alpha=0.15, linewidth=0)


def _percent(axes: Any) -> None:  # noqa: ANN401 - matplotlib's
    axes.set_ylabel("percent, 95 % intervals")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=9)


def _steps(axes: Any, found: TableRecord) -> None:  # noqa: ANN401 - matplotlib's
    keys = list(dict.fromkeys((step.set, step.stage) for step in found.steps))
    for number, (name, stage) in enumerate(keys):
        steps = [one for one in found.steps if (one.set, one.stage) == (name, stage)]
        label = f"{found.sets.get(name, name)}, {found.stages.get(stage, stage)}"
        _line(axes, [s.step for s in steps], [s.point for s in steps], label, number)
    axes.set_xlabel("step")
    _percent(axes)


def _curves(axes: Any, stages: Sequence[tuple[str, Measured]]) -> None:  # noqa: ANN401
    for number, (title, one) in enumerate(stages):
        points = [point for point in one.official if point.rate]
        _line(axes, [point.k for point in points], points, title, number)
    axes.set_xlabel("k")
    axes.set_xticks(sorted({p.k for _, one in stages for p in one.official}))
    _percent(axes)


def _categories(found: TableRecord) -> list[tuple[str, dict[str, int]]]:
    """Return the outcomes of the last stage's greedy answers, by set."""
    last = list(found.stages)[-1]
    cells = [(title, found.cell(last, name)) for name, title in found.sets.items()]
    return [(title, cell.greedy.categories) for title, cell in cells if cell and cell.greedy]


def _bars(axes: Any, bars: Sequence[tuple[str, dict[str, int]]]) -> None:  # noqa: ANN401
    totals: dict[str, float] = {}
    for _, counts in bars:
        for name, number in counts.items():
            totals[name] = totals.get(name, 0) + number / sum(counts.values())
    shown = sorted(totals, key=lambda name: (-totals[name], name))[:_CATEGORIES]
    left = [0.0] * len(bars)
    for number, name in enumerate([*shown, "other"]):
        shares = [_share(counts, name, shown) for _, counts in bars]
        if any(shares):
            axes.barh([t for t, _ in bars], shares, left=left, label=name, color=_shade(number))
            left = [a + b for a, b in zip(left, shares, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("percent of answers")
    axes.legend(frameon=False, fontsize=8, ncols=4, loc="upper center", bbox_to_anchor=(0.4, -0.2))


def _share(counts: dict[str, int], name: str, shown: Sequence[str]) -> float:
    number = counts.get(name, 0)
    if name == "other":
        number = sum(count for key, count in counts.items() if key not in shown)
    return 100 * number / sum(counts.values())


def _shade(number: int) -> str:
    return (*COLORS, "#b8a13a", "#c06c84", "#9aa5b1")[number]


def _losses(axes: Any, found: TableRecord) -> None:  # noqa: ANN401 - matplotlib's
    for number, training in enumerate(one for one in found.trainings if one.log):
        steps, losses = zip(*training.log, strict=True)
        label = found.stages.get(training.stage, training.stage)
        axes.plot(steps, losses, color=COLORS[number % len(COLORS)], label=label, linewidth=1.2)
    axes.set_xlabel("step")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=9)
