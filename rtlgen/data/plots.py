"""The pictures of a dataset card, as SVG; the same counts always give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rtlgen.data.extra import require
from rtlgen.data.survey import BIN_TOKENS, MARGIN_BINS, Survey

GOOD, BAD, PLAIN, INK = "#2a78b8", "#d3722c", "#5b6b7a", "#333333"
_SETTINGS = {
    "svg.hashsalt": "rtlgen",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.titlelocation": "left",
}
_SIZE = (7.2, 3.2)
_MOST_BARS = 24
_LAST = 0.99
"""Share of the answers that a histogram of lengths shows; the rest is its last bar."""


def draw(folder: Path, counts: Survey, verdicts: Mapping[str, int]) -> list[str]:
    """Write the pictures that `counts` has something for into `folder`; return their names.

    `verdicts` are all judged answers by category.

    Raises:
        ToolNotFound: matplotlib is not installed.
        OSError: A picture cannot be written.
    """
    require("matplotlib")
    wanted: list[tuple[str, bool, Callable[[Any], None]]] = [
        ("verdicts", bool(verdicts), lambda axes: _verdicts(axes, verdicts)),
        ("lengths", counts.pairs > 0, lambda axes: _lengths(axes, counts)),
        ("margins", counts.pairs > 0, lambda axes: _margins(axes, counts)),
        ("families", bool(counts.families), lambda axes: _families(axes, counts)),
    ]
    names = [(name, paint) for name, shown, paint in wanted if shown]
    if names:
        folder.mkdir(exist_ok=True)
    for name, paint in names:
        _save(folder / f"{name}.svg", paint)
    return [f"{name}.svg" for name, _ in names]


def _save(path: Path, paint: Callable[[Any], None]) -> None:
    import matplotlib as mpl  # noqa: PLC0415 - slow to load
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context({**mpl.rcParamsDefault, **_SETTINGS, "backend": "svg"}):
        figure = Figure(figsize=_SIZE, layout="constrained")
        FigureCanvasSVG(figure)
        paint(figure.add_subplot())
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def _verdicts(axes: Any, verdicts: Mapping[str, int]) -> None:  # noqa: ANN401 - matplotlib's
    ordered = sorted(verdicts.items(), key=lambda item: (item[1], item[0]))
    colors = [
        GOOD if name == "pass" else PLAIN if name == "not judged" else BAD for name, _ in ordered
    ]
    bars = axes.barh([name for name, _ in ordered], [n for _, n in ordered], color=colors)
    axes.bar_label(bars, padding=3)
    axes.margins(x=0.12)
    axes.set_title("Answers by verdict")
    axes.set_xlabel("answers")


def _lengths(axes: Any, counts: Survey) -> None:  # noqa: ANN401
    top = max(_end(counts.chosen.binned(1)), _end(counts.rejected.binned(1)), BIN_TOKENS)
    width = max(BIN_TOKENS, -(-top // 40))
    for numbers, color, name in (
        (counts.chosen, GOOD, "chosen"),
        (counts.rejected, BAD, "rejected"),
    ):
        cut: dict[int, int] = {}
        for value, count in numbers.binned(1).items():
            low = min(value, top) // width * width
            cut[low] = cut.get(low, 0) + count
        edges = [*sorted(cut), max(cut) + width]
        axes.bar(
            edges[:-1],
            [cut[e] for e in edges[:-1]],
            width=width,
            align="edge",
            color=color,
            alpha=0.55,
            label=f"{name}, mean {numbers.mean:.0f}",
        )
    axes.set_title("Length of chosen and rejected designs")
    axes.set_xlabel(f"Verilog tokens (the last bar: {top // width * width} and more)")
    axes.set_ylabel("pairs")
    axes.legend(frameon=False)


def _end(counts: Mapping[int, int]) -> int:
    """Return the value below which `_LAST` of what is counted lies."""
    left = _LAST * sum(counts.values())
    for value, count in counts.items():
        left -= count
        if left <= 0:
            return value
    return 0


def _margins(axes: Any, counts: Survey) -> None:  # noqa: ANN401
    step = 1 / MARGIN_BINS
    bins = counts.margins.counts
    axes.bar(
        [at * step for at in range(MARGIN_BINS)],
        [bins.get(at, 0) for at in range(MARGIN_BINS)],
        width=step * 0.94,
        align="edge",
        color=GOOD,
    )
    axes.set_xlim(0, 1)
    axes.set_title("Margin of the pairs")
    axes.set_xlabel("score of chosen less score of rejected")
    axes.set_ylabel("pairs")


def _families(axes: Any, counts: Survey) -> None:  # noqa: ANN401
    ordered = sorted(counts.families.values(), reverse=True)
    axes.bar(range(1, len(ordered) + 1), ordered, width=0.9, color=PLAIN)
    axes.set_title(f"Rows of the {len(ordered)} families, largest first")
    axes.set_xlabel("family")
    axes.set_ylabel("rows")
    axes.set_xlim(0.4, max(len(ordered), _MOST_BARS // 4) + 0.6)
