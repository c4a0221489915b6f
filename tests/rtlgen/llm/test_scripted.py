"""The shipped fake answers as its script says, whatever the order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtlgen.errors import UsageError
from rtlgen.llm.model import Answer, Failure, ModelFault, Purpose, Request
from rtlgen.llm.scripted import Scripted


def asked(purpose: Purpose, sample: int = 0) -> Request:
    return Request(messages=(), purpose=purpose, sample=sample)


def test_replies_are_by_purpose_and_sample() -> None:
    model = Scripted({Purpose.PROPOSE: ["a", "b"], Purpose.REFERENCE: ["r"]})
    requests = [
        asked(Purpose.PROPOSE, 1),
        asked(Purpose.REFERENCE),
        asked(Purpose.PROPOSE),
        asked(Purpose.PROPOSE, 2),
        asked(Purpose.SYNTAX_REPAIR),
    ]
    for _ in range(2):
        found = dict(model.ask(requests))
        assert [found[index].text for index in range(5)] == ["b", "r", "a", None, None]
        assert found[3].failure is Failure.EXHAUSTED
        assert found[3].detail == "the script has 2 replies to propose"
    assert model.requests == requests * 2
    model.close()
    assert model.name == "scripted"


def test_function_sees_the_request() -> None:
    def reply(request: Request) -> str | Answer:
        if request.sample == 1:
            return Answer(text=None, failure=Failure.TIMEOUT)
        if request.sample == 2:
            raise ModelFault("no server at all")
        return f"sample {request.sample}"

    model = Scripted(reply, name="scripted:test")
    assert model.name == "scripted:test"
    found = dict(model.ask([asked(Purpose.PROPOSE, sample) for sample in (0, 1)]))
    assert found[0].text == "sample 0"
    assert found[1].failure is Failure.TIMEOUT
    with pytest.raises(ModelFault, match="no server"):
        list(model.ask([asked(Purpose.PROPOSE, 2)]))


YAML = """\
propose:
  - |
    module m; endmodule
  - {failure: rate_limit, detail: slow down}
functional repair:
  - {text: "module", finish: length}
"""


def test_file_is_a_script(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(YAML)
    model = Scripted.from_file(path)
    assert model.name == f"scripted:{path}"
    requests = [
        asked(Purpose.PROPOSE),
        asked(Purpose.PROPOSE, 1),
        asked(Purpose.FUNCTIONAL_REPAIR),
    ]
    found = dict(model.ask(requests))
    assert found[0].text == "module m; endmodule\n"
    assert (found[1].failure, found[1].detail) == (Failure.RATE_LIMIT, "slow down")
    assert (found[2].text, found[2].finish) == ("module", "length")


def test_json_is_a_script_too(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text(json.dumps({"reference model": ["class Reference:\n\tpass"]}))
    ((_, found),) = Scripted.from_file(path).ask([asked(Purpose.REFERENCE)])
    assert found.text == "class Reference:\n\tpass"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "maps a purpose to a list of replies, .*: its root: "),
        ("", "its root: "),
        ("proposal: [a]", r"proposal\.\[key\]: Input should be 'propose', 'syntax repair'"),
        ("propose: a", "propose: Input should be a valid list"),
        ("propose: [5]", r"propose\.0: Input should be a valid"),
        ("propose: [{txt: a}]", r"propose\.0\.txt: Extra inputs"),
        ("propose: [{text: a, failure: timeout}]", "either `text` or `failure`"),
        ("propose: [{}]", "either `text` or `failure`"),
        ("propose: [{failure: rain}]", r"propose\.0\.failure: Input should be 'unreachable'"),
        ("propose: ['a", "must be JSON or YAML, .*: while scanning"),
        ("[" * 5000, "must be JSON or YAML"),
        ("!!python/object/apply:os.system ['true']", "must be JSON or YAML, .*constructor"),
    ],
)
def test_file_that_is_no_script(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=message) as refused:
        Scripted.from_file(path)
    assert "\n\nhint: " in str(refused.value)
    assert str(path) in str(refused.value)


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a script must be a file, .* is a folder"):
        Scripted.from_file(tmp_path)
    with pytest.raises(UsageError, match="is not there"):
        Scripted.from_file(tmp_path / "absent.yaml")
    (tmp_path / "s.yaml").write_bytes(b"propose: ['\xff']")
    with pytest.raises(UsageError, match="must be JSON or YAML"):
        Scripted.from_file(tmp_path / "s.yaml")
