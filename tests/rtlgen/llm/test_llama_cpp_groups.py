"""Which requests share a prompt, and that each is in exactly one group."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.llm.llama_cpp_groups import Room, grouped
from rtlgen.llm.model import Message, Request, Sampling
from rtlgen.llm.openai_dialect import seed_of


def request(text: str, sample: int, temperature: float = 0.8) -> Request:
    return Request(
        messages=(Message(role="user", content=text),),
        sample=sample,
        sampling=Sampling(temperature=temperature),
    )


def test_samples_of_one_prompt_are_one_group() -> None:
    (group,) = grouped([request("a", n) for n in (2, 0, 1)], slots=4)
    assert group.places == (1, 2, 0)
    assert group.request.sample == 0


def test_many_requests_keep_several_groups_under_way() -> None:
    groups = grouped([request("a", n) for n in range(10)] + [request("b", 0)], slots=16)
    assert [len(group.places) for group in groups] == [10, 1]
    groups = grouped([request(text, n) for text in "abc" for n in range(10)], slots=16)
    assert [len(group.places) for group in groups] == [3, 3, 4] * 3


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 30), st.sampled_from((0.0, 0.8))),
        max_size=40,
        unique=True,
    ),
    st.integers(1, 16),
)
def test_every_request_is_in_one_group(asked: list[tuple[str, int, float]], slots: int) -> None:
    requests = [request(*each) for each in asked]
    groups = grouped(requests, slots)
    assert sorted(place for group in groups for place in group.places) == list(range(len(asked)))
    for group in groups:
        assert 1 <= len(group.places) <= slots
        for child, place in enumerate(group.places):
            own = requests[place]
            assert (own.messages, own.sampling) == (group.request.messages, group.request.sampling)
            assert seed_of(own) == seed_of(group.request) + child


def test_room_is_never_overdrawn() -> None:
    async def work() -> int:
        room, under_way, most = Room(slots=4, cells=100), 0, 0

        async def one(slots: int, cells: int) -> None:
            nonlocal under_way, most
            await room.take(slots, cells)
            async with room.returned(slots, cells):
                under_way += cells
                most = max(most, under_way)
                await asyncio.sleep(0)
                under_way -= cells

        await asyncio.gather(*(one(slots, 30) for slots in (1, 2, 3, 4, 1, 1, 1, 1, 1)))
        assert (room.slots, room.cells) == (4, 100)
        return most

    assert asyncio.run(work()) == 90
