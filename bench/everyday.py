"""Run `rtlgen design` on the everyday specifications, and ask golden RTL whether it is right.

    python bench/everyday.py [-o everyday.json] [--only NAME ...] [--again] [-- OPTION ...]

Each specification is copied alone into a folder of its own, without configuration: `design` sees
neither golden RTL nor a model's name (options behind `--`, such as `--model`, are passed on). Then
the golden RTL judges what was written, and every other answer beside it, and Yosys and ABC try to
prove the difference. A run that was stopped goes on where it was; `--again` forgets it.

| outcome | meaning |
| --- | --- |
| right | called verified or trusted, and equal to the golden RTL |
| wrong | called verified or trusted, and different |
| not verified | `design` did not claim anything |
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from json_rows import Rows

from rtlgen.design.bench import Judgement, golden_judgement
from rtlgen.design.load import load_rtl
from rtlgen.errors import CannotJudge
from rtlgen.spec import load_spec
from sim.batch import judge_many
from sim.design import Design
from sim.icarus import Icarus
from sim.process import Limits
from sim.verdict import Status

FOLDER = Path(__file__).parents[1] / "datasets" / "everyday"
FIRST = (
    "bin_to_bcd",
    "door_lock",
    "leading_zeros",
    "max_tracker",
    "pulse_stretcher",
    "pwm",
    "quadrature_decoder",
    "round_robin",
    "saturating_adder",
    "shift_out",
)
"""Written before any corpus; the others before the model was trained."""
CLAIMS = ("verified", "trusted")
_LIMITS = Limits(seconds=120.0)
_PROOF_SECONDS = 60
_HIDDEN = ("RTLGEN_MODEL", "RTLGEN_BASE_URL", "OPENAI_API_KEY")

Row = dict[str, Any]


def names(folder: Path, only: Sequence[str]) -> list[str]:
    """Return the specifications in `folder` that have golden RTL, `only` those if any are named."""
    found = sorted(path.stem for path in folder.glob("*.v"))
    unknown = set(only) - set(found)
    if unknown:
        raise SystemExit(f"no such specification: {', '.join(sorted(unknown))}")
    return [name for name in found if not only or name in only]


def measured(name: str, folder: Path, work: Path, options: Sequence[str]) -> Row:
    """Design `name` in `work`, then look at what came of it."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    spec = Path(shutil.copy(folder / f"{name}.md", work))
    seconds = designed(spec, options)
    record = work / f"{name}.rtlgen" / "run.json"
    if not record.is_file():
        log = (work / "log").read_text(errors="replace")
        return {"outcome": "not judged", "seconds": seconds, "reason": log[-400:]}
    run = json.loads(record.read_bytes())
    return {**facts(run), "seconds": seconds, **looked_at(run, folder / name, spec)}


def designed(spec: Path, options: Sequence[str]) -> float:
    """Run `rtlgen design` as somebody who has configured nothing; return the seconds."""
    environment = {key: value for key, value in os.environ.items() if key not in _HIDDEN}
    start = time.monotonic()
    with (spec.parent / "log").open("wb") as log:
        subprocess.run(
            [sys.executable, "-m", "rtlgen", "design", spec.name, *options],
            cwd=spec.parent,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=log,
            check=False,
        )
    return round(time.monotonic() - start, 1)


def facts(run: Mapping[str, Any]) -> Row:
    """Return what `design` says of itself."""
    quorum = (run["trust"] or {}).get("quorum") or {}
    return {
        "outcome": run["outcome"],
        "basis": run["basis"],
        "rests_on": run["rests_on"],
        "reason": run["reason"],
        "tried": run["tried"],
        "against": quorum.get("against", []),
        "trust": (run["trust"] or {}).get("value"),
        "model": (run["model"] or {}).get("name", "built-in"),
        "answers": len(run["candidates"]),
    }


def looked_at(run: Mapping[str, Any], golden: Path, spec: Path) -> Row:
    """Return whether what was chosen is right, and how many of all answers are."""
    judgement = judgement_by(golden.with_suffix(".v"), spec)
    module = judgement.interface.module
    given = [c for c in run["candidates"] if c["sources"]]
    designs = [Design(top=module, sources=c["sources"]) for c in given]
    verdicts = judge_many(
        designs,
        judgement.testbench,
        simulators=[Icarus()],
        interface=judgement.interface,
        limits=_LIMITS,
    )
    passed = {c["number"]: v.status is Status.PASS for c, v in zip(given, verdicts, strict=True)}
    right = passed.get(run["chosen"])
    proof = ""
    if right:
        proof = proved(golden.with_suffix(".v"), spec.with_suffix(".rtlgen"), module)
        right = proof != "refuted"
    return {"right": right, "proof": proof, "right_answers": sum(passed.values())}


def judgement_by(golden: Path, spec: Path) -> Judgement:
    """Return the testbench of golden RTL for a specification."""
    read = load_spec(spec)
    design = load_rtl([golden], module=read.interface.module, what="golden RTL")
    return golden_judgement(design, read, seed=7, simulators=[Icarus()], limits=_LIMITS)


def proved(golden: Path, output: Path, module: str) -> str:
    """Return what `rtlgen prove` says of the RTL in `output`; empty without a prover."""
    rtl = output / "rtl" / f"{module}.v"
    seconds = ("--seconds", f"{_PROOF_SECONDS}")
    done = subprocess.run(
        [sys.executable, "-m", "rtlgen", "prove", str(golden), str(rtl), *seconds],
        capture_output=True,
        check=False,
    )
    return {0: "proved", 1: "refuted", 3: "unknown"}.get(done.returncode, "")


def verdict(row: Row) -> str:
    """Return what a row counts as."""
    if row["outcome"] not in CLAIMS:
        return "not verified"
    return "right" if row["right"] else "wrong"


def lines(rows: Mapping[str, Row]) -> Iterator[str]:
    """Yield the table: a line for each specification, then the sums."""
    yield f"{'specification':22}{'outcome':12}{'really':14}{'right answers':>14}{'seconds':>9}  why"
    for name, row in rows.items():
        answers = f"{row.get('right_answers', 0)} of {row.get('answers', 0)}"
        why = (row.get("against") or row.get("rests_on") or [row["reason"]])[0]
        yield (
            f"{name:22}{row['outcome']:12}{verdict(row):14}{answers:>14}{row['seconds']:>9}  "
            f"{why.splitlines()[0][:70] if why else ''}"
        )
    for title, few in parts(rows).items():
        count = Counter(f"{row['outcome']} {verdict(row)}" for row in few.values())
        said = ", ".join(f"{kind} {count[kind]}" for kind in sorted(count))
        yield f"{title}: {len(few)} specifications; {said}"


def parts(rows: Mapping[str, Row]) -> dict[str, dict[str, Row]]:
    """Return the rows of the first ten, of the second, and of all."""
    first = {name: row for name, row in rows.items() if name in FIRST}
    second = {name: row for name, row in rows.items() if name not in FIRST}
    split = {
        "before any corpus": first,
        "before training": second,
        "all": dict(rows),
    }
    return {title: few for title, few in split.items() if few}


def summary(rows: Mapping[str, Row]) -> Row:
    """Return everything for the file."""
    sums = {
        title: {
            "specifications": len(few),
            "verified": sum(row["outcome"] == "verified" for row in few.values()),
            "verified_and_right": sum(
                row["outcome"] == "verified" and bool(row["right"]) for row in few.values()
            ),
            "trusted": sum(row["outcome"] == "trusted" for row in few.values()),
            "claimed_and_wrong": sum(verdict(row) == "wrong" for row in few.values()),
            "some_answer_right": sum(row.get("right_answers", 0) > 0 for row in few.values()),
        }
        for title, few in parts(rows).items()
    }
    return {"sums": sums, "specifications": dict(rows)}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("everyday.json"))
    parser.add_argument("--folder", type=Path, default=FOLDER, help="specifications with RTL")
    parser.add_argument("--work", type=Path, default=Path("everyday.work"), help="where runs go")
    parser.add_argument("--only", nargs="*", default=[], help="names of specifications")
    parser.add_argument("--again", action="store_true", help="forget an earlier run")
    given = list(sys.argv[1:] if arguments is None else arguments)
    at = given.index("--") if "--" in given else len(given)
    chosen, options = parser.parse_args(given[:at]), given[at + 1 :]
    if chosen.again:
        shutil.rmtree(chosen.work, ignore_errors=True)
    kept = Rows(chosen.work / "rows.jsonl")
    rows: dict[str, Row] = {}
    for name in names(chosen.folder, chosen.only):
        if name not in kept:
            row = attempted(name, chosen.folder, chosen.work / name, options)
            kept.put({"key": name, **row})
        rows[name] = {key: value for key, value in kept[name].items() if key != "key"}
        print(f"{name}: {rows[name]['outcome']}, {verdict(rows[name])}", file=sys.stderr)
    partial = chosen.output.with_suffix(".partial")
    partial.write_text(json.dumps(summary(rows), indent=1) + "\n", encoding="utf-8")
    partial.rename(chosen.output)
    print("\n".join(lines(rows)))


def attempted(name: str, folder: Path, work: Path, options: Sequence[str]) -> Row:
    """Return what `measured` does; golden RTL that cannot judge is an error of ours."""
    try:
        return measured(name, folder, work, options)
    except CannotJudge as error:
        raise SystemExit(f"{name}: {error}") from error


if __name__ == "__main__":
    main()
