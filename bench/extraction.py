"""From how many completions a module is recovered that compiles.

    python bench/extraction.py --root PATH [--benchmarks PATH] [--json FILE] [--show WHAT]

PATH holds `verilog-eval-v1` and `rtllm-v1.1` with real completions, one JSON
object a line, gzipped; --benchmarks the problems `rtllm-v2`, whose references
give the headers of RTLLM. Three ways are compared:

as is     the text as it is
official  the text alone if it holds `module NAME`, otherwise header + text
ours      `rtlgen.llm.extract`

A text compiles if Icarus Verilog elaborates the module under its name. Each
distinct text is compiled once. Where the official text compiles too, ours is
compared with it, comments and white space aside.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from rtlgen.llm.extract import Extraction, extract
from rtlgen.llm.extraction.scan import scan, tokens
from rtlgen.prompts import module_header
from sim.design import Design, digest
from sim.interface import read_interface
from sim.process import Limits, run_tool
from sim.scratch import scratch_folder

WAYS = ("as is", "official", "ours")
_BATCH = 256
_LIMITS = Limits(seconds=600.0, cpu_seconds=600.0, processes=64)
_COMPILE = """
import json, subprocess, sys
tops = json.load(open("tops.json"))
def compiles(name, top):
    command = ["iverilog", "-g2012", "-t", "null", "-s", top, name]
    try:
        return subprocess.run(command, capture_output=True, timeout=20).returncode == 0
    except subprocess.TimeoutExpired:
        return False
json.dump({name: compiles(name, top) for name, top in tops.items()}, open("answer.json", "w"))
"""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One completion, and what each way makes of it."""

    file: str
    task: str
    top: str
    header: str
    completion: str

    @cached_property
    def extraction(self) -> Extraction:
        return extract(self.completion, top=self.top, header=self.header or None)

    @cached_property
    def texts(self) -> Mapping[str, str | None]:
        alone = re.search(rf"\bmodule\s+{re.escape(self.top)}\b", self.completion)
        return {
            "as is": self.completion,
            "official": self.completion if alone else f"{self.header}\n{self.completion}",
            "ours": self.extraction.sources,
        }


def samples(root: Path, headers: Mapping[str, str]) -> Iterator[Sample]:
    for path in sorted(root.glob("*/*.jsonl.gz")):
        name = f"{path.parent.name}/{path.name.removesuffix('.jsonl.gz')}"
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            row = json.loads(line)
            eval_v1 = "prompt" in row
            yield Sample(
                file=name,
                task=row["task_id"],
                top="top_module" if eval_v1 else row["task_id"],
                header=row["prompt"] if eval_v1 else headers.get(row["task_id"], ""),
                completion=row["completion"],
            )


def rtllm_headers(folder: Path) -> dict[str, str]:
    """Return the headers of the references, under the names that the designs should have."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("**/verified_*.v")):
        name = path.parent.name
        modules = scan(path.read_text(encoding="utf-8", errors="replace")).modules
        wanted = (name, f"verified_{name}")
        top = next((m for m in modules if m.name in wanted), modules[0])
        header = top.text[: top.body]
        if re.search(r"\b(?:input|output)\b", header):
            found[name] = re.sub(rf"\b{re.escape(top.name)}\b", name, header, count=1)
        else:
            sources = {"reference.v": "\n".join(module.text for module in modules)}
            interface = read_interface(Design(top=top.name, sources=sources))
            found[name] = module_header(replace(interface, module=name))
    return found


def compiled(texts: Mapping[str, tuple[str, str]]) -> dict[str, bool]:
    """Return for each of the texts with their tops, by digest, whether it compiles."""
    results: dict[str, bool] = {}
    keys = sorted(texts)
    for first in range(0, len(keys), _BATCH):
        batch = keys[first : first + _BATCH]
        with scratch_folder() as folder:
            for key in batch:
                (folder / f"{key}.v").write_text(texts[key][1], encoding="utf-8", errors="replace")
            tops = {f"{key}.v": texts[key][0] for key in batch}
            (folder / "tops.json").write_text(json.dumps(tops), encoding="utf-8")
            run = run_tool([sys.executable, "-c", _COMPILE], cwd=folder, limits=_LIMITS)
            if run.exit_code != 0:
                raise SystemExit(f"compiling a batch failed: {run.output[-2000:]}")
            answer = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
        results |= {name.removesuffix(".v"): good for name, good in answer.items()}
        print(f"\r{len(results)} of {len(texts)} texts", end="", file=sys.stderr)
    print(file=sys.stderr)
    return results


def _key(top: str, text: str) -> str:
    return digest(top.encode(), text.strip().encode(errors="replace"))


@dataclass
class Result:
    """What was counted for one file."""

    samples: int = 0
    compiles: Counter[str] = field(default_factory=Counter)
    same: int = 0
    both: int = 0


def difference(ours: str, official: str, sample: Sample) -> str:
    """Name the way in which ours differs from the official text, where both compile."""
    if tokens(ours) == tokens(official):
        return "same"
    facts = [fact.split(":")[0] for fact in sample.extraction.how]
    changes = ("renamed", "left out", "added", "moved out", "header", "removed", "one of")
    return "; ".join(f for f in facts if any(c in f for c in changes)) or "text around dropped"


def table(rows: Mapping[str, Result]) -> str:
    lines = [f"{'file':40} {'samples':>7}" + "".join(f" {way:>9}" for way in WAYS) + "  same text"]
    for name, row in rows.items():
        shares = "".join(f" {100 * row.compiles[way] / row.samples:8.2f}%" for way in WAYS)
        lines.append(f"{name:40} {row.samples:7d}{shares}  {row.same} of {row.both}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--benchmarks", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cache", type=Path, help="keep here which texts compile")
    parser.add_argument(
        "--show", choices=["worse", "differs", "lost", "none"], help="list these samples in full"
    )
    options = parser.parse_args()
    headers = rtllm_headers(options.benchmarks / "rtllm-v2") if options.benchmarks else {}
    found = list(samples(options.root, headers))
    texts = {_key(s.top, text): (s.top, text) for s in found for text in s.texts.values() if text}
    known = (
        json.loads(options.cache.read_text()) if options.cache and options.cache.exists() else {}
    )
    known |= compiled({key: text for key, text in texts.items() if key not in known})
    if options.cache:
        options.cache.write_text(json.dumps(known))
    report(found, known, options.json, options.show)


def report(
    found: Sequence[Sample], good: Mapping[str, bool], json_file: Path | None, show: str | None
) -> None:
    rows: dict[str, Result] = {}
    classes: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for sample in found:
        row = rows.setdefault(sample.file, Result())
        works = {w: bool(t) and good[_key(sample.top, t)] for w, t in sample.texts.items() if t}
        row.samples += 1
        row.compiles.update(way for way, yes in works.items() if yes)
        ours, official = sample.extraction.sources, works.get("official", False)
        if official and works.get("ours"):
            kind = difference(ours or "", sample.texts["official"] or "", sample)
            row.both += 1
            row.same += kind == "same"
            classes[kind] += 1
            if show == "differs" and kind != "same":
                print_sample(sample, kind)
        elif official or works.get("as is"):
            lost[sample.extraction.why_not.split(":")[0] or "ours does not compile"] += 1
            if show == "worse":
                print_sample(sample, "worse")
        if (show == "none" and ours is None) or (
            show == "lost" and ours is not None and not works.get("ours")
        ):
            print_sample(sample, sample.extraction.why_not)
    print(table(rows))
    print("\nwhere ours and the official text both compile:")
    print("\n".join(f"{count:7d}  {kind}" for kind, count in classes.most_common()))
    print("\nwhere another text compiles and ours does not:")
    print("\n".join(f"{count:7d}  {kind}" for kind, count in lost.most_common()) or "      0")
    if json_file:
        plain = {name: {**vars(row)} for name, row in rows.items()}
        json_file.write_text(
            json.dumps({"files": plain, "classes": classes, "worse": lost}, indent=1) + "\n"
        )


def print_sample(sample: Sample, why: str) -> None:
    print(f"===== {sample.file} {sample.task}: {why} {list(sample.extraction.how)}")
    print(sample.completion)
    print("----- ours")
    print(sample.extraction.sources)


if __name__ == "__main__":
    main()
