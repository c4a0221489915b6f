"""Changed machines in the sources that they come from: texts, proofs, and what tools say."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("pyosys")

from sim.design import Design
from sim.proof import Outcome
from sim.slang import Parsed
from symbolic.fsm_rewrite import NotWritable, Version, rewritten, versions
from symbolic.fsm_style import Style
from symbolic.prover import YosysProver
from symbolic.state_table import StateTable
from symbolic.yosys import YosysJob, run_yosys
from tests.golden import check_golden
from tests.symbolic.fsm.corpus import FILES, Case, cases
from tests.symbolic.hdl import lint_icarus

_FIXED = {"on_port.v", "initial_value.v"}
"""Their codes are seen from outside."""


@cache
def _versions(file: str, encoding: str) -> tuple[Version, ...]:
    case = cases()[file]
    try:
        return tuple(versions(case.design, case.module, case.machine, _coded(case, encoding)))
    except NotWritable:
        assert file in _FIXED
        assert encoding == "one-hot"
        return ()


def _coded(case: Case, encoding: str) -> StateTable:
    return case.minimal.with_codes(encoding)


def _all(file: str) -> list[Version]:
    return [*_versions(file, "binary"), *_versions(file, "one-hot")]


@pytest.mark.parametrize("file", FILES)
def test_the_text_is_what_a_person_would_have_changed(file: str) -> None:
    for version in _versions(file, "binary"):
        folder = version.style.name.lower()
        check_golden(f"fsm_rewrite/{folder}/{file}", version.design.sources[file])


@pytest.mark.parametrize("file", FILES)
def test_every_version_is_proved_equal(file: str) -> None:
    case = cases()[file]
    found = _all(file)
    assert found
    proofs = YosysProver().equivalent(
        case.design, [version.design for version in found], case.interface, seconds=60.0
    )
    for version, proof in zip(found, proofs, strict=True):
        assert proof.outcome is Outcome.PROVED, f"{version.style}: {proof.reason}"


@pytest.mark.icarus
@pytest.mark.parametrize("file", FILES)
def test_icarus_has_no_new_complaint(file: str, tmp_path: Path) -> None:
    said = _messages(lint_icarus(cases()[file].design.sources[file], tmp_path))
    for version in _all(file):
        assert _messages(lint_icarus(version.design.sources[file], tmp_path)) <= said


def _messages(text: str) -> set[str]:
    """Return what is complained of, without places."""
    return {re.sub(r"\d+", "", line) for line in text.splitlines()}


@pytest.mark.parametrize("file", FILES)
def test_slang_has_no_new_complaint(file: str) -> None:
    known = _slang_codes(cases()[file].design)
    for version in _all(file):
        assert _slang_codes(version.design) <= known


def _slang_codes(design: Design) -> set[str]:
    parsed = Parsed(design.sources)
    compilation = parsed.elaborate(design.top)
    return {d.code for d in parsed.diagnostics(compilation.getAllDiagnostics())}


def test_yosys_sees_no_latches() -> None:
    texts = [version.design.sources[file] for file in FILES for version in _all(file)]
    jobs = [
        YosysJob(
            commands=(
                "read_verilog -sv a.sv",
                "proc",
                "check -assert",
                "select -assert-none t:$dlatch t:$adlatch t:$dlatchsr",
            ),
            files={"a.sv": text},
        )
        for text in texts
    ]
    assert [run.error for run in run_yosys(jobs)] == [""] * len(jobs)


def test_the_machine_as_it_is_leaves_the_text_as_it_is() -> None:
    for case in cases().values():
        found = versions(case.design, case.module, case.machine, case.machine.table)
        if found[0].style is Style.IN_PLACE and "Never" not in str(found[0].design.sources):
            assert found[0].design == case.design, case.file


def test_a_smaller_change_comes_first() -> None:
    case = cases()["mixed.v"]
    table = _coded(case, "binary")
    found = versions(case.design, case.module, case.machine, table)
    assert [version.style for version in found] == list(Style)
    assert rewritten(case.design, case.module, case.machine, table) == found[0].design


def test_codes_of_no_state_lead_to_reset_where_that_is_asked_for() -> None:
    case = cases()["mixed.v"]
    table = _coded(case, "binary")
    _, free, _ = versions(case.design, case.module, case.machine, table)
    [safe] = versions(case.design, case.module, case.machine, table, safe=True)
    assert "default: next_state = 2'bxx;" in free.design.sources["mixed.v"]
    assert "default: next_state = A;" in safe.design.sources["mixed.v"]


def test_a_state_on_a_port_keeps_its_codes() -> None:
    case = cases()["on_port.v"]
    with pytest.raises(NotWritable, match="the state is visible at port 'state'"):
        versions(case.design, case.module, case.machine, _coded(case, "one-hot"))


def test_a_machine_without_codes_is_refused() -> None:
    case = cases()["mixed.v"]
    with pytest.raises(NotWritable, match="both machines must have codes"):
        versions(case.design, case.module, case.machine, replace(case.minimal, codes={}))
