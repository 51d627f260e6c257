"""Our recipe as a program: ``python -m benchmarks.recipes.chainrule_recipe PER_CENT SEED``."""

from __future__ import annotations

import json
import sys

import chainrule as cr
from benchmarks.recipes import RECIPES, Recipe

__all__ = ["train"]


def train(recipe: Recipe, data: cr.Dataset, seed: int) -> cr.Network:
    """A network that has learnt by the recipe."""
    layers = cr.fully_connected(
        [data.features, *recipe.hidden, data.classes],
        hidden="relu",
        output="softmax",
        initializer="he_normal",
        bias_initializer="constant",
        batch_norm=recipe.batch_norm,
    )
    network = cr.Network(layers, data.features, seed=seed)
    rate = recipe.learning_rate
    trainer = cr.Trainer(
        network,
        loss="softmax_cross_entropy",
        optimizer=cr.Adam(rate) if recipe.optimizer == "adam" else cr.Nesterov(rate, 0.9),
        schedule=cr.OneCycle(warmup=recipe.warmup),
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        seed=seed,
    )
    trainer.fit(data)
    return network


if __name__ == "__main__":
    split = cr.load_data("mnist", split="60k")
    trained = train(RECIPES["chainrule", int(sys.argv[1])], split.train, int(sys.argv[2]))
    correct = (trained.classify(split.test.inputs) == split.test.labels).mean()
    print(json.dumps({"accuracy": float(correct)}), flush=True)
