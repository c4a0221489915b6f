"""What the samples of one problem cost with the embedded model.

    python bench/embedded.py [--samples 16] [--threads 2] [--grammar] [--adapter FILE.gguf]

Prints a line for samples that share the work on their prompt and one for samples that do not:
wall and processor time, tokens, and the peak of memory. Weights are in the page cache when it
matters: run it twice.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rtlgen.llm.embedded import Embedded
from rtlgen.llm.model import Request, Sampling
from rtlgen.prompts.plain import begun, plain

SPEC = """\
Build the controller of a lift that serves four floors, numbered 0 to 3. Each floor has a call
button, bit i of calls for floor i, and the cabin reports the floor that it is level with in
floor, valid while at_floor is high. The lift is in one of four states: waiting with its door
closed, moving up, moving down, or standing with its door open. While it waits, a call from its
own floor opens the door; otherwise a call from any floor above sends it up, and only if there is
none, a call from below sends it down. A call from above wins over one from below. While it moves
and at_floor is high, it stops and opens the door if the floor that it is level with is called,
or if there is no call any further in its direction. The door stays open for exactly as many
clock cycles as hold says, counted from the cycle after it opened; a call from the same floor in
that time starts the count again. The motor outputs up and down are never high together, and
both are low while the door is open. The output door is high while the door is open. reset is
synchronous and active high: the lift then waits with its door closed and nothing counted. All
registers change on the rising edge of clk only, and every output depends on the state alone."""
HEADER = """\
module lift (
    input  logic clk,
    input  logic reset,
    input  logic [3:0] calls,
    input  logic [1:0] floor,
    input  logic at_floor,
    input  logic [3:0] hold,
    output logic up,
    output logic down,
    output logic door
);"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run took, its server's start included."""

    wall: float
    cpu: float
    peak: int
    """Bytes."""
    prompt: int
    """Tokens of one prompt."""
    answers: int
    """Tokens of all answers."""


def main() -> None:
    arguments = _parser().parse_args()
    numbers, tokens = range(arguments.samples), arguments.tokens
    shared = [_request(sample=number, tokens=tokens) for number in numbers]
    apart = [_request(seed=number, tokens=tokens) for number in numbers]
    costs = {}
    for name, requests in (("shared prompt", shared), ("prompt for each", apart)):
        cost = costs[name] = _cost(requests, arguments)
        print(
            f"{name:16} {len(requests)} samples  {cost.wall:6.1f} s  {cost.cpu:6.1f} s of processor"
            f"  prompt {cost.prompt} tokens, answers {cost.answers} tokens"
            f"  {cost.answers / cost.wall:6.1f} tokens/s  {cost.peak / (1 << 20):.0f} MiB",
            flush=True,
        )
    per_token = {name: cost.cpu / max(cost.answers, 1) for name, cost in costs.items()}
    print(f"ratio {per_token['prompt for each'] / per_token['shared prompt']:.2f} a token")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--tokens", type=int, default=400, help="most of an answer")
    parser.add_argument("--grammar", action="store_true")
    parser.add_argument("--adapter", type=Path, default=None)
    return parser


def _request(*, tokens: int, sample: int = 0, seed: int = 1) -> Request:
    messages, sampling = begun(plain(SPEC, HEADER), HEADER), Sampling(max_tokens=tokens)
    return Request(messages=messages, sample=sample, seed=seed, sampling=sampling)


def _cost(requests: Sequence[Request], arguments: argparse.Namespace) -> Cost:
    before, start = _children(), time.monotonic()
    model = Embedded(
        adapter=arguments.adapter, threads=arguments.threads, grammar=arguments.grammar
    )
    answers = [answer for _, answer in model.ask(requests)]
    wall = time.monotonic() - start
    model.close()
    while multiprocessing.active_children():
        time.sleep(0.05)
    after = _children()
    failed = [answer.detail for answer in answers if answer.failure is not None]
    if failed:
        raise SystemExit(f"{len(failed)} samples failed: {failed[0]}")
    return Cost(
        wall=wall,
        cpu=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        peak=after.ru_maxrss << 10,
        prompt=answers[0].usage.prompt_tokens,
        answers=sum(answer.usage.completion_tokens for answer in answers),
    )


def _children() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_CHILDREN)


if __name__ == "__main__":
    main()
