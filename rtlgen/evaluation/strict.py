"""What records that are read back have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError


class Strict(BaseModel):
    """A value of known fields only, which does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def first_fault(error: ValidationError, *, whole: str = "the file") -> str:
    """Return the place of the first fault in what was read, and the rule; never its value."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or whole
    return f"{where}: {first['msg']}"
