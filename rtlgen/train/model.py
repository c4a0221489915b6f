"""Models in memory for training, and saved so that `--model hf:DIR` uses them at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, redirect_stderr
from dataclasses import dataclass
from importlib import metadata
from io import StringIO
from pathlib import Path
from typing import Any

from rtlgen.errors import UsageError
from rtlgen.llm.gguf_adapter import adapted
from rtlgen.llm.model import ModelFault
from rtlgen.llm.packaged import SMOLLM2, smollm2
from rtlgen.llm.style import FILE, PromptStyle
from rtlgen.llm.transformers_load import check_source, first_line, quiet
from rtlgen.train.config import Placed

INSTALL = "pip install 'rtlgen[train]'"
CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] "
    "+ eos_token + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
"""ChatML, with the tokenizer's own end token, so that no token has to be added."""
_NEEDED = ("torch", "transformers", "trl", "peft", "datasets", "accelerate", "pyarrow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainee:
    """A model to train."""

    model: Any
    tokenizer: Any
    parameters: int


def require() -> None:
    """See that the libraries for training are installed.

    The folder `datasets/` makes `import datasets` succeed without Hugging Face's, so that
    the packages' metadata are asked.

    Raises:
        ModelFault: One is missing.
    """
    for package in _NEEDED:
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            raise ModelFault(
                f"training needs {package}, which is not installed\n\nhint: {INSTALL}"
            ) from None


def resolve(name: str, folder: Path = Path()) -> str:
    """Return the folder, file or name on the hub that `model: name` means.

    Args:
        name: As in a configuration.
        folder: What a relative path is relative to.

    Raises:
        ModelFault: `smollm2` is meant, and its package is missing.
    """
    if name == SMOLLM2:
        return str(smollm2())
    path = folder / Path(name).expanduser()
    return str(path) if path.exists() else name


def load(source: str, *, dtype: str) -> Trainee:
    """Bring a model and its tokenizer into memory, a quantized one unpacked.

    Raises:
        ModelFault: They cannot be loaded.
    """
    check_source(source, None)
    # The progress bar of GGUF files can be switched off in no other way.
    bars = redirect_stderr(StringIO()) if source.endswith(".gguf") else nullcontext()
    with quiet(), bars, _refusing(source):
        model = _model(source, dtype)
        tokenizer = _tokenizer(source)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return Trainee(
        model=model,
        tokenizer=tokenizer,
        parameters=sum(_size(each) for each in model.parameters()),
    )


def with_adapter(model: Any, path: Path) -> Any:  # noqa: ANN401 - imported late
    """Return `model` with the LoRA adapter at `path`, which training goes on with.

    Args:
        model: Its base model.
        path: A folder that PEFT wrote, or a `.gguf` file such as `rtlgen train pack` writes.

    Raises:
        ModelFault: There is none, or it belongs to another model.
    """
    import peft  # noqa: PLC0415 - takes seconds

    if path.suffix == ".gguf" and path.is_file():
        with quiet(), _refusing(str(path)):
            return adapted(model, path, trainable=True)
    if not (path / "adapter_config.json").is_file():
        raise ModelFault(
            "an adapter is a folder with adapter_config.json, or a .gguf file; "
            f"{path} is neither\n\n"
            "hint: give the folder adapter/ of a finished run with `lora`, or a packed adapter"
        )
    with quiet(), _refusing(str(path)):
        return peft.PeftModel.from_pretrained(model, str(path), is_trainable=True)


def lora_weights(model: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return copies of the LoRA weights of `model`, by name."""
    return {
        name: weight.detach().clone()
        for name, weight in model.named_parameters()
        if ".lora_" in name
    }


def go_part_of_the_way(model: Any, start: Mapping[str, Any], way: float) -> None:  # noqa: ANN401
    """Set the LoRA weights of `model` between those of `start`, at 0, and its own, at 1."""
    import torch  # noqa: PLC0415 - takes seconds

    weights = dict(model.named_parameters())
    with torch.no_grad():
        for name, before in start.items():
            weights[name].copy_(torch.lerp(before.to(weights[name]), weights[name], way))


def set_template(tokenizer: Any, placed: Placed) -> None:  # noqa: ANN401 - imported late
    """Give the tokenizer the chat template that the configuration names.

    Raises:
        UsageError: It has none, and none is named; or the named one cannot be read.
    """
    wanted = placed.config.chat_template
    if wanted is None:
        if not tokenizer.chat_template:
            raise UsageError(
                f"the tokenizer of {placed.config.model} has no chat template, "
                f"{placed.place('model')}\n\nhint: set `chat_template: chatml`, or a Jinja file"
            )
        return
    tokenizer.chat_template = CHATML if wanted == "chatml" else _template(placed, wanted)
    _check_template(tokenizer, placed)


def save(
    model: Any,  # noqa: ANN401 - imported late
    tokenizer: Any,  # noqa: ANN401
    folder: Path,
    *,
    style: PromptStyle,
    facts: dict[str, Any] | None = None,
) -> None:
    """Write a model that `--model hf:FOLDER` uses; it appears whole.

    Args:
        model: One of transformers.
        tokenizer: Its tokenizer, with the chat template.
        folder: Must not be there.
        style: How it wants to be asked.
        facts: What else is said of it in `rtlgen.json`.
    """
    with appearing(folder) as partial, quiet():
        model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        text = json.dumps({"prompt": style, **(facts or {})}, indent=2) + "\n"
        (partial / FILE).write_text(text, encoding="utf-8")


def save_base(
    name: str, folder: Path, *, style: PromptStyle = "plain", dtype: str = "bfloat16"
) -> None:
    """Write the model `name`, untrained, as a folder: a quantized one is unpacked.

    Raises:
        ModelFault: It cannot be loaded.
    """
    require()
    trainee = load(resolve(name), dtype=dtype)
    save(trainee.model, trainee.tokenizer, folder, style=style, facts={"base": name})


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """Yield a folder to write into; it becomes `folder` in the end, or goes."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _size(weight: Any) -> int:  # noqa: ANN401 - imported late
    """Return how many numbers a weight has; DeepSpeed leaves none of a parted one here."""
    size: int = getattr(weight, "ds_numel", 0) or weight.numel()
    return size


def _model(source: str, dtype: str) -> Any:  # noqa: ANN401 - imported late
    import torch  # noqa: PLC0415 - takes seconds
    import transformers  # noqa: PLC0415

    folder, kind = _parts(source)
    if kind:
        # Without it TRL refuses the model as quantized.
        kind["quantization_config"] = transformers.GgufConfig(dequantize=True)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=getattr(torch, dtype),
        use_safetensors=True,
        trust_remote_code=False,
        **kind,
    )
    # A saved model is no GGUF file any more.
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    return model


def _tokenizer(source: str) -> Any:  # noqa: ANN401 - imported late
    import transformers  # noqa: PLC0415

    folder, kind = _parts(source)
    return transformers.AutoTokenizer.from_pretrained(folder, trust_remote_code=False, **kind)


def _parts(source: str) -> tuple[str, dict[str, Any]]:
    path = Path(source)
    if path.suffix == ".gguf" and path.is_file():
        return str(path.parent), {"gguf_file": path.name}
    return source, {}


@contextmanager
def _refusing(source: str) -> Iterator[None]:
    """Turn whatever the libraries raise on files that do not fit into a `ModelFault`."""
    try:
        yield
    except ImportError as error:
        raise ModelFault(f"cannot load {source}: {first_line(error)}\n\nhint: {INSTALL}") from error
    except Exception as error:
        # They raise `Exception` itself, and subclasses of it alone, for damaged files.
        raise ModelFault(
            f"cannot load {source}: {first_line(error)}\n\n"
            "hint: give a causal language model that transformers knows"
        ) from error


def _template(placed: Placed, wanted: str) -> str:
    path = placed.path(wanted)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"chat_template must be chatml or a Jinja file, cannot read {path}: "
            f"{first_line(error)}, {placed.place('chat_template')}\n\n"
            "hint: write one as in transformers' documentation of chat templates"
        ) from error


def _check_template(tokenizer: Any, placed: Placed) -> None:  # noqa: ANN401
    from jinja2 import TemplateError  # noqa: PLC0415

    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    try:
        tokenizer.apply_chat_template(turns, tokenize=False)
    except TemplateError as error:
        raise UsageError(
            f"the chat template must write a question and an answer: {first_line(error)}, "
            f"{placed.place('chat_template')}\n\nhint: mend it, or take `chatml`"
        ) from error
