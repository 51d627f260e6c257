"""Results on disk: what is stored comes back bit for bit; what is damaged is told and left alone."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from chainrule.errors import ChainruleError, DataError, FileError, SettingError
from chainrule.lab import stored_files
from chainrule.lab.experiment import Result
from chainrule.lab.record import recorded
from chainrule.lab.registry import experiment_named
from chainrule.lab.store import folders_in, form_of, open_folder, read, stored_seeds, write_seed

EXPERIMENT = experiment_named("ch1-30")
QUICK = EXPERIMENT.settings(False, {})
VALUES = {"best test accuracy": 0.1 + 0.2, "last test accuracy": 1e-300, "first test accuracy": 91.29}
ARRAYS = {
    "test accuracy": np.array([1 / 3, np.nan, 5e-324]),
    "epoch": np.arange(3),
    "images": np.ones((2, 3, 4), np.float32),
    "none": np.zeros((0, 3)),
    "one": np.float32(0.1),
    "names of digits": np.array(["one", "zwölf"]),
}


@pytest.fixture
def out(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def folder(out):
    """The folder of one experiment with two seeds."""
    folder = open_folder(out, EXPERIMENT, QUICK)
    for seed in (2, 10):
        write_seed(folder, seed, Result(VALUES, ARRAYS), recorded(1.5))
    return folder


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_stored_comes_back_bit_for_bit(folder):
    stored = read(folder)
    assert stored.experiment is EXPERIMENT
    assert stored.results.parameters == QUICK
    assert stored.results.seeds == (2, 10)
    assert stored.results.published == EXPERIMENT.published
    for run in stored.results.runs:
        assert run.values == VALUES
        assert list(run.arrays) == list(ARRAYS)
        for name, array in ARRAYS.items():
            assert (run.arrays[name].dtype, run.arrays[name].shape) == (array.dtype, array.shape)
            np.testing.assert_array_equal(run.arrays[name], array)


def test_a_record_says_how_and_where_and_names_no_host(folder):
    import platform

    record = read(folder).records[0]
    assert record.seconds == 1.5
    assert record.versions.keys() >= {"chainrule", "numpy", "scipy", "python"}
    assert record.machine.keys() == {"processor", "cores", "system"}
    if len(platform.node()) > 3:
        assert platform.node() not in (folder / "seed-2.json").read_text(encoding="utf-8")


def test_the_same_result_gives_the_same_bytes_of_arrays(folder, tmp_path):
    again = open_folder(tmp_path / "again", EXPERIMENT, QUICK)
    write_seed(again, 2, Result(VALUES, ARRAYS), recorded(9.0))
    assert (again / "seed-2.npz").read_bytes() == (folder / "seed-2.npz").read_bytes()


def test_the_form_is_told_by_the_parameters():
    assert form_of(EXPERIMENT, EXPERIMENT.parameters) == "full"
    assert form_of(EXPERIMENT, QUICK) == "quick"
    assert form_of(EXPERIMENT, replace(QUICK, epochs=6)) == "changed"


def test_a_folder_is_opened_again_with_the_same_parameters(folder, out):
    before = contents(out)
    assert open_folder(out, EXPERIMENT, QUICK) == folder
    assert contents(out) == before


def test_other_parameters_are_refused_and_named(folder, out):
    before = contents(out)
    with pytest.raises(
        SettingError, match=r"epochs 5 \(not 6\), images 5000 \(not 50000\). Choose another --out"
    ):
        open_folder(out, EXPERIMENT, EXPERIMENT.settings(True, {"epochs": 6}))
    assert contents(out) == before


def test_a_folder_of_something_else_is_left_alone(out):
    (out / "ch1-30").mkdir(parents=True)
    (out / "ch1-30" / "thesis.txt").write_text("mine")
    with pytest.raises(DataError, match=r"found something else \(thesis.txt\). Choose another --out"):
        open_folder(out, EXPERIMENT, QUICK)
    assert list(contents(out)) == [out / "ch1-30" / "thesis.txt"]


@pytest.mark.parametrize("name", ["results", "results/ch1-30"])
def test_a_file_in_the_way_is_left_alone(tmp_path, out, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(FileError, match="expected a folder for results, found a file"):
        open_folder(out, EXPERIMENT, QUICK)
    assert (tmp_path / name).read_text() == "mine"


def test_what_a_killed_process_left_behind_is_no_obstacle(out):
    (out / "ch1-30").mkdir(parents=True)
    (out / "ch1-30" / ".experiment.json.x.part").write_text("{")
    folder = open_folder(out, EXPERIMENT, QUICK)
    (folder / "seed-1.npz").write_bytes(b"the arrays came first")
    assert stored_seeds(folder) == ()
    with pytest.raises(DataError, match="no run of ch1-30 has ended yet"):
        read(folder)


def test_the_arrays_are_there_before_the_values_are(folder, monkeypatch):
    def killed(path, document):
        raise KeyboardInterrupt

    monkeypatch.setattr("chainrule.lab.store.write_document", killed)
    with pytest.raises(KeyboardInterrupt):
        write_seed(folder, 3, Result(VALUES, ARRAYS), recorded(1.0))
    assert (folder / "seed-3.npz").exists()
    assert stored_seeds(folder) == (2, 10)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_no_finite_number_is_not_stored(folder, value):
    before = contents(folder)
    with pytest.raises(DataError, match="value 'last test accuracy' of seed 3: expected a finite number"):
        write_seed(folder, 3, Result(VALUES | {"last test accuracy": value}), recorded(1.0))
    assert contents(folder) == before


@pytest.mark.parametrize(
    "array",
    [np.array([None]), np.array([1j]), np.zeros((1 << 25) + 1, np.uint8)],
    ids=["object", "complex", "large"],
)
def test_arrays_that_could_not_be_read_are_not_stored(folder, array):
    before = contents(folder)
    with pytest.raises(DataError, match="to store, got"):
        write_seed(folder, 3, Result(VALUES, {"it": array}), recorded(1.0))
    assert contents(folder) == before


def test_yes_and_no_come_back_as_yes_and_no(folder):
    flags = np.array([[True, False], [False, False]])
    write_seed(folder, 3, Result(VALUES, {"flags": flags}), recorded(1.0))
    found = read_seed(folder, 3).arrays["flags"]
    assert found.dtype == bool
    np.testing.assert_array_equal(found, flags)


def read_seed(folder, seed):
    results = read(folder).results
    return results.runs[results.seeds.index(seed)]


def edited(**changes):
    """What makes of a JSON document another one; None takes an entry away."""

    def edit(text):
        document = json.loads(text) | changes
        return json.dumps({key: value for key, value in document.items() if value is not None}).encode()

    return edit


DAMAGE = {
    "empty": (lambda text: b"", "expected a JSON file"),
    "cut off": (lambda text: text[: len(text) // 2], "expected a JSON file"),
    "not UTF-8": (lambda text: b"\xff" + text, "expected a JSON file"),
    "a list": (lambda text: b"[1]", "expected a JSON object, got a list"),
    "nested": (lambda text: b"[" * 200_000, "expected a JSON file"),
    "too large": (lambda text: b" " * (stored_files.LARGEST_DOCUMENT + 1), "expected at most"),
}
DAMAGED_SEEDS = DAMAGE | {
    "NaN": (lambda text: text.replace(b"91.29", b"NaN"), "NaN stands in it"),
    "infinite": (lambda text: text.replace(b"91.29", b"1e999"), "'first test accuracy' as a finite number"),
    "enormous": (lambda text: text.replace(b"91.29", b"1" * 400), "'first test accuracy' as a finite number"),
    "longer still": (lambda text: text.replace(b"91.29", b"1" * 9000), "expected a JSON file"),
    "text": (
        lambda text: text.replace(b"91.29", b'"91"'),
        "'first test accuracy' as a finite number, got '91'",
    ),
    "yes": (lambda text: text.replace(b"91.29", b"true"), "'first test accuracy' as a finite number"),
    "null": (lambda text: text.replace(b"91.29", b"null"), "'first test accuracy' as a finite number"),
    "another seed": (edited(seed=3), "holds the run of another seed"),
    "no values": (edited(values=None), "expected 'values' as dict, got nothing"),
    "values of a list": (edited(values=[1]), "expected 'values' as dict"),
    "fewer values": (edited(values={"last test accuracy": 1}), "expected a value 'best test accuracy'"),
    "other arrays": (edited(arrays="0" * 64), "is not the file that was written with the values"),
    "no hash": (edited(arrays=None), "expected 'arrays' as str"),
    "no seconds": (edited(seconds="long"), "expected 'seconds' as a finite number"),
    "no date": (edited(date=7), "expected 'date' as str"),
    "machine": (edited(machine={"cores": []}), "expected 'cores' as str"),
}
DAMAGED_FOLDERS = DAMAGE | {
    "another format": (edited(format=2), "expected format 1, got 2; another version of chainrule wrote it"),
    "format yes": (edited(format=True), "expected 'format' as int"),
    "an unknown experiment": (edited(experiment="ch9"), "has no experiment 'ch9'"),
    "no parameters": (edited(parameters=None), "expected 'parameters' as dict"),
    "other parameters": (edited(parameters={"depth": 3}), "expected the parameters hidden, learning_rate"),
    "hostile parameters": (
        edited(parameters={"hidden": [[]], "learning_rate": 1, "batch_size": 1, "epochs": 1, "images": 200}),
        "hidden: expected a whole number",
    ),
    "out of bounds": (
        edited(parameters={"hidden": 1e9, "learning_rate": 1, "batch_size": 1, "epochs": 1, "images": 200}),
        "hidden: expected a value from 0 to 2000",
    ),
}


@pytest.mark.parametrize(("damage", "said"), DAMAGED_SEEDS.values(), ids=DAMAGED_SEEDS)
def test_a_damaged_seed_is_told(folder, damage, said):
    path = folder / "seed-2.json"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=said.replace("(", r"\(")) as told:
        read(folder)
    assert "seed-" in str(told.value)


@pytest.mark.parametrize(("damage", "said"), DAMAGED_FOLDERS.values(), ids=DAMAGED_FOLDERS)
def test_a_damaged_folder_is_told_and_nothing_overwritten(folder, out, damage, said):
    path = folder / "experiment.json"
    path.write_bytes(damage(path.read_bytes()))
    before = contents(out)
    for use in (lambda: read(folder), lambda: open_folder(out, EXPERIMENT, QUICK)):
        with pytest.raises(DataError, match=said) as told:
            use()
        assert "experiment.json" in str(told.value)
    assert contents(out) == before


def packed(path, **members):
    """An .npz file with these bytes in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)


def array_of(dtype, shape):
    return (
        b"\x93NUMPY\x01\x00v\x00"
        + f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117).encode()
        + b"\n"
    )


HOSTILE_ARRAYS = {
    "no archive": (lambda path: path.write_bytes(b"not a zip"), "expected an intact .npz file"),
    "objects": (lambda path: packed(path, it=array_of("|O", "(1,)") + b"cos\nsystem\n"), "never loaded"),
    "a bomb": (lambda path: packed(path, it=b"\0" * (stored_files.LARGEST_ARRAYS + 1)), "declare"),
    "a header that lies": (
        lambda path: packed(path, it=array_of("<f8", "(1099511627776,)")),
        "its header declares",
    ),
    "a negative shape": (
        lambda path: packed(path, it=array_of("<f8", "(-1,)")),
        "header declares|expected an intact",
    ),
    "no array": (lambda path: packed(path, it=b"hello"), "expected an intact .npz file"),
}


@pytest.mark.parametrize(("make", "said"), HOSTILE_ARRAYS.values(), ids=HOSTILE_ARRAYS)
def test_hostile_arrays_are_told_and_nothing_is_executed(folder, make, said):
    import hashlib

    arrays, document = folder / "seed-2.npz", folder / "seed-2.json"
    make(arrays)
    document.write_bytes(
        edited(arrays=hashlib.sha256(arrays.read_bytes()).hexdigest())(document.read_bytes())
    )
    with pytest.raises(DataError, match=said):
        read(folder)


@pytest.mark.parametrize("change", [lambda path: path.write_bytes(b"other"), lambda path: path.unlink()])
def test_arrays_that_do_not_belong_to_the_values_are_told(folder, change):
    change(folder / "seed-10.npz")
    with pytest.raises(ChainruleError, match=r"seed-10.npz"):
        read(folder)


def test_results_are_found_in_the_order_of_the_list(folder, out):
    other = open_folder(out, experiment_named("ch1-none"), experiment_named("ch1-none").settings(False, {}))
    write_seed(other, 1, Result(VALUES), recorded(1.0))
    (out / "notes").mkdir()
    assert folders_in(out) == (folder, other)
    assert folders_in(folder) == (folder,)


def test_a_folder_without_results_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    for path, said in ((tmp_path, "no results"), (tmp_path / "file", "a file"), (tmp_path / "no", "no such")):
        with pytest.raises(ChainruleError, match=said):
            folders_in(path)


def test_a_folder_in_which_no_run_has_ended_is_left_out_of_a_report(tmp_path):
    done, begun = experiment_named("ch1-30"), experiment_named("ch1-none")
    for experiment in (done, begun):
        folder = open_folder(tmp_path, experiment, experiment.parameters)
        if experiment is done:
            values = {claim.value: 1.0 for claim in experiment.published}
            write_seed(folder, 1, Result(values), recorded(1.0))
    assert [folder.name for folder in folders_in(tmp_path)] == ["ch1-30"]
