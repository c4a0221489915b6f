from __future__ import annotations

import re
from dataclasses import replace

import pytest

from rtlgen.design.reference_model import MAX_SOURCE_BYTES, Prediction, predict
from rtlgen.design.reference_worker import Fault, binary
from sim.interface import Clock, Direction, Interface, Port, Reset
from testbench_gen.stimulation import Stimulation, write_stimulation

IN, OUT = Direction.INPUT, Direction.OUTPUT
COUNTER = Interface(
    module="steps",
    ports=(
        Port(name="clk", direction=IN),
        Port(name="rst", direction=IN),
        Port(name="up", direction=IN),
        Port(name="n", direction=OUT, msb=3, lsb=0),
        Port(name="top", direction=OUT),
    ),
    clocks=(Clock(port="clk"),),
    resets=(Reset(port="rst"),),
)
GOOD = """
from dataclasses import dataclass

@dataclass
class State:
    n: int = 0

class Reference:
    def __init__(self):
        self.state = State()

    def reset(self):
        self.state = State()

    def clock(self, inputs):
        if inputs["up"]:
            self.state.n += 1

    def outputs(self, inputs):
        return {"n": self.state.n, "top": self.state.n % 16 == 15}
"""


@pytest.fixture(scope="module")
def stimulation() -> Stimulation:
    return write_stimulation(COUNTER, budget=64)


def outputs(body: str, head: str = "") -> str:
    return f"{head}\nclass Reference:\n    def reset(self): pass\n    def clock(self, inputs): pass\n    def outputs(self, inputs):\n        {body}\n"


def test_a_reference_predicts_every_sample(stimulation: Stimulation) -> None:
    found = predict(GOOD, stimulation)
    assert found.fault == ""
    assert found.rows is not None
    assert len(found.rows) == stimulation.samples
    counts = {int(row[:4], 2) for row in found.rows}
    assert len(counts) > 4
    assert all((row[:4] == "1111") == (row[4] == "1") for row in found.rows)


def test_an_asynchronous_reset_acts_before_the_edge() -> None:
    prompt = replace(COUNTER, resets=(Reset(port="rst", asynchronous=True),))
    late = predict(GOOD, write_stimulation(COUNTER, budget=512)).rows
    at_once = predict(GOOD, write_stimulation(prompt, budget=512)).rows
    assert late is not None
    assert at_once is not None
    assert late != at_once


def test_reset_is_called_first(stimulation: Stimulation) -> None:
    source = GOOD.replace("    def __init__(self):\n        self.state = State()\n", "")
    assert predict(source, stimulation) == predict(GOOD, stimulation)


def test_open_and_negative_values(stimulation: Stimulation) -> None:
    found = predict(outputs('return {"n": -1}'), stimulation)
    assert found.rows is not None
    assert set(found.rows) == {"1111-"}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("x = 1", "must define a class `Reference`"),
        ("class Reference: pass", r"must have a method `outputs\(inputs\)`"),
        (
            "class Reference:\n    def outputs(self, inputs): return {}",
            "must have a method `reset`",
        ),
        (outputs("return 1"), "must return a dict, not int"),
        (outputs('return {"q": 1}'), "a port that the module has not: 'q'"),
        (outputs('return {"n": "1"}'), "must be an int or None, not str"),
        (outputs('return {"n": 1 / 0}'), "ZeroDivisionError in line 6: division by zero"),
        ("class Reference(", "SyntaxError: "),
        (outputs("pass", "import os"), "may import only .*, not 'os'"),
        (outputs("pass", "from subprocess import run"), "not 'subprocess'"),
        (outputs('open("x", "w")'), "NameError in line 6: name 'open' is not defined"),
        (outputs("raise SystemExit"), "SystemExit in line 6"),
        ("#" * (MAX_SOURCE_BYTES + 1), "longer than 131072 bytes"),
        ("\ud800", "SyntaxError"),
        ("\0", "SyntaxError|ValueError"),
    ],
)
def test_faults(source: str, fault: str, stimulation: Stimulation) -> None:
    found = predict(source, stimulation)
    assert found.rows is None
    assert re.search(fault, found.fault), found.fault


REACH = "import string\nsys = string._re._compiler._sre and string._re.sys if hasattr(string._re, 'sys') else None\nimport enum\nsys = enum.sys\nos = sys.modules['os']\n"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("os._exit(0)", "ended before the last row"),
        ("os.write(1, b'0' * (1 << 22))", "output limit|must return a dict"),
        ("[0] * (1 << 40)", "MemoryError|memory limit"),
        (
            "os.fork() or os.fork(); os.execv('/nowhere', ['x'])",
            "FileNotFound|PermissionError|limit|ended",
        ),
        (
            "open_ = sys.modules['io'].open; open_('answer.json', 'w').write('{}'); os._exit(0)",
            "its answer is none",
        ),
        (
            "open_ = sys.modules['io'].open; open_('answer.json', 'w').write('{\"rows\": [[\"0000\", \"0\"]]}'); os._exit(0)",
            "must give .* rows, not 1",
        ),
        ("os.symlink('/etc/passwd', 'answer.json'); os._exit(0)", "ended before the last row"),
    ],
)
def test_hostile_text_is_no_more_than_a_fault(
    body: str, fault: str, stimulation: Stimulation
) -> None:
    found = predict(outputs(body, REACH), stimulation)
    assert found.rows is None
    assert re.search(fault, found.fault), found.fault


def test_an_endless_loop_ends(stimulation: Stimulation, monkeypatch: pytest.MonkeyPatch) -> None:
    from rtlgen.design import reference_model

    limits = replace(reference_model._LIMITS, seconds=1.0)
    monkeypatch.setattr(reference_model, "_LIMITS", limits)
    assert "limit" in predict(outputs("\n        while True: pass"), stimulation).fault


def test_it_cannot_see_the_environment_or_the_caller(
    stimulation: Stimulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "7")
    source = outputs("return {'n': len(os.environ), 'top': 'SECRET_KEY' in str(os.environ)}", REACH)
    found = predict(source, stimulation)
    assert found.rows is not None
    assert set(found.rows) == {"00000"}


def test_rows_of_the_wrong_shape_are_no_answer(stimulation: Stimulation) -> None:
    rows = [["00002"[:4], "0"]] * stimulation.samples
    body = f"sys.modules['io'].open('answer.json', 'w').write('{{\"rows\": ' + '[' + ','.join(['[\"0002\", \"0\"]'] * {len(rows)}) + ']}}') and os._exit(0)"
    assert (
        predict(outputs(body, REACH), stimulation).fault
        == "a row of its answer does not fit the ports"
    )


def test_a_prediction_has_either_rows_or_a_fault() -> None:
    with pytest.raises(ValueError, match="either rows or a fault"):
        Prediction(rows=None)


def test_binary() -> None:
    assert binary(True, 2) == "01"
    assert binary(None, 3) == "---"
    assert binary(0x1FF, 8) == "11111111"
    with pytest.raises(Fault, match="not float"):
        binary(1.0, 2)
