"""A LoRA adapter in GGUF for a model of Transformers: the weights that llama.cpp applies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rtlgen.llm.gguf_names import ALPHA, PARTS, Heads, in_halves
from rtlgen.llm.model import ModelFault

_TENSOR = re.compile(r"blk\.(\d+)\.(\w+)\.weight\.lora_([ab])")
_NAMES = {theirs: ours for ours, theirs in PARTS.items()}


def adapted(
    model: Any,  # noqa: ANN401 - transformers is imported late
    path: Path,
    *,
    trainable: bool = False,
) -> Any:  # noqa: ANN401
    """Return `model`, a Llama, with the adapter in `path`; `trainable` if its weights may change.

    Raises:
        ModelFault: The file holds no LoRA adapter for such a model.
    """
    import peft  # noqa: PLC0415
    from gguf import GGUFReader  # noqa: PLC0415 - loads numpy

    reader = GGUFReader(path)
    if ALPHA not in reader.fields:
        raise ModelFault(f"{path} is no LoRA adapter\n\nhint: name what `rtlgen train pack` wrote")
    config = model.config
    heads = Heads(queries=config.num_attention_heads, keys=config.num_key_value_heads)
    weights = dict(_weights(reader, heads, path))
    ranks = {int(each.shape[0]) for name, each in weights.items() if ".lora_A." in name}
    if len(ranks) != 1:
        raise ModelFault(
            f"an adapter must have one rank, {path} has {sorted(ranks)}"
            "\n\nhint: use it with gguf:, where ranks may differ"
        )
    lora = peft.LoraConfig(
        r=ranks.pop(),
        lora_alpha=float(reader.fields[ALPHA].contents()),
        target_modules=sorted({name.split(".")[-3] for name in weights}),
        inference_mode=not trainable,
    )
    changed = peft.PeftModelForCausalLM(model, lora)
    report = peft.set_peft_model_state_dict(changed, weights)
    lacking = [name for name in report.missing_keys if ".lora_" in name]
    if strays := [*lacking, *report.unexpected_keys]:
        raise ModelFault(
            f"adapter {path} does not fit the model: {len(strays)} tensors, {strays[0]} among "
            "them\n\nhint: choose the base model that it was trained on"
        )
    return changed


def _weights(reader: Any, heads: Heads, path: Path) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Yield each matrix under the name that PEFT has for it.

    Raises:
        ModelFault: A tensor is none of a Llama's layers.
    """
    import torch  # noqa: PLC0415
    from gguf import quants  # noqa: PLC0415

    for tensor in reader.tensors:
        found = _TENSOR.fullmatch(tensor.name)
        if not found or found[2] not in _NAMES:
            raise ModelFault(
                f"an adapter may change the projections of layers, {tensor.name} of {path} is "
                "another\n\nhint: use it with gguf:"
            )
        matrix = quants.dequantize(tensor.data, tensor.tensor_type)
        rows = heads.of(tensor.name) if found[3] == "b" else None
        name = f"base_model.model.model.layers.{found[1]}.{_NAMES[found[2]]}"
        value = torch.from_numpy(in_halves(matrix, rows).copy())
        yield f"{name}.lora_{found[3].upper()}.weight", value
