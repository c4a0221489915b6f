"""From what the user typed to the model that is asked."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rtlgen.errors import UsageError
from rtlgen.llm.config import Settings
from rtlgen.llm.model import LanguageModel

BUILT_IN = "builtin"
EMBEDDED = "embedded"
FORMS = (
    *("openai:MODEL", "hf:PATH_OR_ID", "gguf:FILE", "replay:FILE", "scripted:FILE"),
    *(EMBEDDED, BUILT_IN),
)
"""What a model's name may look like."""


def choose_model(text: str | None, *, settings: Settings) -> LanguageModel | None:
    """Return the model called `text`; None is the built-in proposer, which needs no model.

    Nothing is connected to or loaded before the model is first asked; files
    of samples and scripts are read at once.

    Raises:
        UsageError: No model has such a name, or a file of samples cannot be used.
        ModelFault: A library or a key that the model needs is not there.
    """
    if text is None or text == BUILT_IN:
        _check_options(BUILT_IN, settings)
        return None
    if text == EMBEDDED:
        _check_options(EMBEDDED, settings)
        return _embedded(settings)
    scheme, colon, rest = text.partition(":")
    make = _MAKERS.get(scheme)
    if make is None or not colon or not rest.strip():
        raise UsageError(
            f"a model must be one of {', '.join(FORMS)}, not {_shown(text)}"
            f"{_place(text, settings)}\n\nhint: {_hint(text)}"
        )
    _check_options(scheme, settings)
    return make(rest.strip(), settings)


def _openai(name: str, settings: Settings) -> LanguageModel:
    from rtlgen.llm.openai_server import OpenAIServer  # noqa: PLC0415 - loads an SDK

    names = ("base_url", "key_variable", "concurrency", "timeout")
    return OpenAIServer(model=name, **_chosen(settings, *names))


def _local(name: str, settings: Settings) -> LanguageModel:
    from rtlgen.llm.packaged import SMOLLM2, smollm2  # noqa: PLC0415
    from rtlgen.llm.transformers_local import LocalModel  # noqa: PLC0415 - keeps others light

    chosen = _chosen(settings, "concurrency", "timeout", "dtype")
    adapter = settings.model.adapter
    return LocalModel(
        str(smollm2()) if name == SMOLLM2 else name,
        adapter=Path(adapter).expanduser() if adapter else None,
        **{{"concurrency": "batch_size"}.get(key, key): value for key, value in chosen.items()},
    )


def _llama_cpp(name: str, settings: Settings) -> LanguageModel:
    from rtlgen.llm.llama_cpp import LlamaCpp, Size  # noqa: PLC0415 - keeps others light

    adapter = settings.model.adapter
    concurrency = settings.model.concurrency
    return LlamaCpp(
        name,
        adapter=Path(adapter) if adapter else None,
        size=Size() if concurrency is None else Size(slots=concurrency),
        **_chosen(settings, "timeout"),
    )


def _embedded(settings: Settings) -> LanguageModel:
    from rtlgen.llm.embedded import Embedded  # noqa: PLC0415 - keeps others light

    adapter = settings.model.adapter
    chosen = _chosen(settings, "concurrency", "timeout", "grammar")
    return Embedded(
        adapter=Path(adapter) if adapter else None,
        **{{"concurrency": "slots"}.get(key, key): value for key, value in chosen.items()},
    )


def _replay(name: str, _settings: Settings) -> LanguageModel:
    from rtlgen.llm.replay import Replay  # noqa: PLC0415

    return Replay(Path(name).expanduser())


def _scripted(name: str, _settings: Settings) -> LanguageModel:
    from rtlgen.llm.scripted import Scripted  # noqa: PLC0415

    return Scripted.from_file(Path(name).expanduser())


_MAKERS: dict[str, Callable[[str, Settings], LanguageModel]] = {
    "openai": _openai,
    "hf": _local,
    "gguf": _llama_cpp,
    "replay": _replay,
    "scripted": _scripted,
}
_ONLY = {
    "base_url": ("openai",),
    "key_variable": ("openai",),
    "adapter": ("hf", "gguf", EMBEDDED),
    "dtype": ("hf",),
}


def _chosen(settings: Settings, *names: str) -> dict[str, Any]:
    """Return what was set of these; the model's own defaults hold for the rest."""
    chosen = settings.model.chosen()
    return {name: chosen[name] for name in names if chosen.get(name) is not None}


def _check_options(scheme: str, settings: Settings) -> None:
    """Refuse an option typed for another kind of model; in a file it waits for its kind."""
    for name, only in _ONLY.items():
        origin = settings.origin(f"model.{name}")
        if origin.startswith("--") and scheme not in only:
            forms = " or ".join(kind if kind == EMBEDDED else f"{kind}:..." for kind in only)
            raise UsageError(
                f"{origin} must come with a model {forms}, not with {scheme}\n\n"
                f"hint: leave {origin} out, or choose `--model {only[0]}:...`"
            )


def _shown(text: str) -> str:
    """Return the text quoted, unless it may be a key that landed in the wrong place."""
    return "a text that looks like a key" if text.startswith("sk-") else repr(text[:80])


def _place(text: str, settings: Settings) -> str:
    origin = settings.origin("model.name")
    return f", {origin}" if origin and text == settings.model.name else ""


def _hint(text: str) -> str:
    scheme, colon, rest = text.partition(":")
    if text.startswith("sk-"):
        return "keys come from the environment; name a model, such as openai:gpt-5"
    if colon and scheme in _MAKERS:
        return f"name what comes after `{scheme}:`"
    alone = (BUILT_IN, EMBEDDED)
    near = get_close_matches(scheme.lower(), (*_MAKERS, *alone), n=1, cutoff=0.5)
    if near and near[0] in alone:
        return f"did you mean '{near[0]}'?"
    if near and colon:
        return f"did you mean '{near[0]}:{rest}'?"
    return f"did you mean '{_guess(text)}'?"


def _guess(text: str) -> str:
    path = Path(text).expanduser()
    if path.is_dir():
        return f"hf:{text}"
    if text.endswith(".gguf"):
        return f"gguf:{text}"
    if text.endswith((".jsonl", ".jsonl.gz")):
        return f"replay:{text}"
    return f"scripted:{text}" if text.endswith((".json", ".yaml", ".yml")) else f"openai:{text}"
