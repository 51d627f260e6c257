"""Trains the network that spots digits in joined writing, on tape made of MNIST's training images.

``python -m benchmarks.train_spotter FILE`` trains it, for half an hour on one core, and writes the model with
which the reader looks along joined writing. ``--split 50k`` leaves the validation images to choose by. What
was killed goes on with ``--resume``. It is judged once, on tape made of images that it has not seen.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

import chainrule as cr
from chainrule.data.dataset import SPLITS, Split
from chainrule.data.load import load_data
from chainrule.handwriting import tape_to_learn
from chainrule.images.framing import SIDE
from chainrule.images.strips import PIECE, STEP
from chainrule.layers.layer import Layer
from chainrule.training.recipes import Recipe

__all__ = ["SPOTTER", "train"]

PIECES, JUDGED_ON = 64_000, 4_000
"""Pieces of tape to learn from, and to be judged on."""


def _network(generator: np.random.Generator) -> cr.Network:
    """A place sees 46 columns, which are three digits and more: a digit is told by its neighbours too."""
    layers: list[Layer[Any]] = [
        *(_convolution(24, 5), cr.MaxPool(), cr.BatchNorm(), cr.ReLU()),
        *(_convolution(48, 3), cr.MaxPool((2, 1)), cr.BatchNorm(), cr.ReLU()),
        *(_convolution(64, 3), cr.BatchNorm(), cr.ReLU()),
        *(cr.ZeroPad((0, 2)), _convolution(128, (SIDE // 4, 5), "valid"), cr.BatchNorm(), cr.ReLU()),
        *(_convolution(128, (1, 7)), cr.BatchNorm(), cr.ReLU(), cr.Dropout(0.2)),
        cr.Convolution(11, (1, 7), padding="same"),
        *(cr.Reshape((PIECE // STEP, 11)), cr.Softmax()),
    ]
    return cr.Network(layers, (SIDE, PIECE, 1), seed=generator)


def _convolution(filters: int, kernel: int | tuple[int, int], padding: str = "same") -> cr.Convolution:
    return cr.Convolution(filters, kernel, padding=padding, bias=False, initializer="he_normal")


SPOTTER = Recipe(
    name="spotter",
    promise="A network that spots digits in joined writing.",
    network=_network,
    loss=cr.SoftmaxCrossEntropy(label_smoothing=0.05),
    optimizer=cr.AdamW(0.003, weight_decay=0.02),
    schedule=cr.OneCycle(warmup=0.15),
    epochs=3,
    batch_size=32,
    average=0.998,
    stored="float16",
)


def train(
    file: Path, split: str, seed: int, pieces: int, judged_on: int, checkpoint: Path, resume: bool
) -> None:
    """Train it, judge it and write it."""
    data = load_data("mnist", split)
    held_out = data.validation or data.test
    generator = np.random.default_rng(seed)
    tape = tape_to_learn(data.train, pieces, generator)
    unseen = tape_to_learn(held_out, judged_on, generator)
    network = SPOTTER.train(
        Split(tape, None, unseen),
        seed=seed,
        checkpoint=checkpoint,
        resume=resume,
        callbacks=[cr.PrintEpochs(sys.stdout)],
        notes={"split": split},
    )
    said = unseen.labels >= 0
    right = int(np.count_nonzero(network.classify(unseen.inputs)[said] == unseen.labels[said]))
    network.training_record["judged"] = {"on": unseen.name, "correct": right, "examples": int(said.sum())}
    cr.save_model(network, file, dtype=SPOTTER.stored)
    print(f"{right} of {said.sum()} places right; written: {file.name}")


def main() -> None:
    """The command."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("file", type=Path)
    words.add_argument("--split", choices=SPLITS, default="60k")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--pieces", type=int, default=PIECES)
    words.add_argument("--judged-on", type=int, default=JUDGED_ON, help="pieces of tape")
    words.add_argument("--checkpoint", type=Path, default=Path("build/spotter"))
    words.add_argument("--resume", action="store_true")
    given = vars(words.parse_args())
    train(**given)


if __name__ == "__main__":
    main()
