"""Writes cocotb testbenches that a person would keep."""

from testbench_gen.golden import Golden
from testbench_gen.plan import StimulusPlan
from testbench_gen.recording import Recorded, Recording
from testbench_gen.reference import ListsInputs, ReferenceModel
from testbench_gen.stimulation import (
    Kind,
    Operation,
    Stimulation,
    expected_rows,
    write_stimulation,
)
from testbench_gen.testbench import Testbench, write_testbench
from testbench_gen.traced import Traced

__all__ = [
    "Golden",
    "Kind",
    "ListsInputs",
    "Operation",
    "Recorded",
    "Recording",
    "ReferenceModel",
    "Stimulation",
    "StimulusPlan",
    "Testbench",
    "Traced",
    "expected_rows",
    "write_stimulation",
    "write_testbench",
]
