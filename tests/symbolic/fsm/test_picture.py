"""State diagrams: nothing lies on anything else, and the text is safe and always the same."""

from __future__ import annotations

import random
import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from symbolic.fsm_dot import dot
from symbolic.fsm_labels import edges
from symbolic.fsm_layout import Box, Wanted, layout
from symbolic.fsm_picture import svg
from symbolic.state_table import StateTable, Transition

_SVG = "{http://www.w3.org/2000/svg}"


def _machine(count: int, bits: int, seed: int = 0) -> StateTable:
    rng = random.Random(seed)
    states = tuple(f"S{i}" for i in range(count))
    return StateTable(
        inputs=tuple(f"x[{i}]" for i in range(bits - 1, -1, -1)),
        outputs=("z",),
        states=states,
        transitions=tuple(
            Transition(state=state, inputs=format(i, f"0{bits}b"), target=rng.choice(states))
            for state in states
            for i in range(1 << bits)
        ),
        moore_outputs={state: rng.choice("01-") for state in states},
        reset_state="S0",
    )


def _overlap(a: Box, b: Box) -> bool:
    return (
        abs(a.x - b.x) * 2 < a.width + b.width - 0.01
        and abs(a.y - b.y) * 2 < a.height + b.height - 0.01
    )


@pytest.mark.parametrize("seed", range(4))
def test_states_and_labels_do_not_overlap(seed: int) -> None:
    rng = random.Random(seed)
    states = {f"S{i}": (60.0 + rng.random() * 40, 30.0 + rng.random() * 30) for i in range(20)}
    pairs = sorted({tuple(rng.sample(sorted(states), 2)) for _ in range(60)})
    wanted = [
        Wanted(source=a, target=b, width=20 + rng.random() * 200, height=14.0) for a, b in pairs
    ]
    placed = layout(states, wanted, first="S0")
    boxes = list(placed.boxes.values())
    assert len([box for box in boxes if box.height]) >= 80
    assert not any(_overlap(a, b) for a, b in combinations(boxes, 2))
    assert all(route.boxes[0] == a for route, (a, _) in zip(placed.routes, pairs, strict=True))


def test_texts_of_a_picture_do_not_overlap() -> None:
    root = ElementTree.fromstring(svg(_machine(20, 2)))
    rows: dict[float, list[tuple[float, float]]] = {}
    for text in root.iter(f"{_SVG}text"):
        width = len(text.text or "") * 6.7
        left = float(text.get("x", 0)) - (width / 2 if text.get("class") != "label" else 0)
        rows.setdefault(float(text.get("y", 0)), []).append((left, left + width))
    for spans in rows.values():
        spans.sort()
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_all_states_and_edges_are_drawn() -> None:
    machine = _machine(12, 2)
    root = ElementTree.fromstring(svg(machine, title="a & b"))
    names = {text.text for text in root.iter(f"{_SVG}text")}
    assert set(machine.states) <= names
    assert "a & b" in names
    paths = [path for path in root.iter(f"{_SVG}path") if path.get("class") == "edge"]
    assert len(paths) == len(edges(machine)) + 1


def test_hostile_names_are_escaped() -> None:
    machine = StateTable(
        inputs=("x",),
        outputs=(),
        states=("<script>", '"&'),
        transitions=(Transition(state="<script>", inputs="-", target='"&'),),
        reset_state="<script>",
    )
    text = svg(machine, title="<b>")
    assert "<script>" not in text
    assert "<b>" not in text
    ElementTree.fromstring(text)
    assert '"\\"&"' in dot(machine)


def test_the_same_machine_gives_the_same_picture() -> None:
    assert svg(_machine(9, 3)) == svg(_machine(9, 3))


def test_a_single_state_can_be_drawn() -> None:
    machine = StateTable(inputs=(), outputs=(), states=("A",), transitions=())
    assert ElementTree.fromstring(svg(machine)).tag == f"{_SVG}svg"


def test_labels_put_conditions_together() -> None:
    machine = StateTable(
        inputs=("x", "y"),
        outputs=("z",),
        states=("A", "B"),
        transitions=(
            Transition(state="A", inputs="01", target="B", outputs="1"),
            Transition(state="A", inputs="11", target="B", outputs="1"),
            Transition(state="A", inputs="-0", target="A", outputs="0"),
            Transition(state="B", inputs="--", target="A", outputs="0"),
        ),
    )
    assert {(e.source, e.target): e.lines for e in edges(machine)} == {
        ("A", "B"): ("y / z=1",),
        ("A", "A"): ("~y / z=0",),
        ("B", "A"): ("always / z=0",),
    }


def test_dot_has_an_arrow_for_the_reset() -> None:
    text = dot(_machine(3, 1), name="top")
    assert text.startswith('digraph "top" {')
    assert '"" -> "S0";' in text
    assert len(re.findall(r"\[label=", text)) == 3 + len(edges(_machine(3, 1)))
