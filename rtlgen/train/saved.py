"""The trained model on disk, merged with its adapter, for `--model hf:DIR/model`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from rtlgen.llm.style import FILE
from rtlgen.train.config import Placed
from rtlgen.train.model import Trainee, load, save
from rtlgen.train.run_folder import ADAPTER, MODEL

_PICKLES = "*.bin"
"""TRL leaves its arguments as a pickle, which nobody needs."""
_REFERENCE = "ref"
"""TRL's copy of the adapter that DPO goes on with, as its reference."""


def save_trained(
    trainer: Any,  # noqa: ANN401 - trl is imported late
    trainee: Trainee,
    placed: Placed,
    folder: Path,
    *,
    source: str,
    facts: dict[str, Any],
) -> None:
    """Write `model/`, and `adapter/` where one was trained; every process has to call it.

    Args:
        trainer: Has trained.
        trainee: What was trained, for its tokenizer.
        placed: The configuration.
        folder: Of the run.
        source: Where the model was loaded from.
        facts: What `rtlgen.json` says of the model.
    """
    name = MODEL if placed.config.lora is None else ADAPTER
    partial = folder / f".{name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    trainer.save_model(str(partial))  # gathers what several processes hold
    if not trainer.args.should_save:
        return
    for pickle in partial.glob(_PICKLES):
        pickle.unlink()
    shutil.rmtree(partial / _REFERENCE, ignore_errors=True)
    trainee.tokenizer.save_pretrained(partial)
    (partial / FILE).write_text(_facts(placed, facts), encoding="utf-8")
    _replace(partial, folder / name)
    if placed.config.lora is not None:
        _merge(folder, placed, trainee, source, facts)


def _merge(
    folder: Path, placed: Placed, trainee: Trainee, source: str, facts: dict[str, Any]
) -> None:
    """Write the base model with the adapter in it, added up in float32."""
    import peft  # noqa: PLC0415 - takes seconds

    base = load(source, dtype="float32").model
    adapted = peft.PeftModel.from_pretrained(base, str(folder / ADAPTER))
    merged = adapted.merge_and_unload().to(trainee.model.dtype)
    save(merged, trainee.tokenizer, folder / MODEL, style=placed.config.prompt_style, facts=facts)


def _facts(placed: Placed, facts: dict[str, Any]) -> str:
    return json.dumps({"prompt": placed.config.prompt_style, **facts}, indent=2) + "\n"


def _replace(partial: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    partial.replace(folder)
