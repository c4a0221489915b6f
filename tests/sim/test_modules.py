from __future__ import annotations

import pytest

from sim.design import Design
from sim.errors import InvalidDesign
from sim.modules import module_names, top_module


def design(text: str) -> Design:
    return Design(top="x", sources={"a.v": text})


def test_comments_strings_and_labels_are_no_modules() -> None:
    text = """
    // module no1
    /* module no2 */
    module automatic yes; initial $display("module no3 \\" module no4"); endmodule : yes
    macromodule also(input a); endmodule
    """
    assert module_names(design(text)) == ["yes", "also"]


@pytest.mark.parametrize(
    "text",
    [
        "module top; leaf u(); endmodule module leaf; endmodule",
        "module leaf; endmodule : leaf\nmodule top; leaf #(.N(3)) u(); endmodule",
        "module leaf; endmodule module top; leaf u[3:0](); endmodule",
    ],
)
def test_top_is_what_nobody_instantiates(text: str) -> None:
    assert top_module(design(text)) == "top"


def test_two_tops_have_to_be_told_apart() -> None:
    with pytest.raises(
        InvalidDesign, match=r"RTL must have one top module, not a, b\n\nhint: .*--top"
    ):
        top_module(design("module a; endmodule module b; endmodule"), what="RTL")


def test_no_module_is_said() -> None:
    with pytest.raises(InvalidDesign, match=r"must define a module; a\.v has none"):
        top_module(design("I cannot help with that."))


def test_hostile_text_is_scanned_in_linear_time() -> None:
    assert module_names(design('/*"' * 200_000 + "\\" * 100_000)) == []
