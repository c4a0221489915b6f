"""One built dataset for all tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rtlgen.data.small_sources import answers, built, corpus


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of a corpus and of a dozen and a half answers to it; its sources lie beside it."""
    folder = tmp_path_factory.mktemp("made")
    root = corpus(folder / "corpus")
    built(folder / "ds", root, answers(folder / "some.jsonl"), validation=0.0, test=0.0)
    return folder / "ds"
