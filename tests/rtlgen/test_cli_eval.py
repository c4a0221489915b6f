"""`rtlgen eval`: help, bad input with its message and exit code, and a run of each kind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rtlgen.cli import app
from rtlgen.cli.common import exit_code_of
from tests.evaluation import benchmark_trees as trees
from tests.evaluation.exploits.problems import (
    COUNTER,
    SELECTOR,
    Dialect,
    Subject,
    header,
    problem,
    right,
    wrong,
)
from tests.golden import check_golden

BENCHMARK = "verilog-eval-v1-human"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}


def rtlgen(
    *arguments: str | Path, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rtlgen", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**ENVIRONMENT, "RTLGEN_CACHE": str(cwd / "cache"), **environment},
    )


class Command:
    """Runs the command line in this process, up to where a run would begin."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        for name in ("RTLGEN_MODEL", "RTLGEN_BASE_URL"):
            monkeypatch.delenv(name, raising=False)

    def __call__(self, *arguments: str | Path) -> tuple[int, str]:
        self._monkeypatch.setattr(sys, "argv", ["rtlgen", "eval", *map(str, arguments)])
        code = exit_code_of(app)
        told = self._capsys.readouterr()
        assert told.out == ""
        assert "Traceback" not in told.err
        return code, told.err


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """VerilogEval v1 Human with two problems that can be judged."""
    folder = tmp_path_factory.mktemp("benchmark")
    trees.v1(folder)
    rows = [trees.v1_row(number) for number in range(trees.COUNTS["Human"])]
    rows[0], rows[1] = _row(0, SELECTOR), _row(1, COUNTER)
    trees.write_lines(folder / "VerilogEval_Human.jsonl", rows)
    return folder


def _row(number: int, subject: Subject) -> dict[str, str]:
    one = problem(subject, Dialect.V1)
    head = header(subject, Dialect.V1)
    return {
        "task_id": f"task{number}",
        "prompt": head,
        "canonical_solution": one.golden.removeprefix(head),
        "test": one.test,
    }


def samples(folder: Path, *lines: object, name: str = "samples.jsonl") -> Path:
    path = folder / name
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("".join(f"{text}\n" for text in texts))
    return path


def sample(task: str, completion: str = "endmodule") -> dict[str, str]:
    return {"task_id": task, "completion": completion}


GOOD = right(SELECTOR, Dialect.V1)
BAD = wrong(SELECTOR, Dialect.V1)


@pytest.mark.parametrize("what", ["", "rtllm-v2", "doctor", "compare"])
def test_help(what: str, tmp_path: Path) -> None:
    done = rtlgen("eval", *what.split(), "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    check_golden(f"help/eval{'_' if what else ''}{what}.txt", done.stdout)


def test_nothing_heavy_is_loaded_for_samples_that_are_known(tmp_path: Path, root: Path) -> None:
    file = samples(tmp_path, sample("task0", ""))
    code = (
        "import sys\n"
        f"sys.argv = ['rtlgen', 'eval', {BENCHMARK!r}, '--root', {str(root)!r}, "
        f"'--samples', {str(file)!r}, '--problems', 'task0', '-o', 'out', '-q']\n"
        "from rtlgen.cli import main\n"
        "try: main()\n"
        "except SystemExit as stop: print('code', stop.code, file=sys.stderr)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**ENVIRONMENT, "RTLGEN_CACHE": str(tmp_path / "cache")},
    )
    heavy = {"cocotb", "datasets", "numpy", "openai", "pyosys", "pyslang", "ray", "torch", "yaml"}
    assert "code 0" in done.stderr, done.stderr
    assert not heavy & {name.partition(".")[0] for name in done.stderr.split()}


def test_an_unknown_benchmark(command: Command) -> None:
    code, told = command("verilog-eval-v1-humna", "--root", ".", "-o", "out")
    assert code == 2
    assert "must be one of verilog-eval-v1-human, " in told
    assert "hint: did you mean verilog-eval-v1-human?" in told
    assert command("docter")[1].endswith("hint: did you mean doctor?\n")
    assert command("BENCHMARK")[0] == 2


def test_samples_come_from_one_place(command: Command, root: Path, tmp_path: Path) -> None:
    given = (BENCHMARK, "--root", root, "-o", "out")
    code, told = command(*given)
    assert code == 2
    assert "samples must come from a model or a file, neither was given" in told
    file = samples(tmp_path, sample("task0"))
    code, told = command(*given, "--samples", file, "--model", "openai:x")
    assert code == 2
    assert "both --model and --samples were given" in told
    code, told = command(*given, "--samples", file, "--temperature", "0.5")
    assert code == 2
    assert "--temperature must come with --model" in told
    code, told = command(*given, "--samples", file, "-n", "3")
    assert code == 2
    assert "-n must come with --model" in told
    assert not (tmp_path / "out").exists()


def test_a_root_that_is_another_benchmark(command: Command, root: Path, tmp_path: Path) -> None:
    file = samples(tmp_path, sample("task0"))
    code, told = command("rtllm-v2", "--root", root, "--samples", file, "-o", "out")
    assert code == 2
    assert f"did you mean `rtlgen eval {BENCHMARK}`?" in told
    code, told = command(BENCHMARK, "--root", "nowhere", "--samples", file, "-o", "out")
    assert code == 2
    assert "nowhere" in told


def test_samples_of_another_benchmark(command: Command, tmp_path: Path) -> None:
    trees.v1(tmp_path)
    trees.v2(tmp_path)
    file = samples(tmp_path, sample("Prob001_invert1"))
    code, told = command(BENCHMARK, "--root", tmp_path, "--samples", file, "-o", "out")
    assert code == 2
    assert "not 'Prob001_invert1'; it is one of verilog-eval-v2-spec-to-rtl" in told


def test_unknown_problems(command: Command, root: Path, tmp_path: Path) -> None:
    file = samples(tmp_path, sample("task0"))
    given = (BENCHMARK, "--root", root, "--samples", file, "-o", "out")
    code, told = command(*given, "--problems", "task0,tusk10")
    assert code == 2
    assert "--problems must name problems of the benchmark, not 'tusk10'" in told
    assert "nearest: task10" in told
    code, told = command(*given, "--problems", "task7")
    assert code == 2
    assert "a sample must be of a chosen problem, and none in" in told
    code, told = command(*given, "--exclude", "zz*")
    assert code == 2
    code, told = command(*given, "--exclude", "task*")
    assert code == 2
    assert "--exclude leaves none" in told


def test_too_few_samples(command: Command, root: Path, tmp_path: Path) -> None:
    file = samples(tmp_path, sample("task0"), sample("task0"), sample("task1"))
    given = (BENCHMARK, "--root", root, "-o", "out")
    code, told = command(*given, "--samples", file, "--k", "1,3")
    assert code == 2
    assert "--k has 3, and a problem has 2 at most" in told
    code, told = command(*given, "--model", "replay:none.jsonl", "-n", "4", "--k", "5")
    assert code == 2
    assert "--k has 5, and a problem has 4 at most" in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--k", "0"], "--k must be whole numbers from 1 on, not '0'"),
        (["--k", "one"], "not 'one'"),
        (["--workers", "0"], "--workers"),
        (["--timeout", "-1"], "--timeout"),
        (["--timeout", "nan"], "--timeout"),
        (["--executor", "cloud"], "--executor"),
        (["--extract", "magic"], "--extract"),
        (["--address", "auto"], "--address must come with `--executor ray`"),
    ],
)
def test_values_that_cannot_be(
    command: Command, root: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    file = samples(tmp_path, sample("task0"))
    code, told = command(BENCHMARK, "--root", root, "--samples", file, "-o", "out", *options)
    assert code == 2
    assert said in told
    assert not (tmp_path / "out").exists()


def test_files_that_are_not_there_or_hold_no_samples(
    command: Command, root: Path, tmp_path: Path
) -> None:
    given = (BENCHMARK, "--root", root, "-o", "out", "--samples")
    code, told = command(*given, "none.jsonl")
    assert code == 2
    assert "none.jsonl is not there" in told
    code, told = command(*given, samples(tmp_path, "", "{", "[]", {"completion": "x"}))
    assert code == 2
    assert "samples.jsonl has none" in told
    assert "samples.jsonl:2" in told


def test_an_occupied_folder(command: Command, root: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("")
    file = samples(tmp_path, sample("task0", "none"))
    for more in ([], ["--exclude", "doctor"]):
        code, told = command(BENCHMARK, "--root", root, "--samples", file, "-o", "out", *more)
        assert code == 2
        assert "the folder of a new run must be empty, out has 'mine'" in told
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_a_folder_that_cannot_be_made(command: Command, root: Path, tmp_path: Path) -> None:
    file = samples(tmp_path, sample("task0", "none"))
    for folder in (file, file / "out"):
        code, told = command(BENCHMARK, "--root", root, "--samples", file, "-o", folder)
        assert code == 2
        assert "-o must be a folder that can be written" in told
        assert "samples.jsonl is a file" in told


def test_comparing_what_is_no_run(command: Command, tmp_path: Path) -> None:
    code, told = command("compare", tmp_path, tmp_path)
    assert code == 2
    assert "run.json" in told


def test_the_doctors_file_is_checked_first(command: Command, root: Path, tmp_path: Path) -> None:
    code, told = command("doctor", BENCHMARK, "--root", root, "-o", tmp_path)
    assert code == 2
    assert "it is a folder" in told
    assert command("doctor", BENCHMARK, "--root", root, "-o", "none/found.json")[0] == 2
    assert command("doctor", "rtlm-v2", "--root", root)[0] == 2


def test_a_missing_simulator_is_said_before_any_work(tmp_path: Path, root: Path) -> None:
    file = samples(tmp_path, sample("task0", GOOD))
    done = rtlgen(
        "eval",
        BENCHMARK,
        "--root",
        root,
        "--samples",
        file,
        "-o",
        "out",
        cwd=tmp_path,
        IVERILOG="/nowhere/iverilog",
    )
    assert done.returncode == 4, done.stderr
    assert "iverilog" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.icarus
def test_samples_of_a_file(tmp_path: Path, root: Path) -> None:
    file = samples(
        tmp_path,
        sample("task0", GOOD),
        sample("task0", BAD),
        "{torn",
        sample("no_such_task"),
        sample("task1", wrong(COUNTER, Dialect.V1)),
        sample("task1", right(COUNTER, Dialect.V1)),
    )
    given = ("eval", BENCHMARK, "--root", root, "--samples", file, "--problems", "task0,task1")
    done = rtlgen(*given, "-o", "out", "--json", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert re.search(r"warning: .*samples\.jsonl:3: a sample must be a line of JSON", done.stderr)
    assert re.search(r"warning: .*samples\.jsonl:4: task_id must be a problem", done.stderr)
    summary = json.loads(done.stdout)
    assert [point["k"] for point in summary["official"]["pass_at_k"]] == [1]
    assert summary["official"]["pass_at_k"][0]["rate"]["value"] == 0.5
    assert {"samples.jsonl", "summary.json", "report.html", "junit.xml"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }
    again = rtlgen(*given, "-o", "out", cwd=tmp_path)
    assert again.returncode == 2
    assert "--resume" in again.stderr
    again = rtlgen(*given, "-o", "out", "--resume", cwd=tmp_path)
    assert again.returncode == 3
    assert "pass@1" in again.stdout
    compared = rtlgen("eval", "compare", "out", "out", cwd=tmp_path)
    assert compared.returncode == 0, compared.stderr
    assert "unchanged" in compared.stdout


@pytest.mark.icarus
def test_the_doctor_and_what_it_excludes(tmp_path: Path, root: Path) -> None:
    given = ("--root", root, "--problems", "task0,task2")
    done = rtlgen("eval", "doctor", BENCHMARK, *given, "-o", "found.json", cwd=tmp_path)
    assert done.returncode in (0, 3), done.stderr
    found = json.loads((tmp_path / "found.json").read_text())
    assert "task0" not in {**found["vacuous"], **found["impossible"]}
    assert list(found["impossible"]) == ["task2"]
    assert "no design can pass (1)" in done.stdout
    file = samples(tmp_path, sample("task0", GOOD), sample("task2", GOOD))
    done = rtlgen(
        "eval",
        BENCHMARK,
        *given,
        "--samples",
        file,
        "--exclude",
        "doctor",
        "--json",
        "-o",
        "out",
        cwd=tmp_path,
    )
    assert "note: 1 problem left out: task2" in done.stderr
    summary = json.loads(done.stdout)
    assert list(summary["excluded"]) == ["task2"]
    assert summary["official"]["pass_at_k"][0]["rate"]["value"] == 1


@pytest.mark.icarus
def test_samples_of_a_model(tmp_path: Path, root: Path) -> None:
    answers = json.dumps({"propose": [f"```verilog\n{GOOD}```", {"failure": "timeout"}]})
    (tmp_path / "answers.json").write_text(answers)
    given = ("eval", BENCHMARK, "--root", root, "--problems", "task0", "-o", "out", "--json")
    asked = (*given, "--model", "scripted:answers.json", "--extract", "robust")
    done = rtlgen(*asked, "-n", "2", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    summary = json.loads(done.stdout)
    assert summary["counts"]["not_judged"] == 1
    assert summary["official"]["passed"] == 1
    assert "note: the model took" in done.stderr
    assert "warning: 1 sample not judged; first, task0 1: " in done.stderr
    answers = json.dumps({"propose": ["never asked again", f"```verilog\n{BAD}```"]})
    (tmp_path / "answers.json").write_text(answers)
    done = rtlgen(*asked, "-n", "2", "--resume", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["counts"]["not_judged"] == 0
    assert (summary["official"]["judged"], summary["official"]["passed"]) == (2, 1)
