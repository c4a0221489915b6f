"""Sentences that say what a module is good for, or sum up what the others say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from rtlgen.spec.requirements.port_items import ITEM, LABEL, is_background
from rtlgen.spec.requirements.vocabulary import Vocabulary
from rtlgen.spec.requirements.words import number_of, tokens
from rtlgen.spec.text import Sentence, words

_DENYING = words("otherwise except never must unless until but not without no only else always")
_STEMS = re.compile(
    r"saturat|wrap|clamp|clip|limit|round|trunc|stick|toggl|debounc|filter|averag|arbit|"
    r"priorit|parit|invert|complement|delay|latenc|pipelin|regist|gray|bcd|hot|sign|revers|swap|"
    r"serial|modulo|rising|falling|edge|pulse|first|last|max|min|larger|largest|smaller|smallest|"
    r"highest|lowest|absolut|differ|up|down|reset|free|ignor|twice|second|odd|even|half|doubl|skip|opposite|negat",
    re.IGNORECASE,
)
"""Beginnings of words that say how a module works."""
_WISH = re.compile(
    r"^(?:(?:hi|hello)\b\W*\s)?(?:(?:i|we)\s+(?:need|want)\b|(?:i|we)(?:'d|\s+would)\s+like\b|please\b"
    r"|(?:could|can)\s+you\b|(?:design|write|build|create|make|implement)s?\b|an?\s"
    r"|(?:compute|calculate|find|determine|count|add|compare|detect|store|track|measure|check|keep)s?\b)",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:outputs?|inputs?|results?|values?|states?|counters?|counts?|bits?|numbers|edges?|cycles?"
    r"|clocks?|wins?|opposite|sampled|lost|ignored|illegal)\b",
    re.IGNORECASE,
)
"""Words of sentences that say how a module works, and not what it is good for."""
_DOES = re.compile(
    r"(?:compute|calculate|find|determine|count|add|compare|detect|store|track|measure|check|keep)s?\b",
    re.I,
)
"""Verbs of sentences without a subject, the module's: `Counts rising edges of sig.`"""
SO = re.compile(
    r",?\s+(?:so(?!\s+far\b)(?: that)?|i\.e\.|that is,|in other words,|meaning that|e\.g\."
    r"|for example,)\s.*$|(?:,|,?\s+and)\s+(?:so|therefore|hence)\s.*$",
    re.IGNORECASE | re.DOTALL,
)
_PURPOSE = re.compile(
    r"^(?:(?:hi|hello|dear)\b[^,]*,\s*)?(?:(?:please|we|i|you|can|could|should|to|now)\s+)*"
    r"(?:(?:write|design|build|create|implement|make|need|want|do|have)\s+(?:me\s+|us\s+)?)?"
    r"(?:(?:an?|the|this|small|simple|synchronous|combinational|verilog|purely)\s+)*"
    r"(?:module|block|circuit|unit)?\s*(?:(?:called|named),?\s+)?",
    re.IGNORECASE,
)
_LINES = re.compile(
    r"\b(\w+)\s+(?:[\w-]+\s+)?(?:lines|requests|inputs|channels|interrupts|sources|masters)\b",
    re.IGNORECASE,
)
"""As many lines as a port has bits."""
_DENIED = re.compile(
    r"\b(?:is|are|do|does|must|shall|may|should)(?:\s+not|n't)\b|\b(?:never|only|except|unless|until)\b",
    re.IGNORECASE,
)


def summary(said: Sequence[Sentence], tally: Tally, vocabulary: Vocabulary) -> int | None:
    """Return which sentence sums up what the others say: one of the first, that names no port.

    Whatever it says of how the module works, each number and each telling word, has to stand
    elsewhere too; then the others define the module, or it is refused.
    """
    ports = {port.name for port in vocabulary.interface.ports}
    quoting = any(f'"{name}' in one.text for one in said for name in ports)
    for number, one in enumerate(said[:2]):
        text = SO.sub("", one.text)
        spoken = [t for t in tokens(text) if t.text != vocabulary.interface.module]
        named = set(re.findall(r'"(\w+)', text)) if quoting else {t.text for t in spoken}
        later = {t.text for t in tokens(" ".join(other.text for other in said[number + 1 :]))}
        does = number == 0 and _DOES.match(text) is not None
        if named & ports and not (does and named & ports <= later):
            continue
        if not _may_sum_up(text, vocabulary, does=does) or ITEM.match(LABEL.sub("", one.text)):
            continue
        if {t.text.lower() for t in spoken} & _DENYING or one.text.startswith("|"):
            continue
        elsewhere = tally.elsewhere(number)
        counts = {number_of(word) for word in elsewhere}
        counts |= {port.width for port in vocabulary.interface.ports}
        counts.add(sum(port.width > 1 for port in vocabulary.interface.inputs))
        if any(n is not None and n not in counts for n in (number_of(t.text) for t in spoken)):
            continue
        if is_said_again(one, elsewhere, vocabulary.interface.module):
            return number
    return None


def _may_sum_up(text: str, vocabulary: Vocabulary, *, does: bool) -> bool:
    """Whether a sentence is of the form of one that sums up; `does`: with a verb of its own."""
    inner = {word.name for word in vocabulary.inner}
    if inner & {token.text.lower() for token in tokens(text)}:
        return False
    named = vocabulary.interface.module in text
    return does or ((named or _WISH.match(text) is not None) and not _RESULT.search(text))


def is_introduction(one: Sentence, elsewhere: Collection[str]) -> bool:
    """Whether a sentence before all that name ports says what the module is good for, no more."""
    text = re.sub(r"\b(?:one|single)-\w+", " ", one.text, flags=re.IGNORECASE)
    if _RESULT.search(text) or _DENIED.search(text) or re.match(r"\W*it\b", text, re.IGNORECASE):
        return False
    return is_background(one.text) and is_said_again(one, elsewhere)


class Tally:
    """The words of all sentences, counted once, to see which stand elsewhere too."""

    def __init__(self, said: Sequence[Sentence]) -> None:
        self._own = [{t.text.lower() for t in tokens(one.text)} for one in said]
        self._times = Counter(word for own in self._own for word in own)

    def elsewhere(self, number: int) -> set[str]:
        """Return the lower-case words of all sentences but one."""
        own = self._own[number]
        return {word for word, times in self._times.items() if times > (word in own)}


def is_said_again(one: Sentence, elsewhere: Collection[str], module: str = "") -> bool:
    """Whether each word of a sentence that says how a module works stands elsewhere too."""
    spoken = [t.text for t in tokens(SO.sub("", one.text)) if t.text != module]
    stems = {m[0].lower() for word in spoken if (m := _STEMS.match(word))}
    return all(any(word.startswith(stem) for word in elsewhere) for stem in stems)


def is_purpose(said: str, vocabulary: Vocabulary) -> bool:
    """Whether `said` tells what the whole module is for; what it does is said elsewhere, or not."""
    rest = said[_PURPOSE.match(said).end() :].lstrip('"')  # type: ignore[union-attr]
    module = vocabulary.interface.module
    named = rest.startswith(module) and not re.match(r"\w", rest[len(module) :])
    wide = {port.width for port in vocabulary.interface.ports}
    told = _LINES.sub(lambda m: "" if number_of(m[1]) in wide else m[0], said)
    return named and is_background(told) and ":" not in said
