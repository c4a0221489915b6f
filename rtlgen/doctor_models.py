"""Which language models can be asked from here, found without asking any.

No connection is opened but to a server whose address is configured, and that
gets no key. Of keys only whether they are set is said.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from rtlgen.errors import RtlgenError
from rtlgen.finding import Finding, State, hint_of, rule_of
from rtlgen.llm.choose import BUILT_IN, choose_model
from rtlgen.llm.config import Settings, read_settings

PATIENCE = 2.0
"""Seconds that a configured server has to list its models."""
_DRIVER = Path("/proc/driver/nvidia/gpus")
_REPLY_LIMIT = 64 << 10
_SHOWN = 3


def find_models(
    *, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> tuple[Finding, ...]:
    """Return the built-in proposer, what is configured, and what each kind of model needs.

    Args:
        environment: Default: the process's.
        folder: Where the search for `rtlgen.toml` starts; default: the current folder.
    """
    environment = os.environ if environment is None else environment
    try:
        settings = read_settings(environment=environment, folder=folder)
    except RtlgenError as error:
        broken = Finding(
            name="configuration", state=State.BROKEN, detail=rule_of(error), remedy=hint_of(error)
        )
        return (_built_in(), broken, _openai(Settings(), environment), _local())
    server = [_server(settings.model.base_url)] if settings.model.base_url else []
    return (
        _built_in(),
        _configured(settings),
        _openai(settings, environment),
        *server,
        _local(),
    )


def _built_in() -> Finding:
    return Finding(
        name="built-in",
        state=State.WORKS,
        detail="compiles tables, maps, equations, state machines and waveforms; needs no model",
    )


def _configured(settings: Settings) -> Finding:
    name = settings.model.name
    if name is None or name == BUILT_IN:
        none = "none, so the built-in; --model, RTLGEN_MODEL or rtlgen.toml choose one"
        detail = none if name is None else settings.explain("model.name")
        return Finding(name="configured", state=State.WORKS, detail=detail)
    try:
        model = choose_model(name, settings=settings)
    except RtlgenError as error:
        return Finding(
            name="configured",
            state=State.BROKEN,
            where=settings.origin("model.name"),
            detail=rule_of(error),
            remedy=hint_of(error),
        )
    if model is not None:
        model.close()
    return Finding(name="configured", state=State.WORKS, where=settings.explain("model.name"))


def _openai(settings: Settings, environment: Mapping[str, str]) -> Finding:
    version = _version("openai")
    if not version:
        return Finding(
            name="openai:", state=State.MISSING, detail="its SDK", remedy="pip install rtlgen"
        )
    variable = settings.model.key_variable or "OPENAI_API_KEY"
    key = "is set" if environment.get(variable, "").strip() else "is not set"
    return Finding(name="openai:", state=State.WORKS, version=version, detail=f"{variable} {key}")


def _local() -> Finding:
    versions = {name: _version(name) for name in ("torch", "transformers", "peft")}
    lacking = [name for name, version in versions.items() if not version]
    facts = "  ".join(f"{name} {version}" for name, version in versions.items() if version)
    if lacking:
        detail = ", ".join((f"no {' and no '.join(lacking)}", *([facts] if facts else [])))
        remedy = "pip install 'rtlgen[local]'"
        return Finding(name="hf:", state=State.MISSING, detail=detail, remedy=remedy)
    device = _device(versions["torch"])
    return Finding(name="hf:", state=State.WORKS, version=facts, detail=device)


def _device(torch: str) -> str:
    """Say what models run on; torch itself would take seconds to say so."""
    if torch.endswith("+cpu"):
        return "on the CPU (torch is built for it)"
    gpus = len(list(_DRIVER.iterdir())) if _DRIVER.is_dir() else 0
    return f"on {gpus} GPU{'s' if gpus > 1 else ''}" if gpus else "on the CPU (no GPU driver)"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _server(address: str) -> Finding:
    answers: SimpleQueue[Finding] = SimpleQueue()
    Thread(target=lambda: answers.put(_try_server(address)), daemon=True).start()
    try:
        return answers.get(timeout=PATIENCE)
    except Empty:
        return _unreachable(address, f"no answer within {PATIENCE:g} s")


def _try_server(address: str) -> Finding:
    url = f"{address.rstrip('/')}/models"
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as reply:  # noqa: S310 - http or https, checked by the settings
            served = _served(reply.read(_REPLY_LIMIT))
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            return Finding(
                name="server", state=State.WORKS, where=address, detail="answers; wants a key"
            )
        return _unreachable(address, f"{url} is answered with HTTP status {error.code}")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return _unreachable(address, str(getattr(reason, "strerror", None) or reason)[:100])
    return Finding(name="server", state=State.WORKS, where=address, detail=served)


def _served(reply: bytes) -> str:
    """Say which models a server lists."""
    try:
        names = [str(entry["id"]) for entry in json.loads(reply)["data"]]
    except (ValueError, LookupError, TypeError, RecursionError):
        return "answers, but lists no models"
    shown = ["".join(c if c.isprintable() else "?" for c in name[:60]) for name in names[:_SHOWN]]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"serves {', '.join(shown)}{more}" if names else "answers, but lists no models"


def _unreachable(address: str, why: str) -> Finding:
    return Finding(
        name="server",
        state=State.BROKEN,
        where=address,
        detail=why,
        remedy="start it, or mend base_url",
    )
