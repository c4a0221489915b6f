"""What training has saved, as GGUF: the same answers as in Transformers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from rtlgen.errors import UsageError
from rtlgen.llm.llama_cpp import LlamaCpp, Size
from rtlgen.llm.model import Message, Request, Sampling
from rtlgen.llm.transformers_local import LocalModel
from rtlgen.train.gguf_export import Stored, export_adapter, export_model
from rtlgen.train.model import load, with_adapter

SIZE = Size(slots=1, context=128, threads=1)
ASKED = Request(
    messages=(Message(role="user", content="Write a module that inverts its input."),),
    sampling=Sampling(temperature=0.0, max_tokens=12),
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random Llama of one layer as a folder, and a LoRA adapter that changes what it says.

    `like.gguf` has its shape and its tokenizer, which knows bytes only.
    """
    import peft
    import torch
    import transformers

    from rtlgen.llm.transformers_load import quiet

    folder = tmp_path_factory.mktemp("trained")
    tokenizer = _tokenizer()
    config = transformers.LlamaConfig(
        vocab_size=len(TOKENS),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        rope_theta=100000.0,
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        eos_token_id=1,
    )
    torch.manual_seed(1)
    with quiet():
        model = transformers.LlamaForCausalLM(config)
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.5)
        model.save_pretrained(folder / "model")
        tokenizer.save_pretrained(folder / "model")
        _write_like(folder / "like.gguf", model)
        targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        lora = peft.LoraConfig(r=32, lora_alpha=64, target_modules=targets, init_lora_weights=False)
        peft.get_peft_model(model, lora).save_pretrained(folder / "adapter")
    for part in ("model", "adapter"):
        (folder / part / "rtlgen.json").write_text(json.dumps({"prompt": "plain"}))
    return folder


TEMPLATE = "{% for message in messages %}{{ message['content'] }}|{% endfor %}"


def _letters() -> list[str]:
    from tokenizers.pre_tokenizers import ByteLevel

    return sorted(ByteLevel.alphabet())


TOKENS = ["<|start|>", "<|end|>", *_letters()]


def _tokenizer() -> Any:
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    inner = Tokenizer(models.BPE({token: n for n, token in enumerate(TOKENS)}, []))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token="<|start|>",
        eos_token="<|end|>",
        chat_template=TEMPLATE,
    )


def _write_like(path: Path, model: Any) -> None:
    """Write zeros in the shape of `model`."""
    import numpy
    from gguf import GGUFWriter, TokenType

    writer = GGUFWriter(str(path), "llama")
    writer.add_block_count(1)
    writer.add_context_length(256)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_dimension_count(8)
    writer.add_rope_freq_base(100000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(TOKENS)
    writer.add_token_types([TokenType.CONTROL] * 2 + [TokenType.NORMAL] * (len(TOKENS) - 2))
    writer.add_token_merges([f"{TOKENS[2]} {TOKENS[3]}"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    sizes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    for name in GGUF_TENSORS:
        writer.add_tensor(
            f"{name}.weight", numpy.zeros(sizes[_of(f"{name}.weight")], numpy.float32)
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


GGUF_TENSORS = (
    "token_embd",
    "output_norm",
    *(
        f"blk.0.{part}"
        for part in (
            *("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output"),
            *("ffn_norm", "ffn_gate", "ffn_up", "ffn_down"),
        )
    ),
)


def _of(name: str) -> str:
    """What Transformers calls a tensor of llama.cpp."""
    words = {
        "token_embd": "model.embed_tokens",
        "output_norm": "model.norm",
        "blk.0": "model.layers.0",
        "attn_norm": "input_layernorm",
        "ffn_norm": "post_attention_layernorm",
        "attn_output": "self_attn.o_proj",
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }
    for theirs, ours in words.items():
        name = name.replace(theirs, ours)
    return name


def test_model_answers_as_in_transformers(trained: Path, tmp_path: Path) -> None:
    export_model(trained / "model", tmp_path / "m.gguf", like=trained / "like.gguf", stored="f32")
    served = LlamaCpp(str(tmp_path / "m.gguf"), size=SIZE)
    local = LocalModel(str(trained / "model"), dtype="float32")
    files = {stored: tmp_path / f"{stored}.gguf" for stored in ("f16", "q8_0")}
    for stored, path in files.items():
        export_adapter(
            trained / "adapter", path, like=trained / "like.gguf", stored=cast("Stored", stored)
        )
    models = (
        *(served, local),
        LlamaCpp(str(tmp_path / "m.gguf"), adapter=files["f16"], size=SIZE),
        LocalModel(str(trained / "model"), adapter=trained / "adapter", dtype="float32"),
        LlamaCpp(str(tmp_path / "m.gguf"), adapter=files["q8_0"], size=SIZE),
        LocalModel(str(trained / "model"), adapter=files["q8_0"], dtype="float32"),
    )
    texts = []
    for model in models:
        assert model.prompt_style == "plain"
        ((_, found),) = model.ask([ASKED])
        texts.append(str(found.text))
        model.close()
    assert texts[0] == texts[1]
    assert texts[2] == texts[3]
    assert texts[4] == texts[5]
    assert texts[0] not in texts[2:]
    assert not list(tmp_path.glob(".*"))


def test_training_goes_on_with_a_packed_adapter(trained: Path, tmp_path: Path) -> None:
    import torch

    packed = tmp_path / "adapter.gguf"
    export_adapter(trained / "adapter", packed, like=trained / "like.gguf", stored="f16")
    found, expected = (
        dict(
            with_adapter(
                load(str(trained / "model"), dtype="float32").model, path
            ).named_parameters()
        )
        for path in (packed, trained / "adapter")
    )
    assert [*found] == [*expected]
    for name, parameter in found.items():
        assert parameter.requires_grad == (".lora_" in name)
        torch.testing.assert_close(parameter, expected[name], rtol=1e-3, atol=1e-3)


def test_what_is_no_llama_is_refused(trained: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(UsageError, match=r"cannot read .*config.json"):
        export_model(other, tmp_path / "m.gguf", like=trained / "like.gguf")
    (other / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(UsageError, match=r"a model must be a Llama, .* describes 'gpt2'"):
        export_model(other, tmp_path / "m.gguf", like=trained / "like.gguf")
    config = json.loads((trained / "model" / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config))
    with pytest.raises(UsageError, match=r"must have all tensors .* and \d+ more"):
        export_model(other, tmp_path / "m.gguf", like=trained / "like.gguf")
    assert not (tmp_path / "m.gguf").exists()
    assert not list(tmp_path.glob(".*"))
    adapter = json.loads((trained / "adapter" / "adapter_config.json").read_text())
    (other / "adapter_config.json").write_text(json.dumps({**adapter, "use_dora": True}))
    with pytest.raises(UsageError, match="must be plain LoRA"):
        export_adapter(other, tmp_path / "a.gguf", like=trained / "like.gguf")
