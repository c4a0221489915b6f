"""From a path or a name on the Hugging Face hub to a model and tokenizer in memory.

Only safetensors and GGUF are read: other weights are pickles, which run code,
and code that comes with a model is never run.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr
from dataclasses import dataclass
from importlib import metadata
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

from rtlgen.llm.model import ModelFault

INSTALL = "pip install 'rtlgen[local]'"
_HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")
_HUB_FILES = ["*.json", "*.safetensors", "*.txt", "*.model", "*.jinja"]
_NOISY = ("transformers", "huggingface_hub", "peft", "accelerate", "torch", "httpx")
_FEW_PARAMETERS = 2_000_000_000
"""A model with fewer is held in float32 for the moment in which an adapter is added to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A model that answers."""

    model: Any
    tokenizer: Any
    vocabulary: int
    """Tokens that the model knows; some tokenizers know more."""
    context: int | None
    """Most tokens of prompt and answer together, where the model says so."""
    shares_prompts: bool = False
    """Whether `transformers_sampler` can draw its answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Where a model's weights are, and how they are brought into memory."""

    source: str
    """A folder, a `.gguf` file, or a name on the Hugging Face hub."""
    adapter: Path | None
    device: str
    """`auto`, `cpu`, `cuda` or `cuda:N`."""
    dtype: str
    """`auto` is the weights' own; else a name such as `float32`."""
    say: Callable[[str], None]
    """Told before anything is downloaded."""


def check_source(source: str, adapter: Path | None) -> None:
    """Check whatever can be checked without importing torch.

    Raises:
        ModelFault: A library is missing, or the path holds no model or adapter.
    """
    path = Path(source).expanduser()
    if path.is_dir():
        _check_folder(path)
    elif path.suffix == ".gguf" and path.is_file():
        _check_gguf(path)
    elif path.exists():
        _refuse(f"a model must be a folder or a .gguf file, {path} is neither", "name its folder")
    elif not _HUB_ID.fullmatch(source) or source.endswith(".gguf"):
        _refuse(f"no model at {path}", "give an existing folder, or a name such as Qwen/Qwen3-0.6B")
    if adapter is not None:
        _check_adapter(adapter)
    _require("torch", "transformers", *(["peft"] if adapter is not None else []))


def load(weights: Weights) -> Loaded:
    """Bring model and tokenizer into memory.

    Raises:
        ModelFault: They cannot be loaded, or do not fit one another.
    """
    check_source(weights.source, weights.adapter)
    with quiet():
        path = _locate(weights)
        device = _device(weights.device)
        model = _model(path, device, _dtype(weights.dtype))
        tokenizer = _tokenizer(path)
        vocabulary = model.get_input_embeddings().num_embeddings
        _check_vocabulary(tokenizer, vocabulary, path)
        _forget_generation_defaults(model)
        context = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        shares = _shares_prompts(model)
        if weights.adapter is not None:
            model = _adapted(model, weights.adapter.expanduser())
            model = _merged(model) if model.device.type == "cpu" else model
        return Loaded(
            model=model.eval(),
            tokenizer=tokenizer,
            vocabulary=vocabulary,
            context=context,
            shares_prompts=shares,
        )


@contextmanager
def quiet() -> Iterator[None]:
    """Keep warnings, log lines and progress bars of the libraries off standard error."""
    from transformers.utils import logging as bars  # noqa: PLC0415 - takes seconds

    loggers = [logging.getLogger(name) for name in _NOISY]
    levels = [logger.level for logger in loggers]
    shown = bars.is_progress_bar_enabled()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        bars.disable_progress_bar()
        try:
            yield
        finally:
            if shown:
                bars.enable_progress_bar()
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


def first_line(error: BaseException) -> str:
    """Return what an error says, on one short line."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).strip()[:200]


def _require(*packages: str) -> None:
    for package in packages:
        try:
            metadata.version(package)
        except metadata.PackageNotFoundError:
            _refuse(f"a local model needs {package}, which is not installed", INSTALL)


def _refuse(rule: str, hint: str) -> NoReturn:
    raise ModelFault(f"{rule}\n\nhint: {hint}")


@contextmanager
def _refusing(what: str, hint: str) -> Iterator[None]:
    """Turn whatever the libraries raise on files that do not fit into a `ModelFault`."""
    try:
        yield
    except ModelFault:
        raise
    except ImportError as error:
        raise ModelFault(f"cannot load {what}: {first_line(error)}\n\nhint: {INSTALL}") from error
    except Exception as error:
        # They raise `Exception` itself, and subclasses of it alone, for damaged files.
        raise ModelFault(f"cannot load {what}: {first_line(error)}\n\nhint: {hint}") from error


def _check_folder(folder: Path) -> None:
    if (folder / "adapter_config.json").exists():
        base = _json(folder / "adapter_config.json").get("base_model_name_or_path")
        _refuse(
            f"{folder} is an adapter, no model",
            f"choose its base, `--model hf:{base or 'BASE'} --adapter {folder}`",
        )
    if not (folder / "config.json").is_file():
        _refuse(f"{folder} is no model: it has no config.json", _gguf_or_folder(folder))
    if not any(folder.glob("*.safetensors")):
        if any(folder.glob("*.bin")) or any(folder.glob("*.pt")) or any(folder.glob("*.pth")):
            _refuse(
                f"the weights in {folder} are pickles, which can run code; safetensors are read",
                "convert them where you trust them, with `save_pretrained`",
            )
        _refuse(f"{folder} has no weights: no *.safetensors", "download the model's weights too")


def _gguf_or_folder(folder: Path) -> str:
    files = sorted(folder.glob("*.gguf"))
    if files:
        return f"name the file: hf:{files[0]}"
    return "give the folder that `save_pretrained` wrote or the hub's copy of it"


def _check_gguf(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            _refuse(f"{path} is no GGUF file", "download it again")
    _require("gguf", "accelerate")


def _check_adapter(folder: Path) -> None:
    folder = folder.expanduser()
    if folder.suffix == ".gguf" and folder.is_file():
        _check_gguf(folder)
        return
    if not (folder / "adapter_config.json").is_file():
        _refuse(
            f"{folder} is no adapter: it has no adapter_config.json",
            "give the folder that peft's `save_pretrained` wrote, or a .gguf file",
        )
    if not (folder / "adapter_model.safetensors").is_file():
        _refuse(
            f"{folder} has no adapter_model.safetensors",
            "save the adapter as safetensors; other formats are pickles, which can run code",
        )
    kind = _json(folder / "adapter_config.json").get("peft_type")
    if kind != "LORA":
        _refuse(f"an adapter must be LoRA, {folder} is {kind!r}", "merge it into its base")


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ModelFault(
            f"cannot read {path}: {first_line(error)}\n\nhint: save or download it again"
        ) from error
    return found if isinstance(found, dict) else {}


def _locate(weights: Weights) -> Path:
    path = Path(weights.source).expanduser()
    return path if path.exists() else _from_hub(weights.source, weights.say)


def _from_hub(name: str, say: Callable[[str], None]) -> Path:
    from huggingface_hub import constants, snapshot_download  # noqa: PLC0415
    from huggingface_hub.errors import LocalEntryNotFoundError, RepositoryNotFoundError  # noqa: PLC0415

    wanted = {"allow_patterns": _HUB_FILES, "ignore_patterns": ["*/*"]}
    try:
        folder = Path(snapshot_download(name, local_files_only=True, **wanted))
        _check_folder(folder)
    except (LocalEntryNotFoundError, ModelFault):
        pass
    else:
        return folder
    if constants.HF_HUB_OFFLINE:
        _refuse(
            f"model {name} is not in the cache, and HF_HUB_OFFLINE forbids to download it",
            "unset HF_HUB_OFFLINE, or give the folder of a model",
        )
    say(f"downloading {name} from {constants.ENDPOINT}, which may take long")
    with _refusing(f"{name} from the hub", "check the network, or give the folder of a model"):
        try:
            folder = Path(snapshot_download(name, **wanted))
        except RepositoryNotFoundError:
            _refuse(
                f"{constants.ENDPOINT} has no model {name}, or none that you may read",
                "check its name; where its owner asks for consent, set HF_TOKEN",
            )
    _check_folder(folder)
    return folder


def _device(wanted: str) -> str:
    import torch  # noqa: PLC0415

    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if wanted.startswith("cuda") and not torch.cuda.is_available():
        _refuse(f"device {wanted} is asked for, but torch finds no GPU", "take `auto` or `cpu`")
    return wanted


def _dtype(wanted: str) -> Any:  # noqa: ANN401 - torch is imported late
    import torch  # noqa: PLC0415

    return "auto" if wanted == "auto" else getattr(torch, wanted)


def _model(path: Path, device: str, dtype: Any) -> Any:  # noqa: ANN401 - torch is imported late
    import transformers  # noqa: PLC0415

    folder, kind = _parts(path)
    # The progress bar of GGUF files can be switched off in no other way.
    bars = redirect_stderr(StringIO()) if kind else nullcontext()
    hint = "give a causal language model that transformers knows"
    with bars, _refusing(f"model {path}", hint):
        model, report = transformers.AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=dtype,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
            **kind,
        )
        if lacking := sorted(report["missing_keys"]) or sorted(report["mismatched_keys"]):
            _refuse(
                f"the weights of {path} do not fit its config.json: {len(lacking)} tensors lack "
                f"or differ in shape, {lacking[0]} among them",
                "download or save the model again",
            )
        return model.to(device)


def _tokenizer(path: Path) -> Any:  # noqa: ANN401 - transformers is imported late
    import transformers  # noqa: PLC0415

    folder, kind = _parts(path)
    with _refusing(f"the tokenizer of {path}", "save or download it next to the weights"):
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True, padding_side="left", **kind
        )
        tokenizer("module")
        return tokenizer


def _parts(path: Path) -> tuple[str, dict[str, str]]:
    if path.is_dir():
        return str(path), {}
    return str(path.parent), {"gguf_file": path.name}


def _check_vocabulary(tokenizer: Any, size: int, path: Path) -> None:  # noqa: ANN401
    # Added tokens are not counted: some tokenizers have one more that the model never saw.
    if tokenizer.vocab_size > size:
        _refuse(
            f"the tokenizer of {path} has {tokenizer.vocab_size} tokens, its model only {size}",
            "save or download both together",
        )


def _forget_generation_defaults(model: Any) -> None:  # noqa: ANN401
    """Keep of the model's own habits only its end tokens: a request says all the rest."""
    from transformers import GenerationConfig  # noqa: PLC0415

    ends = model.generation_config.eos_token_id if model.generation_config else None
    model.generation_config = GenerationConfig(eos_token_id=ends)


def _shares_prompts(model: Any) -> bool:  # noqa: ANN401
    """Let answers share what the model remembers of a prompt, where that is faster and exact."""
    from rtlgen.llm.transformers_sampler import prepare, supports  # noqa: PLC0415

    shares = model.device.type == "cpu" and supports(model)
    if shares:
        prepare(model)
    return shares


def _merged(model: Any) -> Any:  # noqa: ANN401
    """Return the base model with the adapter in its weights: thin products take as long as thick.

    They are added up in float32 where memory allows.
    """
    dtype = model.dtype
    if sum(each.numel() for each in model.parameters()) < _FEW_PARAMETERS:
        model = model.float()
    return model.merge_and_unload().to(dtype)


def _adapted(model: Any, folder: Path) -> Any:  # noqa: ANN401
    import peft  # noqa: PLC0415

    with _refusing(f"adapter {folder}", "choose the base model that it was trained on"):
        if folder.suffix == ".gguf":
            from rtlgen.llm.gguf_adapter import adapted as adapted_by_gguf  # noqa: PLC0415

            return adapted_by_gguf(model, folder)
        config = peft.PeftConfig.from_pretrained(str(folder))
        config.inference_mode = True
        adapted = peft.PeftModelForCausalLM(model, config)
        report = adapted.load_adapter(str(folder), "default", torch_device=str(model.device))
        if strays := [*report.missing_keys, *report.unexpected_keys]:
            _refuse(
                f"adapter {folder} does not fit the model: {len(strays)} tensors, "
                f"{strays[0]} among them",
                "choose the base model that it was trained on",
            )
        return adapted
