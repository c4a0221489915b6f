from __future__ import annotations

import pytest

from testbench_gen.roles import role_of
from tests.testbench_gen.builders import port


@pytest.mark.parametrize(
    ("name", "width", "role"),
    [
        ("en", 1, "enable"),
        ("wr_en", 1, "push"),
        ("rd_en", 1, "pop"),
        ("we", 1, "push"),
        ("winc", 1, "push"),
        ("clkEnable", 1, "enable"),
        ("valid_in", 1, "valid"),
        ("load", 1, "strobe"),
        ("rst_n", 1, "reset_n"),
        ("aresetn", 1, "reset_n"),
        ("reset", 1, "reset"),
        ("arst", 1, "reset"),
        ("reset_count", 1, "control"),
        ("sel", 3, "select"),
        ("sel", 1, "control"),
        ("opcode", 4, "select"),
        ("waddr", 5, "address"),
        ("d", 8, "data"),
        ("en", 8, "data"),
        ("x", 1, "control"),
    ],
)
def test_role(name: str, width: int, role: str) -> None:
    assert role_of(port(name, "input", *((width - 1, 0) if width > 1 else ()))) == role
