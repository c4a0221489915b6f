"""Rouge-L: how much of two texts is a common subsequence of words (Lin 2004)."""

from __future__ import annotations

from collections.abc import Sequence

from rtlgen.data.extra import require


class RougeIndex:
    """Finds the text of a set with the best Rouge-L."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """Take the words of each text.

        Raises:
            ToolNotFound: rapidfuzz or numpy is not installed.
        """
        require("rapidfuzz", "numpy")
        import numpy as np  # noqa: PLC0415 - slow to load

        self._texts = [list(text) for text in texts]
        self._column = {word: at for at, word in enumerate(sorted({w for t in texts for w in t}))}
        self._counts = np.zeros((len(texts), len(self._column)), dtype=np.uint16)
        for row, text in enumerate(texts):
            for word in text:
                self._counts[row, self._column[word]] += 1
        self._lengths = np.array([len(text) for text in texts])

    def best(self, words: Sequence[str], least: float) -> tuple[int, float] | None:
        """Return the number of the text with the best Rouge-L F1 of at least `least`, and it.

        Only texts whose words in any order would do are compared: a common subsequence has no
        more words than the texts share.
        """
        from rapidfuzz.distance import LCSseq  # noqa: PLC0415 - an extra

        found: tuple[int, float] | None = None
        for at in self._possible(words, least):
            text = self._texts[at]
            score = 2 * LCSseq.similarity(words, text) / (len(words) + len(text))
            if score >= least and (found is None or score > found[1]):
                found = (at, score)
        return found

    def in_words(self, words: Sequence[str], at: int) -> float:
        """Return the Rouge-L F1 with text `at`, without numbers, operators and single letters."""
        from rapidfuzz.distance import LCSseq  # noqa: PLC0415 - an extra

        first, second = _in_words(words), _in_words(self._texts[at])
        return float(2 * LCSseq.similarity(first, second) / max(len(first) + len(second), 1))

    def _possible(self, words: Sequence[str], least: float) -> list[int]:
        import numpy as np  # noqa: PLC0415

        if not words or not self._texts:
            return []
        known = [self._column[word] for word in words if word in self._column]
        columns, counts = np.unique(np.array(known, dtype=np.int64), return_counts=True)
        shared = np.minimum(self._counts[:, columns], counts).sum(axis=1)
        bound = 2 * shared / (len(words) + self._lengths)
        return [int(at) for at in np.nonzero(bound >= least)[0]]


def _in_words(of: Sequence[str]) -> list[str]:
    return [word for word in of if len(word) > 1 and word[0].isalpha()]
