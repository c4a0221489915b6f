from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.design import Design, digest
from sim.errors import InvalidDesign


@pytest.mark.parametrize("top", ["", "1a", "a b", "a;", "\\esc "])
def test_top_must_be_an_identifier(top: str) -> None:
    with pytest.raises(InvalidDesign, match="plain Verilog identifier"):
        Design(top=top, sources={"a.v": ""})


@pytest.mark.parametrize("name", ["/etc/passwd", "../a.v", "a/../../b.v", "", "a\0.v"])
def test_source_names_stay_inside(name: str) -> None:
    with pytest.raises(InvalidDesign, match="stay inside the work folder"):
        Design(top="a", sources={name: ""})


def test_data_files_count_in_the_digest() -> None:
    plain = Design(top="a", sources={"a.v": "x"})
    with_data = Design(top="a", sources={"a.v": "x"}, data={"m.hex": b"00"})
    assert plain.digest != with_data.digest


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4), max_size=4))
def test_digest_knows_how_its_input_is_split(a: list[bytes], b: list[bytes]) -> None:
    assert (digest(*a) == digest(*b)) == (a == b)


def test_files_are_read_under_their_names(tmp_path: Path) -> None:
    path = tmp_path / "a.v"
    path.write_text("module a; endmodule")
    assert dict(Design.from_files([path], top="a").sources) == {"a.v": "module a; endmodule"}


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidDesign, match=r"cannot read .*missing\.v: No such file"):
        Design.from_files([tmp_path / "missing.v"], top="a")


def test_binary_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.v"
    path.write_bytes(b"mod\xff")
    with pytest.raises(InvalidDesign, match=r"must be UTF-8 text; .*a\.v is not \(byte 3\)"):
        Design.from_files([path], top="a")


def test_a_device_is_not_read(tmp_path: Path) -> None:
    endless = tmp_path / "endless.v"
    endless.symlink_to("/dev/zero")
    with pytest.raises(InvalidDesign, match=r"endless\.v: it is no regular file"):
        Design.from_files([endless], top="m")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.v"
    with huge.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(InvalidDesign, match=r"at most 67108864 bytes; .*huge\.v has 1099511627776"):
        Design.from_files([huge], top="m")
