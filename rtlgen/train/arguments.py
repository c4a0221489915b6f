"""TRL's own configuration: what the user set, as it is, over defaults by the hardware."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rtlgen.errors import UsageError
from rtlgen.llm.transformers_load import first_line
from rtlgen.train.config import Method, Placed
from rtlgen.train.hardware import Hardware
from rtlgen.train.yaml_file import unknown_key

_OURS = {
    "output_dir": "the key `output` or the option -o",
    "seed": "the key `seed`",
    "resume_from_checkpoint": "the same command again: it goes on from the last checkpoint",
    "use_cpu": "the environment variable CUDA_VISIBLE_DEVICES",
    "chat_template_path": "the key `chat_template`",
    "model_init_kwargs": "the key `dtype`: rtlgen loads the model",
    "trust_remote_code": "a model that needs none: code that comes with a model is never run",
}
"""Fields that rtlgen sets, and what to use instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What goes to a TRL trainer."""

    values: Any
    """An `SFTConfig`, `DPOConfig` or `GRPOConfig`."""
    chosen: dict[str, Any]
    """What rtlgen chose because nobody said otherwise."""


def check_keys(method: Method, placed: Placed) -> None:
    """See that every key under `trl` is a field of TRL's configuration that is free to set.

    Raises:
        UsageError: One is not; says where it stands.
    """
    known = [field.name for field in fields(_type(method)) if field.init]
    for key in placed.config.trl:
        place = placed.place(f"trl.{key}")
        if key in _OURS:
            raise UsageError(f"trl.{key} is rtlgen's to set, {place}\n\nhint: use {_OURS[key]}")
        if key not in known:
            raise unknown_key(key, known, f"TRL's {_type(method).__name__}", place)


def arguments(
    method: Method, placed: Placed, *, output: Path, hardware: Hardware, dtype: str
) -> Arguments:
    """Return TRL's configuration for weights of type `dtype`.

    Raises:
        UsageError: TRL refuses a value.
    """
    check_keys(method, placed)
    chosen = _defaults(method, placed, hardware, dtype)
    chosen = {key: value for key, value in chosen.items() if key not in placed.config.trl}
    fixed = {
        "output_dir": str(output),
        "seed": placed.config.seed,
        "use_cpu": hardware.device == "cpu",
        "disable_tqdm": True,
    }
    try:
        values = _type(method)(**fixed, **chosen, **placed.config.trl)
    except (ValueError, TypeError, ImportError, NotImplementedError) as error:
        raise UsageError(
            f"TRL's {_type(method).__name__} refuses the values of trl: {first_line(error)}, "
            f"{placed.place('trl')}\n\nhint: see TRL's documentation of {_type(method).__name__}"
        ) from error
    return Arguments(values=values, chosen=chosen)


def _type(method: Method) -> Any:  # noqa: ANN401 - trl is imported late
    import trl  # noqa: PLC0415 - takes seconds

    names = {Method.SFT: "SFTConfig", Method.DPO: "DPOConfig", Method.GRPO: "GRPOConfig"}
    return getattr(trl, names[method])


def _defaults(method: Method, placed: Placed, hardware: Hardware, dtype: str) -> dict[str, Any]:
    """Return what is fastest here; on a CPU autocast costs far more than it saves."""
    cuda = hardware.device == "cuda"
    defaults: dict[str, Any] = {
        "bf16": cuda and hardware.bfloat16 and dtype == "float32",
        "report_to": "none",
        "save_total_limit": 2,
        "logging_first_step": True,
        "logging_nan_inf_filter": False,
        "dataloader_pin_memory": cuda,
    }
    if not {"save_strategy", "save_steps"} & set(placed.config.trl):
        defaults["save_strategy"] = "no"
    if method is Method.GRPO:
        defaults["max_completion_length"] = placed.config.max_tokens
    else:
        defaults |= {"train_sampling_strategy": "group_by_length", "per_device_train_batch_size": 8}
    return defaults
