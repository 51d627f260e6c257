"""A data set is frozen arrays: the examples, their labels, and what the numbers mean."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import DataError, SettingError, UnknownNameError

__all__ = ["NOT_SAID", "SPLITS", "Dataset", "Scaling", "Split"]

NOT_SAID = -1
"""Label of a place of which nothing is said."""
SPLITS = ("50k", "60k")


@dataclass(frozen=True)
class Scaling:
    """How raw whole numbers become network inputs: ``input = raw * scale + shift``.

    MNIST's pixels 0..255 become 0..1 by ``Scaling(1 / 255)``; the book's own file holds
    pixel / 256, ``Scaling(1 / 256)``; Rashid's book, which note 000 follows, uses
    ``Scaling(0.99 / 255, 0.01)``.
    """

    scale: float = 1 / 255
    shift: float = 0.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.scale) and np.isfinite(self.shift)) or self.scale == 0:
            raise SettingError(
                f"a scaling takes a finite scale other than 0 and a finite shift, not scale={self.scale}, "
                f"shift={self.shift}."
            )

    def apply(self, raw: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
        """Write the network inputs for ``raw`` into ``out``, of the same shape and floating point."""
        np.copyto(out, raw, casting="unsafe")
        np.multiply(out, self.scale, out=out)
        if self.shift:
            np.add(out, self.shift, out=out)
        return out


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples and their labels; the arrays are read-only.

    Inputs that need no conversion are not copied: whoever gave them must not write to them afterwards.

    Args:
        inputs: ``(n, features)``. Either uint8, raw numbers that ``scaling`` turns into network
            inputs, or float32, which are network inputs already.
        labels: ``(n,)`` int64, each in ``0 .. len(class_names) - 1``; or ``(n, places)`` where an example
            shows something at each of several places, such as a strip of writing, and there also -1 for a
            place of which nothing is said.
        class_names: one name a class, in the order of the labels.
        input_shape: shape of one example, such as ``(28, 28)``; its product is ``features``.
        scaling: what makes network inputs of raw uint8 numbers.
        name: what to call it in messages.

    Raises:
        DataError: shapes that do not fit each other, labels out of range, NaN or infinity.
    """

    inputs: NDArray[Any]
    labels: NDArray[np.int64]
    class_names: tuple[str, ...] = tuple("0123456789")
    input_shape: tuple[int, ...] = (28, 28)
    scaling: Scaling = Scaling()
    name: str = "data"

    def __post_init__(self) -> None:
        inputs, labels = np.asarray(self.inputs), np.asarray(self.labels)
        if inputs.ndim < 2:
            raise DataError(
                f"{self.name}: expected inputs of shape (examples, features), got {inputs.shape}."
            )
        inputs = inputs.reshape(len(inputs), int(np.prod(inputs.shape[1:])))
        features = int(np.prod(self.input_shape))
        if inputs.shape[1] != features:
            raise DataError(
                f"{self.name}: expected {features} numbers an example (shape {self.input_shape}), "
                f"got {inputs.shape[1]}."
            )
        if inputs.dtype != np.uint8:
            if not np.issubdtype(inputs.dtype, np.floating):
                raise DataError(
                    f"{self.name}: expected inputs as uint8 (raw) or floating point (network inputs), "
                    f"got {inputs.dtype}."
                )
            inputs = inputs.astype(np.float32, copy=False)
            if not np.isfinite(inputs).all():
                row = int(np.flatnonzero(~np.isfinite(inputs).all(axis=1))[0])
                raise DataError(f"{self.name}: example {row} holds NaN or infinity; expected finite numbers.")
        if labels.ndim not in (1, 2) or len(labels) != len(inputs) or not all(labels.shape[1:]):
            raise DataError(
                f"{self.name}: {len(inputs)} examples, but labels of shape {labels.shape}; "
                "expected one label an example, or one for each of its places."
            )
        if not np.issubdtype(labels.dtype, np.integer):
            raise DataError(f"{self.name}: expected whole numbers as labels, got {labels.dtype}.")
        labels = labels.astype(np.int64)
        least = 0 if labels.ndim == 1 else NOT_SAID
        wrong = np.argwhere((labels < least) | (labels >= len(self.class_names)))
        if wrong.size:
            raise DataError(
                f"{self.name}: label {labels[tuple(wrong[0])]} of example {wrong[0][0]} is out of range; "
                f"expected {least} to {len(self.class_names) - 1}."
            )
        for array in (inputs, labels):
            array.setflags(write=False)
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "labels", labels)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def features(self) -> int:
        """How many numbers one example has."""
        return int(self.inputs.shape[1])

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)

    def part(self, which: slice | NDArray[np.integer[Any]], name: str) -> Dataset:
        """The examples that a slice (a view) or an index array (a copy) selects, under a new name."""
        return replace(self, inputs=self.inputs[which], labels=self.labels[which], name=name)

    def sha256(self) -> str:
        """SHA-256 over the bytes of the inputs and then of the labels: what a model file records."""
        digest = hashlib.sha256()
        digest.update(np.ascontiguousarray(self.inputs).data)
        digest.update(np.ascontiguousarray(self.labels).data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Split:
    """The parts of a data set: to learn from, to choose by, and to be judged on once.

    ``validation`` is None where everything that may be learnt from is (``"60k"``).
    """

    train: Dataset
    validation: Dataset | None
    test: Dataset

    @classmethod
    def of(cls, train: Dataset, test: Dataset, split: str = "50k") -> Split:
        """The book's split of a training and a test part.

        ``"50k"`` keeps the last sixth of the training part for validation (of MNIST's 60,000
        images, the first 50,000 to learn from and the last 10,000 to choose by); ``"60k"``
        learns from all of it.

        Raises:
            UnknownNameError: ``split`` is neither.
            DataError: the two parts differ in shape or classes, or one is empty.
        """
        if split not in SPLITS:
            raise UnknownNameError("split", split, SPLITS)
        if train.input_shape != test.input_shape or train.class_names != test.class_names:
            raise DataError(
                f"{train.name} has examples of shape {train.input_shape} in {train.classes} classes, "
                f"{test.name} of shape {test.input_shape} in {test.classes}; expected the same."
            )
        if len(test) == 0 or len(train) < 6:
            raise DataError(
                f"{train.name}: expected at least 6 examples to learn from and 1 to test on, "
                f"got {len(train)} and {len(test)}."
            )
        if split == "60k":
            return cls(train, None, test)
        kept = len(train) - len(train) // 6
        return cls(
            train.part(slice(None, kept), train.name),
            train.part(slice(kept, None), f"{train.name} (validation)"),
            test,
        )
