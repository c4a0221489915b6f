"""State diagrams in DOT, the language of graphviz."""

from __future__ import annotations

from symbolic.fsm_labels import edges, legend, state_lines
from symbolic.state_table import StateTable


def dot(table: StateTable, *, name: str = "machine") -> str:
    """Return a machine as a directed graph; the reset state has an arrow of its own."""
    lines = [f"digraph {_quoted(name)} {{", "    rankdir=LR;"]
    lines += ['    node [shape=box, style=rounded, fontname="monospace"];']
    lines += ['    edge [fontname="monospace", fontsize=10];']
    if legend(table):
        lines.append(f"    label={_quoted(legend(table))};")
    if table.reset_state is not None:
        lines.append('    "" [shape=point];')
        lines.append(f'    "" -> {_quoted(table.reset_state)};')
    for state in table.states:
        label = _quoted(*state_lines(table, state))
        lines.append(f"    {_quoted(state)} [label={label}];")
    for edge in edges(table):
        ends = f"{_quoted(edge.source)} -> {_quoted(edge.target)}"
        lines.append(f"    {ends} [label={_quoted(*edge.lines)}];")
    return "\n".join([*lines, "}", ""])


def _quoted(*lines: str) -> str:
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(escaped) + '"'
