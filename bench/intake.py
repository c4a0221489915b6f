"""How often the interface that `read_spec` finds is the reference module's.

    python bench/intake.py --root PATH [--verbose]

PATH holds `verilog-eval-v1`, `verilog-eval-v2` and `rtllm-v2` as published.
Ports are compared by name, direction and width.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rtlgen.errors import RtlgenError
from rtlgen.spec import Spec, read_spec
from sim.errors import SimError
from sim.interface import Interface, read_header


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A specification, and the Verilog whose ports it should have."""

    style: str
    name: str
    text: str
    reference: str
    module: str | None


def v1_problems(root: Path) -> Iterator[Problem]:
    folder = root / "verilog-eval-v1"
    for kind in ("Human", "Machine"):
        described = _rows(folder / f"VerilogDescription_{kind}.jsonl")
        descriptions = {row["task_id"]: row["detail_description"] for row in described}
        for row in _rows(folder / f"VerilogEval_{kind}.jsonl"):
            text = descriptions[row["task_id"]] + "\n\n" + row["prompt"]
            yield Problem(
                style=f"v1 {kind}",
                name=row["task_id"],
                text=text,
                reference=row["prompt"],
                module="top_module",
            )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def v2_problems(root: Path, folder: str, style: str) -> Iterator[Problem]:
    for path in sorted((root / "verilog-eval-v2" / folder).glob("*_prompt.txt")):
        stem = path.name.removesuffix("_prompt.txt")
        yield Problem(
            style=style,
            name=stem,
            text=path.read_text(encoding="utf-8"),
            reference=path.with_name(f"{stem}_ref.sv").read_text(encoding="utf-8"),
            module="RefModule",
        )


def rtllm_problems(root: Path) -> Iterator[Problem]:
    for path in sorted((root / "rtllm-v2").rglob("design_description.txt")):
        reference = next(path.parent.glob("verified_*.v")).read_text(encoding="utf-8")
        yield Problem(
            style="RTLLM v2",
            name=path.parent.name,
            text=path.read_text(encoding="utf-8"),
            reference=reference,
            module=_top(reference),
        )


def _top(reference: str) -> str:
    names = re.findall(r"^\s*module\s+(\w+)", reference, re.MULTILINE)
    used = {
        name
        for name in names
        if re.search(rf"^\s*{name}\s+(?:#|\w+\s*\()", reference, re.MULTILINE)
    }
    return next(name for name in names if name not in used)


def shape(interface: Interface) -> dict[str, tuple[str, int]]:
    return {port.name: (port.direction.value, port.width) for port in interface.ports}


def difference(problem: Problem) -> tuple[str, Spec | None]:
    reference = shape(read_header(problem.reference, module=problem.module))
    try:
        spec = read_spec(problem.text, path=f"{problem.name}.md")
    except (RtlgenError, SimError) as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}", None
    found = shape(spec.interface)
    parts = [
        f"{name}: found {found.get(name)}, reference {reference.get(name)}"
        for name in {**reference, **found}
        if found.get(name) != reference.get(name)
    ]
    return "; ".join(parts), spec


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--findings", action="store_true", help="list every finding too")
    arguments = parser.parse_args()
    problems = [
        *v1_problems(arguments.root),
        *v2_problems(arguments.root, "dataset_spec-to-rtl", "v2 spec-to-rtl"),
        *v2_problems(arguments.root, "dataset_code-complete-iccad2023", "v2 code-complete"),
        *rtllm_problems(arguments.root),
    ]
    totals, right, rules = Counter[str](), Counter[str](), Counter[str]()
    start = time.monotonic()
    for problem in problems:
        totals[problem.style] += 1
        missed, spec = difference(problem)
        right[problem.style] += not missed
        if missed:
            print(f"{problem.style}: {problem.name}: {missed}")
        for finding in spec.findings if spec else ():
            rules[f"{finding.severity.value}: {finding.rule}"] += 1
            if arguments.findings:
                print(
                    f"  {problem.style}: {problem.name}: {finding.place}: "
                    f"{finding.severity.value}: {finding.rule}: {finding.message}"
                )
    print()
    for style, total in totals.items():
        print(f"{style:18} {right[style]}/{total}")
    whole, good = totals.total(), right.total()
    print(
        f"{'all':18} {good}/{whole} ({100 * good / whole:.1f} %), {time.monotonic() - start:.1f} s"
    )
    print("findings:", ", ".join(f"{rule} {count}" for rule, count in rules.most_common()))


if __name__ == "__main__":
    main()
