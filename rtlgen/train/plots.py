"""Pictures of a run: loss, rewards, margins; the same log always gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtlgen.train.run_folder import read_log

PLOTS = "plots"
_COLORS = ("#2a78b8", "#d3722c", "#5b6b7a", "#3a9a6a")
_SIZE = (7.2, 3.2)
_SETTINGS = {
    "svg.hashsalt": "rtlgen",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One picture: some metrics over the steps."""

    name: str
    title: str
    metrics: tuple[tuple[str, str], ...]
    """Key in the log, and what it is called."""


PLOTS_OF = (
    Plot(name="loss", title="Loss", metrics=(("loss", "training"), ("eval_loss", "validation"))),
    Plot(
        name="accuracy",
        title="Share of tokens guessed right",
        metrics=(("mean_token_accuracy", "training"),),
    ),
    Plot(
        name="rewards",
        title="Implicit rewards",
        metrics=(("rewards/chosen", "chosen"), ("rewards/rejected", "rejected")),
    ),
    Plot(name="margins", title="Reward margin", metrics=(("rewards/margins", "margin"),)),
    Plot(
        name="preferences",
        title="Share of pairs in which the better answer is preferred",
        metrics=(("rewards/accuracies", "pairs"),),
    ),
    Plot(
        name="reward",
        title="Reward of sampled answers",
        metrics=(("reward", "mean"), ("reward_std", "spread")),
    ),
    Plot(
        name="length",
        title="Tokens of sampled answers",
        metrics=(("completions/mean_length", "mean"),),
    ),
    Plot(name="rate", title="Learning rate", metrics=(("learning_rate", "rate"),)),
)
"""Drawn where the log has anything for them."""


def draw(folder: Path) -> list[str]:
    """Draw what the log in `folder` has, into `plots/`; return the names of the files."""
    log = read_log(folder)
    drawn = []
    for plot in PLOTS_OF:
        lines = [(title, _points(log, key)) for key, title in plot.metrics]
        lines = [(title, points) for title, points in lines if points]
        if lines:
            (folder / PLOTS).mkdir(exist_ok=True)
            _draw(folder / PLOTS / f"{plot.name}.svg", plot.title, lines)
            drawn.append(f"{plot.name}.svg")
    return drawn


def _points(log: Sequence[dict[str, Any]], key: str) -> list[tuple[int, float]]:
    return [(line["step"], line[key]) for line in log if key in line]


def _draw(path: Path, title: str, lines: Sequence[tuple[str, list[tuple[int, float]]]]) -> None:
    import matplotlib as mpl  # noqa: PLC0415 - slow to load
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    partial = path.with_name(f".{path.name}")
    with mpl.rc_context({**mpl.rcParamsDefault, **_SETTINGS, "backend": "svg"}):
        figure = Figure(figsize=_SIZE, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot(title=title, xlabel="step")
        for (name, points), color in zip(lines, _COLORS, strict=False):
            steps, values = zip(*points, strict=True)
            marker = "o" if len(points) == 1 else None
            axes.plot(steps, values, label=name, color=color, marker=marker, linewidth=1.5)
        if len(lines) > 1:
            axes.legend(frameon=False)
        figure.savefig(partial, format="svg", metadata={"Date": None, "Creator": None})
    partial.replace(path)
