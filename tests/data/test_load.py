"""Loading by name or path: the same parts every time, with a clear word where there are none."""

import numpy as np
import pytest
from PIL import Image

from chainrule.data.dataset import Dataset, Scaling
from chainrule.data.fetch import info, names
from chainrule.data.formats import read_dataset, write_csv, write_idx, write_npz
from chainrule.data.load import load, load_data, load_path
from chainrule.errors import DataError, FetchError, FileError, UnknownNameError


def dataset(count=60, sort=False):
    labels = np.arange(count) % 10
    return Dataset(
        np.arange(count * 4).astype(np.uint8).reshape(count, 4),
        np.sort(labels) if sort else labels,
        input_shape=(2, 2),
    )


def rows(*parts):
    return np.concatenate([np.column_stack((part.labels, part.inputs)) for part in parts]).tolist()


def test_a_file_without_a_test_part_is_divided_the_same_way_every_time(tmp_path):
    whole = dataset()
    write_csv(whole, tmp_path / "a.csv")
    first, second = load_path(tmp_path / "a.csv"), load_path(tmp_path / "a.csv")
    parts = (first.train, first.validation, first.test)
    assert [len(part) for part in parts] == [42, 8, 10]
    assert sorted(rows(*parts)) == sorted(rows(whole))
    assert rows(*parts) != rows(whole)
    assert rows(*parts) == rows(second.train, second.validation, second.test)
    assert load_path(tmp_path / "a.csv", "60k").validation is None


def test_a_file_with_a_test_part_keeps_its_order(tmp_path):
    write_npz(dataset(), tmp_path / "a.npz", dataset(5))
    split = load_path(tmp_path / "a.npz", "60k")
    assert rows(split.train) == rows(dataset())
    assert rows(split.test) == rows(dataset(5))
    with pytest.raises(DataError, match="expected one set of examples"):
        read_dataset(tmp_path / "a.npz")


def test_examples_sorted_by_class_are_shuffled_before_the_validation_part_is_cut(tmp_path):
    write_npz(dataset(600, sort=True), tmp_path / "a.npz", dataset(5))
    split = load_path(tmp_path / "a.npz")
    assert len(np.unique(split.train.labels)) == len(np.unique(split.validation.labels)) == 10


def test_idx_and_image_folders_are_told_apart(tmp_path):
    for role in ("train", "t10k"):
        write_idx(dataset(), *(tmp_path / f"{role}-{kind}-ubyte" for kind in ("images-idx3", "labels-idx1")))
    assert load_path(tmp_path).train.input_shape == (2, 2)
    for number in range(12):
        path = tmp_path / "pictures" / str(number % 2) / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((3, 3), number, np.uint8)).save(path)
    assert len(load_path(tmp_path / "pictures").test) == 2


def test_what_is_no_data_is_refused(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"\x07\x00" * 100)
    with pytest.raises(DataError, match=r"a.bin: expected an IDX, CSV or .npz file"):
        load_path(tmp_path / "a.bin")
    with pytest.raises(FileError, match="no such file"):
        load_path(tmp_path / "absent")
    (tmp_path / "few.csv").write_text("1,2\n" * 6)
    with pytest.raises(DataError, match="at least 6 examples"):
        load_path(tmp_path / "few.csv")


def test_a_name_or_a_path_is_taken(tmp_path, mnist):
    write_csv(dataset(), tmp_path / "a.csv")
    assert len(load_data(tmp_path / "a.csv").test) == 10
    assert load_data("mnist").train.sha256() == mnist.train.sha256()
    with pytest.raises(UnknownNameError, match=r"unknown data set or file 'mnits'. Did you mean 'mnist'"):
        load_data("mnits")
    with pytest.raises(UnknownNameError, match="Did you mean 'iris'"):
        load("irris")


def test_what_is_not_cached_need_not_be_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAINRULE_CACHE", str(tmp_path))
    for name in names():
        with pytest.raises(FetchError, match=f"{name} is not in the cache. Fetch it first"):
            load(name, fetch_missing=False)
        assert info(name).folder == tmp_path / name
        assert not info(name).cached


def test_mnist_is_as_described(mnist):
    known = info("mnist")
    assert known.cached
    assert known.size == 54_950_048
    assert (mnist.train.class_names, mnist.train.scaling) == (tuple("0123456789"), Scaling(1 / 255))
    assert (mnist.train.name, mnist.validation.name, mnist.test.name) == (
        "mnist",
        "mnist (validation)",
        "mnist (test)",
    )


@pytest.mark.parametrize("name", names())
def test_every_named_data_set_is_as_described(name):
    source = info(name).source
    try:
        split = load(name, "60k")
    except FetchError:
        pytest.skip(f"no way from this machine to {name}")
    assert split.train.input_shape == source.input_shape
    assert len(split.train) + len(split.test) == sum(source.examples)
    if source.examples[1]:
        assert (len(split.train), len(split.test)) == source.examples
    counts = np.bincount(np.concatenate((split.train.labels, split.test.labels)))
    assert len(counts) == len(source.class_names)
    assert counts.min() > 0.8 * counts.max()
    scaled = split.train.inputs * source.scaling.scale + source.scaling.shift
    assert scaled.min() >= -1
    assert 0.9 < scaled.max() <= 1


def test_iris_is_in_millimetres():
    try:
        split = load("iris", "60k")
    except FetchError:
        pytest.skip("no way from this machine to iris")
    everything = rows(split.train, split.test)
    assert [0, 51, 35, 14, 2] in everything
    assert [2, 59, 30, 51, 18] in everything


def test_a_name_too_long_for_any_file_is_an_unknown_name():
    with pytest.raises(UnknownNameError, match="unknown data set or file 'xxx"):
        load_data("x" * 300)
