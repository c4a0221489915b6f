"""How often the gate on benchmarks finds a copy, and how often it takes something else for one.

    python bench/contamination.py --root SHARED/benchmarks [--examples 40] [--json FILE]

Copies are made of every problem of VerilogEval v1, v2 and RTLLM v2: other names of ports and
signals, another layout, sentences put in, all of it at once, and words replaced by others; with the
reference design and without. Each is shown to the fingerprints that are shipped, and to a gate that
has the benchmarks' files (and so Rouge-L). What is no copy is `--examples` examples of each
family of the corpus, which nobody wrote after a benchmark's problem.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rtlgen.data.contamination import Gate
from rtlgen.data.known import Known, read_problems
from rtlgen.data.spec_text import port_names
from rtlgen.synth.catalog import ALL
from rtlgen.synth.example import draw_example

SETS = (
    "verilog-eval-v1-human",
    "verilog-eval-v1-machine",
    "verilog-eval-v2-spec-to-rtl",
    "verilog-eval-v2-code-complete",
    "rtllm-v2",
)
ADDED = "The design has to be synthesizable and must not infer latches. Comment the code well. "
OTHER_WORDS = {
    "implement": "design",
    "should": "must",
    "module": "block",
    "circuit": "logic",
    "following": "described",
    "build": "create",
    "assume": "suppose",
    "output": "result",
    "outputs": "results",
    "input": "operand",
}

Copy = tuple[str, str, Sequence[str]]


def main() -> None:
    arguments = _parser().parse_args()
    problems = {name: read_problems(name, arguments.root) for name in SETS}
    gates = {"shipped": Gate.shipped(), "files": _with_files(problems)}
    found: dict[str, object] = {}
    for name, gate in gates.items():
        found[name] = {
            "copies": {way: _recall(gate, copy, problems) for way, copy in WAYS.items()},
            "others": _false(gate, arguments.examples),
        }
    text = json.dumps(found, indent=2)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--examples", type=int, default=40)
    parser.add_argument("--json", type=Path)
    return parser


def _with_files(problems: Mapping[str, Sequence[Known]]) -> Gate:
    gate = Gate.shipped()
    for known in problems.values():
        gate = gate.with_problems(known)
    return gate


def _recall(
    gate: Gate, copy: Callable[[Known], Copy], problems: Mapping[str, Sequence[Known]]
) -> dict[str, str]:
    shares = {}
    for name, known in problems.items():
        hits = sum(gate.check(*copy(one)) is not None for one in known)
        shares[name] = f"{hits}/{len(known)}"
    return shares


def _false(gate: Gate, examples: int) -> dict[str, object]:
    measures: Counter[str] = Counter()
    families: Counter[str] = Counter()
    number, seconds = 0, 0.0
    for family in ALL:
        for seed in range(examples):
            example = draw_example(family, f"bench/{seed}")
            start = time.process_time()
            finding = gate.check(example.spec, example.header, [example.claim.golden])
            seconds += time.process_time() - start
            number += 1
            if finding is not None:
                measures[finding.measure] += 1
                families[family.name] += 1
    return {
        "examples": number,
        "found": measures.total(),
        "share": round(measures.total() / number, 5),
        "measures": dict(measures.most_common()),
        "families": dict(families.most_common()),
        "milliseconds each": round(1000 * seconds / number, 2),
    }


def renamed(known: Known) -> Copy:
    chance = random.Random(1)
    names = sorted(port_names(known.header) | frozenset[str]().union(*map(port_names, known.codes)))
    other = {name: f"{chance.choice(['sig', 'bus', 'node'])}_{at}" for at, name in enumerate(names)}

    def with_names(text: str) -> str:
        return re.sub(r"[A-Za-z_]\w*", lambda m: other.get(m[0].lower(), m[0]), text)

    return with_names(known.spec), with_names(known.header), [with_names(c) for c in known.codes]


def reformatted(known: Known) -> Copy:
    text = re.sub(r"\s+", " ", known.spec).replace(". ", ".\n\n  * ")
    return text, known.header, known.codes


def with_sentences(known: Known) -> Copy:
    return f"{ADDED}{known.spec} {ADDED}", known.header, known.codes


def in_other_words(known: Known) -> Copy:
    def other(match: re.Match[str]) -> str:
        return OTHER_WORDS.get(match[0].lower(), match[0])

    return re.sub(r"[A-Za-z]+", other, known.spec), known.header, known.codes


def all_of_it(known: Known) -> Copy:
    spec, header, codes = renamed(known)
    text = re.sub(r"\s+", " ", spec)
    return f"{ADDED}{text}", header, codes


def without_code(copy: Callable[[Known], Copy]) -> Callable[[Known], Copy]:
    return lambda known: (copy(known)[0], known.header, ())


WAYS: dict[str, Callable[[Known], Copy]] = {
    "names": renamed,
    "layout": reformatted,
    "sentences": with_sentences,
    "all of it": all_of_it,
    "other words": in_other_words,
    "layout, no design": without_code(reformatted),
    "sentences, no design": without_code(with_sentences),
    "other words, no design": without_code(in_other_words),
}

if __name__ == "__main__":
    main()
