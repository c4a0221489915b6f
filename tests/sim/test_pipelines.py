from __future__ import annotations

import pickle
import re
import signal
import sys
import time
from dataclasses import replace

import pytest

from sim.errors import ToolNotFound
from sim.pipelines import Pipeline, PipelineLimits, StepRun, run_pipelines
from tests.sim.test_process import none_lives

MEBIBYTE = 1 << 20
LIMITS = PipelineLimits(seconds=20.0)


def python(code: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", code, *arguments)


def pipeline(*codes: str, **files: str | bytes) -> Pipeline:
    return Pipeline(files=files, steps=tuple(python(code) for code in codes))


HONEST = pipeline("print('fine')")


def run(
    *codes: str, files: dict[str, str | bytes] | None = None, **limits: float
) -> tuple[StepRun, ...]:
    """The steps' runs, between two honest pipelines that must lose nothing by it."""
    asked = Pipeline(files=files or {}, steps=tuple(python(code) for code in codes))
    before, found, after = run_pipelines(
        [HONEST, asked, HONEST],
        limits=PipelineLimits(**{"seconds": 20.0, **limits}),  # type: ignore[arg-type]
    )
    for runs in (before, after):
        assert [(r.exit_code, r.stdout, r.limit) for r in runs] == [(0, "fine\n", None)]
    return found


class TestFacts:
    def test_streams_are_kept_apart(self) -> None:
        [step] = run("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
        assert (step.exit_code, step.stdout, step.stderr) == (3, "out\n", "err\n")
        assert (step.limit, step.truncated) == (None, False)
        assert step.cpu_seconds > 0
        assert step.peak_memory_bytes > MEBIBYTE

    def test_a_step_runs_only_after_success(self) -> None:
        runs = run("open('a', 'w').write('x')", "print(open('a').read())", "exit(1)", "print()")
        assert [r.exit_code for r in runs] == [0, 0, 1]
        assert runs[1].stdout == "x\n"

    def test_a_signal_is_a_negative_exit_code(self) -> None:
        [step] = run("import os; os.kill(os.getpid(), 11)")
        assert (step.exit_code, step.limit) == (-signal.SIGSEGV, None)

    def test_files_are_written(self) -> None:
        code = "print(open('a').read(), open('b/c', 'rb').read())"
        [step] = run(code, files={"a": "text", "b/c": b"\xff"})
        assert step.stdout == "text b'\\xff'\n"

    def test_odd_bytes_are_replaced(self) -> None:
        code = "import os; os.write(1, b'\\xffa\\r\\n'); os.write(2, 'é\\u2028'.encode())"
        [step] = run(code)
        assert (step.stdout, step.stderr) == ("�a\r\n", "é\u2028")

    def test_standard_input_is_empty(self) -> None:
        assert "EOFError" in run("input()")[0].stderr

    def test_order_is_kept(self) -> None:
        many = [pipeline(f"print({n})") for n in range(70)]
        assert [runs[0].stdout for runs in run_pipelines(many, limits=LIMITS)] == [
            f"{n}\n" for n in range(70)
        ]

    def test_no_pipelines(self) -> None:
        assert run_pipelines([], limits=LIMITS) == []

    def test_values_can_be_sent(self) -> None:
        asked = pipeline("print()", a=b"b")
        assert pickle.loads(pickle.dumps(asked)) == asked


class TestRefused:
    def test_a_missing_tool_is_told_before_anything_starts(self) -> None:
        with pytest.raises(ToolNotFound, match="`no-such-tool` not found"):
            run_pipelines([HONEST, Pipeline(files={}, steps=(("no-such-tool",),))], limits=LIMITS)

    @pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", "", ".", "a\0b"])
    def test_a_file_outside(self, name: str) -> None:
        with pytest.raises(ValueError, match="must stay inside the folder of its pipeline"):
            pipeline("print()", **{name: ""})

    @pytest.mark.parametrize("steps", [(), ((),)])
    def test_nothing_to_run(self, steps: tuple[tuple[str, ...], ...]) -> None:
        with pytest.raises(ValueError, match="a pipeline needs steps"):
            Pipeline(files={}, steps=steps)

    def test_a_limit_of_nothing(self) -> None:
        with pytest.raises(ValueError, match=re.escape("limit cpu_seconds must be positive")):
            replace(HONEST, cpu_seconds=0.0)
        with pytest.raises(ValueError, match=re.escape("limit seconds must be positive")):
            PipelineLimits(seconds=0)


class TestLimits:
    def test_wall_time(self) -> None:
        [step] = run("import time; time.sleep(1000)", seconds=1.0)
        assert (step.limit, step.exit_code, step.timed_out) == ("time", None, True)
        assert step.cpu_seconds < 1.0

    def test_processor_time(self) -> None:
        [step] = run("while True: pass", cpu_seconds=1.0)
        assert (step.limit, step.exit_code) == ("cpu", None)

    def test_processor_time_of_one_pipeline_among_others(self) -> None:
        short = replace(pipeline("while True: pass"), cpu_seconds=1.0)
        long = pipeline("import time\nwhile time.process_time() < 1.5: pass\nprint('fine')")
        found = run_pipelines([HONEST, short, long], limits=PipelineLimits(cpu_seconds=20.0))
        assert [runs[0].limit for runs in found] == [None, "cpu", None]
        assert pickle.loads(pickle.dumps(short)) == short

    def test_processor_time_of_a_child(self) -> None:
        code = (
            "import os, sys\n"
            "if (pid := os.fork()):\n    sys.exit(os.waitpid(pid, 0)[1] != 0)\nwhile True: pass"
        )
        assert run(code, cpu_seconds=1.0)[0].limit == "cpu"

    def test_memory_of_a_process(self) -> None:
        [step] = run(
            "x = []\nwhile True: x.append(bytearray(1 << 24))", memory_bytes=256 * MEBIBYTE
        )
        assert step.limit == "memory"

    def test_memory_of_all(self) -> None:
        code = (
            "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n"
            "        x = bytearray(b'1') * (150 << 20); time.sleep(1000)\ntime.sleep(1000)"
        )
        [step] = run(code, memory_bytes=200 * MEBIBYTE)
        assert step.limit == "memory"

    def test_a_file(self) -> None:
        code = (
            "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
            "f = open('f', 'wb')\nwhile True: f.write(bytes(1 << 20))"
        )
        assert run(code, file_bytes=4 * MEBIBYTE)[0].limit == "file size"

    def test_a_flood(self) -> None:
        [step] = run("while True: print('x' * 1000)", output_bytes=10_000)
        assert (step.limit, step.truncated, len(step.stdout)) == ("output", True, 10_000)

    def test_more_output_than_is_kept(self) -> None:
        [step] = run("print('x' * 20_000)", output_bytes=10_000)
        assert (step.limit, step.exit_code, step.truncated) == (None, 0, True)


class TestHostile:
    def test_what_outlives_its_step_is_killed(self) -> None:
        marker = f"rtlgen-orphan-{time.monotonic_ns()}"
        child = (
            f"os.execv({sys.executable!r}, ['x', '-c', 'import time; time.sleep(99)', {marker!r}])"
        )
        code = (
            "import os\nfor new in (False, True):\n    if os.fork() == 0:\n"
            f"        new and os.setsid()\n        os.fork()\n        {child}"
        )
        [step] = run(code)
        assert (step.exit_code, step.limit) == (0, None)
        assert none_lives(marker)

    def test_who_kills_the_driver_is_alone_with_it(self) -> None:
        [step] = run("import os; os.kill(os.getppid(), 9)")
        assert (step.exit_code, step.limit) == (None, "sandbox")

    def test_who_stops_the_driver_is_alone_with_it(self) -> None:
        code = "import os, time; os.kill(os.getppid(), 15); time.sleep(1)"
        [step] = run(code)
        assert step.limit == "sandbox"

    def test_who_closes_its_streams_is_waited_for(self) -> None:
        code = "import os, time; os.close(1); os.close(2); time.sleep(0.2); os._exit(7)"
        assert run(code)[0].exit_code == 7

    def test_reports_cannot_be_written(self) -> None:
        code = (
            "import os\nfor n in range(64):\n    try: os.write(n, b'2 0 0 0 0 0 - 0 0\\n') if n > 2 else 0\n"
            "    except OSError: pass\n"
            "    try: open(f'/proc/{os.getppid()}/fd/{n}', 'w')\n    except OSError: continue\n"
            "    print('open', n)"
        )
        assert run(code)[0].stdout == ""

    def test_the_others_are_not_there(self) -> None:
        code = "import os; print(len(os.listdir('..')), [os.listdir('../' + f) for f in os.listdir('..')])"
        later = [pipeline("print(sorted(__import__('os').listdir('.')))", a="") for _ in range(3)]
        first, *rest = run_pipelines([pipeline(code), *later], limits=LIMITS)
        assert first[0].stdout == "1 [[]]\n"
        assert {runs[0].stdout for runs in rest} == {"['a']\n"}

    def test_who_changes_the_folders_changes_nothing(self) -> None:
        code = (
            "import os, shutil\nfor f in os.listdir('..'): shutil.rmtree('../' + f)\n"
            "os.chmod('..', 0)"
        )
        [step] = run(code)
        assert step.exit_code == 0

    def test_processes_without_end(self) -> None:
        code = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
        [step] = run(code, seconds=3.0)
        assert step.limit in ("processes", "memory", "time", "cpu")  # the machine decides


@pytest.mark.icarus
class TestIcarus:
    def test_compile_and_run(self) -> None:
        text = 'module m; initial begin $display("1 %d", $time); $finish; end endmodule\n'
        steps = (("iverilog", "-g2012", "-o", "m", "m.sv"), ("vvp", "-n", "m"))
        asked = Pipeline(files={"m.sv": text}, steps=steps)
        [runs] = run_pipelines([asked], limits=LIMITS)
        assert [(r.exit_code, r.stdout, r.stderr) for r in runs] == [
            (0, "", ""),
            (0, "1                    0\n", ""),
        ]

    def test_a_compiler_that_does_not_end(self) -> None:
        text = "module m; parameter N = 100000000; genvar i; for (i = 0; i < N; i = i + 1) begin wire w; end endmodule"
        steps = (("iverilog", "-g2012", "-o", "m", "m.sv"),)
        asked = Pipeline(files={"m.sv": text}, steps=steps)
        limits = PipelineLimits(cpu_seconds=1.0, memory_bytes=128 * MEBIBYTE)
        [[step]] = run_pipelines([asked], limits=limits)
        assert step.limit in ("cpu", "memory")

    def test_a_simulator_out_of_memory(self) -> None:
        text = "module m; int q[$]; initial forever q.push_back(1); endmodule"
        steps = (("iverilog", "-g2012", "-o", "m", "m.sv"), ("vvp", "-n", "m"))
        asked = Pipeline(files={"m.sv": text}, steps=steps)
        [runs] = run_pipelines([asked], limits=PipelineLimits(memory_bytes=128 * MEBIBYTE))
        assert runs[-1].limit == "memory"
