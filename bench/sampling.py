"""How fast answers of a local model are drawn: with `generate`, and with shared prompts.

    python bench/sampling.py MODEL [--prompts 16] [--samples 4] [--tokens 120] [--dtype bfloat16]

Both ways answer the same requests in one process, one after the other, on one
thread. Answers end at limits spread evenly from a quarter of `--tokens` to
seven quarters, as answers of a trained model end at different lengths. With `--dtype` the
second way is taken a third time, in that type, which some processors have units for.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from processor_time import processor_seconds

from rtlgen.llm.model import Answer, Message, Request, Sampling
from rtlgen.llm.transformers_local import LocalModel

_SENTENCE = (
    "Port {0} is an input of {1} bits; when it is high for {0} cycles of the clock, the counter "
    "is loaded with {1} and output y{0} follows the exclusive or of bits {0} and {1}.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What it took to answer."""

    seconds: float
    """Of the processor."""
    answers: Sequence[Answer]

    @property
    def tokens(self) -> int:
        return sum(answer.usage.completion_tokens for answer in self.answers)

    @property
    def rate(self) -> float:
        """Tokens of answers a second of the processor."""
        return self.tokens / self.seconds


def main() -> None:
    arguments = _arguments()
    model = LocalModel(arguments.model, device="cpu")
    requests = _requests(arguments.prompts, arguments.samples, arguments.tokens)
    warm_up = [replace(request, sampling=Sampling(max_tokens=2)) for request in requests[:2]]
    new = _run(model, warm_up, requests)
    other = LocalModel(arguments.model, device="cpu", batch_size=arguments.batch)
    other.share_prompts = False
    old = _run(other, warm_up, requests)
    same = sum(a.text == b.text for a, b in zip(new.answers, old.answers, strict=True))
    prompt = new.answers[0].usage.prompt_tokens
    print(f"{len(requests)} answers, {arguments.samples} a prompt of about {prompt} tokens")
    print(f"{same} of them are the same text both ways")
    print(f"{'':16}  tokens  CPU s  tokens / CPU s")
    for name, run in (("generate", old), ("shared prompts", new)):
        print(f"{name:16}  {run.tokens:6}  {run.seconds:5.1f}  {run.rate:14.0f}")
    print(f"{new.rate / old.rate:.2f} times as fast")
    if arguments.dtype:
        narrow = _run(
            LocalModel(arguments.model, device="cpu", dtype=arguments.dtype), warm_up, requests
        )
        print(
            f"{arguments.dtype:16}  {narrow.tokens:6}  {narrow.seconds:5.1f}  {narrow.rate:14.0f}"
        )
        print(f"{narrow.rate / new.rate:.2f} times as fast as shared prompts")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("model", help="folder of a model, or a .gguf file")
    parser.add_argument("--prompts", type=int, default=16)
    parser.add_argument("--samples", type=int, default=4, help="answers to each prompt")
    parser.add_argument("--tokens", type=int, default=120, help="of an answer, on average")
    parser.add_argument("--batch", type=int, default=48, help="answers that generate makes at once")
    parser.add_argument("--dtype", help="measure this type of the weights too, such as bfloat16")
    arguments: argparse.Namespace = parser.parse_args()
    return arguments


def _requests(prompts: int, samples: int, tokens: int) -> list[Request]:
    """Return requests for answers of every length around `tokens`."""
    wanted = prompts * samples
    lengths = [tokens // 4 + tokens * 3 * at // (2 * max(wanted - 1, 1)) for at in range(wanted)]
    return [
        Request(
            messages=(Message(role="user", content=_prompt(at // samples)),),
            sampling=Sampling(max_tokens=lengths[at * 37 % wanted], temperature=0.8, top_p=0.95),
            sample=at % samples,
        )
        for at in range(wanted)
    ]


def _prompt(number: int) -> str:
    lines = [_SENTENCE.format(at, number + at) for at in range(3 + number % 2)]
    return f"Write the Verilog module m{number}.\n{''.join(lines)}"


def _run(model: LocalModel, warm_up: Sequence[Request], requests: Sequence[Request]) -> Run:
    list(model.ask(warm_up))
    start = processor_seconds()
    answers = dict(model.ask(requests))
    seconds = processor_seconds() - start
    model.close()
    return Run(seconds=seconds, answers=[answers[at] for at in range(len(requests))])


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
