"""What can stop a check from being made at all.

A design that is wrong is a `Verdict`; these are raised only when nothing can
be said about the design::

    SimError
      InvalidDesign     the sources cannot be a design at all (also a ValueError)
      InvalidInterface  a module's ports cannot be driven by a testbench (also a ValueError)
      EnvironmentFault  the machine is at fault, not the design
        ToolNotFound    an EDA tool is not installed
        ToolFailed      an EDA tool is installed but does not run

Every message reads: rule, offending value, place; then a blank line and
``hint: ...`` where there is a remedy.
"""

from __future__ import annotations


class SimError(Exception):
    """Base class of everything raised by `sim`."""


class InvalidDesign(SimError, ValueError):
    """A set of sources that no tool should be given."""


class InvalidInterface(SimError, ValueError):
    """Ports that cannot be resolved, or that no testbench can drive."""


class EnvironmentFault(SimError):
    """The machine, not the design, is at fault; nothing was learned."""


class ToolNotFound(EnvironmentFault):
    """An EDA tool is neither on PATH nor where its variable points."""


class ToolFailed(EnvironmentFault):
    """An EDA tool is installed but does not do its work."""
