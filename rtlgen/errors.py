"""What ends a command, and with which exit code.

::

    RtlgenError       exit code 2 unless a subclass says otherwise
      UsageError      2  arguments or files that cannot be used
      SpecError       2  a specification that cannot be read
      CannotJudge     3  no reference to judge by

A `sim.errors.EnvironmentFault` ends a command with exit code 4.
"""

from __future__ import annotations


class RtlgenError(Exception):
    """Base class; the message reads: rule, offending value, place; then a `hint:`."""

    exit_code = 2


class UsageError(RtlgenError):
    """Arguments or files that cannot be used."""


class SpecError(RtlgenError):
    """A specification that cannot be read; names file and line."""


class CannotJudge(RtlgenError):
    """There is nothing to judge a design by."""

    exit_code = 3
