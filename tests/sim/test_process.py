from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sim.errors import EnvironmentFault, ToolFailed, ToolNotFound
from sim.process import Limits, ToolRun, isolation, run_tool

MEBIBYTE = 1 << 20


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code, *arguments]


def run(code: str, *arguments: str, cwd: Path, confine: bool = True, **limits: float) -> ToolRun:
    return run_tool(
        python(code, *arguments),
        cwd=cwd,
        limits=Limits(**{"seconds": 20.0, **limits}),  # type: ignore[arg-type]
        confine=confine,
    )


def living(marker: str) -> list[int]:
    """Processes of the whole machine that have `marker` on their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if marker.encode() in words and state != "Z":
            found.append(int(folder.name))
    return found


def none_lives(marker: str, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while living(marker):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


both_ways = pytest.mark.parametrize("confine", [True, False], ids=["confined", "unconfined"])


class TestFacts:
    @both_ways
    def test_exit_code_and_both_streams_are_kept(self, tmp_path: Path, confine: bool) -> None:
        code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
        found = run(code, cwd=tmp_path, confine=confine)
        assert (found.exit_code, found.limit, found.truncated) == (3, None, False)
        assert sorted(found.output.split()) == ["err", "out"]

    @both_ways
    def test_a_signal_is_a_negative_exit_code(self, tmp_path: Path, confine: bool) -> None:
        found = run("import os; os.kill(os.getpid(), 11)", cwd=tmp_path, confine=confine)
        assert found.exit_code == -signal.SIGSEGV

    @both_ways
    def test_abort_ends_a_tool_as_it_does_outside(self, tmp_path: Path, confine: bool) -> None:
        found = run("import os; os.abort()", cwd=tmp_path, confine=confine)
        assert found.exit_code == -signal.SIGABRT

    def test_standard_input_is_empty(self, tmp_path: Path) -> None:
        assert run("print(repr(input()))", cwd=tmp_path).output.endswith(
            "EOFError: EOF when reading a line\n"
        )

    def test_cpu_time_and_memory_of_grandchildren_count(self, tmp_path: Path) -> None:
        code = (
            "import os, time\n"
            "if os.fork():\n    os.wait()\n"
            "else:\n"
            "    block = bytearray(100 << 20)\n"
            "    while time.process_time() < 0.3: pass\n"
        )
        found = run(code, cwd=tmp_path)
        assert found.cpu_seconds == pytest.approx(0.35, abs=0.25)
        assert 100 * MEBIBYTE < found.peak_memory_bytes < 200 * MEBIBYTE

    def test_wall_time_is_told(self, tmp_path: Path) -> None:
        assert 0.2 < run("import time; time.sleep(0.2)", cwd=tmp_path).seconds < 40

    def test_output_that_is_no_text_is_replaced(self, tmp_path: Path) -> None:
        assert run(r"import os; os.write(1, b'\xff\xfeok')", cwd=tmp_path).output == "��ok"

    def test_the_work_folder_is_the_current_one_and_keeps_what_is_written(
        self, tmp_path: Path
    ) -> None:
        found = run("import os; open('made', 'w').write('x'); print(os.getcwd())", cwd=tmp_path)
        assert (tmp_path / "made").read_text() == "x"
        assert found.output.strip() == str(tmp_path.resolve())

    def test_a_work_folder_reached_by_a_link_is_its_real_one(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        code = "import sys; open('made', 'w').close(); open(sys.argv[1], 'w').close()"
        run(code, str(tmp_path / "link" / "too"), cwd=tmp_path / "link")
        assert {path.name for path in (tmp_path / "real").iterdir()} == {"made", "too"}

    def test_many_and_long_arguments_arrive(self, tmp_path: Path) -> None:
        arguments = ["é\udcff" * 1000] * 100
        found = run("import sys; print(len(sys.argv), len(sys.argv[1]))", *arguments, cwd=tmp_path)
        assert found.output.split() == ["101", "2000"]


class TestLimits:
    @both_ways
    def test_time(self, tmp_path: Path, confine: bool) -> None:
        start = time.monotonic()
        found = run("import time; time.sleep(60)", cwd=tmp_path, confine=confine, seconds=0.5)
        assert (found.exit_code, found.limit, found.timed_out) == (None, "time", True)
        assert 0.5 < time.monotonic() - start < 40

    @both_ways
    def test_time_of_a_tool_that_ignores_every_signal(self, tmp_path: Path, confine: bool) -> None:
        code = (
            "import signal, time\n"
            "for number in range(1, 32):\n"
            "    if number not in (9, 19): signal.signal(number, signal.SIG_IGN)\n"
            "time.sleep(60)"
        )
        found = run(code, cwd=tmp_path, confine=confine, seconds=0.5)
        assert found.limit == "time"
        assert found.seconds < 40

    @both_ways
    def test_processor_time(self, tmp_path: Path, confine: bool) -> None:
        found = run("while True: pass", cwd=tmp_path, confine=confine, cpu_seconds=1)
        assert (found.exit_code, found.limit, found.timed_out) == (None, "cpu", True)
        assert 0.8 < found.cpu_seconds < 3

    def test_processor_time_spread_over_short_processes(self, tmp_path: Path) -> None:
        code = (
            "import os, time\n"
            "while True:\n"
            "    if os.fork() == 0:\n"
            "        while time.process_time() < 0.1: pass\n"
            "        os._exit(0)\n"
            "    os.wait()"
        )
        assert run(code, cwd=tmp_path, cpu_seconds=1).limit == "cpu"

    @both_ways
    def test_memory_of_one_process(self, tmp_path: Path, confine: bool) -> None:
        found = run(
            "bytearray(1 << 30)", cwd=tmp_path, confine=confine, memory_bytes=300 * MEBIBYTE
        )
        assert (found.exit_code, found.limit) == (None, "memory")

    @both_ways
    def test_memory_of_many_processes(self, tmp_path: Path, confine: bool) -> None:
        code = (
            "import os, time\n"
            "for _ in range(8):\n"
            "    if os.fork() == 0:\n"
            "        block = bytearray(100 << 20); time.sleep(30); os._exit(0)\n"
            "time.sleep(30)"
        )
        found = run(code, cwd=tmp_path, confine=confine, memory_bytes=300 * MEBIBYTE)
        assert found.limit == "memory"
        assert found.seconds < 25

    def test_output_past_what_is_kept_is_cut_and_said(self, tmp_path: Path) -> None:
        found = run("print('x' * 500)", cwd=tmp_path, output_bytes=100)
        assert (found.output, found.truncated, found.exit_code) == ("x" * 100, True, 0)

    @both_ways
    def test_a_flood_of_output_is_stopped_early(self, tmp_path: Path, confine: bool) -> None:
        code = "import os\nwhile True: os.write(1, b'x' * 65536)"
        found = run(code, cwd=tmp_path, confine=confine, output_bytes=10_000)
        assert (found.exit_code, found.limit, found.truncated) == (None, "output", True)
        assert len(found.output) == 10_000
        assert found.seconds < 40

    def test_a_file_that_grows_too_large(self, tmp_path: Path) -> None:
        code = (
            "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
            "open('big', 'wb').write(bytes(3 << 20))"
        )
        found = run(code, cwd=tmp_path, file_bytes=MEBIBYTE)
        assert (found.exit_code, found.limit) == (None, "file size")
        assert (tmp_path / "big").stat().st_size <= MEBIBYTE

    def test_many_files_that_together_grow_too_large(self, tmp_path: Path) -> None:
        code = (
            "import time\n"
            "for index in range(1000):\n"
            "    open(str(index), 'wb').write(bytes(1 << 20)); time.sleep(0.02)"
        )
        found = run(code, cwd=tmp_path, folder_bytes=4 * MEBIBYTE)
        assert found.limit == "file size"

    @both_ways
    def test_a_fork_bomb_is_bounded(self, tmp_path: Path, confine: bool) -> None:
        marker = f"bomb-{os.getpid()}-{confine}"
        code = (
            "import os, time\n"
            "deadline = time.monotonic() + 20\n"
            "while time.monotonic() < deadline:\n"
            "    try: os.fork()\n"
            "    except OSError: time.sleep(0.1)"
        )
        found = run(code, marker, cwd=tmp_path, confine=confine, processes=50, seconds=3)
        assert found.exit_code is None
        assert found.seconds < 25
        assert none_lives(marker)

    def test_limits_must_be_positive(self) -> None:
        with pytest.raises(ValueError, match="limit seconds must be positive and finite, not 0"):
            Limits(seconds=0)
        with pytest.raises(ValueError, match=r"limit cpu_seconds .* finite, not inf"):
            Limits(cpu_seconds=float("inf"))

    def test_a_limit_that_no_system_has_starts_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(ToolFailed, match="cannot be started: Invalid argument"):
            run("print('ran')", cwd=tmp_path, memory_bytes=1 << 70)


class TestNobodySurvives:
    ORPHAN = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(60)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
    )

    @both_ways
    @pytest.mark.parametrize(("last", "limit"), [("pass", None), ("time.sleep(60)", "time")])
    def test_an_orphan_in_its_own_session_dies_with_the_tool(
        self, tmp_path: Path, confine: bool, last: str, limit: str | None
    ) -> None:
        marker = f"orphan-{os.getpid()}-{confine}-{limit}"
        found = run(self.ORPHAN + last, marker, cwd=tmp_path, confine=confine, seconds=1.0)
        assert found.limit == limit
        assert living(marker) == []

    @both_ways
    def test_an_orphan_that_holds_the_output_does_not_delay_the_end(
        self, tmp_path: Path, confine: bool
    ) -> None:
        assert run(self.ORPHAN, cwd=tmp_path, confine=confine).seconds < 40

    def test_an_interrupt_kills_the_tree_and_goes_on(self, tmp_path: Path) -> None:
        marker = f"interrupted-{os.getpid()}"
        # Who starts the tests in the background of a shell has them ignore interrupts.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        try:
            with pytest.raises(KeyboardInterrupt):
                run("import time; time.sleep(60)", marker, cwd=tmp_path)
        finally:
            timer.cancel()
            signal.signal(signal.SIGINT, before)
        assert living(marker) == []

    @both_ways
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
    def test_a_caller_that_is_killed_leaves_nobody(
        self, tmp_path: Path, confine: bool, number: signal.Signals
    ) -> None:
        marker = f"abandoned-{os.getpid()}-{confine}-{number}"
        caller = (
            "import sys; from pathlib import Path; from sim.process import *\n"
            "run_tool([sys.executable, '-I', '-S', '-c', sys.argv[1], sys.argv[2]],"
            f" cwd=Path(sys.argv[3]), limits=Limits(), confine={confine})"
        )
        code = self.ORPHAN + "time.sleep(60)"
        # The one test that must start a process by itself: the caller is what is killed.
        argv = [sys.executable, "-c", caller, code, marker, str(tmp_path)]
        environment = {**os.environ, "TMPDIR": str(tmp_path)}  # killed, it cannot tidy up
        with subprocess.Popen(argv, env=environment) as child:
            while len(living(marker)) < 3:  # the caller's own command line has the marker too
                time.sleep(0.02)
                assert child.poll() is None
            child.send_signal(number)
            child.wait(60)
        assert none_lives(marker)

    def test_no_descriptor_of_ours_is_inherited(self, tmp_path: Path) -> None:
        with (tmp_path / "open").open("w") as file:
            os.set_inheritable(file.fileno(), True)
            code = "import os\nfor n in range(3, 256):\n    try: os.fstat(n); print(n)\n    except OSError: pass"
            assert run(code, cwd=tmp_path).output == ""

    def test_descriptors_do_not_leak(self, tmp_path: Path) -> None:
        run("pass", cwd=tmp_path)
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(5):
            run("pass", cwd=tmp_path)
        assert len(list(Path("/proc/self/fd").iterdir())) == before

    def test_the_tool_cannot_end_its_warden(self, tmp_path: Path) -> None:
        code = (
            "import os, signal\n"
            "for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGINT, signal.SIGHUP):\n"
            "    try: os.kill(os.getppid(), number)\n"
            "    except OSError: pass\n"
            "print('still here')"
        )
        if isolation().pid_namespace:
            found = run(code, cwd=tmp_path)
            assert (found.output, found.exit_code) == ("still here\n", 0)

    def test_a_launcher_that_is_killed_is_no_result(self, tmp_path: Path) -> None:
        code = "import os; os.kill(os.getppid(), 9)"
        with pytest.raises(
            EnvironmentFault, match=r"must report, and ended with -9: \n\nhint: the machine may"
        ):
            run(code, cwd=tmp_path, confine=False)

    def test_the_whole_session_killed_by_the_tool_is_only_itself(self, tmp_path: Path) -> None:
        assert run("import os; os.kill(0, 9)", cwd=tmp_path).exit_code == -signal.SIGKILL


class TestEnvironment:
    def test_secrets_are_not_passed_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "secret")
        found = run("import os; print(sorted(os.environ))", cwd=tmp_path)
        assert "OPENAI_API_KEY" not in found.output
        assert "PATH" in found.output

    def test_nor_are_they_seen_in_any_process(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "secret")
        code = (
            "import pathlib\n"
            "for path in pathlib.Path('/proc').glob('[0-9]*/environ'):\n"
            "    try: print(b'OPENAI_API' in path.read_bytes())\n"
            "    except OSError: pass"
        )
        found = run_tool([sys.executable, "-I", "-c", code], cwd=tmp_path, limits=Limits())
        if isolation().features & {"mount", "landlock"}:
            assert "True" not in found.output

    def test_variables_asked_for_are_added(self, tmp_path: Path) -> None:
        found = run_tool(
            python("import os; print(os.environ['RTLGEN_TOKEN'])"),
            cwd=tmp_path,
            limits=Limits(),
            environment={"RTLGEN_TOKEN": "t"},
        )
        assert found.output == "t\n"

    @both_ways
    def test_home_and_temporary_folder_are_private_and_can_be_written(
        self, tmp_path: Path, confine: bool
    ) -> None:
        code = (
            "import os\n"
            "for name in ('HOME', 'TMPDIR'):\n"
            "    open(os.path.join(os.environ[name], name), 'w').close()\n"
            "print(sorted(os.listdir(os.environ['HOME'])))"
        )
        found = run(code, cwd=tmp_path, confine=confine)
        assert "'HOME', 'TMPDIR'" in found.output
        assert not (Path.home() / "TMPDIR").exists()


class TestErrors:
    def test_a_missing_tool(self, tmp_path: Path) -> None:
        with pytest.raises(
            ToolNotFound, match=r"^`no-such-tool` not found in PATH\n\nhint: .* set NO_SUCH_TOOL"
        ):
            run_tool(["no-such-tool"], cwd=tmp_path, limits=Limits())

    def test_a_tool_that_is_no_program(self, tmp_path: Path) -> None:
        tool = tmp_path / "tool"
        tool.write_bytes(b"\x7fELF nonsense")
        tool.chmod(0o755)
        with pytest.raises(ToolFailed, match=r"tool` cannot be started: Exec format error\n\nhint"):
            run_tool([str(tool)], cwd=tmp_path, limits=Limits())

    def test_a_script_whose_interpreter_is_missing(self, tmp_path: Path) -> None:
        tool = tmp_path / "tool"
        tool.write_text("#!/no/such/interpreter\n")
        tool.chmod(0o755)
        with pytest.raises(ToolFailed, match="hint: the interpreter that its first line names"):
            run_tool([str(tool)], cwd=tmp_path, limits=Limits())

    def test_arguments_too_long_for_the_system(self, tmp_path: Path) -> None:
        with pytest.raises(ToolFailed, match=os.strerror(errno.E2BIG)):
            run("pass", "x" * (1 << 18), cwd=tmp_path)

    def test_a_work_folder_that_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(EnvironmentFault, match=r"needs an existing work folder, not .*/absent"):
            run("pass", cwd=tmp_path / "absent")

    def test_a_nul_in_an_argument(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="cannot hold a NUL"):
            run("pass", "a\0b", cwd=tmp_path)


class TestThreads:
    def test_many_threads_run_tools_at_once(self, tmp_path: Path) -> None:
        def job(index: int) -> Sequence[object]:
            folder = tmp_path / str(index)
            folder.mkdir()
            found = run(f"print({index}); raise SystemExit({index})", cwd=folder)
            return found.output.strip(), found.exit_code

        with ThreadPoolExecutor(16) as pool:
            assert list(pool.map(job, range(48))) == [(str(i), i) for i in range(48)]

    def test_a_limit_in_one_thread_leaves_the_others_alone(self, tmp_path: Path) -> None:
        def job(seconds: float) -> str | None:
            return run(f"import time; time.sleep({seconds})", cwd=tmp_path, seconds=1.5).limit

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(job, [0.1, 30, 0.1, 30])) == [None, "time", None, "time"]
