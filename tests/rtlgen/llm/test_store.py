"""The store of answers: what is found again, and what a kill or a hand leaves in the file."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtlgen.errors import UsageError
from rtlgen.llm.model import Answer, Failure, Message, Purpose, Request, Sampling, Usage
from rtlgen.llm.records import read_exchanges
from rtlgen.llm.store import AnswerStore

MESSAGES = (Message(role="system", content="Be brief."), Message(role="user", content="µ-code\n"))


def request(sample: int = 0, **more: object) -> Request:
    return Request(**{"messages": MESSAGES, "sample": sample, "subject": "inv", **more})  # type: ignore[arg-type]


def answer(text: str = "module") -> Answer:
    usage = Usage(prompt_tokens=3, completion_tokens=4, estimated=True)
    return Answer(text=text, finish="stop", usage=usage, seconds=1.5, tries=2)


FAILED = Answer(text=None, failure=Failure.SERVER, detail="500 oops", usage=Usage(prompt_tokens=9))


def test_what_was_recorded_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    with AnswerStore(path) as store:
        store.append("openai:m", request(), answer())
        store.append("openai:m", request(1), FAILED)
        assert store.find("openai:m", request()) == answer()
    with AnswerStore(path) as store:
        assert store.find("openai:m", request()) == answer()
        assert store.find("openai:m", request(1)) is None  # failures are asked again
        assert store.find("openai:n", request()) is None
        assert (len(store), store.paid().attempts, store.paid().usage.total) == (1, 1, 16)
    assert path.read_text().count('"prompt","digest"') == 1
    exchanges = list(read_exchanges(path))
    assert [found.request for found in exchanges] == [request(), request(1)]
    assert [found.answer for found in exchanges] == [answer(), FAILED]


OTHERS = [
    request(1),
    request(seed=2),
    request(subject="inv2"),
    request(purpose=Purpose.REFERENCE),
    request(sampling=Sampling(temperature=0.0)),
    request(sampling=Sampling(stop=("x",))),
    request(messages=MESSAGES[1:]),
    request(messages=(*MESSAGES, Message(role="assistant", content=""))),
]


@pytest.mark.parametrize("other", OTHERS)
def test_another_request_is_not_answered_with_it(tmp_path: Path, other: Request) -> None:
    with AnswerStore(tmp_path / "a") as store:
        store.append("m", request(), answer())
        assert store.find("m", other) is None
        store.append("m", other, answer("other"))
        assert store.find("m", request()) == answer()


@pytest.mark.parametrize("lost", [1, 2, 50, 300])
def test_torn_last_line_is_cut(tmp_path: Path, lost: int, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a"
    with AnswerStore(path) as store:
        store.append("m", request(), answer())
        store.append("m", request(1), answer("two"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-lost])
    kept = [found.request.sample for found in read_exchanges(path)]
    assert kept == ([0, 1] if lost == 1 else [0])
    with AnswerStore(path) as store:
        assert store.find("m", request()) == answer()
        assert (store.find("m", request(1)) is None) == (lost > 1)
        assert ("a torn last line of" in caplog.text) == (lost > 1)
        store.append("m", request(1), answer("two"))
    assert path.read_bytes().startswith(whole)


@settings(max_examples=40)
@given(cut=st.integers(0, 1200))
def test_file_can_be_read_wherever_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "a"
    with AnswerStore(path) as store:
        for sample in range(3):
            store.append("m", request(sample), answer(str(sample)))
    path.write_bytes(path.read_bytes()[:cut])
    with AnswerStore(path) as store:
        store.append("m", request(7), answer("7"))
    with AnswerStore(path) as store:
        assert store.find("m", request(7)) == answer("7")
        for sample in range(3):
            assert store.find("m", request(sample)) in (None, answer(str(sample)))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"garbage", "Invalid JSON"),
        (b"", "Invalid JSON"),
        (b"\0\0\0", "Invalid JSON"),
        (b'{"record":"thought"}', "does not match any of the expected tags"),
        (b'{"record":"prompt","digest":"x","messages":[],"more":1}', "prompt.more: Extra inputs"),
        (b'{"record":"prompt","digest":"x","messages":[],"schema_version":2}', "schema_version"),
        (b"[" * 5000, "recursion"),
    ],
)
def test_garbage_in_the_middle(tmp_path: Path, line: bytes, reason: str) -> None:
    path = tmp_path / "a"
    with AnswerStore(path) as store:
        store.append("m", request(), answer())
    before = path.read_bytes()
    path.write_bytes(before + line + b"\n" + before)
    with pytest.raises(UsageError, match=f"{path}:3: .*{reason}"):
        AnswerStore(path)
    with pytest.raises(UsageError, match=f"{path}:3: "):
        list(read_exchanges(path))
    assert path.read_bytes() == before + line + b"\n" + before


def test_answer_that_is_neither(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with AnswerStore(path) as store:
        store.append("m", request(), answer())
    path.write_bytes(path.read_bytes().replace(b'"text":"module"', b'"text":null'))
    with pytest.raises(UsageError, match=f"{path}:2: .*either a text or a failure"):
        AnswerStore(path)


def test_answer_without_its_prompt(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with AnswerStore(path) as store:
        store.append("m", request(), answer())
    path.write_bytes(path.read_bytes().split(b"\n", 1)[1])
    with pytest.raises(UsageError, match="must stand after its prompt"):
        list(read_exchanges(path))


def test_one_process_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a"
    code = "import sys; from pathlib import Path; from rtlgen.llm.store import AnswerStore\n"
    code += "AnswerStore(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"open\n"
        with pytest.raises(UsageError, match=f"another one has {path} open"):
            AnswerStore(path)
        child.kill()
    AnswerStore(path).close()  # the lock ends with its process


def test_disk_that_is_full(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with AnswerStore(path) as store:
        store.append("m", request(), answer())
        before = path.read_bytes()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, hard))
        try:
            with pytest.raises(OSError, match=f"File too large: '{path}'"):
                store.append("m", request(1), answer())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert path.read_bytes() == before
        store.append("m", request(1), answer())
    assert len(list(read_exchanges(path))) == 2


def test_what_is_no_plain_file() -> None:
    with pytest.raises(UsageError, match="must be kept in a plain file, not /dev/zero"):
        AnswerStore(Path("/dev/zero"))


def test_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        AnswerStore(tmp_path / "no" / "a")
    assert list(tmp_path.iterdir()) == []


def test_closing_twice(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "a")
    store.close()
    store.close()
