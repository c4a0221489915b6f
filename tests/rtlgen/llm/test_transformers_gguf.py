"""Models in the format of llama.cpp."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtlgen.llm.model import Message, ModelFault, Request, Sampling
from rtlgen.llm.transformers_local import LocalModel

NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "model.layers": "blk",
}


def convert(folder: Path, path: Path) -> None:
    """Write a Llama model as GGUF; its heads may come out in another order."""
    import gguf
    from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text())
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_dimension_count(config["hidden_size"] // config["num_attention_heads"])
    writer.add_vocab_size(config["vocab_size"])
    _add_tokenizer(writer, json.loads((folder / "tokenizer.json").read_text()))
    for name, tensor in load_file(folder / "model.safetensors").items():
        for ours, theirs in NAMES.items():
            name = name.replace(ours, theirs)  # noqa: PLW2901
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_tokenizer(writer: object, tokenizer: dict[str, object]) -> None:
    import gguf

    assert isinstance(writer, gguf.GGUFWriter)
    model = tokenizer["model"]
    assert isinstance(model, dict)
    tokens = sorted(model["vocab"], key=model["vocab"].__getitem__)
    special = [3 if token.startswith("<|") else 1 for token in tokens]
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types(special)
    writer.add_token_merges([" ".join(merge) for merge in model["merges"]])
    writer.add_eos_token_id(tokens.index("<|end|>"))
    writer.add_chat_template("<|user|>{{ messages[-1]['content'] }}<|assistant|>")


def asked(sample: int) -> Request:
    return Request(
        messages=(Message(role="user", content="module"),),
        sampling=Sampling(max_tokens=8),
        sample=sample,
    )


def test_gguf_file_answers(
    garbage_model: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tiny.gguf"
    convert(garbage_model, path)
    model = LocalModel(str(path), device="cpu")
    found = dict(model.ask([asked(0), asked(1), asked(0)]))
    assert found[0].text == found[2].text
    assert found[0].text != found[1].text
    assert found[0].usage.completion_tokens == 8
    assert capfd.readouterr().err == ""


def test_damaged_gguf_is_refused(garbage_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    convert(garbage_model, path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ModelFault, match=f"cannot load .*{path}"):
        list(LocalModel(str(path)).ask([asked(0)]))
