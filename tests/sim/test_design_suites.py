"""No hostile design passes, every honest one does: end to end under the simulators."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from sim.gate import admit
from sim.icarus import Icarus
from sim.judge import judge
from sim.process import Limits
from sim.simulate import Simulator
from sim.verdict import Status, Verdict
from sim.verilator import Verilator
from tests.sim.suite_bench import (
    BENCH,
    DESIGNS,
    INTERFACE,
    suite_design,
    suite_names,
)

HONEST = suite_names("honest")
ADVERSARIAL = suite_names("adversarial")
# Far more than an honest design takes; a hostile one may well use it up.
GENEROUS = Limits(seconds=120.0, cpu_seconds=60.0, output_bytes=1 << 16)
SHORT = Limits(seconds=4.0, cpu_seconds=3.0, memory_bytes=2 << 30, output_bytes=1 << 16)

BUILT = Limits(seconds=30.0, cpu_seconds=25.0, output_bytes=1 << 16)

# A build with Verilator takes seconds; these stand for the rest.
VERILATED_HONEST = [
    "attributes_and_pragmas",
    "escaped_identifiers",
    "included_header",
    "initial_values",
    "packed_struct",
    "plain",
    "readmemh_own_file",
]
VERILATED_ADVERSARIAL = [
    "combinational_oscillator",
    "extra_top",
    "finish_behind_ifdef",
    "verilator_pragmas",
    "wrong_after_many",
    "zero_delay_loop",
]


def verdict_on(suite: str, name: str, simulator: Simulator, limits: Limits = GENEROUS) -> Verdict:
    return judge(
        suite_design(suite, name),
        BENCH,
        simulators=[simulator],
        interface=INTERFACE,
        limits=limits,
    )


def test_suites_are_large() -> None:
    assert len(HONEST) >= 30
    assert len(ADVERSARIAL) >= 35


@pytest.mark.parametrize("suite", ["honest", "adversarial"])
def test_every_design_says_what_it_tries(suite: str) -> None:
    for name in suite_names(suite):
        assert (DESIGNS / suite / f"{name}.sv").read_bytes().startswith(b"// "), name


@pytest.mark.parametrize("name", HONEST)
def test_honest_design_is_admitted(name: str) -> None:
    admission = admit(suite_design("honest", name), reserved=BENCH.reserved, interface=INTERFACE)
    assert not admission.refusals
    assert admission.interface is not None
    assert [clock.port for clock in admission.interface.clocks] == ["clk"]


@pytest.mark.icarus
@pytest.mark.parametrize("name", HONEST)
def test_honest_design_passes(name: str) -> None:
    verdict = verdict_on("honest", name, Icarus())
    assert verdict.status is Status.PASS, verdict.reason


@pytest.mark.icarus
@pytest.mark.parametrize("name", ADVERSARIAL)
def test_adversarial_design_does_not_pass(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    verdict = verdict_on("adversarial", name, Icarus(), SHORT)
    assert verdict.status is not Status.PASS
    assert verdict.reason
    assert not list(tmp_path.iterdir())
    assert not (Path(tempfile.gettempdir()) / "rtlgen_was_here").exists()


@pytest.mark.verilator
@pytest.mark.parametrize("name", VERILATED_HONEST)
def test_honest_design_passes_under_verilator(name: str) -> None:
    verdict = verdict_on("honest", name, Verilator())
    assert verdict.status is Status.PASS, verdict.reason


@pytest.mark.verilator
@pytest.mark.parametrize("name", VERILATED_ADVERSARIAL)
def test_adversarial_design_does_not_pass_under_verilator(name: str) -> None:
    assert verdict_on("adversarial", name, Verilator(), BUILT).status is not Status.PASS
