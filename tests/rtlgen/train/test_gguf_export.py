"""What training has saved, as GGUF: the same answers as in Transformers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtlgen.errors import UsageError
from rtlgen.llm.llama_cpp import LlamaCpp
from rtlgen.llm.model import Message, Request, Sampling
from rtlgen.llm.transformers_local import LocalModel
from rtlgen.train.gguf_export import export_adapter, export_model
from tests.llama import weights

ASKED = Request(
    messages=(Message(role="user", content="Write a module that inverts its input."),),
    sampling=Sampling(temperature=0.0, max_tokens=12),
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small model as a folder, float32, with a LoRA adapter that changes what it says."""
    import peft
    import torch
    import transformers

    from rtlgen.llm.transformers_load import quiet

    folder = tmp_path_factory.mktemp("trained")
    kind = {"gguf_file": weights().name}
    with quiet():
        model = transformers.AutoModelForCausalLM.from_pretrained(
            str(weights().parent),
            dtype=torch.float32,
            quantization_config=transformers.GgufConfig(dequantize=True),
            **kind,
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(weights().parent), **kind)
        model.save_pretrained(folder / "model")
        tokenizer.save_pretrained(folder / "model")
        torch.manual_seed(1)
        targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        config = peft.LoraConfig(r=2, lora_alpha=4, target_modules=targets, init_lora_weights=False)
        peft.get_peft_model(model, config).save_pretrained(folder / "adapter")
    for part in ("model", "adapter"):
        (folder / part / "rtlgen.json").write_text(json.dumps({"prompt": "plain"}))
    return folder


def test_model_answers_as_in_transformers(trained: Path, tmp_path: Path) -> None:
    export_model(trained / "model", tmp_path / "m.gguf", like=weights(), stored="f32")
    served = LlamaCpp(str(tmp_path / "m.gguf"), slots=1, context=128, threads=1)
    local = LocalModel(str(trained / "model"), dtype="float32")
    assert served.prompt_style == local.prompt_style == "plain"
    adapted = LocalModel(str(trained / "model"), adapter=trained / "adapter", dtype="float32")
    export_adapter(trained / "adapter", tmp_path / "a.gguf", like=weights())
    served_adapted = LlamaCpp(
        str(tmp_path / "m.gguf"), adapter=tmp_path / "a.gguf", slots=1, context=128, threads=1
    )
    texts = []
    for model in (served, local, served_adapted, adapted):
        ((_, found),) = model.ask([ASKED])
        texts.append(found.text)
        model.close()
    assert texts[0] == texts[1]
    assert texts[2] == texts[3]
    assert texts[0] != texts[2]
    assert not list(tmp_path.glob(".*"))


def test_what_is_no_llama_is_refused(trained: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(UsageError, match=r"cannot read .*config.json"):
        export_model(other, tmp_path / "m.gguf", like=weights())
    (other / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(UsageError, match=r"a model must be a Llama, .* describes 'gpt2'"):
        export_model(other, tmp_path / "m.gguf", like=weights())
    config = json.loads((trained / "model" / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config))
    with pytest.raises(UsageError, match=r"must have all tensors .* and \d+ more"):
        export_model(other, tmp_path / "m.gguf", like=weights())
    assert not (tmp_path / "m.gguf").exists()
    assert not list(tmp_path.glob(".*"))
    adapter = json.loads((trained / "adapter" / "adapter_config.json").read_text())
    (other / "adapter_config.json").write_text(json.dumps({**adapter, "use_dora": True}))
    with pytest.raises(UsageError, match="must be plain LoRA"):
        export_adapter(other, tmp_path / "a.gguf", like=weights())
