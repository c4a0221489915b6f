"""`rtlgen design` with models: real servers on loopback, a local model, kills at several points."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests import tiny_model as tiny
from tests.llama import Llama, llama_server  # noqa: F401
from tests.rtlgen.llm.servers import Handler, Server, answer, error, hang, serving
from tests.tiny_model import tiny_model  # noqa: F401

pytestmark = pytest.mark.icarus

SPEC = """\
# Half adder

Module `half_adder` with the inputs `a` and `b` and the outputs `sum` and `carry`.

| a | b | sum | carry |
|---|---|-----|-------|
| 0 | 0 | 0   | 0     |
| 0 | 1 | 1   | 0     |
| 1 | 0 | 1   | 0     |
| 1 | 1 | 0   | 1     |
"""
HEAD = "module half_adder(input a, input b, output sum, output carry);\n"
RIGHT = f"```verilog\n{HEAD}  assign sum = a ^ b;\n  assign carry = a & b;\nendmodule\n```"
WRONG = f"```verilog\n{HEAD}  assign sum = a;\n  assign carry = a & b;\nendmodule\n```"
WORSE = f"```verilog\n{HEAD}  assign sum = 0;\n  assign carry = 0;\nendmodule\n```"
BROKEN = f"```verilog\n{HEAD}  assign sum = a ^ ;\nendmodule\n```"
COMMAND = [sys.executable, "-m", "rtlgen", "design", "spec.md", "-o", "out"]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RTLGEN_")}
    return {**kept, "NO_PROXY": "127.0.0.1", **more}


def design(
    folder: Path, *options: str, spec: str = SPEC, timeout: float = 180, **variables: str
) -> subprocess.CompletedProcess[str]:
    (folder / "spec.md").write_text(spec)
    return rtlgen(folder, *COMMAND[3:], *options, timeout=timeout, **variables)


def rtlgen(
    folder: Path, *arguments: str, timeout: float = 180, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND[:3], *arguments],
        cwd=folder,
        env=environment(XDG_CACHE_HOME=str(folder / "cache"), **variables),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def record(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "run.json").read_text())
    return found


def at(server: Server, *options: str) -> Sequence[str]:
    return ("--model", "openai:test", "--base-url", server.url, *options)


def test_a_server_s_answers_are_repaired_until_one_holds(tmp_path: Path) -> None:
    replies = [answer("I'd use an adder."), answer(BROKEN), answer(WRONG), answer(RIGHT)]
    with serving(*replies) as server:
        run = design(tmp_path, *at(server, "--candidates", "1", "--rounds", "5", "--html"))
    assert run.returncode == 0, run.stderr
    found = record(tmp_path)
    assert found["outcome"] == "verified"
    assert [c["origin"] for c in found["candidates"]][:2] == ["propose", "propose"]
    assert {c["origin"] for c in found["candidates"]} > {"propose"}
    assert found["chosen"] == len(found["candidates"]) - 1
    assert found["model"]["requests"] == len(found["candidates"])
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {"rtl", "tb", "answers.jsonl", "report.md", "report.html", "run.json"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "out", "spec.md"]


def test_llama_cpp_on_loopback_drives_a_run_to_its_end(
    tmp_path: Path,
    llama_server: Llama,  # noqa: F811
) -> None:
    options = ("--model", f"openai:{llama_server.model}", "--base-url", llama_server.base_url)
    limits = ("--candidates", "2", "--rounds", "0", "--max-tokens", "64")
    run = design(tmp_path, *options, *limits)
    assert run.returncode in (0, 1, 3), run.stderr
    found = record(tmp_path)
    assert len(found["candidates"]) == 2
    assert found["model"]["requests"] == len(found["candidates"])
    assert all(c["usage"]["completion_tokens"] > 0 for c in found["candidates"])
    assert not found["model"]["usage"]["estimated"]
    replay = rtlgen(tmp_path, "replay", "out")
    assert replay.returncode == 0, replay.stdout


def test_a_local_model_drives_a_run_to_a_verified_design(
    tmp_path: Path,
    tiny_model: Path,  # noqa: F811
) -> None:
    options = ("--model", f"hf:{tiny_model}", "--candidates", "2", "--max-tokens", "200")
    run = design(tmp_path, *options, spec=tiny.SPEC)
    assert run.returncode == 0, run.stderr
    found = record(tmp_path)
    assert found["outcome"] == "verified"
    assert "assign y = sel ? b : a;" in "".join(found["candidates"][0]["sources"].values())
    assert rtlgen(tmp_path, "replay", "out").returncode == 0


def test_replay_says_what_differs(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(json.dumps({"propose": [RIGHT]}))
    run = design(tmp_path, "--model", "scripted:answers.yaml", "--candidates", "1", "-q")
    assert run.returncode == 0, run.stderr
    path = tmp_path / "out" / "run.json"
    changed = record(tmp_path)
    changed["candidates"][0]["verdict"]["mismatches"] += 1
    changed["versions"]["cocotb"] = "1.9"
    path.write_text(json.dumps(changed))
    replay = rtlgen(tmp_path, "replay", "out")
    assert replay.returncode == 1
    assert "differs  candidate 0: verdict: mismatches" in replay.stdout
    assert "version  cocotb" in replay.stdout
    found = json.loads(rtlgen(tmp_path, "replay", "out", "--json").stdout)
    assert [entry["what"] for entry in found["differences"]] == ["candidate 0: verdict: mismatches"]


@pytest.mark.parametrize(
    ("reply", "code", "line"),
    [
        (answer("Une addition, c'est simple."), 1, "no answer holds a design"),
        (answer(""), 1, "no answer holds a design"),
        (answer("<html>" * 3000), 1, "no answer holds a design"),
        (answer(WRONG), 1, "checks did not hold"),
        (error(401, "bad key sk-secret-1234"), 4, "OPENAI_API_KEY"),
        (
            error(400, "maximum context length is 10 tokens", "context_length_exceeded"),
            3,
            "context",
        ),
    ],
)
def test_bad_answers_end_with_a_line_and_the_right_code(
    tmp_path: Path, reply: Any, code: int, line: str
) -> None:
    with serving(reply) as server:
        options = at(server, "--candidates", "1", "--rounds", "1")
        run = design(tmp_path, *options, OPENAI_API_KEY="sk-secret-1234")
    assert run.returncode == code, run.stderr
    assert line in run.stderr
    assert "Traceback" not in run.stderr
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"sk-secret-1234" in path.read_bytes() for path in left)
    assert "sk-secret-1234" not in run.stderr


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "rtlgen.toml").write_text("[model]\ntimeout = 2\n")
    options = ("--model", "openai:test", "--base-url", "http://127.0.0.1:9/v1", "--candidates", "1")
    run = design(tmp_path, *options)
    assert run.returncode == 4
    assert "http://127.0.0.1:9/v1" in run.stderr or "openai:test" in run.stderr
    assert "Traceback" not in run.stderr


def reply_to(body: dict[str, Any]) -> str:
    """What a server says that always says the same to the same request."""
    sample = int(body.get("seed", 0)) % 10_000
    is_repair = "did not hold" in json.dumps(body["messages"])
    if is_repair and sample:
        return RIGHT
    return (WORSE, WRONG, BROKEN, WRONG)[sample % 4]


class Counting:
    """Answers by request, counts them, and hangs from request number `stop` on."""

    def __init__(self, stop: int | None = None) -> None:
        self.answered: Counter[str] = Counter()
        self.stop = stop
        self.seen = 0

    def __call__(self, handler: Handler) -> None:
        body = handler.body
        self.seen += 1
        if self.stop is not None and self.seen > self.stop:
            hang(handler)
            return
        answer(reply_to(body))(handler)
        self.answered[json.dumps([body["messages"], body.get("seed")])] += 1


_OF_THE_MOMENT = {"seconds", "started", "command", "budget", "reused", "runs"}


def comparable(found: Any) -> Any:
    """Return what must be the same however often a run was interrupted: all but times."""
    if isinstance(found, dict):
        return {k: comparable(v) for k, v in found.items() if k not in _OF_THE_MOMENT}
    return [comparable(value) for value in found] if isinstance(found, list) else found


OPTIONS = ("--candidates", "2", "--rounds", "2")


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("unbroken")
    (folder / "rtlgen.toml").write_text("[model]\nconcurrency = 1\n")
    with serving(Counting()) as server:
        run = design(folder, *at(server, *OPTIONS))
        assert run.returncode in (0, 1), run.stderr
        requests = len(server.bodies)
    assert requests == record(folder)["model"]["requests"]
    found: dict[str, Any] = comparable(record(folder))
    return found


def killed_after(folder: Path, server: Server, counting: Counting, answers: int) -> None:
    """Start a run and kill it while it waits for the answer after `answers`."""
    command = [*COMMAND, *at(server, *OPTIONS)]
    with subprocess.Popen(command, cwd=folder, env=environment(), stderr=subprocess.PIPE) as child:
        deadline = time.monotonic() + 60
        while counting.seen <= answers and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert counting.seen == answers + 1
    assert counting.answered.total() == answers


@pytest.mark.parametrize("answers", [0, 1, 4])
def test_a_killed_run_is_resumed_and_nothing_is_paid_twice(
    tmp_path: Path, unbroken: dict[str, Any], answers: int
) -> None:
    (tmp_path / "rtlgen.toml").write_text("[model]\nconcurrency = 1\n")
    (tmp_path / "spec.md").write_text(SPEC)
    counting = Counting(stop=answers)
    with serving(counting) as server:
        killed_after(tmp_path, server, counting, answers)
        counting.stop = None
        if answers:
            refused = design(tmp_path, *at(server, *OPTIONS))
            assert refused.returncode == 2, refused.stderr
            assert "--resume" in refused.stderr
        run = design(tmp_path, *at(server, *OPTIONS, "--resume"))
    assert run.returncode in (0, 1), run.stderr
    assert set(counting.answered.values()) == {1}
    assert comparable(record(tmp_path)) == unbroken
    assert not (tmp_path / "out.unfinished").exists()


@pytest.mark.parametrize("seed", range(2))
def test_kills_at_random_moments_while_an_earlier_run_stands(
    tmp_path: Path, unbroken: dict[str, Any], seed: int
) -> None:
    chance, counting = random.Random(seed), Counting()
    (tmp_path / "spec.md").write_text(SPEC)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "run.json").write_text("{}")
    in_flight = 0
    with serving(counting) as server:
        command = [*COMMAND, *at(server, *OPTIONS), "--resume"]
        for _ in range(2):
            with subprocess.Popen(
                command, cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL
            ) as child:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(chance.uniform(0.5, 4))
                in_flight += len(server.bodies) - counting.answered.total()
                child.kill()
            assert list(tmp_path.glob("out*/**/run.json"))
        run = design(tmp_path, *at(server, *OPTIONS, "--resume"))
    assert run.returncode in (0, 1), run.stderr
    assert len(server.bodies) - len(counting.answered) <= in_flight
    assert comparable(record(tmp_path)) == unbroken
    assert not (tmp_path / "out.unfinished").exists()
