"""Which rows are drawn to be trained on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rtlgen.train.config import Longer
from rtlgen.train.prepared import drawn


def test_long_rows_are_drawn_first_and_places_keep_their_order() -> None:
    lengths = [9, 1, 8, 2, 7, 3, 6, 4]
    assert drawn(lengths, 4, Longer(than=5, share=0.75)) == [0, 1, 2, 4]
    assert drawn(lengths, 4, Longer(than=5, share=1)) == [0, 2, 4, 6]


def test_what_is_missing_of_one_kind_comes_from_the_other() -> None:
    assert drawn([9, 1, 2, 3], 3, Longer(than=5)) == [0, 1, 2]
    assert drawn([9, 8, 7, 1], 3, Longer(than=5, share=0.01)) == [0, 1, 3]


@given(
    lengths=st.lists(st.integers(1, 9), min_size=2, max_size=30),
    share=st.floats(0.01, 1),
    data=st.data(),
)
def test_as_many_as_asked_each_once(lengths: list[int], share: float, data: st.DataObject) -> None:
    examples = data.draw(st.integers(1, len(lengths) - 1))
    places = drawn(lengths, examples, Longer(than=5, share=share))
    assert len(places) == len(set(places)) == examples
    long = sum(lengths[at] > 5 for at in places)
    assert long == max(
        min(round(share * examples), sum(n > 5 for n in lengths)),
        examples - sum(n <= 5 for n in lengths),
    )
