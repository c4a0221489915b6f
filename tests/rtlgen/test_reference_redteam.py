"""Reference models that attack whoever reads their answer."""

from __future__ import annotations

import resource

import pytest

from rtlgen.design.reference_model import predict
from testbench_gen.stimulation import write_stimulation
from tests.testbench_gen.builders import counter_interface

_REACH = """
for found in object.__subclasses__():
    if found.__name__ == "_wrap_close":
        os = found.__init__.__globals__["sys"].modules["os"]
        break
"""
_WRITE = """
out = os.fdopen(os.open("answer.json", os.O_WRONLY | os.O_CREAT), "w")
out.write({text})
out.close()
os._exit(0)
"""
STIMULATION = write_stimulation(counter_interface(), budget=60)


@pytest.mark.parametrize(
    "text",
    [
        """'{"rows": [' + ",".join(["[]"] * 15_000_000) + "]}\"""",
        """'{"rows": [["' + "0" * 60_000_000 + '"]]}'""",
        """"[" * 60_000_000""",
    ],
)
def test_an_answer_that_is_too_long_is_not_read(text: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = predict(_REACH + _WRITE.format(text=text), STIMULATION)
    assert found.rows is None
    assert "said too much" in found.fault
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


@pytest.mark.parametrize("name", ["answer.json", "answer.json.part"])
@pytest.mark.parametrize(
    "make", ["os.mkdir({0!r})", "os.mkfifo({0!r})", "os.symlink('/dev/zero', {0!r})"]
)
def test_an_answer_that_is_no_file_is_none(make: str, name: str) -> None:
    found = predict(f"{_REACH}\n{make.format(name)}\nos._exit(0)", STIMULATION)
    assert found.rows is None
    assert "ended before the last row" in found.fault


def test_a_fault_is_one_line_that_shows() -> None:
    found = predict(r"raise ValueError('\x1b[31m\u202e\x07 a\rb')", STIMULATION)
    assert found.rows is None
    assert found.fault.isprintable()
