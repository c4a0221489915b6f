"""llama.cpp in a process of its own, which ends with the one that started it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any


def serve(channel: Connection, settings: Mapping[str, object]) -> None:
    """Serve a model on loopback until `channel` is closed; send the address, or why there is none.

    `settings` has `path`, `adapter` (or an empty text), `slots`, `cells` (tokens of all of
    them), `threads`.
    """
    # llama.cpp writes to both, whatever it is told.
    sink = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(sink, stream.fileno())
    try:
        server = _started(settings)
    except (RuntimeError, ValueError, OSError) as error:
        channel.send(("", str(error)))
        return
    channel.send((server.listening_address, ""))
    try:
        channel.recv()
    except (EOFError, OSError, KeyboardInterrupt):
        # The other end is gone; so is the need for a server, and for its orderly end.
        os._exit(0)


def _started(settings: Mapping[str, object]) -> Any:  # noqa: ANN401 - it has no types
    import xllamacpp  # noqa: PLC0415 - only in this process

    params = xllamacpp.CommonParams()
    params.model.path = settings["path"]
    if settings["adapter"]:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(settings["adapter"], 1.0)]
    params.n_parallel = settings["slots"]
    params.n_ctx = settings["cells"]
    params.kv_unified = True
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads = settings["threads"]
        threads.poll = 0
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_threads_http = settings["slots"] + 2  # type: ignore[operator]
    params.use_jinja = True
    params.cache_ram_mib = 0
    params.ui = False
    params.warmup = False
    return xllamacpp.Server(params)
