"""`gguf:FILE` against the real llama.cpp, and what it answers beside Transformers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rtlgen.llm.choose import choose_model
from rtlgen.llm.config import read_settings
from rtlgen.llm.llama_cpp import LlamaCpp, Size
from rtlgen.llm.model import Message, ModelFault, Request, Sampling
from rtlgen.llm.style import style_of
from tests.llama import weights

HEADER = "module inverter(\n    input a,\n    output y\n);"
ASKED = (
    Message(role="user", content=f"y is the inverse of a.\n\n{HEADER}"),
    Message(role="assistant", content=HEADER),
)


@pytest.fixture(scope="module")
def model() -> Iterator[LlamaCpp]:
    served = LlamaCpp(str(weights()), size=Size(slots=3, context=256, threads=1))
    yield served
    served.close()


def request(sample: int = 0, **sampling: object) -> Request:
    drawn = Sampling(**{"temperature": 1.0, "max_tokens": 12, **sampling})  # type: ignore[arg-type]
    return Request(messages=ASKED, sample=sample, sampling=drawn)


def test_an_answer_that_is_begun_is_continued(model: LlamaCpp) -> None:
    ((_, found),) = model.ask([request(temperature=0.0)])
    assert found.text is not None
    assert found.text.startswith(HEADER)
    assert len(found.text) > len(HEADER)
    assert (found.finish, found.usage.completion_tokens) == ("length", 12)


def test_samples_differ_and_repeat(model: LlamaCpp) -> None:
    first = dict(model.ask([request(n) for n in range(3)]))
    assert len({found.text for found in first.values()}) == 3
    again = dict(model.ask([request(1)]))
    assert again[0].text is not None


def test_a_closed_model_starts_again(model: LlamaCpp) -> None:
    model.close()
    ((_, found),) = model.ask([request(temperature=0.0)])
    assert found.failure is None


def test_style_of_a_foreign_model_is_chat(model: LlamaCpp) -> None:
    assert style_of(model) == "chat"


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFault, match=r"cannot read the model .*absent.gguf: No such file"):
        LlamaCpp(str(tmp_path / "absent.gguf"))
    (tmp_path / "text.gguf").write_text("nothing")
    with pytest.raises(ModelFault, match=r"text.gguf is no GGUF file\n\nhint: name a .gguf file"):
        LlamaCpp(str(tmp_path / "text.gguf"))
    (tmp_path / "cut.gguf").write_bytes(weights().read_bytes()[:5000])
    with pytest.raises(ModelFault, match=r"llama.cpp cannot serve"):
        list(LlamaCpp(str(tmp_path / "cut.gguf")).ask([request()]))


def test_chosen_by_name(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    options = {"model.concurrency": 2, "model.adapter": str(weights())}
    chosen = choose_model(
        f"gguf:{weights()}", settings=read_settings(options, environment={}, folder=tmp_path)
    )
    assert isinstance(chosen, LlamaCpp)
    assert chosen.name == f"gguf:{weights()}+{weights()}"
