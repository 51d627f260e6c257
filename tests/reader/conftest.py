"""A reader of printed numbers."""

import pytest

from chainrule.reader import Reader

from .printed import font_network


@pytest.fixture(scope="session")
def network():
    return font_network()


@pytest.fixture(scope="session")
def reader(network):
    return Reader(network)
