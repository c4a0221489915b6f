"""Code is found in what a model wrote, whatever stands around it."""

from __future__ import annotations

import json
import re

import pytest

from rtlgen.llm.extract import Extraction, extract
from rtlgen.llm.extraction.scan import tokens

HEADER = "module adder3 (\n  input [2:0] a, b,\n  output [3:0] y\n);"
BODY = "  // widen first\n  assign y = {1'b0, a} + {1'b0, b};"
MODULE = f"{HEADER}\n{BODY}\nendmodule"
OTHER = "module adder3(input [2:0] a, b, output [3:0] y);\n  assign y = a + b;\nendmodule"
BENCH = (
    "module tb;\n  reg [2:0] a, b; wire [3:0] y;\n  adder3 dut(a, b, y);\n"
    "  initial begin #1 $display(y); $finish; end\nendmodule"
)
CELL = "module cell1(input p, q, output r);\n  assign r = p ^ q;\nendmodule"
USES_CELL = "module adder3(input a, b, output y);\n  cell1 u(.p(a), .q(b), .r(y));\nendmodule"


def found(text: str, *, header: str | None = HEADER, rename: bool = True) -> Extraction:
    return extract(text, top="adder3", header=header, rename=rename)


WRAPPED = {
    "as it is": MODULE,
    "fence": f"Here it is:\n\n```verilog\n{MODULE}\n```\nIt adds.",
    "fence without a language": f"```\n{MODULE}\n```",
    "fence in other letters": f"```SystemVerilog\n{MODULE}\n```",
    "tildes": f"~~~~v\n{MODULE}\n~~~~\nDone.",
    "fence never closed": f"Sure!\n```verilog\n{MODULE}\n",
    "fence that only ends": f"{MODULE}\n```\nThis module adds two numbers.",
    "fence after a colon": f"The code: ```verilog\n{MODULE}\n```",
    "fence at the end of the last line": f"```verilog\n{MODULE} ```",
    "fence with indentation": "1. Code:\n\n   ```verilog\n   " + MODULE.replace("\n", "\n   ") + "\n   ```",
    "quoted fence": "> ```verilog\n> " + MODULE.replace("\n", "\n> ") + "\n> ```",
    "long fence": f"`````verilog\n{MODULE}\n`````",
    "prose around": f"The module adder3 (see below) adds a and b.\n\n{MODULE}\n\nNote: a module like this needs no clock.",
    "shell block after it": f"```verilog\n{MODULE}\n```\nRun:\n```bash\niverilog adder3.v\n```",
    "waveform block before it": f'```json\n{{"signal": []}}\n```\n```verilog\n{MODULE}\n```',
    "thoughts": f"<think>\nI need an adder.\n</think>\n```verilog\n{MODULE}\n```",
    "thoughts that never began": f"I need an adder.\n</think>\n\n{MODULE}",
    "thoughts in other tags": f"<reasoning>hm</reasoning>{MODULE}",
    "thoughts about thoughts": f"<think>I must use <think> tags. module adder3(</think>\n{MODULE}",
    "draft in the thoughts": f"<think>\n```verilog\n{OTHER}\n```\nwrong width\n</think>\n```verilog\n{MODULE}\n```",
    "answer tags": f"<think>x</think><answer>\n```verilog\n{MODULE}\n```\n</answer>",
    "answer tags never closed": f"<answer>{MODULE}",
    "begin and done": f"[BEGIN]\n{MODULE}\n[DONE]\nextra words",
    "done alone": f"{MODULE}\n[DONE]",
    "channels": f"<|channel|>analysis<|message|>{OTHER}<|end|><|start|>assistant<|channel|>final<|message|>{MODULE}<|return|>",
    "end of turn": f"{MODULE}<|im_end|>",
    "JSON": json.dumps({"explanation": "adds", "code": MODULE}),
    "JSON in a fence": "```json\n" + json.dumps({"verilog": MODULE}) + "\n```",
    "JSON with fence in it": json.dumps({"code": f"```verilog\n{MODULE}\n```"}),
    "JSON with raw line ends": '{"code": "' + MODULE + '"}',
    "JSON that breaks off": json.dumps({"name": "adder3", "code": MODULE})[:-1],
    "a JSON string": json.dumps(MODULE),
    "escaped": MODULE.replace("\n", "\\n"),
    "HTML": "<pre><code>" + MODULE.replace("<", "&lt;") + "</code></pre>",
    "line numbers": "```\n" + "\n".join(f"{i:3d}: {line}" for i, line in enumerate(MODULE.split("\n"), 1)) + "\n```",
    "Windows lines": MODULE.replace("\n", "\r\n"),
    "odd spaces": "\ufeff" + MODULE.replace("  ", "\u00a0 "),
    "zero width and NUL": MODULE.replace("assign", "\u200bassign\x00"),
    "curly quote in a number": MODULE.replace("1'b0", "1\u2019b0"),
    "no endmodule": MODULE.removesuffix("endmodule"),
    "no endmodule in a fence": f"```verilog\n{MODULE.removesuffix('endmodule')}```\nThat is all.",
    "body only": f"{BODY}\nendmodule",
    "body without an end": BODY,
    "body in a fence": f"Then assign the sum:\n```verilog\n{BODY}\nendmodule\n```\nDone.",
    "body after prose": f"Use one adder, and keep the carry.\n\n{BODY}\nendmodule\nIt is that easy to do.",
    "body after what is left of a header": f"module\n{BODY}\nendmodule",
    "body in steps": "First declare:\n```verilog\n  // widen first\n```\nthen:\n```verilog\n  assign y = {1'b0, a} + {1'b0, b};\n```\nand end with:\n```verilog\nendmodule\n```",
    "header repeated": f"{HEADER}\n{MODULE}",
    "header repeated, both ended": f"{HEADER}\n{MODULE}\nendmodule",
    "header, then the module in a fence": f"{HEADER}\n```verilog\n{MODULE}\n```",
    "in three blocks": f"```verilog\n{HEADER}\n```\nthen\n```verilog\n{BODY}\n```\nthen\n```verilog\nendmodule\n```",
    "twice": f"{OTHER}\n\nThat loses the carry. Better:\n\n{MODULE}",
    "twice in fences": f"```verilog\n{OTHER}\n```\nFixed:\n```verilog\n{MODULE}\n```",
    "then broken off": f"```verilog\n{MODULE}\n```\nOr:\n```verilog\n{HEADER}\n  assign y = a +",
    "then empty": f"{MODULE}\n\nTemplate:\n{HEADER}\n// your code\nendmodule",
    "with a testbench": f"{MODULE}\n\n{BENCH}",
    "testbench first": f"```verilog\n{BENCH}\n```\n```verilog\n{MODULE}\n```",
    "with a foreign module": f"{MODULE}\n{CELL}",
    "another name": MODULE.replace("adder3", "my_adder"),
    "another name and a testbench": f"{MODULE}\n{BENCH}".replace("adder3", "Adder_3"),
    "no name": MODULE.replace("adder3 ", ""),
    "capitals": MODULE.replace("endmodule", "Endmodule").replace("module adder3", "Module adder3"),
    "words that are no modules": f"module is a keyword. The module called adder3; see.\n{MODULE}",
    "module in a comment": f"// module adder3(input x);\n/* endmodule */\n{MODULE}",
}  # fmt: skip


@pytest.mark.parametrize("name", WRAPPED)
def test_the_module_is_found(name: str) -> None:
    extraction = found(WRAPPED[name])
    assert extraction.sources is not None, extraction.why_not
    assert tokens(extraction.sources) == tokens(MODULE)


FACTS = {
    "fence": "fenced block",
    "fence never closed": "fence never closed",
    "thoughts": "reasoning removed",
    "answer tags": "text in answer tags",
    "JSON": "taken out of JSON",
    "HTML": "HTML undone",
    "no endmodule": "endmodule added",
    "body only": "body only: header put in front",
    "header repeated": "header repeated: one removed",
    "twice in fences": "one of 2 versions",
    "with a testbench": "left out: tb",
    "another name": "module my_adder renamed to adder3",
    "no name": "module without a name called adder3",
    "capitals": "keywords in lower case",
    "in three blocks": "3 blocks as one text",
}


@pytest.mark.parametrize("name", FACTS)
def test_what_was_done_is_told(name: str) -> None:
    assert FACTS[name] in found(WRAPPED[name]).how


def test_a_plain_answer_stays_word_for_word() -> None:
    text = "`timescale 1ns/1ps\n// An adder.\n" + MODULE + "\n"
    assert found(text).sources == text
    assert found(text).how == ()


def test_what_the_top_needs_is_kept_with_directives_and_types() -> None:
    text = (
        "Use `define` like this:\n`timescale 1ns/1ps\n`define N 3\n"
        "package p;\n  function automatic f(input x); f = x; endfunction\nendpackage\n"
        "typedef enum logic {A, B} t;\nfunction g(input x);\n  g = x;\nendfunction\n"
        f"Now the cell.\n{CELL}\nand its user\n{USES_CELL}\n{BENCH}"
    )
    sources = found(text).sources or ""
    kept = [
        "timescale",
        "define N 3",
        "endpackage",
        "g = x;",
        "typedef enum logic {A, B} t;",
        "cell1(",
        "adder3(",
    ]
    assert [part for part in kept if part not in sources] == []
    assert "tb" not in sources
    assert "Now" not in sources


def test_modules_of_the_final_version_are_kept() -> None:
    draft = CELL.replace("^", "&")
    text = f"```verilog\n{draft}\n{USES_CELL}\n```\nNo:\n```verilog\n{CELL}\n{USES_CELL}\n```"
    assert tokens(found(text).sources or "") == tokens(CELL + "\n" + USES_CELL)
    alone = f"```verilog\n{CELL}\n{USES_CELL}\n```\nBetter:\n```verilog\n{OTHER}\n```"
    assert tokens(found(alone).sources or "") == tokens(OTHER)


def test_a_module_in_another_block_is_found() -> None:
    text = f"Cell:\n```verilog\n{CELL}\n```\nTop:\n```verilog\n{USES_CELL}\n```"
    assert tokens(found(text).sources or "") == tokens(CELL + "\n" + USES_CELL)


def test_a_module_within_a_module_is_moved_out() -> None:
    text = USES_CELL.replace("  cell1", f"{CELL}\n  cell1")
    extraction = found(text)
    assert tokens(extraction.sources or "") == tokens(USES_CELL + "\n" + CELL)
    assert "modules inside of modules moved out" in extraction.how


def test_a_body_may_bring_its_own_modules() -> None:
    text = f"  cell1 u(.p(a[0]), .q(b[0]), .r(y[0]));\nendmodule\n\n{CELL}"
    sources = found(text).sources or ""
    assert sources.startswith(HEADER)
    assert sources.count("endmodule") == 2


def test_a_module_that_lacks_its_end_before_the_next_one() -> None:
    text = USES_CELL.removesuffix("endmodule") + CELL
    extraction = found(text)
    assert tokens(extraction.sources or "") == tokens(USES_CELL + "\n" + CELL)
    assert "endmodule added" in extraction.how


def test_code_that_stands_in_the_reasoning_only_is_a_last_resort() -> None:
    extraction = found(f"<think>\nSo:\n```verilog\n{MODULE}\n```\nand so on and so")
    assert tokens(extraction.sources or "") == tokens(MODULE)
    assert extraction.how == ("taken from the reasoning", "fenced block")
    assert extraction.truncated


def test_an_answer_that_breaks_off_is_kept_for_a_repair() -> None:
    extraction = found(f"```verilog\n{HEADER}\n  always @* begin\n    y = a +")
    assert extraction.truncated
    assert (extraction.sources or "").endswith("y = a +\nendmodule\n")


def test_an_empty_module_is_what_the_answer_says() -> None:
    extraction = found(f"{HEADER}\n// your code here\nendmodule")
    assert tokens(extraction.sources or "") == tokens(f"{HEADER} endmodule")
    assert "no behavior" in extraction.how


def test_another_name_is_only_changed_where_that_is_wanted() -> None:
    text = MODULE.replace("adder3", "my_adder")
    assert found(text, rename=False).why_not == (
        "no module is called adder3; the answer has one module: my_adder"
    )
    labeled = text.replace("endmodule", "endmodule : my_adder")
    assert (found(labeled).sources or "").count("adder3") == 2


def test_a_module_with_other_ports_is_not_renamed() -> None:
    assert found(CELL).why_not == "no module is called adder3; the answer has one module: cell1"
    assert found(CELL, header=None).sources is not None


WHY_NOT = {
    "": "the answer is empty",
    "  \n\n": "the answer is empty",
    "I cannot help with that.": "it is prose: 'I cannot help with that.'",
    "module adder3 adds two numbers": "it is prose",
    "这个模块把两个三位数相加,得到一个四位数的结果。": "it is prose in Chinese",
    "Модуль складывает два числа и даёт сумму.": "it is prose in Russian",
    "!!! ??? ---": "not even words",
    "library ieee;\nentity adder3 is\nend;": "the answer is VHDL, not Verilog",
    "```python\ndef adder3(a, b):\n    return a + b\n```": "the answer is Python, not Verilog",
    "#include <stdio.h>\nint main() { return 0; }": "the answer is C or C\\+\\+, not Verilog",
    HEADER: "only the header of module adder3, no body",
    "and end with:\n```verilog\nendmodule\n```": "ends a module that has no body",
    "// Your code here\nendmodule": "ends a module that has no body",
    "// Your code here": "the answer holds nothing but comments",
    "reg [3:0] count;": "nothing that acts",
    "<think>I wonder about the carry": "nothing but reasoning",
    CELL + "\n" + CELL.replace("cell1", "cell2"): "no module is called adder3; the answer has 2 modules: cell1, cell2",
    "\n".join(CELL.replace("cell1", f"cell{i}") for i in range(200)): "the answer has 200 modules: cell0, cell1, .* and 195 more",
    "null": "it is prose",
}  # fmt: skip


@pytest.mark.parametrize("text", WHY_NOT)
def test_an_answer_without_code_says_what_it_is(text: str) -> None:
    extraction = found(text)
    assert extraction.sources is None
    assert re.search(WHY_NOT[text], extraction.why_not), extraction.why_not
    assert "\n" not in extraction.why_not
    assert len(extraction.why_not) < 300


def test_a_body_without_a_known_header_is_none() -> None:
    assert found(BODY, header=None).why_not == (
        "the answer holds only a module's body, and the header of adder3 is not known"
    )


def test_of_200_modules_the_wanted_one_is_taken() -> None:
    many = "\n".join(CELL.replace("cell1", f"cell{i}") for i in range(200))
    assert tokens(found(f"{many}\n{MODULE}\n{many}").sources or "") == tokens(MODULE)


def test_an_extraction_has_sources_or_a_reason() -> None:
    with pytest.raises(ValueError, match="either sources or a reason why not"):
        Extraction(sources=None)
