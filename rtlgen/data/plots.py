"""The pictures of a dataset card, as SVG; the same counts always give the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rtlgen.data.extra import require
from rtlgen.data.rows import Split
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
_FEW, _MANY = 6, 120
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
    wanted = pictures_of(counts, verdicts)
    if wanted:
        folder.mkdir(exist_ok=True)
    painters: dict[str, Callable[[Any], None]] = {
        "verdicts": lambda axes: _verdicts(axes, verdicts),
        "lengths": lambda axes: _lengths(axes, counts),
        "margins": lambda axes: _margins(axes, counts),
        "families": lambda axes: _families(axes, counts),
    }
    for name in wanted:
        _save(folder / name, painters[name.removesuffix(".svg")])
    return wanted


def pictures_of(counts: Survey, verdicts: Mapping[str, int]) -> list[str]:
    """Return the names of the pictures that there is something for."""
    shown = {
        "verdicts": bool(verdicts),
        "lengths": counts.pairs > 0,
        "margins": counts.pairs > 0,
        "families": bool(counts.families),
    }
    return [f"{name}.svg" for name, wanted in shown.items() if wanted]


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
    last = top // width * width
    edges = list(range(0, last + 2 * width, width))
    for numbers, color, name in (
        (counts.chosen, GOOD, "chosen"),
        (counts.rejected, BAD, "rejected"),
    ):
        cut: Counter[int] = Counter()
        for value, count in numbers.counts.items():
            cut[min(value, top) // width * width] += count
        heights = [cut[edge] for edge in edges[:-1]]
        label = f"{name}, mean {numbers.mean:.0f}"
        axes.stairs(heights, edges, fill=True, color=color, alpha=0.2)
        axes.stairs(heights, edges, color=color, linewidth=1.6, label=label)
    more = max(*counts.chosen.counts, *counts.rejected.counts) > last + width
    axes.set_title("Length of the designs")
    axes.set_xlabel(f"Verilog tokens{f' (the last step: {last} and more)' if more else ''}")
    axes.set_ylabel("pairs")
    _above(axes)


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
    ordered = sorted(counts.families.items(), key=lambda item: (-item[1], item[0]))
    for split, color in ((Split.TRAIN, PLAIN), (Split.VALIDATION, BAD), (Split.TEST, GOOD)):
        of_split = [
            (at, number)
            for at, (name, number) in enumerate(ordered, 1)
            if counts.family_splits[name] is split
        ]
        if of_split:
            at, numbers = zip(*of_split, strict=True)
            label = f"{split}: {len(of_split)}"
            axes.bar(
                at, numbers, width=0.9 if len(ordered) < _MANY else 1, color=color, label=label
            )
    axes.set_title("Rows by family, largest first")
    axes.set_xlabel("family")
    axes.set_ylabel("rows")
    axes.set_xlim(0.4, max(len(ordered), _FEW) + 0.6)
    _whole(axes)
    _above(axes)


def _above(axes: Any) -> None:  # noqa: ANN401
    """Put the legend above the picture, to the right."""
    axes.legend(frameon=False, ncols=3, loc="lower right", bbox_to_anchor=(1, 0.98))


def _whole(axes: Any) -> None:  # noqa: ANN401
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
