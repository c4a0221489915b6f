"""What the commands share: where text goes, and which error ends with which exit code."""

from __future__ import annotations

import errno
import json
import signal
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from rtlgen.design.visible import visible
from rtlgen.errors import RtlgenError
from sim.errors import EnvironmentFault, SimError

if TYPE_CHECKING:
    from rich.console import Console

OK, FAILED, USAGE, NOT_JUDGED, ENVIRONMENT = range(5)

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


class Interrupted(BaseException):
    """SIGINT or SIGTERM arrived; unwinds everything so that temporary folders go."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


def exit_code_of(app: Callable[..., Any]) -> int:
    """Run `app` and return its exit code; expected errors become a message, not a traceback.

    Handlers of signals are afterwards as they were before.
    """
    before = {number: signal.getsignal(number) for number in _ENDING}
    try:
        return _exit_code_of(app)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_code_of(app: Callable[..., Any]) -> int:
    try:
        app(prog_name="rtlgen")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else OK
    except RtlgenError as error:
        return _fail(_with_notes(str(error), error), error.exit_code)
    except EnvironmentFault as error:
        return _fail(_with_notes(str(error), error), ENVIRONMENT)
    except SimError as error:
        return _fail(str(error), USAGE)
    except Interrupted as stop:
        left = "; ".join(getattr(stop, "__notes__", ())) or "nothing half-written is left"
        return _fail(f"stopped by {stop}; {left}", stop.exit_code)
    except OSError as error:
        text, code = _describe(error)
        return _fail(_with_notes(text, error), code)
    return OK


def unwind_when_interrupted() -> None:
    """From now on let Ctrl-C and SIGTERM unwind, so that temporary folders and children go.

    Until then they just end the process. Call it when everything is imported:
    an exception in the middle of an extension module's start can be fatal to it.
    """
    for number in _ENDING:
        signal.signal(number, _interrupt)


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    for again in _ENDING:  # a second Ctrl-C must not cut the clean-up short
        signal.signal(again, signal.SIG_IGN)
    raise Interrupted(number)


def _with_notes(text: str, error: BaseException) -> str:
    """Return `text`, and what was noted of `error` on its way up."""
    return "\n\nnote: ".join([text, *getattr(error, "__notes__", ())])


def _fail(message: str, code: int) -> int:
    typer.echo(f"error: {visible(message)}", err=True)
    return code


def _describe(error: OSError) -> tuple[str, int]:
    place = f" {error.filename}" if error.filename else ""
    text = f"{error.strerror or error}:{place}" if place else str(error.strerror or error)
    if error.errno in _DISK:
        return f"cannot write: {text}\n\nhint: free some space, or choose another -o", ENVIRONMENT
    return text, USAGE


def stderr() -> Console:
    """Return the console for people, on standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Write `value` as indented JSON to standard output."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
