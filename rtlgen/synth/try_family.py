"""For who writes a family: draw it, tell it, verify it.

    python -m rtlgen.synth.try_family NAME --count 20 [--seed 1] [--show 1] [--frames 4] [--code]

NAME is a family, a kind, or `all`. Exit code 1 if an example fails.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from rtlgen.synth.catalog import ALL
from rtlgen.synth.drawn import Family
from rtlgen.synth.example import Example, draw_example
from rtlgen.synth.frames import FRAMES, HELD_OUT
from rtlgen.synth.slips import bare
from rtlgen.synth.telling import Telling, tidy
from rtlgen.synth.verify import Verified, verified

_TOGETHER = 16


def main() -> int:
    """Run the command line."""
    arguments = _parser().parse_args()
    families = _named(arguments.name)
    if not families:
        known = ", ".join(family.name for family in ALL)
        _say(f"no family or kind is called {arguments.name!r}; there are {known}")
        return 2
    failed = [_tried(family, arguments) for family in families]
    return int(any(failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, prog="rtlgen.synth.try_family")
    parser.add_argument("name")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--show", type=int, default=1, help="examples that are shown")
    parser.add_argument("--frames", type=int, default=3, help="frames in which they are told")
    parser.add_argument("--code", action="store_true", help="show the golden designs too")
    return parser


def _named(name: str) -> list[Family]:
    return [family for family in ALL if name in (family.name, family.kind, "all")]


def _tried(family: Family, arguments: argparse.Namespace) -> bool:
    """Try one family; whether an example of it fails."""
    start = time.process_time()
    examples = [draw_example(family, f"{arguments.seed}/{n}") for n in range(arguments.count)]
    drawn = time.process_time() - start
    for example in examples[: arguments.show]:
        _show(example, arguments.frames, code=arguments.code)
    clock = time.monotonic()
    found = [
        one
        for at in range(0, len(examples), _TOGETHER)
        for one in verified([example.claim for example in examples[at : at + _TOGETHER]])
    ]
    seconds = time.monotonic() - clock
    for line in _report(family, examples, found):
        _say(line)
    each = 1000 / max(1, len(examples))
    _say(f"  {drawn * each:.0f} ms an example to draw, {seconds * each:.0f} ms to verify")
    return any(one.fault for one in found)


def _report(
    family: Family, examples: Sequence[Example], found: Sequence[Verified]
) -> Iterator[str]:
    good = sum(not one.fault for one in found)
    designs = {bare(example.claim.golden) for example in examples}
    specs = {example.spec for example in examples}
    killed = [len(one.killed) for one in found]
    yield (
        f"{family.name}: {good} of {len(found)} verified, {len(designs)} different designs, "
        f"{len(specs)} different specs, {sum(killed) / max(1, len(killed)):.1f} slips killed "
        f"(fewest {min(killed, default=0)})"
    )
    for example, one in zip(examples, found, strict=True):
        if one.fault:
            yield f"  seed {example.seed}, {dict(example.drawn.parameters)}: {one.fault}"
    survivors = Counter(s.name for one in found for s in one.survived if s.source == "family")
    broken = Counter(s.name for one in found for s in one.broken if s.source == "family")
    for what, names in (("survive", survivors), ("do not compile", broken)):
        if names:
            yield f"  slips of its own that {what}: {dict(names)}"


def _show(example: Example, frames: int, *, code: bool) -> None:
    every = {**FRAMES, **HELD_OUT}
    claim = example.claim
    _say(f"=== {example.family} {example.seed}: {dict(example.drawn.parameters)}")
    for number in range(frames):
        telling = Telling(example.drawn, claim.top, example.header, _chance(number))
        name = telling.chance.choice(sorted(every))
        _say(f"--- {name}\n{tidy(every[name](telling))}\n")
    if code:
        _say(f"--- golden\n{claim.golden}")
        for slip in claim.slips:
            _say(f"--- {slip.source}: {slip.name}\n{slip.text}")


def _chance(number: int) -> random.Random:
    return random.Random(f"shown {number}")  # noqa: S311 - not for secrets


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
