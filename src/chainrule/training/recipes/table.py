"""The recipes there are: their numbers stand here and nowhere else."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.data.augment import Augmentation
from chainrule.errors import UnknownNameError
from chainrule.handwriting import reading_lessons
from chainrule.layers import (
    BatchNorm,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool,
    ReLU,
    Softmax,
    fully_connected,
)
from chainrule.losses import SoftmaxCrossEntropy
from chainrule.network import Network
from chainrule.optimizers import SGD, Nesterov
from chainrule.schedules import OneCycle
from chainrule.training.recipes.recipe import Recipe

__all__ = ["RECIPES", "recipe_named"]

_IMAGE = (28, 28, 1)


def _book(generator: np.random.Generator) -> Network:
    return Network([784, 30, 10], seed=generator)


def _seen_through(filters: int, kernel: int, stride: int = 1) -> list[Layer[Any]]:
    convolution = Convolution(filters, kernel, stride, bias=False, initializer="he_normal")
    return [convolution, BatchNorm(), ReLU()]


def _pooled(filters: int, kernel: int) -> list[Layer[Any]]:
    """The largest of every pool goes on, before anything else has to work on the others."""
    convolution = Convolution(filters, kernel, bias=False, initializer="he_normal")
    return [convolution, MaxPool(), BatchNorm(), ReLU()]


def _quick(generator: np.random.Generator) -> Network:
    layers: list[Layer[Any]] = [
        *(*_seen_through(12, 5, stride=2), *_seen_through(24, 3, stride=2), *_seen_through(48, 3)),
        *(Flatten(), Dense(10), Softmax()),
    ]
    return Network(layers, _IMAGE, seed=generator)


def _tiny(generator: np.random.Generator) -> Network:
    layers: list[Layer[Any]] = [
        *_pooled(16, 5),
        *(*_seen_through(24, 3), *_pooled(32, 3)),
        *_seen_through(32, 3),
        *(Flatten(), Dense(10), Softmax()),
    ]
    return Network(layers, _IMAGE, seed=generator)


def _mlp(generator: np.random.Generator) -> Network:
    sizes = [784, 1024, 512, 10]
    layers = fully_connected(sizes, hidden="relu", output="softmax", initializer="he_normal", batch_norm=True)
    return Network(layers, 784, seed=generator)


def _convnet(generator: np.random.Generator, classes: int = 10) -> Network:
    layers: list[Layer[Any]] = [
        *_pooled(24, 5),
        *(*_seen_through(48, 3), *_pooled(64, 3)),
        *_seen_through(64, 3),
        *(Flatten(), Dropout(0.3), Dense(classes), Softmax()),
    ]
    return Network(layers, _IMAGE, seed=generator)


_MOVED = Augmentation(shift=1.5, rotation=12, scale=0.12, shear=8)

_convolutional = partial(
    Recipe,
    loss=SoftmaxCrossEntropy(label_smoothing=0.05),
    optimizer=Nesterov(0.1),
    schedule=OneCycle(warmup=0.2),
    batch_size=128,
    average=0.998,
    augmentation=_MOVED,
)

_ALL = (
    Recipe(
        name="book",
        promise="The first network of Michael Nielsen's book, to the letter, in a few seconds.",
        network=_book,
        loss="quadratic",
        optimizer=SGD(3.0),
        epochs=30,
        batch_size=10,
    ),
    Recipe(
        name="quick",
        promise="A small convolutional network, as soon as can be.",
        network=_quick,
        loss=SoftmaxCrossEntropy(),
        optimizer=Nesterov(0.1),
        schedule=OneCycle(warmup=0.2),
        epochs=3,
        batch_size=64,
        average=0.98,
        augmentation=Augmentation(shift=1, rotation=6),
    ),
    _convolutional(
        name="tiny",
        promise="A convolutional network in a file of less than 100 KB.",
        network=_tiny,
        epochs=15,
    ),
    _convolutional(
        name="reader",
        promise="A network that also knows what is no digit: it reads pictures.",
        network=partial(_convnet, classes=11),
        lessons=reading_lessons,
        augmentation=Augmentation(rotation=8, scale=0.08, shear=5),
        epochs=18,
    ),
    Recipe(
        name="mlp",
        promise="The best network without convolutions.",
        network=_mlp,
        loss=SoftmaxCrossEntropy(label_smoothing=0.05),
        optimizer=Nesterov(0.05),
        schedule=OneCycle(warmup=0.2),
        epochs=100,
        batch_size=128,
        average=0.998,
        augmentation=Augmentation(shift=0.5, rotation=10, scale=0.12, shear=10, elastic=(36, 5)),
    ),
    _convolutional(
        name="convnet",
        promise="The best single network, in a file of less than 1 MB.",
        network=_convnet,
        epochs=18,
    ),
    _convolutional(
        name="ensemble",
        promise="Five networks of the recipe convnet, averaged, in one file.",
        network=_convnet,
        epochs=18,
        members=5,
    ),
)

RECIPES = {recipe.name: recipe for recipe in _ALL}


def recipe_named(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        UnknownNameError: no recipe bears the name.
    """
    if name not in RECIPES:
        raise UnknownNameError("recipe", name, RECIPES)
    return RECIPES[name]
