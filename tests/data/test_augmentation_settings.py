"""What may happen to images is written, read back and kept within bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.data.augment import Augmentation
from chainrule.errors import SettingError, UnknownNameError

ANY = st.builds(
    Augmentation,
    shift=st.floats(0, 100),
    rotation=st.floats(0, 180),
    scale=st.floats(0, 0.9),
    shear=st.floats(0, 60),
    elastic=st.tuples(st.floats(0, 1000), st.floats(1, 100)),
    thickness=st.floats(0, 5),
    noise=st.floats(0, 1),
    erase=st.floats(0, 1),
    share=st.floats(0, 1),
)


@given(ANY)
def test_the_text_form_and_back_is_exactly_the_same(augmentation):
    assert Augmentation.from_text(str(augmentation)) == augmentation


def test_the_text_form_is_short_and_forgives_spaces():
    read = Augmentation.from_text(" shift = 2, rotation=10 ,elastic=8 : 3")
    assert read == Augmentation(shift=2, rotation=10, elastic=(8, 3))
    assert str(read) == "shift=2,rotation=10,elastic=8:3"
    assert Augmentation.from_text("elastic=8") == Augmentation(elastic=(8, 4))
    assert Augmentation.from_text("") == Augmentation.from_text("  ") == Augmentation()
    assert str(Augmentation()) == ""


def test_all_is_off_unless_it_is_given():
    assert not Augmentation()
    assert not Augmentation(elastic=(0, 8))
    assert not Augmentation(shift=3, share=0)
    for name in ("shift", "rotation", "scale", "shear", "thickness", "noise", "erase"):
        assert Augmentation(**{name: 0.1})
    assert Augmentation(elastic=(1, 4))


@pytest.mark.parametrize(
    "wrong",
    [
        {"shift": -1},
        {"shift": 101},
        {"rotation": 181},
        {"scale": 1},
        {"shear": 90},
        {"elastic": (-1, 4)},
        {"elastic": (8, 0.5)},
        {"elastic": (8, 4, 2)},
        {"elastic": "8:4"},
        {"thickness": 6},
        {"noise": 1.5},
        {"erase": 2},
        {"share": 1.1},
        {"shift": float("nan")},
        {"shift": float("inf")},
        {"shift": True},
        {"shift": "2"},
        {"noise": None},
    ],
    ids=str,
)
def test_a_number_outside_its_bounds_is_refused_by_name(wrong):
    with pytest.raises(SettingError, match=next(iter(wrong))):
        Augmentation(**wrong)


def test_numbers_of_numpy_are_numbers():
    assert Augmentation(shift=np.float32(2), rotation=np.int64(3)) == Augmentation(shift=2, rotation=3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shift", "is written like"),
        ("shift=", "is written like"),
        ("shift=two", "is written like"),
        ("shift=1:2", "is written like"),
        ("elastic=1:2:3", "is written like"),
        ("elastic=8:", "is written like"),
        ("shift=1,shift=2", "given twice"),
        ("shift=1,", "unknown augmentation ''"),
        ("shift=nan", "shift is a number from 0 to 100"),
        ("shift=" + "9" * 5000, "shift is a number from 0 to 100"),
    ],
    ids=lambda word: word[:20],
)
def test_text_that_cannot_be_read_is_refused(text, said):
    with pytest.raises(SettingError, match=said) as refused:
        Augmentation.from_text(text)
    assert len(str(refused.value)) < 400


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(UnknownNameError, match="Did you mean 'rotation'"):
        Augmentation.from_text("rotaton=10")
