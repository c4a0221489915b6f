"""Models that run here, through transformers: on a GPU where there is one, else on the CPU.

What is said about one conversation is written in the model's own chat
template. A model without one is asked in a plain form::

    (what the system says)

    ### Instruction:
    (what the user says)

    ### Response:
"""

from __future__ import annotations

import logging
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtlgen.llm.model import Answer, Failure, Message, ModelFault, Request, begun
from rtlgen.llm.style import PromptStyle, style_at
from rtlgen.llm.transformers_batch import (
    memory_for_cache,
    parameters_of,
    side_by_side,
    token_bytes,
)
from rtlgen.llm.transformers_load import (
    Loaded,
    Weights,
    check_source,
    first_line,
    load,
    quiet,
)

if TYPE_CHECKING:
    from rtlgen.llm.transformers_decode import Ends, Row
    from rtlgen.llm.transformers_sampler import Sampler

_LEAST_ROOM = 32
"""Tokens that must be left for an answer, unless fewer are wanted."""
_GPU_BATCHES = {500_000_000: 48}
"""Answers side by side on a GPU, by the parameters of models that have fewer."""
_GPU_BATCH = 16
_BATCHES = 8
"""Batches of requests to ask for together: while the last of them ends, fewer are in the making."""
_HEADINGS = {"system": "", "user": "### Instruction:\n", "assistant": "### Response:\n"}
_PLAIN_STOP = "\n### Instruction:"
_MEMORY = ("out of memory", "can't allocate memory")


def _log(text: str) -> None:
    logging.getLogger(__name__).warning(text)


class LocalModel:
    """`hf:PATH_OR_ID`: a causal language model in memory, loaded when it is first asked.

    Requests are answered side by side. The noise in answer i depends on its
    seed, sample and prompt alone, never on its neighbors (see
    `transformers_decode.draw`). Of the model's `generation_config.json` only
    the end tokens count. On a processor, answers to one prompt share its keys
    and values, and who ends makes room for the next; on a GPU, and with an
    architecture that `transformers_sampler.supports` not, `generate` makes
    batches of similar length.

    A prompt that leaves no room in the context is `Failure.CONTEXT`; where it
    leaves less than `max_tokens`, the answer may be that much shorter. An
    answer that takes longer than `timeout` is `Failure.TIMEOUT` and nothing
    of it is kept; time is looked at after each token. An exception that a
    signal handler raises gets through within a token, and `close`, from any
    thread, ends an answer as soon.

    Args:
        source: A folder with config.json, tokenizer and safetensors; a `.gguf`
            file; or a name on the Hugging Face hub.
        adapter: Folder of a LoRA adapter.
        batch_size: Most answers made side by side; default: by the size of the model, and never
            more than a quarter of the free memory holds the keys and values of.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        dtype: `auto`, which is the weights' own, or a name such as `float32`.
        timeout: Seconds that an answer may take.
        say: Told before anything is downloaded; default: a warning in the log.

    Raises:
        ModelFault: The path holds no model, or a library is missing.
    """

    def __init__(
        self,
        source: str,
        *,
        adapter: Path | None = None,
        batch_size: int | None = None,
        device: str = "auto",
        dtype: str = "auto",
        timeout: float = 600.0,
        say: Callable[[str], None] = _log,
    ) -> None:
        check_source(source, adapter)
        self._weights = Weights(source=source, adapter=adapter, device=device, dtype=dtype, say=say)
        self._batch_size = batch_size
        self._timeout = timeout
        self.share_prompts = True
        """Whether answers to one prompt may share its keys and values."""
        self._loaded: Loaded | None = None
        self._deadline = math.inf
        self._closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        adapter = f"+{self._weights.adapter}" if self._weights.adapter is not None else ""
        dtype = f" ({self._weights.dtype})" if self._weights.dtype != "auto" else ""
        return f"hf:{self._weights.source}{adapter}{dtype}"

    @property
    def prompt_style(self) -> PromptStyle:
        own = style_at(Path(self._weights.source).expanduser())
        adapter = self._weights.adapter
        return own if adapter is None or own == "plain" else style_at(adapter.expanduser())

    @property
    def at_once(self) -> int:
        """Requests that are best asked together: several times those made side by side."""
        return _BATCHES * (self._batch_size or side_by_side(parameters_of(self._weights.source)))

    def finish_within(self, seconds: float | None) -> None:
        """Fail with BUDGET what is not answered `seconds` from now; None takes that back."""
        self._deadline = math.inf if seconds is None else time.monotonic() + seconds

    def ask(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        if not requests:
            return
        loaded = self._load()
        rows = []
        for index, request in enumerate(requests):
            row = _row(index, request, loaded)
            if isinstance(row, Answer):
                yield index, row
            else:
                rows.append(row)
        rows.sort(key=lambda row: (len(row.prompt), row.prompt))
        sharing = self.share_prompts and loaded.shares_prompts
        make = self._sampled if sharing else self._batched
        for row, answer in make(rows, loaded):
            yield row.index, answer

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            self._loaded = None
        _free()

    def _load(self) -> Loaded:
        with self._lock:
            if self._closing.is_set():
                raise ModelFault(f"{self.name} was closed\n\nhint: choose the model again")
            if self._loaded is None:
                self._loaded = load(self._weights)
            return self._loaded

    def _sampled(self, rows: Sequence[Row], loaded: Loaded) -> Iterator[tuple[Row, Answer]]:
        """Answer side by side, each as it comes to its end."""
        sampler = self._sampler(rows, loaded)
        while sampler.busy:
            try:
                over = self._step(sampler)
            except (RuntimeError, ValueError, IndexError) as error:
                if not _short_of_memory(error):
                    failed = _failed(Failure.SERVER, first_line(error))
                    yield from ((row, failed) for row in sampler.give_up())
                elif (row := sampler.halve()) is not None:
                    yield row, _TOO_LARGE
            else:
                yield from ((row, row.answer(loaded.tokenizer)) for row in over)

    def _sampler(self, rows: Sequence[Row], loaded: Loaded) -> Sampler:
        from rtlgen.llm.transformers_sampler import Sampler  # noqa: PLC0415

        return Sampler(
            loaded.model,
            rows,
            ends=_ends(loaded),
            most=self._batch_size
            or side_by_side(loaded.model.num_parameters(), size=loaded.model.dtype.itemsize),
            memory=memory_for_cache(),
            timeout=self._timeout,
            deadline=self._deadline,
        )

    def _step(self, sampler: Sampler) -> list[Row]:
        import torch  # noqa: PLC0415

        with self._lock, quiet(), torch.inference_mode():
            if self._closing.is_set():
                raise self._closed()
            return sampler.step()

    def _closed(self) -> ModelFault:
        return ModelFault(f"{self.name} was closed while it answered\n\nhint: start the run again")

    def _batched(self, rows: Sequence[Row], loaded: Loaded) -> Iterator[tuple[Row, Answer]]:
        """Answer in batches of similar length."""
        while rows:
            size = self._batch_size or _batch_size(loaded.model, rows)
            yield from self._answers(rows[:size], loaded)
            rows = rows[size:]

    def _answers(self, rows: Sequence[Row], loaded: Loaded) -> Iterator[tuple[Row, Answer]]:
        """Answer a batch; one too large for the memory in halves."""
        try:
            self._generate(rows, loaded)
        except (RuntimeError, ValueError, IndexError) as error:
            if not _short_of_memory(error):
                yield from ((row, _failed(Failure.SERVER, first_line(error))) for row in rows)
            elif len(rows) == 1:
                yield rows[0], _TOO_LARGE
            else:
                yield from self._halves(rows, loaded)
        else:
            yield from ((row, row.answer(loaded.tokenizer)) for row in rows)

    def _halves(self, rows: Sequence[Row], loaded: Loaded) -> Iterator[tuple[Row, Answer]]:
        _free()
        fresh = [row.anew() for row in rows]
        middle = len(fresh) // 2
        yield from self._answers(fresh[:middle], loaded)
        yield from self._answers(fresh[middle:], loaded)

    def _generate(self, rows: Sequence[Row], loaded: Loaded) -> None:
        """Fill the rows with tokens."""
        import torch  # noqa: PLC0415

        from rtlgen.llm.transformers_decode import Closed, Draw, Watch  # noqa: PLC0415

        now = time.monotonic()
        for row in rows:
            row.begin(now, self._timeout, self._deadline)
        if now >= self._deadline:
            return
        ends = _ends(loaded)
        watch = Watch(rows, ends, closing=self._closing)
        with self._lock, quiet(), torch.inference_mode():
            try:
                loaded.model.generate(
                    **_left_padded(rows, _padding(loaded), loaded.model.device),
                    generation_config=_greedy(rows, loaded, ends.tokens),
                    logits_processor=[Draw(rows)],
                    stopping_criteria=[watch],
                )
            except Closed:
                raise self._closed() from None


def _batch_size(model: Any, rows: Sequence[Row]) -> int:  # noqa: ANN401
    """Return how many of the next rows `generate` makes together."""
    parameters = model.num_parameters()
    if model.device.type != "cpu":
        fitting = (size for below, size in _GPU_BATCHES.items() if parameters < below)
        return next(fitting, _GPU_BATCH)
    most = side_by_side(parameters)
    tokens = max(len(row.prompt) + row.room for row in rows[:most])
    return max(1, min(most, int(memory_for_cache() / max(token_bytes(model) * tokens, 1))))


def _short_of_memory(error: BaseException) -> bool:
    return any(sign in str(error) for sign in _MEMORY)


def _row(index: int, request: Request, loaded: Loaded) -> Row | Answer:
    """Return the row for a request, or why it cannot be answered."""
    from rtlgen.llm.transformers_decode import Row  # noqa: PLC0415

    messages, beginning = begun(request.messages)
    try:
        text, stops = _prompt(messages, loaded.tokenizer)
    except ValueError as error:
        return _failed(Failure.REJECTED, f"the chat template refuses it: {first_line(error)}")
    prompt = loaded.tokenizer(
        text + beginning, add_special_tokens=not loaded.tokenizer.chat_template
    )
    tokens = prompt["input_ids"] or [_padding(loaded)]
    if max(tokens) >= loaded.vocabulary:
        return _failed(Failure.REJECTED, f"the model does not know its token {max(tokens)}")
    wanted = max(request.sampling.max_tokens, 1)
    room = wanted if loaded.context is None else min(wanted, loaded.context - len(tokens))
    if room < min(wanted, _LEAST_ROOM):
        detail = f"the prompt has {len(tokens)} tokens, the model's context {loaded.context}"
        return _failed(Failure.CONTEXT, detail)
    stops = (*request.sampling.stop, *stops)
    return Row(
        index=index, request=request, prompt=tokens, room=room, stops=stops, beginning=beginning
    )


def _prompt(messages: Sequence[Message], tokenizer: Any) -> tuple[str, tuple[str, ...]]:  # noqa: ANN401
    """Return the conversation as the model expects it, and what ends an answer besides.

    Raises:
        ValueError: The model's chat template refuses it.
    """
    if not tokenizer.chat_template:
        turns = [f"{_HEADINGS[message.role]}{message.content}\n\n" for message in messages]
        return "".join(turns) + _HEADINGS["assistant"], (_PLAIN_STOP,)
    from jinja2 import TemplateError  # noqa: PLC0415

    try:
        return _templated(messages, tokenizer), ()
    except TemplateError as error:
        if messages and messages[0].role == "system":
            # Some templates know no system: what it says goes in front of the first question.
            return _prompt(_without_system(messages), tokenizer)
        raise ValueError(first_line(error)) from error


def _templated(messages: Sequence[Message], tokenizer: Any) -> str:  # noqa: ANN401
    turns = [{"role": message.role, "content": message.content} for message in messages]
    text: str = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    return text


def _without_system(messages: Sequence[Message]) -> Sequence[Message]:
    system, *rest = messages
    if not rest or rest[0].role != "user":
        return (Message(role="user", content=system.content), *rest)
    first = Message(role="user", content=f"{system.content}\n\n{rest[0].content}")
    return (first, *rest[1:])


def _failed(failure: Failure, detail: str) -> Answer:
    return Answer(text=None, failure=failure, detail=detail)


_TOO_LARGE = _failed(Failure.CONTEXT, "its memory is too small for this prompt")


def _ends(loaded: Loaded) -> Ends:
    from rtlgen.llm.transformers_decode import Ends  # noqa: PLC0415

    return Ends(tokenizer=loaded.tokenizer, tokens=_end_tokens(loaded))


def _end_tokens(loaded: Loaded) -> frozenset[int]:
    ends = loaded.model.generation_config.eos_token_id
    found = {ends} if isinstance(ends, int) else set(ends or ())
    if loaded.tokenizer.eos_token_id is not None:
        found.add(loaded.tokenizer.eos_token_id)
    return frozenset(found)


def _padding(loaded: Loaded) -> int:
    choices = (loaded.tokenizer.pad_token_id, *sorted(_end_tokens(loaded)))
    known = (token for token in choices if token is not None and token < loaded.vocabulary)
    return next(known, 0)


def _left_padded(rows: Sequence[Row], padding: int, device: Any) -> dict[str, Any]:  # noqa: ANN401
    import torch  # noqa: PLC0415

    width = max(len(row.prompt) for row in rows)
    gaps = [width - len(row.prompt) for row in rows]
    tokens = [[padding] * gap + list(row.prompt) for gap, row in zip(gaps, rows, strict=True)]
    seen = [[0] * gap + [1] * (width - gap) for gap in gaps]
    return {
        "input_ids": torch.tensor(tokens, device=device),
        "attention_mask": torch.tensor(seen, device=device),
    }


def _greedy(rows: Sequence[Row], loaded: Loaded, ends: frozenset[int]) -> Any:  # noqa: ANN401
    """Return a configuration that takes the likeliest token: `Draw` leaves the one it drew."""
    from transformers import GenerationConfig  # noqa: PLC0415

    return GenerationConfig(
        do_sample=False,
        max_new_tokens=max(row.room for row in rows),
        eos_token_id=sorted(ends) or None,
        pad_token_id=_padding(loaded),
        use_cache=True,
    )


def _free() -> None:
    """Give unused GPU memory back."""
    if (torch := sys.modules.get("torch")) is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
