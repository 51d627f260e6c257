"""CSV: every layout of the same numbers reads the same, and a wrong place is named by line and column."""

import gzip
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from chainrule.data.dataset import Dataset
from chainrule.data.formats import comma_separated, read_dataset, write_csv
from chainrule.errors import DataError


@given(
    inputs=arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 70))),
    header=st.booleans(),
    windows=st.booleans(),
    end=st.sampled_from(["", "\n", "\n\n\n"]),
    mark=st.booleans(),
    packed=st.booleans(),
    block=st.integers(3, 300),
    data=st.data(),
)
def test_what_is_written_is_read_back_in_every_layout(
    inputs, header, windows, end, mark, packed, block, data
):
    labels = data.draw(arrays.arrays(np.int64, len(inputs), elements=st.integers(0, 9)))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder, "data.csv")
        write_csv(Dataset(inputs, labels, input_shape=inputs.shape[1:]), path, header=header)
        text = path.read_text().removesuffix("\n") + end
        content = text.replace("\n", "\r\n" if windows else "\n").encode()
        content = b"\xef\xbb\xbf" * mark + content
        path.write_bytes(gzip.compress(content) if packed else content)
        patch.setattr(comma_separated, "BLOCK", block)
        found = read_dataset(path)
    np.testing.assert_array_equal(found.inputs, inputs)
    np.testing.assert_array_equal(found.labels, labels)
    assert found.input_shape == ((8, 8) if inputs.shape[1] == 64 else inputs.shape[1:])


def test_the_text_is_the_plain_one(tmp_path):
    dataset = Dataset(np.array([[0, 9, 10], [99, 100, 255]], np.uint8), np.array([7, 0]), input_shape=(3,))
    write_csv(dataset, tmp_path / "plain.csv")
    assert (tmp_path / "plain.csv").read_bytes() == b"7,0,9,10\n0,99,100,255\n"
    write_csv(dataset, tmp_path / "named.csv", header=True)
    assert (tmp_path / "named.csv").read_text().splitlines()[0] == "label,pixel0,pixel1,pixel2"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected lines of a label and then numbers, found none"),
        ("\n\n", "found none"),
        ("label,a,b\n", "found none"),
        ("5\n6\n", "line 1: expected a label and then numbers"),
        ("1,2,3\n4,five,6\n", "line 2, column 2: expected a whole number from 0 to 255, got 'five'"),
        ("label,a,b\n1,2,3\n4,5,six\n", "line 3, column 3: .* got 'six'"),
        ("1,2,3\n4,5\n", "line 2: expected 3 fields like the first, got 2"),
        ("1,2,3\n4,5,6,7\n", "line 2: expected 3 fields like the first, got 4"),
        ("1,2,3\n4,5\n6,7,8,9\n", "line 2: expected 3 fields"),
        ("1,2,3\n\n4,5,6\n", "line 2: expected 3 fields like the first, got an empty line"),
        ("1,2,256\n", "line 1, column 3: .* got '256'"),
        ("1,2,-1\n", "column 3: .* got '-1'"),
        ("-1,2,1\n", "line 1, column 1: .* got '-1'"),
        ("1,2.5,1\n", "column 2: .* got '2.5'"),
        ("1,nan,1\n", "column 2: .* got 'nan'"),
        ("nan,1,1\n", "line 1, column 1: .* got 'nan'"),
        ("1,,1\n", "column 2: .* got ''"),
        ("1,2,0003\n", "column 3: .* got '0003'"),
        ("1, 2,3\n", "column 2: .* got ' 2'"),
        ("1,2,3\r4,5,6\n", "line 1: expected 3 fields|line 1, column 3"),
        ("h,a\n1,2\n12,2\n", "line 3, column 1: expected a label from 0 to 9, got 12"),
    ],
)
def test_a_wrong_place_is_named(tmp_path, text, words):
    path = tmp_path / "wrong.csv"
    path.write_bytes(text.encode())
    with pytest.raises(DataError, match=words) as caught:
        comma_separated.read(path)
    assert str(path) in str(caught.value)


def test_the_line_is_right_in_later_blocks_too(tmp_path, monkeypatch):
    monkeypatch.setattr(comma_separated, "BLOCK", 50)
    path = tmp_path / "long.csv"
    path.write_text("label,a,b\n" + "1,2,3\n" * 100 + "1,x,3\n")
    with pytest.raises(DataError, match="line 102, column 2"):
        comma_separated.read(path)


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(comma_separated, "BLOCK", 100)
    monkeypatch.setattr(comma_separated, "LONGEST_LINE", 1000)
    (tmp_path / "endless.csv").write_text("1," * 2000)
    with pytest.raises(DataError, match="lines of at most 1,000 bytes"):
        comma_separated.read(tmp_path / "endless.csv")


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.csv")
        path.write_bytes(content)
        with suppress(DataError):
            comma_separated.read(path)


def test_more_classes_can_be_told(tmp_path):
    (tmp_path / "two.csv").write_text("1,2\n0,3\n")
    assert comma_separated.read(tmp_path / "two.csv", ("cat", "dog")).class_names == ("cat", "dog")
    with pytest.raises(DataError, match="label from 0 to 0, got 1"):
        comma_separated.read(tmp_path / "two.csv", ("cat",))


def test_floating_point_inputs_are_not_written(tmp_path):
    with pytest.raises(DataError, match="CSV holds whole numbers"):
        write_csv(Dataset(np.zeros((1, 2)), np.zeros(1, int), input_shape=(2,)), tmp_path / "x.csv")
    assert not list(tmp_path.iterdir())


def test_a_csv_as_large_as_mnist_is_quick_to_read_and_write(tmp_path, mnist):
    path = tmp_path / "mnist.csv"
    inputs = np.concatenate((mnist.train.inputs, mnist.validation.inputs))
    labels = np.concatenate((mnist.train.labels, mnist.validation.labels))
    start = time.perf_counter()
    write_csv(Dataset(inputs, labels), path)
    assert time.perf_counter() - start < 8
    times = []
    for _ in range(2):
        start = time.perf_counter()
        found = comma_separated.read(path)
        times.append(time.perf_counter() - start)
    assert min(times) < 3
    np.testing.assert_array_equal(found.inputs, inputs)
    np.testing.assert_array_equal(found.labels, labels)
