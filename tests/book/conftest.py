"""The book's listings, run as they stand but for the import line, on the first few images of each part."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from typing import Any

import pytest

from chainrule.book import mnist_loader
from chainrule.data.dataset import Split

TRAINING, VALIDATION, TEST = 400, 100, 100


@pytest.fixture(scope="session")
def first_images(mnist: Split) -> Any:
    """What ``load_data`` returns, cut short."""

    def part(dataset: Any, count: int) -> Any:
        return (dataset.inputs[:count] / 256).astype("float32"), dataset.labels[:count].copy()

    assert mnist.validation is not None
    return part(mnist.train, TRAINING), part(mnist.validation, VALIDATION), part(mnist.test, TEST)


@pytest.fixture
def few(first_images: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The three lists of ``load_data_wrapper``, which loads few images in this test."""
    monkeypatch.setattr(mnist_loader, "load_data", lambda: first_images)
    return mnist_loader.load_data_wrapper()


@pytest.fixture
def listing(few: Any, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[list[str], dict[str, Any]]]:
    """Run a text with ``>>>`` and ``...``; gives the printed lines and the names it has left."""

    def run(text: str, **names: Any) -> tuple[list[str], dict[str, Any]]:
        capsys.readouterr()
        for example in doctest.DocTestParser().get_examples(text):
            exec(compile(example.source, "listing", "exec"), names)
        return capsys.readouterr().out.splitlines(), names

    return run
