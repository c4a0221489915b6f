"""The pictures of a loop's report, as SVG; the same results always give the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtlgen.data.extra import require

if TYPE_CHECKING:
    from rtlgen.train.loop_report import LoopReport, SetResult

COLORS = ("#2a78b8", "#d3722c", "#3d8f5f", "#8a5fb0", "#5b6b7a")
SETTINGS = {
    "svg.hashsalt": "rtlgen",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
}


def draw(folder: Path, found: LoopReport) -> list[str]:
    """Draw pass@k over the stages, a picture a `k`, and return the files' names.

    Raises:
        ToolNotFound: matplotlib is not installed.
        OSError: A picture cannot be written.
    """
    require("matplotlib")
    ks = sorted({point.k for one in found.results for point in one.points if point.rate})
    if ks:
        folder.mkdir(exist_ok=True)
    for k in ks:
        _save(folder / f"pass-at-{k}.svg", found, k)
    return [f"pass-at-{k}.svg" for k in ks]


def _save(path: Path, found: LoopReport, k: int) -> None:
    import matplotlib as mpl  # noqa: PLC0415 - slow to load
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context({**mpl.rcParamsDefault, **SETTINGS, "backend": "svg"}):
        figure = Figure(figsize=(7.2, 3.6), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        stages = list(dict.fromkeys(one.stage for one in found.results))
        for number, name in enumerate(dict.fromkeys(one.set for one in found.results)):
            rows = [one for one in found.results if one.set == name]
            _line(axes, rows, stages, k, number)
        axes.set_xticks(range(len(stages)), stages)
        axes.set_ylim(bottom=0)
        axes.set_ylabel("percent")
        axes.set_title(f"pass@{k}, 95 % intervals over problems")
        axes.legend(frameon=False, fontsize=9)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _line(axes: Any, rows: list[SetResult], stages: list[str], k: int, number: int) -> None:  # noqa: ANN401 - matplotlib's
    points = [(stages.index(one.stage), rate) for one in rows if (rate := one.rate(k))]
    shift = 0.06 * (number - 1)
    axes.errorbar(
        [at + shift for at, _ in points],
        [100 * rate.value for _, rate in points],
        yerr=[
            [100 * max(0.0, rate.value - rate.low) for _, rate in points],
            [100 * max(0.0, rate.high - rate.value) for _, rate in points],
        ],
        color=COLORS[number % len(COLORS)],
        marker="o",
        capsize=3,
        label=rows[0].set,
    )
