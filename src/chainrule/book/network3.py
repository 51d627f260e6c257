"""The program of the book's chapter 6: convolutional networks, built layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.book.foundation import say
from chainrule.book.network3_layers import (
    BookLayer,
    ConvPoolLayer,
    FullyConnectedLayer,
    ReLU,
    SoftmaxLayer,
    linear,
    tanh,
)
from chainrule.book.neurons import sigmoid
from chainrule.data.dataset import Dataset, Scaling
from chainrule.data.in_order import InOrder
from chainrule.data.load import load
from chainrule.data.shifts import with_shifts
from chainrule.errors import DataError, SettingError
from chainrule.layers.layer import Layer
from chainrule.network import Network as ChainruleNetwork
from chainrule.optimizers import SGD
from chainrule.regularizers import L2
from chainrule.training import Callback, EpochRecord, Trainer

__all__ = [
    "GPU",
    "ConvPoolLayer",
    "FullyConnectedLayer",
    "Network",
    "ReLU",
    "SoftmaxLayer",
    "linear",
    "load_data_shared",
    "sigmoid",
    "tanh",
]

GPU = False
"""It is here because listings set it; it has no effect."""

Part = tuple[NDArray[Any], NDArray[np.int64]]

_PLAIN, _EXPANDED = "mnist.pkl.gz", "mnist_expanded.pkl.gz"
_BATCHES_A_LINE = 1000


def load_data_shared(filename: str = f"../data/{_PLAIN}") -> list[Part]:
    """Training, validation and test data, each a pair of the images, ``(n, 784)``, and their digits.

    Images are grey levels from 0 to 255 and become network inputs, level / 256 as in the book's file,
    when their mini-batch is due; so 250,000 of them take 196 MB.

    Args:
        filename: no file is read. A name that ends in ``mnist.pkl.gz`` gives 50,000 training images; one
            that ends in ``mnist_expanded.pkl.gz`` the 250,000 that the book's script ``expand_mnist.py``
            makes of them, in an order that is always the same.

    Raises:
        SettingError: another name.
        FetchError: MNIST is not in the cache and cannot be fetched.
    """
    name = PurePath(filename).name
    if name not in (_PLAIN, _EXPANDED):
        raise SettingError(
            f"load_data_shared knows two files, {_PLAIN} and {_EXPANDED}, not {name!r:.80}. Other images "
            "are given to SGD as a pair of arrays, images (n, 784) and digits (n,)."
        )
    split = load("mnist")
    assert split.validation is not None
    train = split.train
    if name == _EXPANDED:
        train = with_shifts(train)
        train = train.part(np.random.default_rng(0).permutation(len(train)), train.name)
    return [(part.inputs, part.labels) for part in (train, split.validation, split.test)]


class Network:
    """Layers, one after the other, that learn by gradient descent on mini-batches.

    The weights are drawn here, as in the book: from N(0, 1/n_out), with n_out = filters · window / pool of
    a convolution, the biases from N(0, 1), the last layer from 0.

    Args:
        layers: the first takes images of MNIST, the last is a `SoftmaxLayer`.
        mini_batch_size: images a step, the same as in every ``image_shape``.
        seed: a whole number, or a ``numpy.random.Generator``: where start and dropout are drawn from.

    Attributes:
        network: the chainrule Network that it is: ``net.network.classify(images)`` answers.
        generator: where start and dropout are drawn from.

    Raises:
        SettingError: layers that do not fit together; the message says which, and what would fit.
    """

    def __init__(
        self,
        layers: Sequence[BookLayer],
        mini_batch_size: int,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        self.layers = list(layers)
        self.mini_batch_size = mini_batch_size
        self.generator = np.random.default_rng(seed)
        parts = self._parts()
        self.network = ChainruleNetwork(
            parts, self.layers[0].takes, seed=self.generator, scaling=Scaling(1 / 256)
        )
        self._test: Part | None = None

    def _parts(self) -> list[Layer[Any]]:
        if not self.layers or not all(isinstance(layer, BookLayer) for layer in self.layers):
            raise SettingError(
                "a Network takes a list of ConvPoolLayer, FullyConnectedLayer and SoftmaxLayer, "
                f"got {self.layers!r:.200}."
            )
        if len(set(map(id, self.layers))) < len(self.layers):
            raise SettingError("a layer stands twice in the list. Make two layers: each has its own weights.")
        if not isinstance(self.layers[-1], SoftmaxLayer):
            raise SettingError(
                f"the last layer is a SoftmaxLayer, from which the cost is computed, not a "
                f"{type(self.layers[-1]).__name__}. Put SoftmaxLayer(n_in=..., n_out=10) at the end."
            )
        shape = self.layers[0].takes
        if len(shape) == 3 and shape[2] != 1:
            raise SettingError(
                f"the first layer's image_shape has {shape[2]} maps; an image has one: "
                f"(mini_batch_size, 1, {shape[0]}, {shape[1]})."
            )
        found: list[Layer[Any]] = []
        for number, layer in enumerate(self.layers, start=1):
            try:
                said = getattr(layer, "mini_batch_size", self.mini_batch_size)
                if said != self.mini_batch_size:
                    raise SettingError(
                        f"image_shape begins with {said}, but the network's mini_batch_size is "
                        f"{self.mini_batch_size}. Write mini_batch_size in both places."
                    )
                parts = layer.parts(shape)
                for part in parts:
                    shape = part.output_shape(shape)
            except SettingError as error:
                raise SettingError(f"layer {number}, {type(layer).__name__}: {error}") from error
            found += parts
        return found

    def SGD(
        self,
        training_data: Part,
        epochs: int,
        mini_batch_size: int,
        eta: float,
        validation_data: Part,
        test_data: Part,
        lmbda: float = 0.0,
    ) -> None:
        """Train, and print what the book's program prints.

        The images are taken in the order in which they stand, the same in every epoch. The cost is the
        log-likelihood of the digits plus ½ λ Σw² divided by the number of *mini-batches*, not of images
        as in ``network2``.

        Args:
            training_data: images ``(n, 784)`` and digits ``(n,)``; whole numbers are grey levels and
                divided by 256, floating point is taken as it is.
            epochs: how often every image is seen.
            mini_batch_size: the network's.
            eta: η, the learning rate.
            validation_data: accuracy on these is printed after every epoch.
            test_data: accuracy on these is printed whenever that on the validation data was as good as ever.
            lmbda: λ.

        Raises:
            SettingError: an impossible number of epochs, η or λ; another mini-batch size.
            DataError: data that are no such pair, or that do not fit the network.
            DivergedError: the cost became infinite or NaN.
            InterruptedTraining: Ctrl-C.
        """
        if mini_batch_size != self.mini_batch_size:
            raise SettingError(
                f"mini_batch_size is {self.mini_batch_size} in this network, not {mini_batch_size!r}. Make "
                "the network anew to change it."
            )
        training = self._dataset(training_data, "training_data")
        validation = self._dataset(validation_data, "validation_data")
        test = self._dataset(test_data, "test_data")
        self._test = test.inputs, test.labels
        batches = -(-len(training) // mini_batch_size)
        trainer = Trainer(
            self.network,
            loss="softmax_cross_entropy",
            optimizer=SGD(eta),
            epochs=epochs,
            batch_size=mini_batch_size,
            regularizers=[L2(lmbda * len(training) / batches)] if lmbda else [],
            seed=InOrder(np.random.PCG64(self.generator.integers(2**63))),
            callbacks=[Printer(validation, test)],
        )
        trainer.fit(training)

    def test_mb_predictions(self, j: int) -> NDArray[np.int64]:
        """The digits that the network reads in mini-batch ``j`` of the test data of the last training.

        Raises:
            SettingError: it has not been trained, or there is no such mini-batch.
        """
        if self._test is None:
            raise SettingError("test_mb_predictions reads the test data of SGD. Train the network first.")
        images = self._test[0][j * self.mini_batch_size : (j + 1) * self.mini_batch_size]
        if j < 0 or not len(images):
            last = (len(self._test[0]) - 1) // self.mini_batch_size
            raise SettingError(f"the test data have mini-batches from 0 to {last}, not {j}.")
        return self.network.classify(images)

    def _dataset(self, data: Part, name: str) -> Dataset:
        if not isinstance(data, (tuple, list)) or len(data) != 2:
            raise DataError(
                f"{name}: expected a pair, images (n, 784) and digits (n,), as load_data_shared() gives it; "
                "mnist_loader's lists of pairs are for network and network2."
            )
        return Dataset(
            data[0],
            data[1],
            class_names=self.network.class_names,
            input_shape=self.network.input_shape,
            scaling=Scaling(1 / 256),
            name=name,
        )


class Printer(Callback):
    """Prints what the book's program prints, and looks at the test data when validation was best."""

    def __init__(self, validation: Dataset, test: Dataset) -> None:
        self.validation, self.test = validation, test
        self.best = self.test_accuracy = 0.0
        self.best_iteration = 0

    def on_batch(self, trainer: Trainer) -> None:
        iteration = trainer.batches * trainer.epoch + trainer.batch - 1
        if iteration % _BATCHES_A_LINE == 0:
            say(f"Training mini-batch number {iteration}")

    def on_epoch(self, trainer: Trainer, record: EpochRecord) -> None:
        accuracy = _accuracy(trainer.network, self.validation)
        say(f"Epoch {record.epoch}: validation accuracy {accuracy:.2%}")
        if accuracy >= self.best:
            say("This is the best validation accuracy to date.")
            self.best = accuracy
            self.best_iteration = trainer.batches * (record.epoch + 1) - 1
            self.test_accuracy = _accuracy(trainer.network, self.test)
            say(f"The corresponding test accuracy is {self.test_accuracy:.2%}")
        if record.epoch + 1 == trainer.epochs:
            say("Finished training network.")
            say(f"Best validation accuracy of {self.best:.2%} obtained at iteration {self.best_iteration}")
            say(f"Corresponding test accuracy of {self.test_accuracy:.2%}")


def _accuracy(network: ChainruleNetwork, data: Dataset) -> float:
    return float(np.mean(network.classify(data.inputs) == data.labels))
