"""What several rooms' tests share."""

import os

# Tests run on as many processes as there are cores; more threads than that would fight.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest

from chainrule.data.dataset import Split
from chainrule.data.load import load


@pytest.fixture(scope="session")
def mnist() -> Split:
    """The real MNIST, split 50,000 / 10,000 / 10,000; fetched once and then kept in the user's cache."""
    return load("mnist")
