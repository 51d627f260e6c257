"""The few loops that a compiler makes much faster: in NumPy, and again compiled where Numba is installed.

``reference`` is what counts. ``compiled`` has the same functions with the same arguments, and tests hold
them equal; nothing but the time it takes depends on which is in use.
"""

from __future__ import annotations

import os
from types import ModuleType

__all__ = ["kernels"]


def kernels() -> ModuleType:
    """The compiled ones where Numba is installed and ``CHAINRULE_FAST`` is not ``0``, else the reference.

    Importing Numba takes a good part of a second, so only benches that go backward ask for them.
    """
    from chainrule.numerics.kernels import reference

    if os.environ.get("CHAINRULE_FAST") == "0":
        return reference
    try:
        from chainrule.numerics.kernels import compiled
    except ImportError:  # Numba is not here, or not one for this NumPy.
        return reference
    return compiled
