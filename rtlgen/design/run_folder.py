"""What a run leaves in its folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rtlgen.design.bench import Judgement
from rtlgen.design.candidate import Candidate
from rtlgen.design.html import PAGE, render_html
from rtlgen.design.options import Options
from rtlgen.design.properties import write_properties
from rtlgen.design.protocols import write_protocols
from rtlgen.design.record import RunRecord, write_files, write_manifest
from rtlgen.design.report import render_report
from rtlgen.design.summary import PICTURE, mismatch_picture
from rtlgen.spec.model import Spec
from sim.design import Design

WAVEFORM = "waveform.vcd"
SPEC = "spec.md"
GOLDEN = "golden"
RTL = "rtl"
UNOPTIMIZED = "rtl/unoptimized"
TESTBENCH = "tb"


def write_run(
    work: Path,
    record: RunRecord,
    options: Options,
    spec: Spec | None,
    judgement: Judgement | None,
    chosen: Candidate | None,
) -> None:
    """Write everything into `work`, the manifest last."""
    if chosen is not None and chosen.design is not None:
        _write_rtl(work, record, chosen.design)
    if judgement is not None:
        write_properties(work, judgement)
        write_protocols(work, judgement.testbench)
        write_files(work / TESTBENCH, judgement.testbench.files)
        for name, data in judgement.testbench.data.items():
            (work / TESTBENCH / name).write_bytes(data)
    if spec is not None:
        write_files(work, {SPEC: spec.text})
    if options.golden is not None:
        write_design(work / GOLDEN, options.golden)
    _write_reports(work, record, options, judgement)
    write_manifest(work, record)


def _write_rtl(work: Path, record: RunRecord, verified: Design) -> None:
    """Write the RTL; what it was before it was optimized stands beside it."""
    made = record.optimization
    if made is None or not made.applied:
        write_design(work / RTL, verified)
        return
    write_design(work / RTL, replace(verified, sources=made.sources))
    write_design(work / UNOPTIMIZED, verified)


def _write_reports(
    work: Path, record: RunRecord, options: Options, judgement: Judgement | None
) -> None:
    waveform = (work / WAVEFORM).is_file()
    picture = mismatch_picture(record)
    if picture is not None:
        write_files(work, {PICTURE: picture})
    report = render_report(record, waveform=waveform, picture=picture is not None)
    write_files(work, {"report.md": report})
    if options.html:
        testbench = None if judgement is None else judgement.testbench.files
        page = render_html(record, waveform=waveform, testbench=testbench)
        write_files(work, {PAGE: page})


def write_design(folder: Path, design: Design) -> None:
    """Write the files of `design` into `folder`."""
    write_files(folder, design.sources)
    for name, data in design.data.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
