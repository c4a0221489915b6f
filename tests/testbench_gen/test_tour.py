from __future__ import annotations

from collections.abc import Hashable, Mapping

from testbench_gen.tour import representative_vectors, tour


def counter(state: Hashable, vector: Mapping[str, int]) -> tuple[Mapping[str, str], Hashable]:
    assert isinstance(state, int)
    return {"q": str(state)}, (state + vector["en"]) % 7


def ending(state: Hashable, vector: Mapping[str, int]) -> tuple[Mapping[str, str], Hashable]:
    """Goes to state 1 or 2 and stays there."""
    return {}, state if state else 1 + vector["x"]


def follow(
    step: object, start: Hashable, path: list[Mapping[str, int]]
) -> set[tuple[Hashable, Hashable]]:
    taken, state = set(), start
    for vector in path:
        _, target = step(state, vector) if "reset" not in vector else ({}, 0)  # type: ignore[operator]
        taken.add((state, target))
        state = target
    return taken


def test_every_transition_is_taken() -> None:
    vectors = representative_vectors(["en"], [], 1)
    path = tour(counter, 0, vectors, length=100)
    edges = {(n, n) for n in range(7)} | {(n, (n + 1) % 7) for n in range(7)}
    assert follow(counter, 0, path) == edges
    assert len(path) <= 14


def test_reset_leads_out_of_final_states() -> None:
    vectors = representative_vectors(["x"], [], 1)
    path = tour(ending, 0, vectors, length=50, reset=({"reset": 1}, 0))
    assert {(0, 1), (1, 1), (0, 2), (2, 2)} <= follow(ending, 0, path)
    assert len(path) < 10


def test_without_reset_it_stops_where_nothing_is_left_to_take() -> None:
    path = tour(ending, 0, representative_vectors(["x"], [], 1), length=50)
    assert follow(ending, 0, path) == {(0, 1), (1, 1)}


def test_length_bounds_the_walk() -> None:
    assert len(tour(counter, 0, representative_vectors(["en"], [], 1), length=5)) == 5


def test_unbounded_machines_end() -> None:
    def grows(state: Hashable, vector: Mapping[str, int]) -> tuple[Mapping[str, str], Hashable]:
        assert isinstance(state, int)
        return {}, state + 1 + vector["x"]

    assert len(tour(grows, 0, representative_vectors(["x"], [], 1), length=3000)) <= 3000


def test_few_bits_are_exhausted_and_many_sampled() -> None:
    assert len(representative_vectors(["a", "b"], [], 1)) == 4
    bits = [f"x[{n}]" for n in range(40)]
    vectors = representative_vectors(bits, [{"x[3]": 1, "x[4]": 0}], 1)
    assert len(vectors) < 200
    assert all(set(vector) == set(bits) for vector in vectors)
    assert any(vector["x[3]"] == 1 and vector["x[4]"] == 0 for vector in vectors)
