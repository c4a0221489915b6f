from __future__ import annotations

import gzip
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rtlgen.design.blind import BlindJudgement, constants_in, judge_blind
from rtlgen.spec.model import Spec
from rtlgen.spec.reader import read_spec
from sim.design import Design
from sim.icarus import Icarus
from sim.process import isolation

pytestmark = pytest.mark.icarus

TOLLS = """A car park counts its cars. When `enter` is 1 at the clock edge the count goes up by one,
when `leave` is 1 it goes down by one, and with both or neither it stays.
`rst` is an active-high synchronous reset, which makes the count zero.

module park (
    input clk,
    input rst,
    input enter,
    input leave,
    output reg [3:0] cars
);
"""
HEAD = "module park(input clk, input rst, input enter, input leave, output reg [3:0] cars);\n"
RIGHT = (
    HEAD
    + "always @(posedge clk) if (rst) cars <= 0; else cars <= cars + enter - leave;\nendmodule\n"
)
ALSO_RIGHT = HEAD + (
    "always @(posedge clk) begin\n if (rst) cars <= 4'd0;\n else case ({enter, leave})\n"
    " 2'b10: cars <= cars + 4'd1;\n 2'b01: cars <= cars - 4'd1;\n default: cars <= cars;\n"
    " endcase\nend\nendmodule\n"
)
ASYNCHRONOUS = RIGHT.replace("@(posedge clk)", "@(posedge clk or posedge rst)")
DOWN_FIRST = HEAD + (
    "always @(posedge clk) if (rst) cars <= 0; else if (leave) cars <= cars - 1;\n"
    " else if (enter) cars <= cars + 1;\nendmodule\n"
)
UNKNOWN = HEAD + "always @(posedge clk) cars <= cars + enter - leave;\nendmodule\n"
BROKEN = HEAD + "always @(posedge clk) cars <= ;\nendmodule\n"
REFERENCE = """
class Reference:
    def __init__(self):
        self.cars = None

    def reset(self):
        self.cars = 0

    def clock(self, inputs):
        if self.cars is not None:
            self.cars = (self.cars + inputs["enter"] - inputs["leave"]) % 16

    def outputs(self, inputs):
        return {"cars": self.cars}
"""


@pytest.fixture(scope="module")
def spec() -> Spec:
    return read_spec(TOLLS)


def judge(
    spec: Spec,
    *texts: str,
    references: tuple[str, ...] = (),
    independent: tuple[int, ...] | None = None,
) -> BlindJudgement:
    designs = [Design(top=spec.interface.module, sources={"d.sv": text}) for text in texts]
    return judge_blind(
        spec, designs, references=references, independent=independent, simulators=[Icarus()]
    )


@pytest.fixture(scope="module")
def many(spec: Spec) -> BlindJudgement:
    texts = (ASYNCHRONOUS, ASYNCHRONOUS, ASYNCHRONOUS, RIGHT, BROKEN, ALSO_RIGHT, DOWN_FIRST)
    wrong = REFERENCE.replace("+ inputs", "- inputs")
    return judge(spec, *texts, UNKNOWN, references=(REFERENCE, wrong, "import os", wrong))


def test_the_most_frequent_behavior_does_not_win_against_the_specification(
    many: BlindJudgement,
) -> None:
    assert many.groups[0].members == (0, 1, 2)
    assert many.pick == 3
    assert set(many.ranking) == {0, 1, 2, 3, 5, 6, 7}
    assert many.ranking[:2] == (3, 5)
    assert many.trust > many.standings[7].trust


def test_evidence_is_told_in_words(many: BlindJudgement) -> None:
    told = {n: " | ".join(e.text for e in s.evidence) for n, s in enumerate(many.standings)}
    assert "reset 'rst' must be synchronous, and is asynchronous" in told[0]
    assert "1 of 6 other designs behave just like it" in told[3]
    assert "reference model 0 agrees with it" in told[3]
    assert "could not be observed" in told[4]
    assert "X or Z at 100.0 % of the samples" in told[7]


def test_what_cannot_be_observed_has_no_trust(many: BlindJudgement) -> None:
    broken = many.standings[4]
    assert (broken.trust, broken.signs, broken.group) == (0.0, None, None)
    assert broken.verdicts[0].cause.value == "syntax"


def test_written_references_are_used_or_dropped(many: BlindJudgement) -> None:
    assert [one.state for one in many.references] == ["used", "used", "dropped", "used"]
    assert "may import only" in many.references[2].reason


def test_the_pick_can_be_written_down(many: BlindJudgement) -> None:
    assert len(many.expected) == many.stimulation.samples
    assert all(set(row) <= set("01-") for row in many.expected)


def test_a_reference_that_most_designs_contradict_is_suspected(spec: Spec) -> None:
    wrong = REFERENCE.replace("+ inputs", "- inputs")
    found = judge(spec, RIGHT, ALSO_RIGHT, DOWN_FIRST, references=(wrong, REFERENCE))
    assert [one.state for one in found.references] == ["suspected", "used"]
    assert "2 agree with each other on something else" in found.references[0].reason
    assert found.pick == 0


def test_a_reference_decides_between_two(spec: Spec) -> None:
    assert judge(spec, DOWN_FIRST, RIGHT).pick == 0
    assert judge(spec, DOWN_FIRST, RIGHT, references=(REFERENCE,)).pick == 1


def test_repairs_have_no_voice(spec: Spec) -> None:
    wrong = DOWN_FIRST.replace("if (leave)", "if (leave )")
    texts = (RIGHT, DOWN_FIRST, wrong, wrong)
    everybody = judge(spec, *texts, references=(REFERENCE,))
    assert everybody.references[0].state == "suspected"
    found = judge(spec, *texts, references=(REFERENCE,), independent=(0, 1))
    assert found.references[0].state == "used"
    assert found.pick == 0
    repair = judge(spec, DOWN_FIRST, RIGHT, references=(REFERENCE,), independent=(0,))
    assert repair.trust < judge(spec, DOWN_FIRST, RIGHT, references=(REFERENCE,)).trust


def test_nothing_to_judge(spec: Spec) -> None:
    found = judge(spec, BROKEN)
    assert (found.pick, found.trust, found.ranking, found.expected) == (None, 0.0, (), ())
    assert judge(spec).pick is None


TABLE = """Module `vote`: `yes` is 1 as the table says.

| a | b | c | yes |
|---|---|---|-----|
| 0 | 0 | 0 | 0 |
| 0 | 0 | 1 | 0 |
| 0 | 1 | 0 | 0 |
| 0 | 1 | 1 | 1 |
| 1 | 0 | 0 | 0 |
| 1 | 0 | 1 | 1 |
| 1 | 1 | 0 | 1 |
| 1 | 1 | 1 | 1 |

module vote (input a, input b, input c, output yes);
"""


def test_a_table_outvotes_everybody_and_screens_references() -> None:
    spec = read_spec(TABLE)
    spec = replace(spec, interface=replace(spec.interface, module="vote"))
    head = "module vote(input a, input b, input c, output yes);\n assign yes = "
    any_of, two_of = head + "a | b | c;\nendmodule\n", head + "a & b | a & c | b & c;\nendmodule\n"
    written = (
        "class Reference:\n    def outputs(self, x):\n        return {'yes': x['a'] | x['b']}\n"
    )
    found = judge(spec, any_of, any_of, any_of, two_of, references=(written,))
    assert found.pick == 3
    assert found.checks == ("truth table (lines 3-12)",)
    assert found.standings[3].signs is not None
    assert found.standings[3].signs.confirmed == 1
    assert found.references[0].state == "dropped"
    assert "it contradicts the truth table" in found.references[0].reason


DELAY = """Module `late` gives `d` one clock cycle later.

module late (input clk, input d, output reg q);
"""


def test_a_register_without_reset_is_compared_from_its_first_known_value() -> None:
    spec = read_spec(DELAY)
    text = "module late(input clk, input d, output reg q); always @(posedge clk) q <= d; endmodule"
    written = (
        "class Reference:\n    def reset(self): self.q = 1\n"
        "    def clock(self, x): self.q = x['d']\n    def outputs(self, x): return {'q': self.q}\n"
    )
    found = judge(spec, text, references=(written,))
    assert found.groups[0].unknown > 0
    assert found.references[0].groups == (0,)


def test_numbers_that_designs_mention() -> None:
    texts = ["assign q = a == 12'd999 ? 8'hff : 4'b10x1;", "assign q = b > 999;"]
    designs = [Design(top="t", sources={"d.sv": text}) for text in texts]
    assert {255, 999} <= set(constants_in(designs))


# The benchmark's script, on a benchmark of our own.


def lay_out(root: Path, test: str) -> None:
    samples = root / "samples/verilog-eval-v1"
    problems = root / "benchmarks/verilog-eval-v1"
    samples.mkdir(parents=True)
    problems.mkdir(parents=True)
    words, header = TOLLS.split("module park")
    top = [text.replace("module park", "module top_module") for text in (DOWN_FIRST, RIGHT)]
    peek = f'initial $readmemh("{problems / "VerilogEval_Human.jsonl"}", m); reg [7:0] m [0:9];'
    spy = top[0].replace("endmodule", f"{peek}\nendmodule")
    include = f'`include "{problems / "VerilogEval_Human.jsonl"}"\n' + top[0]
    texts = [*top, spy, include, top[1] + "// again\n", top[0]]
    rows = [
        {
            "task_id": "park",
            "description": words,
            "prompt": f"module top_module{header}",
            "completion": text,
        }
        for text in texts
    ]
    with gzip.open(samples / "toy_human.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    told = {"task_id": "park", "detail_description": words}
    (problems / "VerilogDescription_Human.jsonl").write_text(json.dumps(told) + "\n")
    (problems / "VerilogEval_Human.jsonl").write_text(
        json.dumps({"task_id": "park", "test": test, "canonical_solution": "CANARY"}) + "\n"
    )


SOLVE = """
import json, sys
sys.path.insert(0, "bench")
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event in ("open", "os.listdir", "os.scandir") else None)
from pathlib import Path
from blind_pick import forbid, questions, sample_files, solve

if __name__ == "__main__":
    root = Path(sys.argv[1])
    question, = questions(root, sample_files(root, []))
    read = [path for path in opened if "VerilogEval_" in path]
    forbid(root)
    before = len(opened)
    facts = solve(question)
    looked = [path for path in opened[before:] if str(root) in path]
    print(json.dumps({"facts": facts, "read": read, "looked": looked}))
"""


def solve_in(root: Path) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-c", SOLVE, str(root)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_canary_the_solving_side_never_sees_tests_or_golden_rtl(tmp_path: Path) -> None:
    lay_out(tmp_path / "with", "CANARY test")
    found = solve_in(tmp_path / "with")
    assert found["read"] == []
    assert found["looked"] == []
    assert "CANARY" not in json.dumps(found["facts"])
    assert found["facts"]["error"] == ""
    assert [signs is None for signs in found["facts"]["signs"]] == [False] * 2 + [True] * 2 + [
        False
    ] * 2

    (tmp_path / "with/benchmarks/verilog-eval-v1/VerilogEval_Human.jsonl").unlink()
    assert solve_in(tmp_path / "with")["facts"] == found["facts"]


def test_canary_what_is_forbidden_cannot_be_opened(tmp_path: Path) -> None:
    lay_out(tmp_path, "CANARY test")
    script = (
        "import sys; sys.path.insert(0, 'bench')\n"
        "from blind_pick import forbid\nfrom pathlib import Path\nimport os\n"
        "root = Path(sys.argv[1]); forbid(root)\n"
        "path = root / 'benchmarks/verilog-eval-v1/VerilogEval_Human.jsonl'\n"
        "for look in (path.read_text, lambda: os.listdir(root), lambda: list(os.scandir(root)),\n"
        "             lambda: os.open(path, os.O_RDONLY), lambda: os.symlink(path, '/tmp/x'),\n"
        "             lambda: os.chdir(root)):\n"
        "    try:\n        look()\n    except PermissionError as error:\n"
        "        assert 'may not look' in str(error)\n    else:\n        raise SystemExit(1)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert run.returncode == 0, run.stderr


def test_canary_tools_of_the_solving_side_see_no_other_folder(tmp_path: Path) -> None:
    from sim.process import Limits, run_tool

    (tmp_path / "canary").write_text("CANARY")
    (tmp_path / "work").mkdir()
    look = f"print(open({str(tmp_path / 'canary')!r}).read())"
    run = run_tool(
        [sys.executable, "-I", "-S", "-c", look], cwd=tmp_path / "work", limits=Limits(seconds=20)
    )
    seen = "CANARY" in run.output
    assert seen is not isolation().reads_confined
