"""Where the states and edges of a machine's picture lie: layers, labels included.

States lie in columns by their distance from the first one, and labels in columns
of their own between them, so that no label lies on anything else. Edges bend
only in the gaps between columns. The order in a layer is found by the
barycenter method (Sugiyama, Tagawa, Toda 1981), places by least squares under
the least distances. Nothing depends on chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias

Key: TypeAlias = Any
"""Whatever can be a key."""
_SWEEPS = 24
_GAP = 12.0
"""Least distance of things in a column."""
_STRAIGHT = 8.0
"""How much more a long edge wants to be straight than a state wants to be in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Something with a place: a state, a label, or where an edge passes a layer."""

    key: Key
    width: float
    height: float
    x: float
    """Its middle, to the right of the left edge of all."""
    y: float
    """Its middle, below the upper edge of all."""
    column: tuple[float, float]
    """From where to where its column reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An edge with the size of its label."""

    source: Key
    target: Key
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The boxes that an edge goes through, from its source to its target; its label is one."""

    boxes: tuple[Key, ...]
    label: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Places, in units of the sizes given."""

    boxes: Mapping[Key, Box]
    routes: tuple[Route, ...]
    """In the order of the edges."""
    columns: tuple[tuple[Key, ...], ...]
    """From left to right, each from top to bottom."""
    width: float
    height: float


@dataclass(slots=True)
class _Graph:
    sizes: dict[Key, tuple[float, float]]
    layer: dict[Key, int]
    links: list[tuple[Key, Key]] = field(default_factory=list)
    """From an upper layer to the next."""
    routes: list[Route] = field(default_factory=list)
    passing: set[Key] = field(default_factory=set)


def layout(
    states: Mapping[Key, tuple[float, float]],
    edges: Sequence[Wanted],
    *,
    first: Key,
    gap: float = 56.0,
) -> Layout:
    """Place states of the sizes given (width and height), and edges between different ones.

    `gap` is the width between columns.
    """
    graph = _layered(states, edges, first)
    columns = _ordered(graph)
    places = _placed(graph, columns)
    boxes: dict[Key, Box] = {}
    left = 0.0
    for column in columns:
        right = left + max(graph.sizes[key][0] for key in column)
        for key in column:
            width, height = graph.sizes[key]
            middle, reach = (left + right) / 2, (left, right)
            boxes[key] = Box(
                key=key, width=width, height=height, x=middle, y=places[key], column=reach
            )
        left = right + gap
    return Layout(
        boxes=boxes,
        routes=tuple(graph.routes),
        columns=tuple(map(tuple, columns)),
        width=left - gap,
        height=max(box.y + box.height / 2 for box in boxes.values()),
    )


# -- columns -----------------------------------------------------------------


def _layered(
    states: Mapping[Key, tuple[float, float]], edges: Sequence[Wanted], first: Key
) -> _Graph:
    level = _levels(list(states), edges, first)
    graph = _Graph(sizes=dict(states), layer={key: 2 * level[key] for key in states})
    for number, edge in enumerate(edges):
        _add_edge(graph, edge, number)
    return graph


def _levels(states: Sequence[Key], edges: Iterable[Wanted], first: Key) -> dict[Key, int]:
    """Return how many steps each state is from the first; those not reached come after."""
    following: dict[Key, list[Key]] = {state: [] for state in states}
    for edge in edges:
        following[edge.source].append(edge.target)
    level: dict[Key, int] = {}
    for start in (first, *states):
        if start in level:
            continue
        level[start] = 0
        waiting = [start]
        for state in waiting:
            for target in following[state]:
                if target not in level:
                    level[target] = level[state] + 1
                    waiting.append(target)
    return level


def _add_edge(graph: _Graph, edge: Wanted, number: int) -> None:
    start, end = graph.layer[edge.source], graph.layer[edge.target]
    step = 1 if end >= start else -1
    label: Key = ("label", number)
    boxes: list[Key] = [edge.source]
    if start == end:
        graph.layer[label] = start + 1
        boxes.append(label)
    for layer in range(start + step, end, step):
        key: Key = label if layer == start + step else ("pass", number, layer)
        graph.layer[key] = layer
        if key != label:
            graph.sizes[key] = (0.0, 2.0)
            graph.passing.add(key)
        boxes.append(key)
    graph.sizes[label] = (edge.width, edge.height)
    boxes.append(edge.target)
    for upper, lower in pairwise(boxes):
        pair = (upper, lower) if graph.layer[upper] < graph.layer[lower] else (lower, upper)
        graph.links.append(pair)
    graph.routes.append(Route(boxes=tuple(boxes), label=label))


# -- order ------------------------------------------------------------------


def _ordered(graph: _Graph) -> list[list[Key]]:
    layers: list[list[Key]] = [[] for _ in range(max(graph.layer.values()) + 1)]
    for key, layer in graph.layer.items():
        layers[layer].append(key)
    above, below = _neighbors(graph)
    best, least = [list(layer) for layer in layers], _all_crossings(layers, below)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        numbers = range(1, len(layers)) if down else range(len(layers) - 2, -1, -1)
        for number in numbers:
            beside = layers[number - 1] if down else layers[number + 1]
            _sort(layers[number], beside, above if down else below)
        crossings = _all_crossings(layers, below)
        if crossings < least:
            best, least = [list(layer) for layer in layers], crossings
    return best


def _neighbors(graph: _Graph) -> tuple[dict[Key, list[Key]], dict[Key, list[Key]]]:
    above: dict[Key, list[Key]] = {key: [] for key in graph.layer}
    below: dict[Key, list[Key]] = {key: [] for key in graph.layer}
    for upper, lower in graph.links:
        below[upper].append(lower)
        above[lower].append(upper)
    return above, below


def _sort(layer: list[Key], beside: Sequence[Key], neighbors: Mapping[Key, list[Key]]) -> None:
    place = {key: i for i, key in enumerate(beside)}
    now = {key: float(i) for i, key in enumerate(layer)}
    for key in layer:
        near = [place[other] for other in neighbors[key]]
        if near:
            now[key] = sum(near) / len(near)
    layer.sort(key=lambda key: now[key])


def _all_crossings(layers: Sequence[Sequence[Key]], below: Mapping[Key, list[Key]]) -> int:
    return sum(_crossings(upper, lower, below) for upper, lower in pairwise(layers))


def _crossings(upper: Sequence[Key], lower: Sequence[Key], below: Mapping[Key, list[Key]]) -> int:
    place = {key: i for i, key in enumerate(lower)}
    ends = [end for key in upper for end in sorted(place[other] for other in below[key])]
    return sum(a > b for i, a in enumerate(ends) for b in ends[i + 1 :])


# -- places -----------------------------------------------------------------


def _placed(graph: _Graph, layers: Sequence[Sequence[Key]]) -> dict[Key, float]:
    above, below = _neighbors(graph)
    places: dict[Key, float] = {}
    for layer in layers:
        y = 0.0
        for key in layer:
            places[key] = y + graph.sizes[key][1] / 2
            y += graph.sizes[key][1] + _GAP
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            _settle(graph, layer, places, above, below)
    top = min(places[key] - graph.sizes[key][1] / 2 for key in places)
    return {key: y - top for key, y in places.items()}


def _settle(
    graph: _Graph,
    layer: Sequence[Key],
    places: dict[Key, float],
    above: Mapping[Key, list[Key]],
    below: Mapping[Key, list[Key]],
) -> None:
    wishes: list[float] = []
    weights: list[float] = []
    offsets: list[float] = []
    offset, before = 0.0, 0.0
    for key in layer:
        half = graph.sizes[key][1] / 2
        offset += half + (before + _GAP if offsets else 0.0)
        before = half
        offsets.append(offset)
        near = [places[other] for other in (*above[key], *below[key])]
        wish = sum(near) / len(near) if near else places[key]
        weights.append(_STRAIGHT if key in graph.passing else 1.0)
        wishes.append(wish - offset)
    for key, place, shift in zip(layer, _ascending(wishes, weights), offsets, strict=True):
        places[key] = place + shift


def _ascending(wishes: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the ascending sequence nearest to `wishes`, by pooling neighbors that disagree."""
    pools: list[tuple[float, float, int]] = []
    for wish, weight in zip(wishes, weights, strict=True):
        pools.append((wish, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            value, heavy, count = pools.pop()
            other, light, more = pools.pop()
            total = heavy + light
            pools.append(((value * heavy + other * light) / total, total, count + more))
    return [value for value, _, count in pools for _ in range(count)]
