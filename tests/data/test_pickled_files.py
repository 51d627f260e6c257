"""The book's pickle: its arrays are read exactly, and everything else a pickle can ask for is refused."""

import gzip
import os
import pickle
import pickletools
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.data.formats import pickled, read_parts
from chainrule.errors import DataError, FileError


def array_by_python_2(array, shape=None):
    """The operations by which Python 2 pickles an array, as the book's file has them."""
    code = array.dtype.str[1:].encode()
    data = array.tobytes()
    shape = array.shape if shape is None else shape
    sizes = b"".join(pickle.LONG1 + bytes([8]) + struct.pack("<q", size) for size in shape)
    return (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR(K\x01("
        + sizes
        + b"tcnumpy\ndtype\n(U\x02"
        + code
        + b"K\x00K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T"
        + struct.pack("<i", len(data))
        + data
        + b"tb"
    )


def by_python_2(pairs):
    return (
        b"\x80\x02("
        + b"".join(b"(" + b"".join(map(array_by_python_2, pair)) + b"t" for pair in pairs)
        + b"t."
    )


def pairs_of(counts, dtype=np.float32, side=3):
    random = np.random.default_rng(1)
    raw = [random.integers(0, 256, (count, side * side)).astype(np.uint8) for count in counts]
    labels = [random.integers(0, 10, count) for count in counts]
    return raw, labels, [((x / 256).astype(dtype), y) for x, y in zip(raw, labels, strict=True)]


def put(tmp_path, content, packed=True):
    path = tmp_path / "book.pkl.gz"
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


@pytest.mark.parametrize("writer", [by_python_2, lambda pairs: pickle.dumps(tuple(pairs), protocol=4)])
@pytest.mark.parametrize("packed", [True, False])
def test_the_three_parts_become_two(tmp_path, writer, packed):
    raw, labels, pairs = pairs_of((5, 2, 3))
    train, test = read_parts(put(tmp_path, writer(pairs), packed))
    assert test is not None
    np.testing.assert_array_equal(train.inputs, np.concatenate(raw[:2]))
    np.testing.assert_array_equal(train.labels, np.concatenate(labels[:2]))
    np.testing.assert_array_equal(test.inputs, raw[2])
    np.testing.assert_array_equal(test.labels, labels[2])
    assert (train.input_shape, train.inputs.dtype) == ((3, 3), np.uint8)


class Calls:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (pickle.dumps(Calls(os.system, "touch ran"), protocol=2), "system"),
        (pickle.dumps(Calls(eval, "1/0"), protocol=4), "eval"),
        (pickle.dumps(Calls(np.fromfile, "ran"), protocol=2), "fromfile"),
        (b"cnumpy.core.multiarray\nscalar\n.", "numpy.core.multiarray.scalar"),
        (b"\x80\x02cnumpy\nload\n.", "numpy.load"),
        (b"\x80\x02cchainrule.files\nwritten_whole\n.", "chainrule.files.written_whole"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_other_name_is_refused_by_name(tmp_path, monkeypatch, content, name):
    monkeypatch.chdir(tmp_path)
    path = put(tmp_path, content)
    with pytest.raises(DataError, match="NumPy arrays and nothing else") as caught:
        pickled.read(path)
    assert name in str(caught.value)
    assert str(path) in str(caught.value)
    assert not (tmp_path / "ran").exists()


UNMADE = b"cnumpy.core.multiarray\n_reconstruct\n)R" * 2 + b"\x86"
"""A pair of arrays that are asked for but never filled."""


def replaced(old, new):
    content = by_python_2(pairs_of((5, 2, 3))[2])
    assert old in content
    return content.replace(old, new, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x80\x02N.", "expected three pairs"),
        (b"\x80\x02(" + UNMADE + UNMADE + UNMADE + b"t.", "expected images"),
        (b"\x80\x02(NNNt.", "expected each part to be a pair"),
        (by_python_2(pairs_of((5, 2, 3))[2])[:-40], "damaged"),
        (b"\x80", "damaged"),
        (
            b"\x80\x02" + array_by_python_2(np.zeros(4, np.float32), (10**12, 10**6)) + b".",
            "an array of shape",
        ),
        (b"\x80\x02" + array_by_python_2(np.zeros(4, np.float32), (-1, -4)) + b".", "plain numbers"),
        (b"\x80\x02" + array_by_python_2(np.zeros(0, np.float32), (10**18, 10**18, 0)) + b".", "damaged"),
        (b"\x80\x02Nr\xff\xff\xff\x7f.", "numbers its objects too high"),
        (b"\x80\x02Np2000000000\n.", "numbers its objects too high"),
        (b"\x80\x04\x8e" + struct.pack("<Q", 1 << 50) + b"abc.", "damaged"),
        (replaced(b"U\x02f4", b"U\x02O8"), "the kind 'O8'"),
        (by_python_2(pairs_of((5, 2, 3), np.float64)[2]).replace(b"f8", b"i8"), "in floating point"),
        (by_python_2([(x * 256, y) for x, y in pairs_of((5, 2, 3))[2]]), "a pixel / 256"),
        (by_python_2([(x * np.nan, y) for x, y in pairs_of((5, 2, 3))[2]]), "a pixel / 256"),
        (by_python_2([(x + np.float32(3e38), y) for x, y in pairs_of((5, 2, 3))[2]]), "a pixel / 256"),
        (by_python_2([(x, y[:-1]) for x, y in pairs_of((5, 2, 3))[2]]), "5 examples|7 examples"),
        (by_python_2([(x, y + 10) for x, y in pairs_of((5, 2, 3))[2]]), "is out of range"),
        (by_python_2([(x[:, :8], y) for x, y in pairs_of((5, 2, 3))[2]]), "square images, got 8"),
        (by_python_2([pairs_of((5,), side=2)[2][0], *pairs_of((5, 2))[2]]), "of one size, got 4 and 9"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_pickles_are_refused(tmp_path, content, words):
    path = put(tmp_path, content)
    with pytest.raises(DataError, match=words) as caught:
        pickled.read(path)
    assert str(path) in str(caught.value)


@given(st.data())
def test_damage_never_raises_anything_else(tmp_path_factory, data):
    content = bytearray(by_python_2(pairs_of((3, 1, 1), side=1)[2]))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = put(tmp_path_factory.mktemp("pickle"), bytes(content), packed=False)
    try:
        pickled.read(path)
    except DataError:
        path.unlink()


def test_a_pickle_bomb_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(pickled, "LARGEST_PICKLE", 100_000)
    with pytest.raises(DataError, match="at most 100,000 bytes"):
        pickled.read(put(tmp_path, bytes(10_000_000)))
    with pytest.raises(FileError, match="no such file"):
        pickled.read(tmp_path / "absent")


def test_our_own_writer_speaks_python_2():
    names = [operation.name for operation, _, _ in pickletools.genops(by_python_2(pairs_of((1, 1, 1))[2]))]
    assert {"GLOBAL", "REDUCE", "BUILD", "BINSTRING", "SHORT_BINSTRING"} <= set(names)
