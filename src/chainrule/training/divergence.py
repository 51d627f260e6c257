"""Where a network first went beyond all numbers."""

from __future__ import annotations

import numpy as np

from chainrule.network import Bench, Network

__all__ = ["first_not_finite"]


def first_not_finite(network: Network, bench: Bench) -> str:
    """Name in words the first place that holds infinity or NaN, after a forward pass on ``bench``.

    Parameters come first: where they are not finite, the step before has made them so.
    """
    titles = [f"layer {index} ({type(layer).__name__})" for index, layer in enumerate(network.layers)]
    for name in network.parameters.parameters:
        if not np.isfinite(network.parameters.view(name)).all():
            index, _, part = name.partition(".")
            return f"in the {part} of {titles[int(index)]}, by the step before"
    for title, (_, workspace) in zip(titles, bench.workspace.steps, strict=False):
        if hasattr(workspace, "outputs") and not np.isfinite(workspace.outputs).all():
            return f"in the outputs of {title}"
    return "in the loss itself"
