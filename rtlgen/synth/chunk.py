"""A chunk of a corpus: examples that are drawn, verified and written together.

What is in a chunk follows from its order alone, so that any process can make
it, at any time, and a corpus is the same whoever made which of its chunks.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rtlgen.data.code_text import body_digest, body_tokens
from rtlgen.data.contamination import Gate
from rtlgen.data.known import named, read_problems
from rtlgen.evaluation.corpus import CorpusProblem
from rtlgen.evaluation.replacing import replacing
from rtlgen.synth.catalog import FAMILIES
from rtlgen.synth.drawn import Family
from rtlgen.synth.example import Example, draw_design, draw_example
from rtlgen.synth.mismatch_text import reference_text, text_of_test
from rtlgen.synth.parts import Part, is_held_out
from rtlgen.synth.slips import chosen
from rtlgen.synth.torn import torn
from rtlgen.synth.verify import Verified, verified

SIZE = 32
"""Examples that a chunk of a large part is made of."""
_TORN = 0.3
"""Share of examples with a wrong design that does not parse, beside those that are simulated."""
_TRIES = 24
"""Draws until an instance is of the part that is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a chunk is made of; the same for all chunks of a part but for `number`."""

    part: Part
    number: int
    seed: int
    families: tuple[str, ...]
    canonical: bool = False
    against: tuple[str, ...] = ()
    """`NAME=ROOT` of problems that must not be near, beside the shipped fingerprints."""
    size: int = SIZE
    """Examples that are drawn, before any is dropped."""
    split: bool = True
    """Whether some instances are kept from training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An example that was drawn and not taken."""

    family: str
    seed: str
    rule: str
    """`golden fails`, `no slip is killed`, `contaminated` or `no instance`."""
    why: str


def write_chunk(order: Order, path: Path) -> Path:
    """Make the chunk of `order` and write it to `path`, whole or not at all.

    Each line is an example; the last one has what was dropped and what it took.
    """
    start = time.process_time()
    drawn = list(_drawn(order))
    examples = [one for one in drawn if isinstance(one, Example)]
    dropped = [one for one in drawn if isinstance(one, Dropped)]
    results = verified([example.claim for example in examples])
    with replacing(path) as file:
        for example, found in zip(examples, results, strict=True):
            if why := _dropped(example, found, order):
                dropped.append(why)
            else:
                file.write(f"{json.dumps(_row(example, found))}\n")
        seconds = round(time.process_time() - start, 3)
        facts = [[one.family, one.seed, one.rule, one.why] for one in dropped]
        summary = {"dropped": facts, "seconds": seconds, "fates": _fates(results)}
        file.write(f"{json.dumps(summary)}\n")
    return path


def _fates(results: Sequence[Verified]) -> dict[str, int]:
    """Return how many wrong designs of verified examples were found out, and how many not."""
    good = [one for one in results if not one.fault]
    return {
        "killed": sum(len(one.killed) for one in good),
        "survived": sum(len(one.survived) for one in good),
        "broken": sum(len(one.broken) for one in good),
    }


def _drawn(order: Order) -> Iterator[Example | Dropped]:
    name = f"{order.seed}/{order.part}/{order.number}"
    chance = random.Random(f"families {name}")  # noqa: S311 - not for secrets
    families = [FAMILIES[family] for family in order.families]
    weights = [family.weight for family in families]
    for place, family in enumerate(chance.choices(families, weights, k=order.size)):
        held_out = order.part is Part.INSTANCES and place % 2 == 0
        seeds = (f"{name}/{place}.{attempt}" for attempt in range(_TRIES))
        yield _instance(family.name, seeds, order, held_out=held_out)


def _instance(
    name: str, seeds: Iterator[str], order: Order, *, held_out: bool
) -> Example | Dropped:
    """Return the first instance of a family that belongs to the part."""
    family = FAMILIES[name]
    for seed in seeds:
        if _belongs(family, seed, order):
            return draw_example(family, seed, held_out=held_out, canonical=order.canonical)
    return Dropped(family=name, seed="", rule="no instance", why="all draws are of another part")


def _belongs(family: Family, seed: str, order: Order) -> bool:
    """Whether an instance is of the order's part."""
    if not order.split or order.part is Part.FAMILIES:
        return True
    drawn = draw_design(family, seed, canonical=order.canonical)
    return is_held_out(family.name, drawn) == (order.part is Part.INSTANCES)


def _dropped(example: Example, found: Verified, order: Order) -> Dropped | None:
    def drop(rule: str, why: str) -> Dropped:
        return Dropped(family=example.family, seed=example.seed, rule=rule, why=why)

    if found.fault:
        return drop("golden fails", found.fault)
    if not found.killed:
        return drop("no slip is killed", f"{len(found.survived)} survive")
    if near := _gate(order.against).check(example.spec, example.header, [example.claim.golden]):
        return drop("contaminated", str(near))
    return None


@cache
def _gate(against: tuple[str, ...]) -> Gate:
    gate = Gate.shipped()
    for option in against:
        gate = gate.with_problems(read_problems(*named(option)))
    return gate


def _row(example: Example, found: Verified) -> dict[str, Any]:
    claim = example.claim
    problem = CorpusProblem(
        task_id=example.family,
        family=example.family,
        kind=example.kind,
        parameters=example.drawn.parameters,
        phrasing=example.phrasing,
        top=claim.top,
        description=example.spec,
        header=example.header,
        test=text_of_test(claim.stimulus, claim.top),
        reference=reference_text(claim.stimulus),
        golden=claim.golden,
        seed=example.seed,
        samples=claim.stimulus.compared,
    )
    chance = random.Random(f"slips {example.seed}")  # noqa: S311 - not for secrets
    shares = {killed.slip: killed.share for killed in found.killed}
    slips = chosen(list(shares), chance)
    if chance.random() < _TORN and (broken := torn(claim.golden, chance)):
        slips.append(broken)
        shares[broken] = 0.0
    return {
        "problem": problem.model_dump(mode="json"),
        "slips": [
            {"slip": s.name, "source": s.source, "share": round(shares[s], 4), "text": s.text}
            for s in slips
        ],
        "design": _digest(_design(example)),
        "spec": _digest(" ".join(example.spec.lower().split())),
    }


def _design(example: Example) -> str:
    """Return what a design does, in a form without names, styles and declarations."""
    widths = [(port.direction.value, port.width) for port in example.drawn.ports]
    return f"{body_digest(body_tokens(example.claim.golden))} {widths}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
