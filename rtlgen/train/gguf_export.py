"""From a trained Llama in safetensors to the GGUF that llama.cpp serves.

The tokenizer and the shape's metadata are taken from another GGUF file of the
same model, the one that training began from: what a tokenizer does before it
splits words is known there by a name that a folder of Transformers does not hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from rtlgen.errors import UsageError
from rtlgen.llm.gguf_names import ALPHA, PARTS, Heads, interleaved
from rtlgen.llm.style import GGUF_KEY, style_in

Stored = Literal["q8_0", "f16", "bf16", "f32"]
"""How matrices are stored; vectors are always float32."""
_LAYER = re.compile(r"model\.layers\.(\d+)\.(.+)\.weight")
_WHOLE = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}
_LORA = re.compile(r"base_model\.model\.(model\.layers\.\d+\..+)\.lora_([AB])\.weight")
_BLOCK = 32
"""Numbers of a block of q8_0."""
_OWN = ("general.file_type", "general.quantization_version", GGUF_KEY)
"""Metadata that describes the file it stands in."""


def export_model(folder: Path, target: Path, *, like: Path, stored: Stored = "q8_0") -> None:
    """Write the Llama in `folder` as GGUF to `target`, with the tokenizer of `like`.

    Raises:
        UsageError: `folder` holds no Llama in safetensors, or one of another shape than `like`.
    """
    from gguf import GGUFReader, GGUFWriter  # noqa: PLC0415 - loads numpy

    config = _config(folder / "config.json")
    known = GGUFReader(like)
    shapes = {tensor.name: tuple(map(int, reversed(tensor.shape))) for tensor in known.tensors}
    partial = target.with_name(f".{target.name}.partial")
    writer = GGUFWriter(str(partial), "llama")
    _copy_metadata(known, writer)
    writer.add_string(GGUF_KEY, style_in(folder))
    heads = Heads(queries=config["num_attention_heads"], keys=config["num_key_value_heads"])
    written = set()
    for name, tensor in _tensors(sorted(folder.glob("*.safetensors"))):
        ours = _name(name, folder)
        if ours == "output.weight" and ours not in shapes:
            continue  # tied to the embedding
        if shapes.get(ours) != tuple(tensor.shape):
            raise UsageError(
                f"a tensor must be shaped as in {like}, {name} of {folder} is {tensor.shape} "
                f"and not {shapes.get(ours)}\n\nhint: name the GGUF file that training began from"
            )
        _add(writer, ours, interleaved(tensor, heads.of(ours)), stored)
        written.add(ours)
    if missing := sorted(shapes.keys() - written):
        raise UsageError(
            f"a model must have all tensors of {like}, {folder} lacks {missing[0]} and "
            f"{len(missing) - 1} more\n\nhint: save the model whole, with merged weights"
        )
    _finish(writer, partial, target)


def export_adapter(folder: Path, target: Path, *, like: Path, stored: Stored = "q8_0") -> int:
    """Write the LoRA adapter in `folder` as GGUF to `target`, for the base model `like`.

    A matrix whose rows are no whole blocks of `stored` is written as float16. Returns the rank.

    Raises:
        UsageError: `folder` holds no LoRA adapter for a Llama.
    """
    from gguf import GGUFReader, GGUFWriter  # noqa: PLC0415 - loads numpy

    config = _config(folder / "adapter_config.json")
    fields = GGUFReader(like).fields
    heads = Heads(
        queries=int(fields["llama.attention.head_count"].contents()),
        keys=int(fields["llama.attention.head_count_kv"].contents()),
    )
    partial = target.with_name(f".{target.name}.partial")
    writer = GGUFWriter(str(partial), "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32(ALPHA, float(_alpha(config, folder)))
    writer.add_string(GGUF_KEY, style_in(folder))
    for name, tensor in _tensors([folder / "adapter_model.safetensors"]):
        found = _LORA.fullmatch(name)
        if not found:
            raise UsageError(
                f"an adapter may change the projections of layers, {name} of {folder} is another"
                "\n\nhint: train it with LoRA on q_proj, k_proj, v_proj, o_proj and the MLP's"
            )
        ours = _name(f"{found[1]}.weight", folder)
        rows = heads.of(ours) if found[2] == "B" else None
        kind: Stored = "f16" if tensor.shape[1] % _BLOCK and stored == "q8_0" else stored
        _add(writer, f"{ours}.lora_{found[2].lower()}", interleaved(tensor, rows), kind)
    _finish(writer, partial, target)
    return int(config["r"])


def _config(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise UsageError(
            f"cannot read {path}: {said}\n\nhint: give the folder that training has written"
        ) from error
    kind = found.get("model_type", found.get("peft_type"))
    if kind not in ("llama", "LORA"):
        raise UsageError(
            f"a model must be a Llama, {path} describes {kind!r}"
            "\n\nhint: use it as it is, with hf:FOLDER"
        )
    return dict(found)


def _alpha(config: Mapping[str, Any], folder: Path) -> float:
    """Return the scale as llama.cpp reads it: it divides by the rank.

    Raises:
        UsageError: The adapter is of a kind that has other factors.
    """
    if config.get("use_rslora") or config.get("use_dora") or config.get("alpha_pattern"):
        raise UsageError(
            f"an adapter must be plain LoRA, {folder} is not (use_rslora, use_dora, alpha_pattern)"
            "\n\nhint: merge it into its base and export that"
        )
    return float(config["lora_alpha"])


def _copy_metadata(known: Any, writer: Any) -> None:  # noqa: ANN401 - gguf is imported late
    from gguf import GGUFValueType  # noqa: PLC0415

    for name, field in known.fields.items():
        if name.startswith("GGUF.") or name in ("general.architecture", *_OWN):
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind is GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), kind, sub_type=inner)


def _tensors(files: list[Path]) -> Iterator[tuple[str, Any]]:
    """Yield the tensors of `files` as float32, one at a time."""
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - with torch

    for path in files:
        try:
            with safe_open(path, framework="pt") as file:
                for name in sorted(file.keys()):
                    yield name, file.get_tensor(name).float().numpy()
        except (OSError, SafetensorError) as error:
            raise UsageError(f"cannot read {path}: {error}\n\nhint: save it again") from error


def _name(name: str, folder: Path) -> str:
    """Return what llama.cpp calls a tensor.

    Raises:
        UsageError: A Llama has no such tensor.
    """
    if name in _WHOLE:
        return _WHOLE[name]
    found = _LAYER.fullmatch(name)
    if found and found[2] in PARTS:
        return f"blk.{found[1]}.{PARTS[found[2]]}.weight"
    raise UsageError(
        f"a tensor must be one of a Llama, {name} of {folder} is none\n\nhint: use hf:FOLDER"
    )


def _add(writer: Any, name: str, tensor: Any, stored: Stored) -> None:  # noqa: ANN401
    from gguf import GGMLQuantizationType, quants  # noqa: PLC0415

    kind = GGMLQuantizationType[stored.upper()] if tensor.ndim > 1 else GGMLQuantizationType.F32
    data = quants.quantize(tensor, kind)
    writer.add_tensor(name, data, raw_dtype=kind)


def _finish(writer: Any, partial: Path, target: Path) -> None:  # noqa: ANN401
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
