"""Local models answer as asked, each answer by itself, and stop when told."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from rtlgen.llm.model import Answer, Failure, Message, ModelFault, Purpose, Request, Sampling
from rtlgen.llm.transformers_local import LocalModel
from tests.tiny_model import ANSWER, CONTEXT, MODULE, edit_json

PLAIN = "### Instruction:\n{}\n\n### Response:\n"


def request(text: str = "Write it.", sample: int = 0, seed: int = 1, **sampling: object) -> Request:
    return Request(
        messages=(Message(role="user", content=text),),
        sample=sample,
        seed=seed,
        sampling=Sampling(**{"max_tokens": 24, "temperature": 1.0, "top_p": 1.0} | sampling),  # type: ignore[arg-type]
    )


def answers(model: LocalModel, requests: Sequence[Request]) -> list[Answer]:
    found = dict(model.ask(requests))
    assert sorted(found) == list(range(len(requests)))
    return [found[index] for index in range(len(requests))]


def texts(model: LocalModel, requests: Sequence[Request]) -> list[str | None]:
    return [answer.text for answer in answers(model, requests)]


@pytest.fixture(scope="module")
def trained(tiny_model: Path) -> Iterator[LocalModel]:
    model = LocalModel(str(tiny_model), device="cpu")
    yield model
    model.close()


@pytest.fixture(scope="module")
def garbage(garbage_model: Path) -> Iterator[LocalModel]:
    model = LocalModel(str(garbage_model), device="cpu")
    yield model
    model.close()


@pytest.fixture
def plain(garbage_model: Path, tmp_path: Path) -> LocalModel:
    """A model without a chat template."""
    folder = tmp_path / "plain"
    shutil.copytree(garbage_model, folder)
    (folder / "chat_template.jinja").unlink()
    return LocalModel(str(folder), device="cpu")


def test_answers_what_it_was_trained_to(trained: LocalModel) -> None:
    asked = [
        request("x" * length, sample=length, temperature=0.8, top_p=0.95, max_tokens=4096)
        for length in range(9)
    ]
    for answer in answers(trained, asked):
        assert answer.text == ANSWER
        assert answer.finish == "stop"
        assert answer.seconds > 0
    assert answer.usage.prompt_tokens == 2
    assert answer.usage.completion_tokens > 40
    assert not answer.usage.estimated


def test_an_answer_depends_on_its_own_request_alone(garbage_model: Path) -> None:
    asked = [request("x" * number, sample=number % 3, seed=number // 4) for number in range(7)]
    one_by_one = LocalModel(str(garbage_model), batch_size=1, device="cpu")
    together = LocalModel(str(garbage_model), batch_size=7, device="cpu")
    expected = texts(one_by_one, asked)
    assert texts(together, asked) == expected
    assert texts(together, asked[::-1]) == expected[::-1]
    assert texts(together, asked[2:5]) == expected[2:5]


def test_samples_and_seeds_differ_and_repeat(garbage: LocalModel) -> None:
    asked = [request(sample=0), request(sample=1), request(seed=2), request(sample=0)]
    first, second, third, again = texts(garbage, asked)
    assert first == again
    assert len({first, second, third}) == 3


def test_noise_is_of_seed_sample_and_prompt_only(garbage: LocalModel) -> None:
    asked = request()
    other = Request(
        messages=asked.messages,
        sampling=asked.sampling,
        purpose=Purpose.FUNCTIONAL_REPAIR,
        subject="adder",
    )
    assert len(set(texts(garbage, [asked, other]))) == 1


def test_temperature_zero_is_greedy_also_beside_warmer_rows(garbage: LocalModel) -> None:
    cold = [request(sample=sample, temperature=0.0) for sample in range(3)]
    mixed = [request(sample=0), cold[1], request(sample=2, top_p=1e-6)]
    greedy = set(texts(garbage, cold))
    assert len(greedy) == 1
    warm, *others = texts(garbage, mixed)
    assert set(others) == greedy
    assert warm not in greedy


def test_draws_follow_the_distribution_inside_the_nucleus() -> None:
    import torch

    from rtlgen.llm.transformers_decode import Draw, Row

    rows = [
        Row(index=number, request=request(sample=number, top_p=0.7), prompt=[0], room=1)
        for number in range(4000)
    ]
    logits = torch.tensor([0.5, 0.3, 0.2]).log().repeat(len(rows), 1)
    left = Draw(rows)(torch.zeros(len(rows), 1), logits)
    assert (left.isfinite().sum(-1) == 1).all()
    share = left.isfinite().double().mean(0).tolist()
    assert share == pytest.approx([5 / 8, 3 / 8, 0.0], abs=0.03)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_row_of_no_numbers_is_no_answer_and_spoils_no_other(bad: float, temperature: float) -> None:
    import torch

    from rtlgen.llm.transformers_decode import Draw, Row

    asked = [request(temperature=temperature), request()]
    rows = [Row(index=n, request=one, prompt=[0], room=1) for n, one in enumerate(asked)]
    logits = torch.tensor([[1.0, bad, 2.0], [-torch.inf, 1.0, -torch.inf]])
    left = Draw(rows)(torch.zeros(2, 1), logits)
    assert left[1].argmax() == 1
    assert [row.ended for row in rows] == [True, False]
    answer = rows[0].answer(None)
    assert answer.failure is Failure.SERVER
    assert answer.detail == "the model computes no finite number"


class _Cramped:
    """A model with the memory for two answers at a time."""

    def __init__(self, model: Any, most: int) -> None:
        self._model = model
        self._most = most
        self.batches: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def generate(self, input_ids: Any, **rest: Any) -> Any:
        self.batches.append(len(input_ids))
        done = self._model.generate(input_ids, **rest)
        if len(input_ids) > self._most:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        return done


def test_batch_too_large_for_the_memory_is_halved(garbage_model: Path) -> None:
    asked = [request(sample=number, max_tokens=8) for number in range(5)]
    expected = texts(LocalModel(str(garbage_model), batch_size=5, device="cpu"), asked)
    model = LocalModel(str(garbage_model), batch_size=5, device="cpu")
    model.share_prompts = False
    cramped = _Cramped(model._load().model, 2)
    model._loaded = replace(model._load(), model=cramped)
    assert texts(model, asked) == expected
    assert cramped.batches == [5, 2, 3, 1, 2]
    cramped._most = 0
    (answer,) = answers(model, asked[:1])
    assert answer.failure is Failure.CONTEXT
    assert "memory is too small" in answer.detail


def test_what_breaks_in_the_model_is_the_servers_failure(garbage_model: Path) -> None:
    model = LocalModel(str(garbage_model), device="cpu")
    model.share_prompts = False
    loaded = model._load()
    model._loaded = replace(loaded, model=_Broken(loaded.model))
    for answer in answers(model, [request(), request(sample=1)]):
        assert answer.failure is Failure.SERVER
        assert answer.detail == "CUDA error: device-side assert triggered"


class _Broken(_Cramped):
    def __init__(self, model: Any) -> None:
        super().__init__(model, 0)

    def generate(self, input_ids: Any, **rest: Any) -> Any:
        raise RuntimeError("CUDA error: device-side assert triggered\nCompile with ...")


def test_stop_string_ends_the_answer_before_it(trained: LocalModel) -> None:
    (answer,) = answers(
        trained, [request(stop=("assign", "endmodule"), temperature=0.0, max_tokens=200)]
    )
    assert answer.text == ANSWER[: ANSWER.index("assign")]
    assert answer.finish == "stop"


def test_token_limit_is_each_answers_own(trained: LocalModel) -> None:
    asked = [request(max_tokens=limit, temperature=0.0) for limit in (5, 200)]
    short, long = answers(trained, asked)
    assert short.finish == "length"
    assert short.usage.completion_tokens == 5
    assert short.text is not None
    assert ANSWER.startswith(short.text)
    assert long.text == ANSWER


def test_prompt_beyond_the_context_fails_alone(plain: LocalModel) -> None:
    long, short = answers(plain, [request("z" * 600), request("z", max_tokens=9999, seed=3)])
    assert long.failure is Failure.CONTEXT
    assert f"the model's context {CONTEXT}" in long.detail
    assert short.text is not None
    assert short.usage.total <= CONTEXT


def test_too_little_room_is_no_answer_unless_little_is_wanted(plain: LocalModel) -> None:
    filler = "z" * (CONTEXT - len(PLAIN) - 10)
    much, little = answers(plain, [request(filler), request(filler, max_tokens=1)])
    assert much.failure is Failure.CONTEXT
    assert little.finish == "length"


def test_time_limit_keeps_nothing(garbage_model: Path) -> None:
    hurried = LocalModel(str(garbage_model), timeout=1e-9, device="cpu")
    (answer,) = answers(hurried, [request()])
    assert answer.failure is Failure.TIMEOUT
    assert answer.text is None
    assert "not at its end" in answer.detail


def test_deadline_of_the_run_is_its_budget(garbage_model: Path) -> None:
    model = LocalModel(str(garbage_model), device="cpu")
    for seconds in (0.0, 1e-3):
        model.finish_within(seconds)
        (answer,) = answers(model, [request(max_tokens=400)])
        assert answer.failure is Failure.BUDGET
    model.finish_within(None)
    assert answers(model, [request(max_tokens=1)])[0].text is not None


class _Interrupt(BaseException):
    pass


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise _Interrupt


def test_signal_gets_through_and_the_model_still_answers(garbage: LocalModel) -> None:
    assert answers(garbage, [request(max_tokens=1)])[0].text is not None
    before = signal.signal(signal.SIGALRM, _interrupt)
    start = time.monotonic()
    try:
        with pytest.raises(_Interrupt):
            # Again and again: where nothing may be raised, as in a destructor, one is lost.
            signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
            for _ in range(1000):
                answers(garbage, [request(max_tokens=480)])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - start < 40
    assert answers(garbage, [request(max_tokens=1)])[0].text is not None


def test_closing_ends_an_answer(garbage_model: Path) -> None:
    model = LocalModel(str(garbage_model), device="cpu")
    answers(model, [request(max_tokens=1)])
    closing = threading.Timer(0.05, model.close)
    closing.start()
    with pytest.raises(ModelFault, match="was closed"):
        for _ in range(1000):
            answers(model, [request(max_tokens=480)])
    closing.join()


def test_nothing_is_asked_of_a_closed_model(garbage_model: Path) -> None:
    model = LocalModel(str(garbage_model))
    model.close()
    with pytest.raises(ModelFault, match="was closed"):
        answers(model, [request()])


def test_nothing_but_answers_comes_out(
    garbage_model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    model = LocalModel(str(garbage_model))
    assert len(answers(model, [request(), request("longer than that")])) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


def test_no_requests_load_nothing(garbage_model: Path) -> None:
    assert list(LocalModel(str(garbage_model)).ask([])) == []


def _with_template(source: Path, folder: Path, template: str) -> LocalModel:
    shutil.copytree(source, folder)
    (folder / "chat_template.jinja").write_text(template)
    return LocalModel(str(folder), device="cpu")


CONVERSATION = Request(
    messages=(Message(role="system", content="Be brief."), Message(role="user", content="Do it.")),
    sampling=Sampling(max_tokens=1),
)


def test_chat_template_is_honored(garbage_model: Path, tmp_path: Path) -> None:
    template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}>"
    model = _with_template(garbage_model, tmp_path / "m", template)
    (answer,) = answers(model, [CONVERSATION])
    expected = len(_tokens(model, "system: Be brief.\nuser: Do it.\n>"))
    assert answer.usage.prompt_tokens == expected


def test_template_without_system_gets_it_in_the_question(
    garbage_model: Path, tmp_path: Path
) -> None:
    template = (
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        "{{ messages[0]['content'] }}"
    )
    model = _with_template(garbage_model, tmp_path / "m", template)
    (answer,) = answers(model, [CONVERSATION])
    assert answer.usage.prompt_tokens == len(_tokens(model, "Be brief.\n\nDo it."))


def test_template_that_refuses_rejects_the_request(garbage_model: Path, tmp_path: Path) -> None:
    model = _with_template(garbage_model, tmp_path / "m", "{{ raise_exception('never') }}")
    (answer,) = answers(model, [CONVERSATION])
    assert answer.failure is Failure.REJECTED
    assert "never" in answer.detail


def test_without_template_the_form_is_plain(plain: LocalModel) -> None:
    (answer,) = answers(plain, [request("Do it.", max_tokens=1)])
    assert answer.usage.prompt_tokens == len(_tokens(plain, PLAIN.format("Do it.")))


def _tokens(model: LocalModel, text: str) -> list[int]:
    tokens: list[int] = model._load().tokenizer(text)["input_ids"]
    return tokens


def test_lora_adapter_is_used(tiny_model: Path, garbage_adapter: Path, trained: LocalModel) -> None:
    adapted = LocalModel(str(tiny_model), adapter=garbage_adapter, device="cpu")
    asked = [request(temperature=0.0, max_tokens=30)]
    assert texts(adapted, asked) != texts(trained, asked)


def test_an_adapter_is_added_to_the_weights(tiny_model: Path, garbage_adapter: Path) -> None:
    """Its own thin products would take a processor as long as the model's."""
    import peft
    import torch
    from transformers import AutoModelForCausalLM

    from rtlgen.llm.transformers_load import quiet

    found = LocalModel(str(tiny_model), adapter=garbage_adapter, device="cpu", dtype="float32")
    merged = found._load().model
    assert not [name for name, _ in merged.named_parameters() if "lora_" in name]
    with quiet(), torch.no_grad():
        base = AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32)
        apart = peft.PeftModel.from_pretrained(base, str(garbage_adapter)).eval()
        tokens = torch.tensor([[1, 2, 3, 4]])
        torch.testing.assert_close(merged(tokens).logits, apart(tokens).logits)


@pytest.fixture(scope="module")
def garbage_adapter(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import peft
    import torch
    from transformers import AutoModelForCausalLM

    from rtlgen.llm.transformers_load import quiet

    folder = tmp_path_factory.mktemp("adapter")
    with quiet(), torch.random.fork_rng():
        torch.manual_seed(1)
        config = peft.LoraConfig(
            r=4,
            lora_alpha=999,
            target_modules=["q_proj", "down_proj"],
            init_lora_weights=False,
        )
        base = AutoModelForCausalLM.from_pretrained(tiny_model)
        peft.get_peft_model(base, config).save_pretrained(folder)
    return folder


def _changed(source: Path, folder: Path, **changes: object) -> Path:
    shutil.copytree(source, folder)
    edit_json(folder / "adapter_config.json", **changes)
    return folder


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"peft_type": "IA3"}, "must be LoRA, .* is 'IA3'"),
        ({"r": 8}, "cannot load adapter"),
        ({"target_modules": ["q_proj"]}, "does not fit the model: .* tensors"),
        ({"target_modules": ["q_proj", "down_proj", "up_proj"]}, "does not fit the model"),
        ({"target_modules": ["c_attn"]}, "cannot load adapter .*c_attn"),
    ],
)
def test_adapter_that_does_not_fit(
    tiny_model: Path,
    garbage_adapter: Path,
    tmp_path: Path,
    changes: dict[str, object],
    message: str,
) -> None:
    adapter = _changed(garbage_adapter, tmp_path / "adapter", **changes)
    with pytest.raises(ModelFault, match=message):
        answers(LocalModel(str(tiny_model), adapter=adapter, device="cpu"), [request()])


def test_adapter_that_is_none(tiny_model: Path, garbage_adapter: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelFault, match=r"is no adapter: it has no adapter_config\.json"):
        LocalModel(str(tiny_model), adapter=tmp_path)
    folder = _changed(garbage_adapter, tmp_path / "adapter")
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    with pytest.raises(ModelFault, match=r"has no adapter_model\.safetensors"):
        LocalModel(str(tiny_model), adapter=folder)
    with pytest.raises(ModelFault, match=f"--model hf:{tiny_model} --adapter"):
        LocalModel(str(garbage_adapter))


def test_paths_that_hold_no_model(garbage_model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelFault, match=r"is no model: it has no config\.json"):
        LocalModel(str(tmp_path))
    (tmp_path / "weights.gguf").write_bytes(b"none")
    with pytest.raises(ModelFault, match=r"name the file: hf:.*weights\.gguf"):
        LocalModel(str(tmp_path))
    with pytest.raises(ModelFault, match="is no GGUF file"):
        LocalModel(str(tmp_path / "weights.gguf"))
    with pytest.raises(ModelFault, match="must be a folder or a"):
        LocalModel(str(garbage_model / "config.json"))
    for absent in ("./absent", "/no/such/model", "a/b/c", "absent.gguf", "~/no such"):
        with pytest.raises(ModelFault, match="no model at"):
            LocalModel(absent)


def test_weights_that_are_absent_or_pickles(garbage_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(garbage_model, folder)
    weights = folder / "model.safetensors"
    weights.rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelFault, match="are pickles, which can run code"):
        LocalModel(str(folder))
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(ModelFault, match="has no weights"):
        LocalModel(str(folder))
    weights.write_bytes(b"not a safetensors file")
    with pytest.raises(ModelFault, match=r"cannot load model .*header"):
        answers(LocalModel(str(folder)), [request()])


@pytest.mark.parametrize(
    ("file", "changes", "message"),
    [
        ("config.json", {"num_hidden_layers": 3}, "do not fit its config.json: 9 tensors lack"),
        ("config.json", {"intermediate_size": 64}, "cannot load model|do not fit"),
        ("config.json", {"hidden_size": "wide"}, "cannot load model .*hidden_size"),
        ("config.json", {"model_type": "no-such"}, "cannot load model .*no-such"),
        (
            "config.json",
            {"model_type": "own", "auto_map": {"AutoConfig": "own.C"}},
            "cannot load model .*custom code",
        ),
        ("tokenizer.json", {"model": None}, "cannot load the tokenizer"),
        ("tokenizer.json", {"decoder": 5}, "cannot load the tokenizer"),
    ],
)
def test_files_that_do_not_fit(
    garbage_model: Path, tmp_path: Path, file: str, changes: dict[str, object], message: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(garbage_model, folder)
    (folder / "own.py").write_text("raise SystemExit('code of the model ran')\n")
    edit_json(folder / file, **changes)
    with pytest.raises(ModelFault, match=message) as fault:
        answers(LocalModel(str(folder)), [request()])
    assert fault.value.exit_code == 4
    assert "\n\nhint: " in str(fault.value)
    assert len(str(fault.value).splitlines()) == 3


def test_tokenizer_of_another_model(garbage_model: Path, tmp_path: Path) -> None:
    import json

    folder = tmp_path / "model"
    shutil.copytree(garbage_model, folder)
    entries = json.loads((folder / "tokenizer.json").read_text())
    entries["model"]["vocab"]["far"] = 9999
    (folder / "tokenizer.json").write_text(json.dumps(entries))
    with pytest.raises(ModelFault, match="tokens, its model only"):
        answers(LocalModel(str(folder)), [request()])


def test_token_that_the_model_does_not_know(garbage_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(garbage_model, folder)
    model = LocalModel(str(folder), device="cpu")
    model._load().tokenizer.add_special_tokens({"pad_token": "<|new|>"})
    template = "{{ messages[-1]['content'] }}"
    model._load().tokenizer.chat_template = template
    unknown, *known = answers(model, [request("<|new|>"), request("a"), request("a longer one")])
    assert unknown.failure is Failure.REJECTED
    assert "does not know its token" in unknown.detail
    assert all(answer.text is not None for answer in known)


def test_gpu_that_is_not_there(garbage_model: Path) -> None:
    import torch

    model = LocalModel(str(garbage_model), device=f"cuda:{torch.cuda.device_count()}")
    with pytest.raises(ModelFault, match=r"torch finds no|cannot load"):
        answers(model, [request()])


def test_library_that_is_not_installed() -> None:
    from rtlgen.llm.transformers_load import _require

    with pytest.raises(ModelFault, match=r"needs no-such-library.*\n\nhint: pip install 'rtlgen"):
        _require("no-such-library")


def test_choosing_a_local_model_loads_no_library() -> None:
    program = (
        "import sys, rtlgen.llm.transformers_local\n"
        "print([m for m in ('torch', 'transformers', 'peft', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_trained_module_is_what_the_specification_asks_for() -> None:
    assert MODULE in ANSWER
