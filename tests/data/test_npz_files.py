"""npz: what is written is read back, and no header is believed before the bytes are counted."""

import io
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from chainrule.data.dataset import Dataset, Scaling
from chainrule.data.formats import bounded, npz, read_dataset, read_parts, write_npz
from chainrule.errors import DataError

X = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
Y = np.array([1, 0])


def npy(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=(1, 0))
    return file.getvalue()


def archive(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(f"{name}.npy", content)
    return path


@given(
    inputs=arrays.arrays(np.uint8, st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(1, 3)))
    | arrays.arrays(
        np.float32, st.tuples(st.integers(0, 4), st.integers(1, 5)), elements=st.floats(-9, 9, width=32)
    ),
    names=st.lists(st.text("abé字/ ", min_size=1), min_size=2, max_size=4, unique=True).map(tuple),
    scale=st.floats(0.001, 9),
    two=st.booleans(),
)
def test_what_is_written_is_read_back(inputs, names, scale, two):
    labels = np.arange(len(inputs)) % 2
    dataset = Dataset(inputs, labels, names, inputs.shape[1:], Scaling(scale, -1.0))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "data.npz")
        write_npz(dataset, path, dataset if two else None)
        parts = read_parts(path)
    assert (parts[1] is not None) == two
    for part in parts[: 1 + two]:
        assert (part.class_names, part.scaling, part.input_shape) == (
            names,
            dataset.scaling,
            inputs.shape[1:],
        )
        assert part.inputs.dtype == inputs.dtype
        np.testing.assert_array_equal(part.inputs, dataset.inputs)
        np.testing.assert_array_equal(part.labels, labels)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("names", [("inputs", "labels"), ("images", "labels"), ("x", "y")])
def test_every_usual_naming_is_understood(tmp_path, save, names):
    save(tmp_path / "a.npz", **dict(zip(names, (X, Y[:, None]), strict=True)), other=np.array("left alone"))
    found = read_dataset(tmp_path / "a.npz")
    assert found.inputs.tolist() == X.reshape(2, 12).tolist()
    assert found.labels.tolist() == [1, 0]


def test_other_whole_numbers_and_orders_are_understood(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.asfortranarray(X.astype(">i4")), y=Y.astype(np.uint8))
    assert read_dataset(tmp_path / "a.npz").inputs.tolist() == X.reshape(2, 12).tolist()


@pytest.mark.parametrize(
    ("arrays_", "words"),
    [
        ({"something": X}, "expected arrays named inputs and labels"),
        ({"x": X}, "got x"),
        ({"x_train": X, "y_train": Y}, "x_test and y_test, got x_train, y_train"),
        ({"x": X, "y": np.array([1, 2, 3])}, "2 examples, but labels of shape .3,."),
        ({"x": X, "y": np.array([1, 10])}, "label 10 of example 1 is out of range"),
        ({"x": X, "y": np.array([1.0, 2.0])}, "whole numbers as labels, got float64"),
        ({"x": X.astype(int) + 250, "y": Y}, "whole numbers from 0 to 255, got 250 to 273"),
        ({"x": np.full((2, 3), np.nan), "y": Y}, "example 0 holds NaN"),
        ({"x": np.zeros(2), "y": Y}, "expected inputs of shape"),
        ({"x": np.array(["a", "b"]), "y": Y}, "as numbers, got <U1"),
        ({"x": X, "y": Y, "scaling": np.zeros(2)}, "scaling as two finite numbers"),
        ({"x": X, "y": Y, "class_names": Y}, "class_names as a line of text"),
        ({"x": X.astype(complex), "y": Y}, "expected numbers, got complex128"),
    ],
)
def test_other_arrays_are_refused(tmp_path, arrays_, words):
    path = tmp_path / "a.npz"
    np.savez(path, **arrays_)
    with pytest.raises(DataError, match=words) as caught:
        npz.read(path)
    assert str(path) in str(caught.value)


def header(shape, dtype="|u1"):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (header((1 << 20, 1 << 20)), "array x: its header declares shape .* 1,099,511,627,776 bytes, but 0"),
        (header((2, 1 << 80)) + b"abcd", "its header declares shape"),
        (header((0, 1 << 80)), "damaged"),
        (header((-2, -2)) + b"abcd", "its header declares shape"),
        (header((1 << 70,), "<U0"), "damaged"),
        (header((2, 2)) + b"abcde", "4 bytes, but 5 are there"),
        (header((2,), "|O") + b"\x80\x02N.", "Python objects are never loaded"),
        (b"\x93NUMPY\x02\x00", "version .1, 0. of the .npy format, got .2, 0."),
        (b"\x93NUMPY\x01\x00" + b"\x10\x27" + b"(" * 10_000, "damaged"),
        (b"not an array", "damaged"),
        (b"", "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_header_is_not_believed(tmp_path, content, words):
    path = archive(tmp_path / "a.npz", x=content, y=npy(Y))
    with pytest.raises(DataError, match=words):
        npz.read(path)


def test_objects_are_never_unpickled(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.array([[print]]), y=Y)
    with pytest.raises(DataError, match="Python objects are never loaded"):
        npz.read(tmp_path / "a.npz")


def test_a_zip_bomb_is_refused_by_its_declared_size(tmp_path, monkeypatch):
    monkeypatch.setattr(npz, "LARGEST", 1000)
    path = archive(tmp_path / "a.npz", x=npy(np.zeros((2, 5000), np.uint8)), y=npy(Y))
    with pytest.raises(DataError, match=r"declare .* bytes; expected at most 1,000"):
        npz.read(path)
    assert bounded.LARGEST == 2 << 30


def test_other_packings_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_LZMA) as file:
        file.writestr("x.npy", npy(X))
    with pytest.raises(DataError, match="expected it stored or deflated"):
        npz.read(tmp_path / "a.npz")


@given(st.data())
def test_a_damaged_file_never_raises_anything_else(data):
    with tempfile.TemporaryDirectory() as folder:
        path = archive(Path(folder, "a.npz"), x=npy(X), y=npy(Y))
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
        with suppress(DataError):
            npz.read(path)


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", fail)
    with pytest.raises(Exception, match="No space left"):
        write_npz(Dataset(X, Y, input_shape=(3, 4)), tmp_path / "a.npz")
    assert not list(tmp_path.iterdir())
