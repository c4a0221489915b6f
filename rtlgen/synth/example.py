"""One example of the corpus: a drawn design, how it is told, its test, and wrong designs."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from rtlgen.synth.draw import Draw
from rtlgen.synth.drawn import Drawn, Family
from rtlgen.synth.frames import told
from rtlgen.synth.header import draw_style, header
from rtlgen.synth.mismatch_text import Stimulus
from rtlgen.synth.slips import slips_of
from rtlgen.synth.telling import Telling
from rtlgen.synth.vectors import beats_of
from rtlgen.synth.verify import Claim

TOPS = ("top_module", "TopModule", "")
"""Names of modules; the empty one stands for a name that says what it is."""
_DECIMAL = re.compile(r"\b(\d+)'d(\d{2,})\b")
"""A sized constant of at least two decimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A design of a family, told in one way."""

    family: str
    kind: str
    seed: str
    """What it was drawn by."""
    claim: Claim
    spec: str
    phrasing: str
    """The frame in which it is told, a key of `frames.FRAMES`."""

    @property
    def drawn(self) -> Drawn:
        """The design."""
        return self.claim.stimulus.drawn

    @property
    def header(self) -> str:
        """Header of the module."""
        return header(self.drawn, self.claim.top, self.claim.style)


def draw_design(family: Family, seed: str, *, canonical: bool = False) -> Drawn:
    """Return the design of `family` that `seed` stands for."""
    return family.draw(Draw(f"{family.name} {seed}", canonical=canonical))


def draw_example(
    family: Family, seed: str, *, held_out: bool = False, canonical: bool = False
) -> Example:
    """Return the example of `family` that `seed` stands for.

    Args:
        family: What is drawn.
        seed: Same seed, same example.
        held_out: Tell it in a frame that is kept for held-out examples.
        canonical: Keep to the most usual style of code; headers differ all the same.
    """
    drawn = draw_design(family, seed, canonical=canonical)
    chance = random.Random(f"example {family.name} {seed}")  # noqa: S311 - not for secrets
    style = draw_style(chance)
    top = _top(drawn, chance)
    telling = Telling(drawn=drawn, top=top, header=header(drawn, top, style), chance=chance)
    phrasing, spec = told(telling, held_out=held_out)
    drawn = as_told(drawn, spec)
    stimulus = Stimulus(drawn, beats_of(drawn, f"{family.name} {seed}"))
    slips = tuple(slips_of(drawn, top, style, chance))
    return Example(
        family=family.name,
        kind=family.kind,
        seed=seed,
        claim=Claim(stimulus=stimulus, top=top, style=style, slips=slips),
        spec=spec,
        phrasing=phrasing,
    )


def as_told(drawn: Drawn, spec: str) -> Drawn:
    """Return `drawn` with constants in hexadecimal that `spec` gives in hexadecimal only.

    Whoever is told 0x34 writes 8'h34; a model of few parameters cannot make 52 of it. By the text
    alone: where the decimal number stands too, for whatever, the constant stays as it is.
    """
    low = spec.lower()

    def written(found: re.Match[str]) -> str:
        width, value = found[1], int(found[2])
        decimal = re.search(rf"(?<![\w.']){value}\b|'d{value}\b", low)
        shown = re.search(rf"(?:0x|'h)0*{value:x}\b", low)
        return f"{width}'h{value:x}" if shown and not decimal else found[0]

    def rewritten(body: str) -> str:
        return _DECIMAL.sub(written, body)

    slips = tuple(replace(slip, body=rewritten(slip.body)) for slip in drawn.slips)
    return replace(drawn, body=rewritten(drawn.body), slips=slips)


def _top(drawn: Drawn, chance: random.Random) -> str:
    name = chance.choices(TOPS, (9, 4, 7))[0]
    if name or not drawn.module or drawn.module in {port.name for port in drawn.ports}:
        return name or TOPS[0]
    return drawn.module
