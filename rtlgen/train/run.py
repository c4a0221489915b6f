"""One training run: from a configuration to a model that answers."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rtlgen.errors import RtlgenError, UsageError
from rtlgen.evaluation.holding import held
from rtlgen.llm.transformers_load import first_line
from rtlgen.train import prepared, rows_read
from rtlgen.train.arguments import arguments, check_keys
from rtlgen.train.config import Lora, Method, Placed
from rtlgen.train.faults import check_disk, told
from rtlgen.train.grpo import TrlReward
from rtlgen.train.hardware import Hardware, look
from rtlgen.train.model import (
    Trainee,
    go_part_of_the_way,
    load,
    lora_weights,
    require,
    resolve,
    set_template,
    with_adapter,
)
from rtlgen.train.plots import draw
from rtlgen.train.record import record_of
from rtlgen.train.rewards import reward_named
from rtlgen.train.run_folder import CHECKPOINTS, DATA, MODEL, Record, RunFolder, last_metrics
from rtlgen.train.saved import save_trained
from rtlgen.train.silence import silent, tensorboard_in

Say = Callable[[str], None]
DEFAULT_REWARDS = ("share",)
_ROWS, _VALIDATION = "rows", "validation"
_LEAST_STEP = 5e-5
"""Learning rate below which most steps are lost in the rounding of bfloat16 weights."""
_SMALL = 1_000_000_000
"""Parameters up to which activations are kept rather than computed again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to."""

    model: Path
    """A folder, for `--model hf:`."""
    record: Record
    trained: bool
    """False: it had been done before."""
    main: bool = True
    """Whether this is the process, of several that train together, that writes and says."""


def train(
    method: Method, placed: Placed, output: Path, *, say: Say, resume: bool = False
) -> Outcome:
    """Train, or go on with the run in `output`, or return what it came to.

    Args:
        method: How.
        placed: The configuration.
        output: Folder of the run.
        say: Told how far it is, in the main process only.
        resume: There must be a run to go on with.

    Raises:
        UsageError: The configuration, the data or the folder cannot be used.
        ModelFault: The model cannot be loaded, or a library is missing.
    """
    require()
    with silent(), tensorboard_in(output / "tensorboard"):
        check_keys(method, placed)
        _check_rewards(method, placed)
        sources = rows_read.sources(method, placed)
        return _Job(method, placed, output, sources, say).run(resume=resume)


class _Job:
    """A run while it runs; in every process of a launch."""

    def __init__(
        self,
        method: Method,
        placed: Placed,
        output: Path,
        sources: tuple[rows_read.Source, ...],
        say: Say,
    ) -> None:
        self.method, self.placed, self.sources = method, placed, sources
        self.folder = RunFolder(output)
        self.stack = ExitStack()
        self.hardware: Hardware = look()
        self.dtype = self.hardware.dtype(placed.config.dtype, full=placed.config.lora is None)
        self.arguments = arguments(
            method, placed, output=output / CHECKPOINTS, hardware=self.hardware, dtype=self.dtype
        )
        self.trl: Any = self.arguments.values
        evaluated = self.trl.eval_strategy != "no"
        self.validation = rows_read.validation(method, placed) if evaluated else ()
        self.main: bool = self.trl.process_index == 0
        self.say: Say = say if self.main else lambda _: None
        self.start: dict[str, Any] = {}
        """LoRA weights that training began with, where the result is part of the way from them."""

    def run(self, *, resume: bool) -> Outcome:
        """Train in a folder that no other run may touch."""
        with self.stack as stack:
            if self.main:
                stack.enter_context(held(self.folder.folder))
            read = (*self.sources, *self.validation)
            record = record_of(self.method, self.placed, read, self.hardware)
            before = self._before(record, resume=resume)
            self._wait()
            if before is not None and before.status == "done":
                self.say(f"done before: {self.folder.folder / MODEL}")
                return self._outcome(before, trained=False)
            stack.enter_context(self._resumable())
            return self._train(record, before)

    def _before(self, record: Record, *, resume: bool) -> Record | None:
        """Return the record of the run to go on with; None where nothing was trained yet."""
        before = self.folder.read()
        if resume and before is None:
            raise UsageError(
                f"--resume needs a run to go on with, {self.folder.folder} has none\n\n"
                "hint: leave it out"
            )
        if before is not None and (before.status == "done" or self.folder.checkpoint()):
            self.folder.check_same(before, record)
            return before
        if self.main:
            self.folder.clean()
        return None

    def _train(self, record: Record, before: Record | None) -> Outcome:
        trainee = self._load()
        rows, counts = self._rows(trainee, _ROWS, self.sources, drawn=True)
        unseen = self._rows(trainee, _VALIDATION, self.validation)[0] if self.validation else None
        self._advise(trainee, counts)
        record = record.model_copy(
            update={
                "chosen": {**self.arguments.chosen, "dtype": self.dtype},
                "rows": asdict(counts),
                "resumed": before.resumed + 1 if before else 0,
                "seconds": before.seconds if before else 0.0,
            }
        )
        if self.main:
            self.folder.write(record)
        begun = time.monotonic()
        with told(self.folder.folder):
            trainer = self._trainer(trainee, rows, unseen)
            check_disk(self.folder.folder, trainer.model)
            self._run_steps(trainer, self._checkpoint())
            self._take_way(trainer)
            done = {
                "parameters": {"all": trainee.parameters, "trained": _trained(trainer.model)},
                "steps": trainer.state.global_step,
                "seconds": round(record.seconds + time.monotonic() - begun, 1),
                "result": last_metrics(self.folder.folder),
                "status": "done",
            }
            record = record.model_copy(update=done)
            self._save(trainer, trainee, record)
        return self._outcome(record, trained=True)

    def _run_steps(self, trainer: Any, checkpoint: Path | None) -> None:  # noqa: ANN401
        from transformers import TrainerState  # noqa: PLC0415 - takes seconds

        if checkpoint is not None:
            state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
            parted = trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled
            if state.global_step >= state.max_steps and not parted:
                # Killed while the model was saved: `train` would take one more step.
                trainer._load_from_checkpoint(str(checkpoint))
                trainer.state = state
                return
        try:
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        except (ValueError, TypeError) as error:
            if trainer.follower.stepped:
                raise
            raise self._refused(error) from error

    def _take_way(self, trainer: Any) -> None:  # noqa: ANN401 - trl is imported late
        """Go back some of the way to the adapter that training began with, where that is asked."""
        lora = self.placed.config.lora
        if lora is None or lora.adapter is None or lora.way == 1:
            return
        go_part_of_the_way(trainer.accelerator.unwrap_model(trainer.model), self.start, lora.way)
        self.say(f"the adapter is {lora.way:.0%} of the way from {lora.adapter}")

    def _load(self) -> Trainee:
        source = resolve(self.placed.config.model, self.placed.folder)
        trainee = load(source, dtype=self.dtype)
        set_template(trainee.tokenizer, self.placed)
        if "gradient_checkpointing" not in self.placed.config.trl:
            self.trl.gradient_checkpointing = trainee.parameters > _SMALL
        return trainee

    def _rows(
        self,
        trainee: Trainee,
        name: str,
        sources: Sequence[rows_read.Source],
        *,
        drawn: bool = False,
    ) -> tuple[Any, prepared.Counts]:
        """Return tokenized rows, made once by the main process; those `drawn` that are asked."""
        folder = self.folder.folder / DATA
        path, counts = folder / f"{name}.arrow", folder / f"{name}.json"
        if self.main and not counts.exists():
            folder.mkdir(exist_ok=True)
            how = prepared.Preparation(
                tokenizer=trainee.tokenizer,
                body=self.placed.config.loss_on == "body",
                longest=self._longest,
            )
            made = prepared.prepare(sources, how, path)
            counts.write_text(json.dumps(asdict(made)), encoding="utf-8")
        self._wait()
        config = self.placed.config
        rows = prepared.load(
            path,
            examples=config.examples if drawn else None,
            seed=config.seed,
            longer=config.longer,
        )
        return rows, prepared.Counts(**json.loads(counts.read_text(encoding="utf-8")))

    def _advise(self, trainee: Trainee, counts: prepared.Counts) -> None:
        where = f"{self.hardware.device} ({self.hardware.processors} processors)"
        self.say(
            f"{self.method} of {trainee.parameters / 1e6:.0f} M parameters in {self.dtype} on "
            f"{where}, {'LoRA' if self.placed.config.lora else 'all weights'}"
        )
        long = (
            counts.too_long and f", {counts.too_long} longer than {self._longest} tokens left out"
        )
        self.say(f"{counts.kept} rows{long or ''}")
        full = self.placed.config.lora is None and self.dtype == "bfloat16"
        rate = self.trl.learning_rate
        if full and isinstance(rate, int | float) and rate < _LEAST_STEP:
            self.say(
                f"note: steps of {rate:g} are mostly lost in the rounding of "
                "bfloat16 weights; set `lora`, or `dtype: float32`"
            )

    def _trainer(self, trainee: Trainee, rows: Any, unseen: Any) -> Any:  # noqa: ANN401
        from transformers import PrinterCallback  # noqa: PLC0415 - takes seconds

        from rtlgen.train.callbacks import Follower  # noqa: PLC0415 - imports torch

        free = {"save_strategy", "save_steps"} & set(self.placed.config.trl)
        follower = Follower(
            self.folder,
            main=self.main,
            say=self.say,
            save_seconds=None if free else self.placed.config.save_minutes * 60,
        )
        try:
            trainer = self._built(trainee, rows, unseen, follower)
        except (ValueError, TypeError, NotImplementedError, ImportError, RuntimeError) as error:
            if type(error) is RuntimeError and "to be installed" not in str(error):
                raise
            raise self._refused(error) from error
        lora = self.placed.config.lora
        parted = trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled
        if parted and lora is not None and lora.way != 1:
            raise UsageError(
                f"lora.way must be 1 where weights are parted, not {lora.way:g}, "
                f"{self.placed.place('lora.way')}\n\nhint: train with DDP, or on one device"
            )
        trainer.follower = follower
        trainer.remove_callback(PrinterCallback)
        return trainer

    def _refused(self, error: Exception) -> UsageError:
        return UsageError(
            f"TRL refuses this run: {first_line(error)}, {self.placed.place('trl')}\n\n"
            "hint: see TRL's documentation of the fields under trl"
        )

    def _built(
        self,
        trainee: Trainee,
        rows: Any,  # noqa: ANN401
        unseen: Any,  # noqa: ANN401
        follower: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        from rtlgen.train import cpu, trainers  # noqa: PLC0415 - imports torch

        lora = self.placed.config.lora
        # Rows that share one line are told apart by transformers' own attention only.
        joined = any(getattr(self.trl, name, False) for name in ("packing", "padding_free"))
        tuned = self.hardware.device == "cpu" and self.method is not Method.GRPO and not joined
        if tuned:
            cpu.attend(trainee.model)
        common = {
            "model": trainee.model,
            "args": self.trl,
            "train_dataset": rows,
            "eval_dataset": unseen,
            "processing_class": trainee.tokenizer,
            "callbacks": [follower],
            "peft_config": None if lora is None or lora.adapter else _peft(lora),
        }
        if lora is not None and lora.adapter:
            common["model"] = with_adapter(trainee.model, self.placed.path(lora.adapter))
            if lora.way != 1:
                self.start = lora_weights(common["model"])
        if self.method is Method.GRPO:
            return trainers.Grpo(**common, reward_funcs=self._rewards(trainee))
        if self.method is Method.DPO and lora is None and not self.trl.precompute_ref_log_probs:
            common["ref_model"] = copy.deepcopy(trainee.model)
        made = trainers.Sft(**common) if self.method is Method.SFT else trainers.Dpo(**common)
        if tuned and lora is not None:
            cpu.fold(made.model)
            if self.method is Method.DPO and not self.trl.use_weighting:
                cpu.score(made.model.get_base_model())
        return made

    def _rewards(self, trainee: Trainee) -> list[TrlReward]:
        from rtlgen.train.reward_judging import Judge, grpo_rewards  # noqa: PLC0415 - simulators

        judge = self.stack.enter_context(Judge())
        names = self.placed.config.rewards or DEFAULT_REWARDS
        return [TrlReward(reward, trainee.tokenizer) for reward in grpo_rewards(names, judge)]

    def _checkpoint(self) -> Path | None:
        """Return what to go on from, and cut the log to it."""
        if self.main:
            self.folder.sweep()
        self._wait()
        checkpoint = self.folder.checkpoint()
        step = int(checkpoint.name.rpartition("-")[2]) if checkpoint else 0
        if self.main:
            self.folder.begin_log(step)
        if step:
            self.say(f"goes on from step {step}")
        return checkpoint

    def _save(self, trainer: Any, trainee: Trainee, record: Record) -> None:  # noqa: ANN401
        digest = hashlib.sha256(record.model_dump_json().encode()).hexdigest()
        save_trained(
            trainer,
            trainee,
            self.placed,
            self.folder.folder,
            source=resolve(self.placed.config.model, self.placed.folder),
            facts={"method": record.method, "base": record.model, "run": digest},
        )
        self._wait()
        if self.main:
            draw(self.folder.folder)
            self.folder.write(record)
            if not self.placed.config.keep_checkpoints:
                self.folder.clean()
        self._wait()

    @property
    def _longest(self) -> int | None:
        """Most tokens of a row; GRPO knows no such limit."""
        longest: int | None = getattr(self.trl, "max_length", None)
        return longest

    def _wait(self) -> None:
        """Wait for all processes of a launch."""
        self.trl.distributed_state.wait_for_everyone()

    def _outcome(self, record: Record, *, trained: bool) -> Outcome:
        return Outcome(
            model=self.folder.folder / MODEL, record=record, trained=trained, main=self.main
        )

    @contextmanager
    def _resumable(self) -> Iterator[None]:
        try:
            yield
        except RtlgenError:
            raise
        except BaseException as error:
            if self.main:
                error.add_note(f"the same command goes on with what is in {self.folder.folder}")
            raise


def _check_rewards(method: Method, placed: Placed) -> None:
    """See that the rewards are known before anything is loaded."""
    for name in placed.config.rewards:
        if method is not Method.GRPO:
            raise UsageError(
                f"{method} has no rewards, {placed.place('rewards')}\n\nhint: leave `rewards` out"
            )
        try:
            reward_named(name)
        except UsageError as error:
            rule, _, hint = str(error).partition("\n\n")
            raise UsageError(f"{rule}, {placed.place('rewards')}\n\n{hint}") from error


def _peft(lora: Lora) -> Any:  # noqa: ANN401 - imported late
    import peft  # noqa: PLC0415

    modules = lora.target_modules
    return peft.LoraConfig(
        r=lora.r,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=modules if isinstance(modules, str) else list(modules),
        task_type="CAUSAL_LM",
    )


def _trained(model: Any) -> int:  # noqa: ANN401 - imported late
    return sum(each.numel() for each in model.parameters() if each.requires_grad)
