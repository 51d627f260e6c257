"""The recipes there are: their numbers stand here and nowhere else."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.data.augment import Augmentation
from chainrule.errors import UnknownNameError
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
from chainrule.schedules import Cosine, OneCycle
from chainrule.training.recipes.recipe import Recipe

__all__ = ["RECIPES", "recipe_named"]

_IMAGE = (28, 28, 1)


def _book(generator: np.random.Generator) -> Network:
    return Network([784, 30, 10], seed=generator)


def _quick(generator: np.random.Generator) -> Network:
    layers: list[Layer[Any]] = [
        *(Convolution(8, 5, initializer="he_normal"), ReLU(), MaxPool()),
        *(Convolution(16, 5, initializer="he_normal"), ReLU(), MaxPool()),
        *(Flatten(), Dense(10), Softmax()),
    ]
    return Network(layers, _IMAGE, seed=generator)


def _seen_through(filters: int, kernel: int) -> list[Layer[Any]]:
    return [Convolution(filters, kernel, bias=False, initializer="he_normal"), BatchNorm(), ReLU()]


def _tiny(generator: np.random.Generator) -> Network:
    layers: list[Layer[Any]] = [
        *(*_seen_through(16, 3), MaxPool()),
        *(*_seen_through(24, 3), *_seen_through(32, 3), MaxPool(3, 2)),
        *(*_seen_through(32, 3), Flatten()),
        *(Dense(10), Softmax()),
    ]
    return Network(layers, _IMAGE, seed=generator)


def _mlp(generator: np.random.Generator) -> Network:
    sizes = [784, 1024, 1024, 10]
    layers = fully_connected(sizes, hidden="relu", output="softmax", initializer="he_normal", batch_norm=True)
    return Network(layers, 784, seed=generator)


def _convnet(generator: np.random.Generator) -> Network:
    layers: list[Layer[Any]] = [
        *(*_seen_through(32, 5), MaxPool()),
        *(*_seen_through(64, 3), *_seen_through(64, 3), MaxPool()),
        *(Flatten(), Dense(128, initializer="he_normal", bias=False), BatchNorm(), ReLU(), Dropout(0.3)),
        *(Dense(10), Softmax()),
    ]
    return Network(layers, _IMAGE, seed=generator)


_convnet_recipe = partial(
    Recipe,
    network=_convnet,
    loss=SoftmaxCrossEntropy(label_smoothing=0.05),
    optimizer=Nesterov(0.1),
    schedule=OneCycle(warmup=0.2),
    epochs=15,
    batch_size=128,
    average=0.998,
    augmentation=Augmentation(shift=2, rotation=10, scale=0.1, shear=5),
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
        batch_size=128,
    ),
    Recipe(
        name="tiny",
        promise="A convolutional network in a file of less than 100 KB.",
        network=_tiny,
        loss=SoftmaxCrossEntropy(label_smoothing=0.05),
        optimizer=Nesterov(0.1),
        schedule=OneCycle(warmup=0.2),
        epochs=20,
        batch_size=128,
        average=0.998,
        augmentation=Augmentation(shift=2, rotation=10, scale=0.1),
    ),
    Recipe(
        name="mlp",
        promise="The best network without convolutions.",
        network=_mlp,
        loss=SoftmaxCrossEntropy(label_smoothing=0.05),
        optimizer=Nesterov(0.1),
        schedule=Cosine(),
        epochs=60,
        batch_size=128,
        average=0.998,
        augmentation=Augmentation(shift=1, rotation=10, scale=0.1, shear=5, elastic=(34, 4)),
    ),
    _convnet_recipe(
        name="convnet",
        promise="The best single network, in a file of less than 1 MB.",
    ),
    _convnet_recipe(
        name="ensemble",
        promise="Five networks of the recipe convnet, averaged, in one file.",
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
