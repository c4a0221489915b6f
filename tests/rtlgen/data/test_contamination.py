"""The gate against problems that models are evaluated on."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.data import fingerprints as prints
from rtlgen.data.contamination import Gate
from rtlgen.data.judged import Task
from rtlgen.data.known import Known, named, read_problems
from rtlgen.data.rouge import RougeIndex
from rtlgen.data.spec_text import port_names, words
from rtlgen.errors import UsageError

EVERYDAY = Path(__file__).parents[3] / "datasets" / "everyday"
SETS = (
    "everyday",
    "rtllm-v2",
    "verilog-eval-v1-human",
    "verilog-eval-v1-machine",
    "verilog-eval-v2-code-complete",
    "verilog-eval-v2-spec-to-rtl",
)
ADDED = "The design has to be synthesizable and must not infer latches. Comment the code well. "

Copy = tuple[str, str, list[str]]


def renamed(known: Known, seed: int = 1) -> Copy:
    """The problem with other names of ports."""
    chance = random.Random(seed)
    names = sorted(port_names(known.header) | frozenset[str]().union(*map(port_names, known.codes)))
    other = {name: f"{chance.choice(['sig', 'bus', 'node'])}_{at}" for at, name in enumerate(names)}

    def with_names(text: str) -> str:
        return re.sub(r"[A-Za-z_]\w*", lambda m: other.get(m[0].lower(), m[0]), text)

    return with_names(known.spec), with_names(known.header), [with_names(c) for c in known.codes]


def reformatted(known: Known) -> Copy:
    """The problem with its text in other lines, with bullets."""
    text = re.sub(r"\s+", " ", known.spec).replace(". ", ".\n\n  * ")
    codes = [re.sub(r"[ \t]+", "\n ", code) for code in known.codes if "`" not in code]
    return text, known.header, codes


def with_a_sentence(known: Known) -> Copy:
    return f"{ADDED}{known.spec} {ADDED}", known.header, list(known.codes)


def all_of_it(known: Known) -> Copy:
    spec, header, codes = renamed(known, 2)
    return f"{ADDED}{re.sub(chr(92) + 's+', ' ', spec)}", header, codes


COPIES: Sequence[Callable[[Known], Copy]] = (renamed, reformatted, with_a_sentence, all_of_it)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate.shipped()


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_of_an_everyday_problem_is_found(gate: Gate, copy: Callable[[Known], Copy]) -> None:
    for known in read_problems("everyday", EVERYDAY):
        found = gate.check(*copy(known))
        assert found is not None, known.problem
        assert (found.problem_set, found.problem) == ("everyday", known.problem)


@pytest.mark.shared
@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("name", SETS[1:])
def test_a_copy_of_a_benchmark_s_problem_is_found(
    gate: Gate, shared: Path, name: str, copy: Callable[[Known], Copy]
) -> None:
    problems = read_problems(name, shared / "benchmarks")
    step = 1 if copy is all_of_it else 5
    missed = [known.problem for known in problems[::step] if gate.check(*copy(known)) is None]
    assert missed == []


@pytest.mark.shared
def test_shipped_fingerprints_are_current(shared: Path) -> None:
    """`python tools/fingerprints.py SHARED/benchmarks` writes them."""
    names = [name for name in SETS if name != "everyday"]
    made = [
        one
        for name in names
        for one in prints.fingerprints(read_problems(name, shared / "benchmarks"))
    ]
    made += prints.fingerprints(read_problems("everyday", EVERYDAY))
    assert sorted(made, key=_key) == sorted(prints.shipped(), key=_key)


def _key(one: prints.Fingerprint) -> tuple[str, str]:
    return one.problem_set, one.problem


def test_what_is_shipped_is_hashes() -> None:
    path = Path(prints.__file__).parent / prints.SHIPPED
    for line in gzip.decompress(path.read_bytes()).splitlines():
        row = json.loads(line)
        assert row.keys() <= {
            *("set", "problem", "sampled", "plain", "nameless", "short", "codes"),
            *("digest", "tokens", "shingles"),
        }
    assert {one.problem_set for one in prints.shipped()} == set(SETS)


def test_fingerprints_survive_the_file() -> None:
    made = prints.fingerprints(read_problems("everyday", EVERYDAY))
    data = prints.dumped(made)
    assert list(prints.loaded(data)) == made
    assert prints.dumped(prints.loaded(data)) == data


SPEC = (
    "A door opens when the code 7 3 1 arrives on the keypad within four seconds, and an alarm "
    "sounds after three wrong codes until the guard presses the button for a whole second."
)
CODE = (
    "module lock(input clk, input [3:0] key, output reg open, output reg alarm);\n"
    "  reg [1:0] at; reg [1:0] wrong;\n"
    "  always @(posedge clk)\n"
    "    case (at)\n"
    "      0: if (key == 7) at <= 1; else wrong <= wrong + 1;\n"
    "      1: if (key == 3) at <= 2; else at <= 0;\n"
    "      2: begin open <= key == 1; at <= 0; end\n"
    "    endcase\n"
    "  always @(posedge clk) alarm <= wrong == 3;\n"
    "endmodule\n"
)


def lock(**changed: object) -> Known:
    values = {"problem_set": "doors", "problem": "lock", "spec": SPEC, "codes": (CODE,)}
    return Known(**{**values, **changed})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def doors() -> Gate:
    return Gate().with_problems([lock()])


def test_by_words(doors: Gate) -> None:
    found = doors.check(SPEC)
    assert found is not None
    assert (found.measure, found.score, found.threshold) == ("8-grams", 1.0, 0.5)
    assert str(found) == "resembles lock of doors: 8-grams 1.00, from 0.5 on a copy"


def test_half_of_a_text_is_a_copy(doors: Gate) -> None:
    found = doors.check(SPEC[: len(SPEC) * 2 // 3])
    assert found is not None
    assert found.measure == "8-grams"


def test_by_rouge(doors: Gate) -> None:
    """Every sixth word is another one, so that no run of eight is left."""
    of = SPEC.split()
    of[::6] = ["other"] * len(of[::6])
    found = doors.check(" ".join(of))
    assert found is not None
    assert found.measure == "rouge-l"
    assert 0.7 <= found.score < 1


def test_by_code(doors: Gate) -> None:
    found = doors.check("Something else.", "", [CODE.replace("key", "digit").replace("at", "st")])
    assert found is not None
    assert found.measure == "code digest"


def test_by_most_of_the_code(doors: Gate) -> None:
    found = doors.check_code(CODE.replace("wrong == 3", "wrong > 3"))
    assert found is not None
    assert found.measure == "code shingles"
    assert doors.check_code(CODE.replace("case", "casez").replace("if", "while")) is None


def test_something_else_is_no_copy(doors: Gate) -> None:
    assert doors.check("Count the ones in a word of eight bits and give their number.") is None
    assert doors.check_code("module m(input a, output y); assign y = a; endmodule") is None
    assert doors.check("") is None


def test_a_small_design_alone_is_no_copy() -> None:
    """Anybody writes an inverter like that; told alike as well, it is one."""
    code = "module inv(input a, output y); assign y = ~a; endmodule"
    gate = Gate().with_problems([lock(spec="Implement an inverter, please.", codes=(code,))])
    assert gate.check("Give the complement of a bit.", "", [code]) is None
    assert gate.check_code(code) is None
    found = gate.check("Now implement an inverter, please.", "", [re.sub(r"\ba\b", "b", code)])
    assert found is not None
    assert found.measure == "short text and code"
    assert gate.check("Implement an inverter, please.", "", [code.replace("~a", "a")]) is None


def test_boilerplate_is_no_copy_and_hides_none() -> None:
    head = (
        "Please write a module in the hardware description language of your choice with exactly "
        "the ports below and with nothing else in the file. "
    )
    problems = [
        lock(problem=f"p{n}", spec=head + " ".join(f"{w}{n}" for w in SPEC.split()), codes=())
        for n in range(12)
    ]
    gate = Gate().with_problems(problems)
    other = " ".join(f"other{n} word{n}" for n in range(20))
    assert gate.check(head + other) is None
    found = gate.check(head + problems[3].spec)
    assert found is not None
    assert found.problem == "p3"


def test_rows_of_a_table_are_no_copy() -> None:
    table = "\n".join(f"{n >> 2 & 1} | {n >> 1 & 1} | {n & 1} | {{}}" for n in range(8))
    one = "Three judges vote and the majority of them wins the whole contest.\n" + table
    other = "What the lamp shows depends on which of these switches are thrown now.\n" + table
    gate = Gate().with_problems([lock(spec=one.format(*"00010111"), codes=())])
    assert gate.check(other.format(*"01101001")) is None
    assert gate.check(one.format(*"00010111")) is not None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["\n", "\n\n", "  ", "\n- ", "\n * "]), min_size=4, max_size=4),
    st.text(st.characters(categories=["Lu", "Ll", "Zs"]), max_size=80),
    st.sampled_from(["din", "x_17", "operand"]),
)
def test_renaming_layout_and_a_sentence_hide_no_copy(
    gaps: list[str], sentence: str, name: str
) -> None:
    spec = (
        "The output y follows the input a after three cycles of the clock, unless freeze is 1. "
        "While freeze is 1, y stays as it is and a is not looked at. "
        "When freeze falls, the three cycles begin anew with the a of that very cycle."
    )
    code = "module m(input clk, input a, input freeze, output reg y); endmodule"
    gate = Gate().with_problems([lock(spec=spec, codes=(code,))])

    def other(text: str) -> str:
        return re.sub(r"\ba\b", name, re.sub(r"\bfreeze\b", f"{name}_hold", text))

    pieces = other(spec).split(" ")
    at = len(pieces) // 4
    parts = [" ".join(pieces[n * at : (n + 1) * at if n < 3 else None]) for n in range(4)]
    copy = "".join(part + gap for part, gap in zip(parts, gaps, strict=True))
    found = gate.check(f"{sentence}. {copy}", "", [other(code)])
    assert found is not None


@given(st.text())
def test_any_text_is_compared(text: str) -> None:
    Gate().with_problems([lock()]).check(text, text, [text])


def test_a_task_of_an_allowed_set_is_let_in() -> None:
    task = Task(problem_set="everyday", problem="p", spec=SPEC, top="m", prompt=(), golden=CODE)
    gate = Gate.shipped(["everyday"]).with_problems([lock()])
    assert "everyday" not in gate.sets
    assert gate.check_task(task) is None
    assert gate.check_answer(task, CODE) is None
    strict = Gate.shipped().with_problems([lock()])
    assert strict.check_task(task) is not None
    assert strict.check_answer(task, CODE) is not None


def test_a_small_answer_counts_with_the_text_of_its_task() -> None:
    code = "module inv(input a, output y); assign y = ~a; endmodule"
    gate = Gate().with_problems([lock(spec="Implement an inverter, please.", codes=(code,))])
    told = [
        Task(problem_set="mine", problem="p", spec=spec, top="inv", prompt=())
        for spec in ("Implement an inverter, please.", "Give the complement of a bit.")
    ]
    assert [gate.check_answer(task, code) is None for task in told] == [False, True]


def test_problems_of_files(tmp_path: Path) -> None:
    lines = [
        {"task_id": "a", "description": SPEC, "golden": CODE, "header": "module lock();"},
        {"prompt": [{"role": "user", "content": "Say it."}], "unknown": 3},
    ]
    path = tmp_path / "problems.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = read_problems("mine", tmp_path)
    assert [(k.problem, k.spec, k.codes) for k in found] == [
        ("a", SPEC, (CODE,)),
        ("2", "Say it.", ()),
    ]
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_problems("mine", packed) == found


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"set.jsonl:1: a problem must be a line of JSON"),
        ("[]", r"set.jsonl:1: a problem must be a JSON object"),
        ('{"task_id": "a"}', r"set.jsonl:1: a problem must have a text\n\nhint: in one of"),
        ('{"prompt": [{"role": "user"}]}', r"set.jsonl:1: a problem must have a text"),
        ("", r"a problem set must have a problem, .*set.jsonl has none"),
    ],
)
def test_lines_that_are_no_problem(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(UsageError, match=message):
        read_problems("mine", path)


def test_a_torn_archive(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "a"}\n' * 99)[:-9])
    with pytest.raises(UsageError, match=r"cannot read .*set.jsonl.gz"):
        read_problems("mine", path)


def test_an_option() -> None:
    with pytest.raises(UsageError, match="--against must be NAME=ROOT, not 'x'"):
        named("x")
    with pytest.raises(UsageError, match="the root of --against must be there, no/such is not"):
        named("x=no/such")


def test_words() -> None:
    text = "- input  a (8 bits)\n* The input data[7:0] is added: y = a + 8'hFF.\noutput reg y\n"
    assert words(text) == [
        *("the", "7", "0", "is", "added", "y", "a", "+", "8'hff"),
    ]


def test_rouge_of_no_texts() -> None:
    assert RougeIndex([]).best(["a"], 0.5) is None
    assert RougeIndex([["a", "b"]]).best(["a", "b"], 0.5) == (0, 1.0)
    assert RougeIndex([["a", "b"]]).best(["c"], 0.5) is None
