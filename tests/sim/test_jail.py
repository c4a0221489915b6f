"""What a hostile child can do, for every set of layers that a machine may offer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

import pytest

from sim.errors import EnvironmentFault
from sim.isolation import Attempt, Isolation, installation, probe, require_full, system_view
from sim.jail.job import FEATURES, Job
from sim.jail.watch import Tree, folder_exceeds
from sim.process import Limits, isolation, run_tool, run_with
from sim.scratch import scratch_folder

NAMESPACES = frozenset({"user", "pid", "net", "ipc", "mount", "proc"})
PATIENT = Limits(seconds=20.0)


def offered(layers: frozenset[str]) -> bool:
    """Whether this machine sets up `layers`."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            return run_with(layers, ["true"], cwd=Path(folder), limits=PATIENT).exit_code == 0
    except EnvironmentFault:
        return False


SETS = {
    name: layers
    for name, layers in {
        "what there is": isolation().features,
        "all": frozenset(FEATURES),
        "namespaces": NAMESPACES,
        "root without user namespace": frozenset(FEATURES) - {"user"},
        "masked proc": frozenset(FEATURES) - {"proc"},
        "no mount namespace": frozenset(FEATURES) - {"mount", "proc"},
        "no namespaces": frozenset({"landlock", "seccomp", "reaper"}),
    }.items()
    if offered(layers)
}
"""Sets of layers that machines offer, those that this one can show."""
FILES_CONFINED = [name for name, layers in SETS.items() if layers & {"mount", "landlock"}]
NETWORK_CUT = [name for name, layers in SETS.items() if layers & {"net", "seccomp"}]
FILTERED = [name for name, layers in SETS.items() if "seccomp" in layers]


def jailed(name: str, code: str, *arguments: str, cwd: Path) -> str:
    """Run `code` with the layers called `name` and return what it printed."""
    argv = [sys.executable, "-I", "-S", "-c", code, *arguments]
    run = run_with(SETS[name], argv, cwd=cwd, limits=PATIENT)
    assert run.exit_code == 0, run.output
    return run.output


@pytest.mark.parametrize("name", SETS)
class TestEverySet:
    def test_the_work_folder_can_be_read_and_written(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "given").write_text("hello")
        code = (
            "import os\n"
            "os.mkdir('a'); os.mkdir('b')\n"
            "open('a/file', 'w').write(open('given').read())\n"
            "os.rename('a/file', 'b/moved'); os.symlink('moved', 'b/link'); os.unlink('given')\n"
            "os.truncate('b/moved', 4); print(open('b/link').read())"
        )
        assert jailed(name, code, cwd=tmp_path) == "hell\n"
        assert (tmp_path / "b" / "moved").read_text() == "hell"

    def test_devices_and_the_temporary_folder_work(self, tmp_path: Path, name: str) -> None:
        code = (
            "import os, tempfile\n"
            "open('/dev/null', 'w').write('x'); open('/dev/urandom', 'rb').read(4)\n"
            "with tempfile.TemporaryFile(mode='w') as file: file.write('x')\n"
            "import subprocess; subprocess.run(['sh', '-c', 'echo $((6 * 7))'], check=True)"
        )
        assert jailed(name, code, cwd=tmp_path) == "42\n"

    def test_threads_and_processes_work(self, tmp_path: Path, name: str) -> None:
        code = (
            "import threading, os\n"
            "found = []\n"
            "thread = threading.Thread(target=lambda: found.append(1)); thread.start(); thread.join()\n"
            "child = os.fork()\n"
            "if child == 0: os._exit(7)\n"
            "print(found, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
        )
        assert jailed(name, code, cwd=tmp_path) == "[1] 7\n"

    def test_no_capability_and_no_way_to_gain_one(self, tmp_path: Path, name: str) -> None:
        code = (
            "import ctypes\n"
            "libc = ctypes.CDLL(None)\n"
            "print(libc.prctl(39, 0, 0, 0, 0), libc.prctl(23, 21, 0, 0, 0))\n"
            "header = (ctypes.c_uint32 * 2)(0x20080522, 0); data = (ctypes.c_uint32 * 6)()\n"
            "libc.capget(header, data); print(*data)"
        )
        no_new_privileges, values = jailed(name, code, cwd=tmp_path).splitlines()
        assert no_new_privileges.split()[0] == "1"
        assert set(values.split()) == {"0"}
        if os.geteuid() == 0:
            assert no_new_privileges.split()[1] == "0"  # CAP_SYS_ADMIN left the bounding set

    def test_the_warden_cannot_be_traced(self, tmp_path: Path, name: str) -> None:
        code = (
            "import os\n"
            "try: open(f'/proc/{os.getppid()}/mem', 'rb'); print('open')\n"
            "except OSError: print('refused')"
        )
        assert jailed(name, code, cwd=tmp_path) == "refused\n"


@pytest.mark.parametrize("name", FILES_CONFINED)
class TestFiles:
    ATTEMPT = (
        "import sys\n"
        "try: open(sys.argv[1], sys.argv[2]).close(); print('done')\n"
        "except OSError: print('refused')"
    )

    def test_writing_beside_the_work_folder(self, tmp_path: Path, name: str) -> None:
        work = tmp_path / "work"
        work.mkdir()
        jailed(name, self.ATTEMPT, str(tmp_path / "target"), "w", cwd=work)
        jailed(name, self.ATTEMPT, "../relative", "w", cwd=work)
        assert [path.name for path in tmp_path.iterdir()] == ["work"]

    def test_writing_through_a_link(self, tmp_path: Path, name: str) -> None:
        work = tmp_path / "work"
        work.mkdir()
        (tmp_path / "precious").write_text("precious")
        code = (
            "import os, sys; os.symlink(sys.argv[1], 'link')\n"
            "try: open('link', 'w').write('gone')\n"
            "except OSError: pass"
        )
        jailed(name, code, str(tmp_path / "precious"), cwd=work)
        assert (tmp_path / "precious").read_text() == "precious"

    @pytest.mark.parametrize("step", ["os.unlink(path)", "os.link(path, 'here')"])
    def test_changing_what_lies_beside(self, tmp_path: Path, name: str, step: str) -> None:
        assert self.changed(tmp_path, name, step) == (False, False, False)

    @staticmethod
    def changed(tmp_path: Path, name: str, step: str) -> tuple[bool, bool, bool]:
        """Return whether `step` changed mode, time or links of a file beside the work folder."""
        work = tmp_path / "work"
        work.mkdir()
        target = tmp_path / "target"
        target.write_text("x")
        before = target.stat()
        code = f"import os, sys; path = sys.argv[1]\ntry: {step}\nexcept OSError: pass"
        jailed(name, code, str(target), cwd=work)
        after = target.stat()
        return (
            before.st_mode != after.st_mode,
            before.st_mtime != after.st_mtime,
            before.st_nlink != after.st_nlink,
        )

    def test_reading_beside_the_work_folder(self, tmp_path: Path, name: str) -> None:
        work = tmp_path / "work"
        work.mkdir()
        (tmp_path / "secret").write_text("secret")
        assert jailed(name, self.ATTEMPT, str(tmp_path / "secret"), "r", cwd=work) == "refused\n"

    @pytest.mark.parametrize("path", ["/etc/shadow", "/etc/ssh", "/root/.ssh", "/var/log"])
    def test_reading_what_a_machine_keeps(self, tmp_path: Path, name: str, path: str) -> None:
        code = (
            "import os, sys\n"
            "try: os.close(os.open(sys.argv[1], os.O_RDONLY)); print('done')\n"
            "except OSError: print('refused')"
        )
        assert jailed(name, code, path, cwd=tmp_path) == "refused\n"

    def test_writing_to_the_system(self, tmp_path: Path, name: str) -> None:
        kernel = "/proc/sys/kernel/core_pattern"
        for path in (kernel, "/usr/intruder", "/etc/ld.so.cache", f"{sys.prefix}/intruder"):
            assert jailed(name, self.ATTEMPT, path, "a", cwd=tmp_path) == "refused\n"

    def test_the_private_temporary_folder_is_gone_afterwards(
        self, tmp_path: Path, name: str
    ) -> None:
        code = (
            "import os; path = os.environ['TMPDIR'] + '/left-behind'; open(path, 'w'); print(path)"
        )
        assert not Path(jailed(name, code, cwd=tmp_path).strip()).exists()


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("step", ["os.chmod(path, 0o777)", "os.utime(path, (1, 1))"])
def test_attributes_of_what_lies_beside(tmp_path: Path, name: str, step: str) -> None:
    changed = TestFiles.changed(tmp_path, name, step)
    # Landlock alone does not hold this: it knows no right for attributes.
    assert "mount" not in SETS[name] or changed == (False, False, False)


class TestReadable:
    def test_what_is_given_can_be_read_and_not_written(self, tmp_path: Path) -> None:
        work, given = tmp_path / "work", tmp_path / "given"
        work.mkdir()
        given.mkdir()
        (given / "image.hex").write_text("cafe")
        code = (
            "import sys; print(open(sys.argv[1] + '/image.hex').read())\n"
            "try: open(sys.argv[1] + '/image.hex', 'w')\n"
            "except OSError: print('refused')"
        )
        argv = [sys.executable, "-I", "-S", "-c", code, str(given)]
        run = run_tool(argv, cwd=work, limits=PATIENT, readable=[given])
        confined = isolation().writes_confined
        assert run.output.split() == (["cafe", "refused"] if confined else ["cafe"])

    def test_a_single_file_can_be_given_and_so_can_one_in_the_work_folder(
        self, tmp_path: Path
    ) -> None:
        work = tmp_path / "work"
        work.mkdir()
        (tmp_path / "one").write_text("1")
        (work / "two").write_text("2")
        code = "open('two', 'a').write('!'); print(open('../one').read(), open('two').read())"
        argv = [sys.executable, "-I", "-S", "-c", code]
        run = run_tool(argv, cwd=work, limits=PATIENT, readable=[tmp_path / "one", work / "two"])
        assert run.output == "1 2!\n"

    def test_a_work_folder_in_a_folder_that_is_given_can_be_written(self, tmp_path: Path) -> None:
        work = tmp_path / "work"
        work.mkdir()
        code = "open('made', 'w').close()"
        argv = [sys.executable, "-I", "-S", "-c", code]
        assert run_tool(argv, cwd=work, limits=PATIENT, readable=[tmp_path]).exit_code == 0

    def test_a_tool_under_a_home_folder_finds_its_own_files(self, tmp_path: Path) -> None:
        (tmp_path / "suite" / "bin").mkdir(parents=True)
        (tmp_path / "suite" / "lib").mkdir()
        (tmp_path / "suite" / "lib" / "data").write_text("found\n")
        tool = tmp_path / "suite" / "bin" / "tool"
        tool.write_text('#!/bin/sh\ncat "${0%/*}/../lib/data"\n')
        tool.chmod(0o755)
        (tmp_path / "link").symlink_to(tool)
        work = tmp_path / "work"
        work.mkdir()
        run = run_tool([str(tool)], cwd=work, limits=PATIENT)
        assert (run.output, run.exit_code) == ("found\n", 0)
        assert run_tool([str(tmp_path / "link")], cwd=work, limits=PATIENT).exit_code is not None

    def test_a_tool_in_a_folder_of_the_work_folder_leaves_it_writable(self, tmp_path: Path) -> None:
        (tmp_path / "obj").mkdir()
        tool = tmp_path / "obj" / "simulation"
        tool.write_text("#!/bin/sh\necho done > obj/result\n")
        tool.chmod(0o755)
        assert run_tool(["obj/simulation"], cwd=tmp_path, limits=PATIENT).output == ""
        assert (tmp_path / "obj" / "result").read_text() == "done\n"

    def test_a_home_prefix_is_not_shown_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / ".local" / "bin").mkdir(parents=True)
        (tmp_path / ".local" / "lib").mkdir()
        (tmp_path / ".local" / "share").mkdir()
        tool = tmp_path / ".local" / "bin" / "tool"
        tool.touch()
        assert installation(tool) == [tmp_path / ".local" / "bin", tmp_path / ".local" / "lib"]


@pytest.mark.parametrize("name", NETWORK_CUT)
class TestNetwork:
    def test_a_listener_on_this_machine_is_out_of_reach(self, tmp_path: Path, name: str) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            code = (
                "import socket, sys\n"
                "try: socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2); print('in')\n"
                "except OSError: print('refused')"
            )
            port = str(listener.getsockname()[1])
            assert jailed(name, code, port, cwd=tmp_path) == "refused\n"

    def test_so_is_an_abstract_unix_socket(self, tmp_path: Path, name: str) -> None:
        address = f"\0rtlgen-test-{os.getpid()}-{name}"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(address)
            listener.listen()
            code = (
                "import socket, sys\n"
                "try: socket.socket(socket.AF_UNIX).connect('\\0' + sys.argv[1]); print('in')\n"
                "except OSError: print('refused')"
            )
            assert jailed(name, code, address[1:], cwd=tmp_path) == "refused\n"


@pytest.mark.parametrize("name", FILTERED)
class TestSystemCalls:
    @pytest.mark.parametrize(
        "call",
        ["socket.socket()", "unshare(0x10000000)", "unshare(0x20000)", "ptrace(0, 0, 0, 0)"],
    )
    def test_what_no_tool_needs_is_refused(self, tmp_path: Path, name: str, call: str) -> None:
        code = (
            "import ctypes, socket\n"
            "libc = ctypes.CDLL(None, use_errno=True)\n"
            "def unshare(flags):\n"
            "    if libc.unshare(flags): raise OSError(ctypes.get_errno(), '')\n"
            "def ptrace(*words):\n"
            "    if libc.ptrace(*words): raise OSError(ctypes.get_errno(), '')\n"
            f"try: {call}; print('done')\n"
            "except OSError as error: print(error.errno)"
        )
        assert jailed(name, code, cwd=tmp_path) == "1\n"

    def test_socket_pairs_and_pipes_still_work(self, tmp_path: Path, name: str) -> None:
        code = (
            "import os, socket\n"
            "left, right = socket.socketpair(); left.send(b'x'); print(right.recv(1))\n"
            "reader, writer = os.pipe(); os.write(writer, b'y'); print(os.read(reader, 1))"
        )
        assert jailed(name, code, cwd=tmp_path).split() == ["b'x'", "b'y'"]

    def test_a_jail_in_a_jail_falls_back_and_says_so(self, tmp_path: Path, name: str) -> None:
        code = (
            "from pathlib import Path\n"
            "from sim.process import EnvironmentFault, Limits, isolation, run_with\n"
            "found = isolation(); print(found.full, found.user_namespace, found.network_cut)\n"
            "print(*found.lines(), sep='\\n')\n"
            "try: run_with({'user'}, ['true'], cwd=Path(), limits=Limits())\n"
            "except EnvironmentFault as error: print(error)"
        )
        root = Path(__file__).parents[2]
        run = run_with(
            SETS[name],
            [sys.executable, "-c", code],
            cwd=tmp_path,
            limits=PATIENT,
            environment={"PYTHONPATH": str(root)},
            readable=[root],
        )
        assert run.output.startswith("False False True\n")
        assert "\nrefused: user (Operation not permitted)\n" in run.output
        assert "isolation by 'user' worked before and is refused now: Operation" in run.output


class TestIsolation:
    def test_refused_layers_are_left_out_until_the_child_starts(self) -> None:
        broken = ["user", "mount"]

        def attempt(_: object, folder: Path, features: frozenset[str]) -> Attempt:
            for name in broken:
                if name in features:
                    return Attempt(output="", refused=name, error="not here")
            (folder.parent / "target").touch()
            return Attempt(output='{"reads": true, "connects": false}')

        found = probe(attempt)
        assert found.features == frozenset(FEATURES) - {"user", "mount", "proc"}
        assert (found.writes_confined, found.reads_confined, found.network_cut) == (
            False,
            False,
            True,
        )
        assert found.lines()[0] == "file system: NOT CONFINED; home folders READABLE"
        assert found.lines()[-2:] == ("refused: user (not here)", "refused: mount (not here)")

    def test_a_child_that_reports_nonsense(self) -> None:
        with pytest.raises(EnvironmentFault, match="must report, not print 'Segmentation fault'"):
            probe(lambda *_: Attempt(output="Segmentation fault"))

    def test_requiring_what_is_not_there(self) -> None:
        with pytest.raises(
            EnvironmentFault,
            match=r"(?s)^RTLGEN_ISOLATION=require needs full .*NOT CONFINED.*\n\nhint: allow unpriv",
        ):
            require_full(Isolation())

    def test_require_runs_where_isolation_is_full(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RTLGEN_ISOLATION", "require")
        expected = nullcontext() if isolation().full else pytest.raises(EnvironmentFault)
        with expected:
            assert run_tool(["true"], cwd=tmp_path, limits=PATIENT).exit_code == 0

    def test_off_runs_without(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RTLGEN_ISOLATION", "off")
        assert run_tool(["cat", str(__file__)], cwd=tmp_path, limits=PATIENT).exit_code == 0

    def test_a_word_that_means_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RTLGEN_ISOLATION", "maybe")
        with pytest.raises(
            EnvironmentFault, match=r"must be one of off, auto, require, not 'maybe'\n\nhint: unset"
        ):
            run_tool(["true"], cwd=tmp_path, limits=PATIENT)


class TestScratchFolder:
    def test_it_is_there_for_the_time_of_a_step(self) -> None:
        with scratch_folder() as folder:
            (folder / "file").touch()
        assert not folder.exists()

    def test_what_is_nested_too_deeply_is_left_and_said(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with scratch_folder() as folder:
            here = os.open(folder, os.O_RDONLY)
            for _ in range(3000):
                os.mkdir("d", dir_fd=here)
                deeper = os.open("d", os.O_RDONLY, dir_fd=here)
                os.close(here)
                here = deeper
            os.close(here)
        assert not folder.exists() or "nested too deeply to be removed" in caplog.text
        subprocess.run(["rm", "-rf", str(folder)], check=True)

    def test_a_full_disk_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tempfile, "tempdir", "/no/such/folder")
        expected = r"cannot make one: .*\n\nhint: free some space"
        with pytest.raises(EnvironmentFault, match=expected), scratch_folder():
            pass


class TestParts:
    def test_a_job_survives_its_encoding(self) -> None:
        job = Job(
            parent=1,
            features=["user"],
            argv=[b"tool", b"\xff"],
            cwd="/w",
            writable={"/w": "/w"},
            environment={b"A": b"\xfe"},
            readable={"/usr": "/usr"},
            links={"/bin": "usr/bin"},
            temporary="",
            temporary_bytes=1,
            limits={"processes": 2},
        )
        assert vars(Job.decode(job.encode())) == vars(job)

    def test_a_folder_is_measured_to_its_limit(self, tmp_path: Path) -> None:
        (tmp_path / "deep" / "er").mkdir(parents=True)
        (tmp_path / "deep" / "er" / "file").write_bytes(bytes(100_000))
        (tmp_path / "loop").symlink_to(tmp_path)
        assert folder_exceeds(str(tmp_path), 99_000)
        assert not folder_exceeds(str(tmp_path), 1 << 20)
        assert not folder_exceeds(str(tmp_path / "absent"), 1)

    def test_a_folder_too_deep_to_be_removed_is_too_large(self, tmp_path: Path) -> None:
        tmp_path.joinpath(*["d"] * 250).mkdir(parents=True)
        assert folder_exceeds(str(tmp_path), 1 << 40)

    def test_a_tree_without_proc_is_empty(self) -> None:
        assert Tree(-1, private=False).usage().pids == []

    def test_our_own_tasks_are_counted(self) -> None:
        proc = os.open("/proc", os.O_RDONLY)
        try:
            assert Tree(proc, private=False).tasks_of(os.geteuid()) >= 1
        finally:
            os.close(proc)

    def test_links_of_the_system_are_kept_as_links(self) -> None:
        view = system_view()
        assert view.covers("/usr/bin/env")
        assert view.covers(sys.executable)
        assert not view.covers("/home")
        assert not view.covers("/etc/shadow")
        assert all(Path(path).is_symlink() for path in view.links)
