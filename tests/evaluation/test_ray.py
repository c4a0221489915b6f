"""A cluster of two nodes finds what threads find, whatever dies on the way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rtlgen.cli import app
from rtlgen.cli.common import exit_code_of
from rtlgen.errors import UsageError
from rtlgen.evaluation.harness.mismatch import MismatchHarness
from rtlgen.evaluation.harness.scripted import ScriptedHarness
from rtlgen.evaluation.local_pool import LocalPool
from rtlgen.evaluation.ray_pool import RayPool
from rtlgen.evaluation.run import Progress
from sim.errors import EnvironmentFault
from tests.evaluation.exploits.problems import SUBJECTS, Dialect, problem, right, wrong
from tests.evaluation.scripted_runs import design, evaluation, rows_of, run, write_samples
from tests.rtlgen.data.small_sources import answers, corpus, files

pytest.importorskip("ray")
# What Ray itself does not close, or calls, is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")

CATEGORIES = ["", "timeout", "runtime mismatch", "syntax", "X on output", "compiler warning"]
BROKEN = "RTLGEN_TEST_BROKEN"
SMALL = {"num_cpus": 1, "object_store_memory": 78 << 20, "include_dashboard": False}
QUICK = {
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 1000,
    "health_check_failure_threshold": 3,
}
"""A node that died is found to be dead soon."""


class Cluster:
    """A head node and nodes that come and go, each with one processor."""

    def __init__(self) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        from ray.cluster_utils import Cluster as RayCluster

        head = {**SMALL, "_system_config": QUICK}
        self._cluster = RayCluster(initialize_head=True, head_node_args=head)
        self.address = self._cluster.address

    def add(self, **options: Any) -> Any:
        return self._cluster.add_node(**SMALL, **options)

    def remove(self, node: Any) -> None:
        with suppress(KeyError):
            self._cluster.remove_node(node, allow_graceful=False)

    def close(self) -> None:
        self._cluster.shutdown()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with closing(Cluster()) as found:
        yield found


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RTLGEN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    texts = [
        design(CATEGORIES[n % len(CATEGORIES)]).replace("wire", f"wire w{n // 2},")
        for n in range(600)
    ]
    return write_samples(
        tmp_path / "samples.gz", ((f"task{n % 4:03}", text) for n, text in enumerate(texts))
    )


@pytest.fixture
def expected(samples: Path, tmp_path: Path) -> bytes:
    run(evaluation(samples, cache=False), tmp_path / "local")
    return (tmp_path / "local/verdicts.csv").read_bytes()


def test_a_worker_and_a_node_die_and_the_verdicts_are_the_same(
    cluster: Cluster, samples: Path, expected: bytes, tmp_path: Path
) -> None:
    node = cluster.add()
    kill = tmp_path / "kill"
    kill.touch()
    harness = ScriptedHarness(kill=kill, delay=0.01)
    pool = RayPool(cluster.address)
    assert pool.workers == 2
    removed: list[int] = []

    def progress(now: Progress) -> None:
        if now.judged >= 100 and not removed:
            cluster.remove(node)
            removed.append(now.judged)

    what = evaluation(samples, harness=harness, cache=False)
    outcome = run(what, tmp_path / "ray", executor=pool, progress=progress)
    assert not kill.exists(), "no worker was killed"
    assert removed
    assert removed[0] < 400, "the node was removed when all was over"
    assert (tmp_path / "ray/verdicts.csv").read_bytes() == expected
    assert outcome.record.executor == "ray"
    rows_of(tmp_path / "ray")


def test_a_node_without_tools_costs_no_verdict(
    cluster: Cluster, samples: Path, expected: bytes, tmp_path: Path
) -> None:
    node = cluster.add(env_vars={BROKEN: "1"})
    harness = ScriptedHarness(broken_where=BROKEN, delay=0.002)
    pool = RayPool(cluster.address)
    run(evaluation(samples, harness=harness, cache=False), tmp_path / "ray", executor=pool)
    cluster.remove(node)
    assert (tmp_path / "ray/verdicts.csv").read_bytes() == expected


@pytest.mark.icarus
def test_a_simulator_finds_the_same_on_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    dialect = Dialect.V1
    problems = tuple(problem(subject, dialect) for subject in SUBJECTS.values())
    texts = [
        (own.task_id, text)
        for own, subject in zip(problems, SUBJECTS.values(), strict=True)
        for text in (right(subject, dialect), wrong(subject, dialect), "module top_module(;")
    ]
    samples = write_samples(tmp_path / "real.gz", [*texts, *texts])
    for name, pool in (("local", LocalPool(2)), ("ray", RayPool(cluster.address))):
        what = evaluation(
            samples, problems=problems, harness=MismatchHarness(dialect.value), cache=False
        )
        run(what, tmp_path / name, executor=pool)
    verdicts = (tmp_path / "local/verdicts.csv").read_text()
    assert verdicts == (tmp_path / "ray/verdicts.csv").read_text()
    assert verdicts.count(",true,true,") == 2 * len(problems)


@pytest.mark.icarus
def test_a_dataset_is_the_same_byte_for_byte(cluster: Cluster, tmp_path: Path) -> None:
    root, some = corpus(tmp_path / "corpus"), answers(tmp_path / "some.jsonl")
    more = {"local": [], "ray": ["--executor", "ray", "--address", cluster.address]}
    for name, options in more.items():
        command = ["dataset", "build", root, some, "-o", tmp_path / name / "ds", "--no-cache"]
        assert exit_code_of(partial(_rtlgen, [*command, "--quiet", *options])) == 0
    found, expected = (files(tmp_path / name / "ds") for name in ("ray", "local"))
    assert found == expected
    assert {"dataset.json", "README.md", "preference/train.jsonl"} <= found.keys()


def _rtlgen(arguments: list[object], **_: object) -> None:
    app(list(map(str, arguments)))


def test_machines_that_all_fail_end_the_run(
    cluster: Cluster, samples: Path, tmp_path: Path
) -> None:
    what = evaluation(samples, harness=ScriptedHarness(broken=True), cache=False)
    with pytest.raises(EnvironmentFault, match=r"this machine is broken\n\nhint: use another"):
        run(what, tmp_path / "ray", executor=RayPool(cluster.address))
    assert not rows_of(tmp_path / "ray")


def test_no_cluster_is_said() -> None:
    with pytest.raises(EnvironmentFault, match=r"cannot connect to a Ray cluster at '127.0.0.1:1'"):
        RayPool("127.0.0.1:1")


def test_workers_of_a_cluster_that_is_there_cannot_be_set() -> None:
    with pytest.raises(UsageError, match=r"its own number of workers; 3 cannot be set for 'auto'"):
        RayPool("auto", workers=3)
