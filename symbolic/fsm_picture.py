"""State diagrams as SVG, drawn without any tool. The same machine gives the same text.

Colors are CSS variables, `--ink`, `--muted`, `--line`, `--accent` and `--paper`,
that a page may set; alone, a picture is dark on light.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from symbolic.fsm_labels import Edge, edges, legend, state_lines
from symbolic.fsm_layout import Box, Layout, Wanted, layout
from symbolic.state_table import StateTable

_LETTER = 6.7
"""Width of a letter of 11 pixels in a monospaced font."""
_LINE = 14.0
_MARGIN = 24.0
_PORT = 12.0
"""Least distance of edges at a state."""
_MOST_LETTERS = 34
_MOST_LINES = 4
_STYLE = """
.fsm { background: var(--paper, #fff); }
.fsm text { font: 11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.fsm .name { font-weight: 700; font-size: 12px; text-anchor: middle; fill: var(--ink, #1b1f24); }
.fsm .more { text-anchor: middle; fill: var(--muted, #59636e); }
.fsm .label { fill: var(--ink, #1b1f24); }
.fsm .edge { fill: none; stroke: var(--muted, #59636e); stroke-width: 1.2; }
.fsm .tip { fill: var(--muted, #59636e); stroke: none; }
.fsm .state { fill: var(--paper, #fff); stroke: var(--ink, #1b1f24); stroke-width: 1.4; }
.fsm .first { stroke: var(--accent, #0969da); stroke-width: 2.4; }
.fsm .title { font-size: 13px; font-weight: 700; fill: var(--ink, #1b1f24); }
"""


def svg(table: StateTable, *, title: str = "") -> str:
    """Return a state diagram as a standalone `<svg>` element.

    Conditions are in Verilog; what is too long is cut, and shown in full as a tooltip.
    """
    return _Picture.of(table, title).text()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Label:
    """Text beside an edge."""

    lines: tuple[str, ...]
    full: str

    @classmethod
    def of(cls, edge: Edge) -> _Label:
        lines = [_cut(line) for line in edge.lines]
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 1], f"+ {len(lines) - _MOST_LINES + 1} more"]
        return cls(lines=tuple(lines), full="\n".join(edge.lines))

    @property
    def width(self) -> float:
        return max(map(len, self.lines)) * _LETTER

    @property
    def height(self) -> float:
        return len(self.lines) * _LINE


def _cut(line: str) -> str:
    return line if len(line) <= _MOST_LETTERS else f"{line[: _MOST_LETTERS - 1]}\u2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    table: StateTable
    title: str
    edges: tuple[Edge, ...]
    """Between different states."""
    loops: dict[str, Edge]
    """From a state to itself, by state."""
    layout: Layout
    frames: dict[str, _Frame]
    ports: dict[tuple[int, int], float]
    """For the number of an edge and 0 or -1, where it leaves or meets a state."""

    @classmethod
    def of(cls, table: StateTable, title: str) -> _Picture:
        found = edges(table)
        between = tuple(edge for edge in found if edge.source != edge.target)
        loops = {edge.source: edge for edge in found if edge.source == edge.target}
        sizes = {state: _size(table, state, between, loops) for state in table.states}
        wanted = [
            Wanted(
                source=edge.source,
                target=edge.target,
                width=_Label.of(edge).width + 10,
                height=_Label.of(edge).height + 6,
            )
            for edge in between
        ]
        placed = layout(sizes, wanted, first=_first(table))
        frames = {
            state: _Frame.of(table, state, placed.boxes[state], loops) for state in table.states
        }
        return cls(
            table=table,
            title=title,
            edges=between,
            loops=loops,
            layout=placed,
            frames=frames,
            ports=_ports(placed, frames),
        )

    # -- text -----------------------------------------------------------------

    def text(self) -> str:
        """Return the element."""
        top = _MARGIN + (26 if self.title else 0)
        left = _MARGIN + (26 if self.table.reset_state is not None else 0)
        foot = 24 if legend(self.table) else 0
        least = max(len(self.title) * 8.0, len(legend(self.table)) * _LETTER) + 2 * _MARGIN
        width = max(self.layout.width + left + _MARGIN, least)
        height = self.layout.height + top + _MARGIN + foot
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="fsm" role="img" '
            f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}">',
            f"<style>{_STYLE}</style>",
        ]
        if self.title:
            lines.append(_text(_MARGIN, 28, self.title, "title"))
        lines.append(f'<g transform="translate({_n(left)} {_n(top)})">')
        lines += [line for number in range(len(self.edges)) for line in self._edge(number)]
        lines += [line for state in self.table.states for line in self._state(state)]
        lines.append("</g>")
        if foot:
            lines.append(_text(_MARGIN, height - 16, legend(self.table), "label"))
        return "\n".join([*lines, "</svg>", ""])

    # -- states ---------------------------------------------------------------

    def _state(self, state: str) -> list[str]:
        frame = self.frames[state]
        first = state == _first(self.table)
        found = [
            f'<rect class="state{" first" * first}" x="{_n(frame.left)}" y="{_n(frame.top)}" '
            f'width="{_n(frame.width)}" height="{_n(frame.height)}" rx="12"/>'
        ]
        if first and self.table.reset_state is not None:
            middle = frame.top + frame.height / 2
            found.append(_path([f"M {_n(frame.left - 26)} {_n(middle)}", f"l {_n(19)} 0"]))
            found.append(_tip(frame.left, middle, right=True))
        lines = state_lines(self.table, state)
        base = frame.top + frame.height / 2 - (len(lines) - 1) * _LINE / 2 + 4
        for i, line in enumerate(lines):
            middle = frame.left + frame.width / 2
            found.append(_text(middle, base + i * _LINE, _cut(line), "more" if i else "name"))
        return found + (self._loop(frame, self.loops[state]) if state in self.loops else [])

    @staticmethod
    def _loop(frame: _Frame, loop: Edge) -> list[str]:
        """Draw a loop on top of a state, with its label to the right."""
        x, y = frame.left + 20, frame.top
        label = _Label.of(loop)
        tip = f"{_n(x + 8)},{_n(y)} {_n(x + 5)},{_n(y - 8)} {_n(x + 12)},{_n(y - 7)}"
        curve = f"C {_n(x - 20)} {_n(y - 24)}, {_n(x + 20)} {_n(y - 24)}, {_n(x + 9)} {_n(y - 6)}"
        return [
            _path([f"M {_n(x - 6)} {_n(y)}", curve]),
            f'<polygon class="tip" points="{tip}"/>',
            *_label_text(x + 18, y - 4 - label.height, label),
        ]

    # -- edges ----------------------------------------------------------------

    def _edge(self, number: int) -> list[str]:
        route = self.layout.routes[number]
        boxes = [self.layout.boxes[key] for key in route.boxes]
        edge, text = self.edges[number], self.layout.boxes[route.label]
        start, end = self.ports[number, 0], self.ports[number, -1]
        source, target = self.frames[edge.source], self.frames[edge.target]
        right = boxes[-1].x > boxes[-2].x
        tip = target.left if right else target.left + target.width
        meets = tip - 7 if right else tip + 7
        leaves = source.left + source.width if boxes[1].x > boxes[0].x else source.left
        turning = boxes[0].column == boxes[-1].column
        draw = _turning if turning else _going
        label = _Label.of(edge)
        return [
            _path(draw(boxes, (leaves, start), (meets, end))),
            _tip(tip, end, right=right),
            *_label_text(text.column[0] + 4, text.y - label.height / 2 - 1, label),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The outline of a state, without its loop."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def of(cls, table: StateTable, state: str, box: Box, loops: Mapping[str, Edge]) -> _Frame:
        width, height = _frame_size(table, state)
        height = max(height, box.height - (_loop_height(loops[state]) if state in loops else 0))
        top = box.y + box.height / 2 - height
        return cls(left=box.x - box.width / 2, top=top, width=width, height=height)


def _first(table: StateTable) -> str:
    return table.reset_state or table.power_on_state or table.states[0]


def _frame_size(table: StateTable, state: str) -> tuple[float, float]:
    lines = state_lines(table, state)
    return max(max(len(_cut(line)) for line in lines) * 7.4 + 22, 52.0), 18 + _LINE * len(lines)


def _size(
    table: StateTable, state: str, between: Sequence[Edge], loops: Mapping[str, Edge]
) -> tuple[float, float]:
    width, height = _frame_size(table, state)
    ends = sum((edge.source == state) + (edge.target == state) for edge in between)
    height = max(height, (ends + 1) * _PORT / 2)
    if state in loops:
        width = max(width, 42 + _Label.of(loops[state]).width)
        height += _loop_height(loops[state])
    return width, height


def _loop_height(loop: Edge) -> float:
    return max(_Label.of(loop).height + 6, 24.0)


def _ports(placed: Layout, frames: Mapping[str, _Frame]) -> dict[tuple[int, int], float]:
    """Spread the ends of edges over the sides of states, so that few cross."""
    sides: dict[tuple[str, bool], list[tuple[float, int, int]]] = {}
    for number, route in enumerate(placed.routes):
        for end, beside in ((0, 1), (-1, -2)):
            state, near = placed.boxes[route.boxes[end]], placed.boxes[route.boxes[beside]]
            side = (str(route.boxes[end]), near.x > state.x)
            sides.setdefault(side, []).append((_line_of(near), number, end))
    found: dict[tuple[int, int], float] = {}
    for (state_key, _), ends in sides.items():
        frame = frames[state_key]
        for i, (_, number, end) in enumerate(sorted(ends)):
            found[number, end] = frame.top + frame.height * (i + 1) / (len(ends) + 1)
    return found


# -- paths ------------------------------------------------------------------


def _line_of(box: Box) -> float:
    """Return the height of the line on which a label stands."""
    return box.y + box.height / 2 - 2


def _going(boxes: Sequence[Box], start: tuple[float, float], end: tuple[float, float]) -> list[str]:
    """Return a path below the label and through what it passes."""
    right = boxes[-1].x > boxes[0].x
    path, (x, y) = _leaving(boxes[0], start, right=right)
    for box in boxes[1:-1]:
        near, far = box.column if right else reversed(box.column)
        line = _line_of(box)
        path += [_curve(x, y, near, line), f"L {_n(far)} {_n(line)}"]
        x, y = far, line
    return [*path, *_meeting(boxes[-1], (x, y), end, right=right)]


def _leaving(
    box: Box, start: tuple[float, float], *, right: bool
) -> tuple[list[str], tuple[float, float]]:
    """Go out of a column straight on: what lies in it is not crossed."""
    edge = box.column[1] if right else box.column[0]
    return [f"M {_n(start[0])} {_n(start[1])}", f"L {_n(edge)} {_n(start[1])}"], (edge, start[1])


def _meeting(
    box: Box, place: tuple[float, float], end: tuple[float, float], *, right: bool
) -> list[str]:
    edge = min(box.column[0], end[0]) if right else max(box.column[1], end[0])
    return [_curve(*place, edge, end[1]), f"L {_n(end[0])} {_n(end[1])}"]


def _turning(
    boxes: Sequence[Box], start: tuple[float, float], end: tuple[float, float]
) -> list[str]:
    """Return a path that goes around a label and comes back to the same column."""
    text = boxes[1]
    near, far = text.column[0], text.column[0] + text.width
    upper, lower = text.y - text.height / 2 + 1, _line_of(text)
    there, back = (upper, lower) if start[1] <= end[1] else (lower, upper)
    path, place = _leaving(boxes[0], start, right=True)
    return [
        *path,
        _curve(*place, near, there),
        f"L {_n(far)} {_n(there)}",
        f"C {_n(far + 9)} {_n(there)}, {_n(far + 9)} {_n(back)}, {_n(far)} {_n(back)}",
        f"L {_n(near)} {_n(back)}",
        *_meeting(boxes[2], (near, back), end, right=False),
    ]


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C {_n(middle)} {_n(y)}, {_n(middle)} {_n(to_y)}, {_n(to_x)} {_n(to_y)}"


def _path(parts: Iterable[str]) -> str:
    return f'<path class="edge" d="{" ".join(parts)}"/>'


def _tip(x: float, y: float, *, right: bool) -> str:
    back = x - 8 if right else x + 8
    points = f"{_n(x)},{_n(y)} {_n(back)},{_n(y - 4)} {_n(back)},{_n(y + 4)}"
    return f'<polygon class="tip" points="{points}"/>'


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}">{escape(text)}</text>'


def _label_text(x: float, top: float, label: _Label) -> list[str]:
    found = []
    for i, line in enumerate(label.lines):
        text = _text(x, top + i * _LINE + 11, line, "label")
        if i == 0 and label.full != "\n".join(label.lines):
            text = text.replace("</text>", f"<title>{escape(label.full)}</title></text>")
        found.append(text)
    return found


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
