"""The workloads: what is trained or asked, the same for every contender."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import isqrt, prod
from typing import Any, Literal

__all__ = ["SEED", "WORKLOADS", "Workload", "quick"]

SEED = 1
"""Of the start weights; round r trains in the order that a Trainer of seed 100 + r draws."""


@dataclass(frozen=True)
class Workload:
    """One network and one way to train it, or to ask it.

    Attributes:
        name: how it is called on the command line.
        title: what the page calls it.
        sizes: inputs, hidden neurons, outputs.
        convolutions: of each convolution that comes before the hidden neurons its filters, the side of its
            window, which stays inside, and the side of the max pooling after it, 1 for none.
        pool_first: whether a pool comes before the hidden activation, which gives the same with less work;
            otherwise after it, as most people write it.
        loss: what is minimised; the mean over the batch.
        learning_rate: of plain gradient descent, or with ``momentum``.
        batch_size: examples a step; the last batch of an epoch holds what is left.
        band: percentage points by which a contender's test accuracy may differ from chainrule's.
        hidden: activation of the hidden layers.
        initializer: start of the weights, by chainrule's name.
        bias_initializer: start of the biases.
        bias: False for layers without biases.
        l2: λ; λ/n w is added to the gradient of the weights, n being the images of an epoch.
        momentum: μ of v ← μ v + g, w ← w − η v; 0 for plain gradient descent.
        scale: raw pixels are multiplied by this,
        shift: and this is added.
        targets: the numbers for "not this class" and "this class".
        images: how many images an epoch has.
        test_images: how many images the accuracy is measured on.
        answers: 0 to train; otherwise how many images are asked about in one call.
        threads: the thread counts it is run with, a row each.
    """

    name: str
    title: str
    sizes: tuple[int, ...]
    loss: Literal["quadratic", "sigmoid_cross_entropy", "softmax_cross_entropy"]
    learning_rate: float
    batch_size: int
    band: float
    hidden: Literal["sigmoid", "relu"] = "sigmoid"
    initializer: str = "lecun_normal"
    bias_initializer: str = "normal"
    bias: bool = True
    l2: float = 0.0
    momentum: float = 0.0
    scale: float = 1 / 255
    shift: float = 0.0
    targets: tuple[float, float] = (0.0, 1.0)
    images: int = 50_000
    test_images: int = 10_000
    answers: int = 0
    convolutions: tuple[tuple[int, int, int], ...] = ()
    pool_first: bool = False
    threads: tuple[int, ...] = (1, 2)

    @property
    def output(self) -> str:
        """Activation of the last layer."""
        return "softmax" if self.loss == "softmax_cross_entropy" else "sigmoid"

    @classmethod
    def of(cls, settings: dict[str, Any]) -> Workload:
        """The workload whose settings, as JSON keeps them, these are."""
        values: dict[str, Any] = {key: _as_tuples(value) for key, value in settings.items()}
        return cls(**values)

    @property
    def products(self) -> list[tuple[int, tuple[int, ...]]]:
        """For each layer with weights, how often an image meets them, and their shape.

        ``(filters, side, side, channels)`` or ``(to, from)``, as in chainrule.
        """
        found: list[tuple[int, tuple[int, ...]]] = []
        side, channels = isqrt(self.sizes[0]), 1
        for filters, window, pool in self.convolutions:
            side += 1 - window
            found.append((side * side, (filters, window, window, channels)))
            side, channels = side // pool, filters
        first = side * side * channels if self.convolutions else self.sizes[0]
        sizes = (first, *self.sizes[1:])
        return found + [(1, (after, before)) for before, after in pairwise(sizes)]

    def after(self, place: int) -> list[str]:
        """What follows the convolution at this place, in order: "activation", and "pool" if there is one."""
        pool = ["pool"] if self.convolutions[place][2] > 1 else []
        return [*pool, "activation"] if self.pool_first else ["activation", *pool]

    def multiplications(self) -> int:
        """Multiply-and-add pairs that the matrix products of one epoch, or of one call, need.

        Forward each weight is used once an image; backward once for its own gradient, and once more for
        the derivative by what came in, except in the first layer.
        """
        weights = [times * prod(shape) for times, shape in self.products]
        if self.answers:
            return self.answers * sum(weights)
        return self.images * (3 * sum(weights) - weights[0])


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


_CONVOLUTIONAL = Workload(
    name="W6",
    title="A convolutional network",
    sizes=(784, 100, 10),
    loss="softmax_cross_entropy",
    learning_rate=0.1,
    batch_size=64,
    band=1.5,
    hidden="relu",
    initializer="he_normal",
    bias_initializer="constant",
    images=10_000,
    convolutions=((20, 5, 2), (40, 5, 2)),
)

_ASKED = Workload(
    name="W7-one",
    title="Inference, one image at a time",
    sizes=(784, 100, 10),
    loss="sigmoid_cross_entropy",
    learning_rate=0.5,
    batch_size=10,
    band=0.1,
    l2=5.0,
    answers=1,
)

_TABLE = (
    Workload(
        name="W1",
        title="The book's first network",
        sizes=(784, 30, 10),
        loss="quadratic",
        learning_rate=3.0,
        batch_size=10,
        band=1.0,
        initializer="normal",
    ),
    Workload(
        name="W2",
        title="Cross-entropy and weight decay",
        sizes=(784, 100, 10),
        loss="sigmoid_cross_entropy",
        learning_rate=0.5,
        batch_size=10,
        band=1.0,
        l2=5.0,
    ),
    Workload(
        name="W3",
        title="One image a step, no biases",
        sizes=(784, 200, 10),
        loss="quadratic",
        learning_rate=0.01,
        batch_size=1,
        band=1.0,
        bias=False,
        scale=0.99 / 255,
        shift=0.01,
        targets=(0.01, 0.99),
    ),
    Workload(
        name="W4",
        title="Four hidden layers",
        sizes=(784, 30, 30, 30, 30, 10),
        loss="sigmoid_cross_entropy",
        learning_rate=0.1,
        batch_size=10,
        band=2.0,
        l2=5.0,
    ),
    Workload(
        name="W5",
        title="Wide layers, ReLU, softmax, momentum",
        sizes=(784, 1024, 1024, 10),
        loss="softmax_cross_entropy",
        learning_rate=0.05,
        batch_size=128,
        band=1.0,
        hidden="relu",
        initializer="he_normal",
        bias_initializer="constant",
        momentum=0.9,
    ),
    _CONVOLUTIONAL,
    replace(_CONVOLUTIONAL, name="W6-one", title="Convolution, one image at a time", answers=1),
    replace(_CONVOLUTIONAL, name="W6-many", title="Convolution, 10,000 images at once", answers=10_000),
    replace(
        _CONVOLUTIONAL,
        name="convnet",
        title="The layers of the recipe convnet, 10,000 images at once",
        sizes=(784, 10),
        convolutions=((24, 5, 2), (48, 3, 1), (64, 3, 2), (64, 3, 1)),
        pool_first=True,
        answers=10_000,
    ),
    _ASKED,
    replace(_ASKED, name="W7-many", title="Inference, 10,000 images at once", answers=10_000),
)

WORKLOADS = {workload.name: workload for workload in _TABLE}
"""By name."""


def quick(workload: Workload) -> Workload:
    """The same in small, to see that everything works; its figures mean nothing."""
    return replace(
        workload,
        images=600,
        test_images=200,
        band=15.0,
        answers=min(workload.answers, 200),
    )
