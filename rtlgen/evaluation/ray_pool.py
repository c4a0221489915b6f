"""An executor on a Ray cluster, of this machine or of many.

A job is a Ray task: its arguments and its result travel through Ray, so no
storage is shared, and only this process writes. A worker or a node that dies
has its tasks done elsewhere, by Ray. A machine that is at fault, such as one
without the tools, has its tasks done elsewhere, by us, and gets no more for a
while. Each node needs rtlgen in the version of this process, Ray, and the
simulator.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from rtlgen import __version__
from rtlgen.errors import UsageError
from rtlgen.evaluation.executor import Fault, Finished, Task, attempt
from rtlgen.evaluation.judging_code import judging_code
from sim.errors import EnvironmentFault

log = logging.getLogger(__name__)

LOCAL = "local"
"""The address that stands for a cluster of this machine, started and ended with the run."""
_RETRIES = 3
"""Times that Ray does a task again whose worker or node died."""
_MACHINES = 3
"""Machines that a task is tried on before it is given back as failed."""
_BAD = 2
"""Faults in a row after which a node gets no more tasks."""
_PAUSE_SECONDS = 60.0
"""How long it gets none."""
_LOOK_SECONDS = 2.0
"""How often the cluster is asked for its nodes."""
_ANSWER_SECONDS = 10.0
"""How long a head node may take to answer."""
_STORE_BYTES = 128 << 20
"""Memory for objects of a cluster that we start; jobs and results are small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a worker returns."""

    node: str
    """Ray's name of the node."""
    result: Any
    fault: Fault | None
    seconds: float


@dataclass(slots=True, kw_only=True)
class _Running:
    """A task that was handed over."""

    number: int
    task: Task
    tried: set[str] = field(default_factory=set)
    """Nodes that it should not be sent to again."""
    tries: int = 0
    node: str = ""
    """Where it was sent, if to a certain node."""


@dataclass(slots=True, kw_only=True)
class _Nodes:
    """The nodes that live, and how they fare."""

    processors: Mapping[str, float] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    """Faults in a row."""
    paused: dict[str, float] = field(default_factory=dict)
    """Nodes that get nothing, and until when."""

    def took(self, answer: _Answer) -> None:
        """Note how a task went on its node."""
        if answer.fault is None:
            self.faults.pop(answer.node, None)
        elif not answer.fault.bug:
            self.faults[answer.node] += 1
            if self.faults[answer.node] >= _BAD and answer.node not in self.paused:
                self.paused[answer.node] = time.monotonic() + _PAUSE_SECONDS
                log.warning("%s gets no jobs for now: %s", answer.fault.machine, answer.fault.text)

    def good(self) -> list[str]:
        """Return the nodes that may get tasks."""
        now = time.monotonic()
        for node in [node for node, until in self.paused.items() if until < now]:
            del self.paused[node], self.faults[node]
        return [node for node in self.processors if node not in self.paused]


class RayPool:
    """Does tasks on a Ray cluster; each takes one processor."""

    name = "ray"

    def __init__(self, address: str | None = None, *, workers: int | None = None) -> None:
        """Connect to the cluster at `address`, or start one of this machine.

        Args:
            address: `HOST:PORT` of a head node, `auto` for the one of this machine, or
                `local`, which None stands for.
            workers: Processors of a cluster that is started here; None: all of this machine.

        Raises:
            UsageError: Ray is not installed, or `workers` is given for a cluster that is there.
            EnvironmentFault: There is no cluster at `address`, or none can be started.
        """
        self._ray = _ray()
        _connect(self._ray, address or LOCAL, workers)
        self._remote = self._ray.remote(max_retries=_RETRIES, num_cpus=1)(_attempt)
        self._running: dict[Any, _Running] = {}
        self._nodes = _Nodes()
        self._looked = -_LOOK_SECONDS

    @property
    def workers(self) -> int:
        self._look()
        return max(1, int(sum(self._nodes.processors.values())))

    @property
    def room(self) -> int:
        """Up to twice as many tasks as processors, so that each node has its next one there."""
        return 2 * self.workers - len(self._running)

    def submit(self, number: int, task: Task) -> None:
        self._send(_Running(number=number, task=task))

    def finished(self) -> list[Finished]:
        if not self._running:
            raise RuntimeError("nothing was handed over that could finish")
        found: list[Finished] = []
        while not found:
            ready, _ = self._ray.wait(list(self._running), num_returns=1, timeout=_LOOK_SECONDS)
            if ready:  # whatever else is ready by now is taken along
                ready, _ = self._ray.wait(
                    list(self._running), num_returns=len(self._running), timeout=0
                )
            for reference in ready:
                running = self._running.pop(reference)
                found += self._taken(running, self._answer(reference, running))
        return found

    def close(self) -> None:
        self._running.clear()
        self._ray.shutdown()

    def _answer(self, reference: object, running: _Running) -> _Answer:
        try:
            answer: _Answer = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            first = (str(error).strip() or type(error).__name__).split("\n", 1)[0]
            fault = Fault(text=f"the cluster lost a job: {first}", machine="")
            return _Answer(node=running.node, result=None, fault=fault, seconds=0.0)
        return answer

    def _taken(self, running: _Running, answer: _Answer) -> list[Finished]:
        """Return what came of a task, or nothing where it is tried on another machine."""
        self._nodes.took(answer)
        # A task goes elsewhere where the node that it was sent to has died since.
        running.tried |= {answer.node, running.node}
        running.tries += 1
        if answer.fault and not answer.fault.bug and self._try_elsewhere(running):
            return []
        return [
            Finished(
                number=running.number,
                result=answer.result,
                fault=answer.fault,
                seconds=answer.seconds,
            )
        ]

    def _try_elsewhere(self, running: _Running) -> bool:
        others = [node for node in self._nodes.good() if node not in running.tried]
        if not others or running.tries >= _MACHINES:
            return False
        self._send(running, node=self._idlest(others))
        return True

    def _send(self, running: _Running, node: str = "") -> None:
        if not node and self._nodes.paused and (good := self._nodes.good()):
            node = self._idlest(good)
        running.node = node
        remote = self._remote
        if node:
            from ray.util.scheduling_strategies import (  # noqa: PLC0415 - loads Ray
                NodeAffinitySchedulingStrategy,
            )

            # Soft: where the node is gone, any other one will do.
            strategy = NodeAffinitySchedulingStrategy(node_id=node, soft=True)
            remote = remote.options(scheduling_strategy=strategy)
        self._running[remote.remote(running.task, _edition())] = running

    def _idlest(self, nodes: list[str]) -> str:
        sent = Counter(running.node for running in self._running.values())
        return min(nodes, key=lambda node: sent[node] / self._nodes.processors[node])

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        self._nodes.processors = {
            node["NodeID"]: node["Resources"]["CPU"]
            for node in self._ray.nodes()
            if node["Alive"] and node["Resources"].get("CPU", 0) >= 1
        }


def _attempt(task: Task, edition: str) -> _Answer:
    """Do `task` in a worker."""
    import ray  # noqa: PLC0415 - only workers and the driver load it

    start = time.monotonic()
    node = ray.get_runtime_context().get_node_id()
    if edition != _edition():
        text = f"all nodes must have rtlgen {edition}, one has {_edition()}"
        fault = Fault(text=text, machine=node)
        return _Answer(node=node, result=None, fault=fault, seconds=0.0)
    result, failed = attempt(task)
    if failed is not None:
        failed = replace(failed, machine=f"{failed.machine}, node {node[:8]}")
    return _Answer(node=node, result=result, fault=failed, seconds=time.monotonic() - start)


def _edition() -> str:
    """Return the version, and what tells installations from source apart: the code that judges."""
    return f"{__version__} ({judging_code()[:12]})"


def _ray() -> Any:  # noqa: ANN401 - a module without types
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray  # noqa: PLC0415 - an extra, and it takes half a second
        import ray.exceptions  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(
            "--executor ray needs Ray, which is not installed\n\n"
            "hint: pip install 'rtlgen[cluster]'"
        ) from error
    return ray


def _connect(ray: Any, address: str, workers: int | None) -> None:  # noqa: ANN401
    own = address == LOCAL
    if workers is not None and not own:
        raise UsageError(
            f"a cluster that is there has its own number of workers; {workers} cannot be set "
            f"for {address!r}"
        )
    _check_listening(address)
    started = {"num_cpus": workers, "object_store_memory": _STORE_BYTES} if own else {}
    try:
        with _same_signals():
            ray.init(
                address=address,
                include_dashboard=False if own else None,
                configure_logging=True,
                logging_level=logging.ERROR,
                log_to_driver=False,
                namespace="rtlgen",
                **started,
            )
    except (ray.exceptions.RayError, RuntimeError, ValueError, OSError) as error:
        raise _no_cluster(address, error) from error


def _check_listening(address: str) -> None:
    """See that somebody listens at `address`, for which Ray itself would wait for minutes.

    Raises:
        EnvironmentFault: Nobody does.
    """
    host, _, port = address.rpartition(":")
    if not (host and port.isdecimal()) or "/" in host:
        return
    try:
        socket.create_connection((host, int(port)), timeout=_ANSWER_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise _no_cluster(address, error) from error


def _no_cluster(address: str, error: Exception) -> EnvironmentFault:
    first = (str(error).strip() or type(error).__name__).split("\n", 1)[0]
    return EnvironmentFault(
        f"cannot connect to a Ray cluster at {address!r}: {first}\n\n"
        "hint: `ray start --head` starts one; `--address local` one of this machine only"
    )


@contextmanager
def _same_signals() -> Iterator[None]:
    """Keep Ray from deciding how this process ends."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
