"""Circuits draw themselves: well-formed, nothing upon anything else, values told by more than colour."""

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from chainrule.errors import DataError, SettingError
from chainrule.logic import (
    NAND,
    NOT,
    Circuit,
    Perceptron,
    adder,
    counting_parity,
    half_adder,
    multiplier,
    parity,
    two_layers,
)
from chainrule.logic.layout import heights, joined, places

SVG = "{http://www.w3.org/2000/svg}"
CIRCUITS = pytest.mark.parametrize(
    "circuit",
    [half_adder(), half_adder(False), adder(3), multiplier(3), two_layers(parity, 4), counting_parity(5)],
    ids=str,
)


def drawing(circuit, inputs=None):
    return ElementTree.fromstring(circuit.to_svg(inputs))


def boxes(root):
    """Left, top, right and bottom of every gate."""
    for rect in root.iter(f"{SVG}rect"):
        if "rx" in rect.attrib:
            left, top, width, height = (float(rect.get(key)) for key in ("x", "y", "width", "height"))
            yield left, top, left + width, top + height


@CIRCUITS
def test_gates_do_not_overlap_and_all_are_on_the_sheet(circuit):
    root = drawing(circuit)
    found = list(boxes(root))
    assert len(found) == len(circuit)
    for one, other in combinations(found, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert min(min(box[:2]) for box in found) >= 0
    assert max(box[2] for box in found) <= float(root.get("width"))
    assert max(box[3] for box in found) <= float(root.get("height"))


@CIRCUITS
def test_no_wire_passes_through_a_gate(circuit):
    root = drawing(circuit)
    level = [re.fullmatch(r"M(\S+) (\S+)H(\S+)", path.get("d")) for path in root.iter(f"{SVG}path")]
    for left, y, right in (map(float, found.groups()) for found in level if found):
        for box in boxes(root):
            assert right <= box[0] or left >= box[2] or not box[1] < y < box[3]


@CIRCUITS
def test_every_wire_of_a_gate_arrives_at_a_point_of_its_own(circuit):
    columns = places(circuit)
    ends = [
        tuple(path.get("d").split()[-2:])
        for path in drawing(circuit).iter(f"{SVG}path")
        if "C" in path.get("d")
    ]
    assert len(ends) == len(set(ends)) == sum(map(len, joined(circuit, columns).values()))


def test_heights_keep_the_room_asked_for():
    columns = places(adder(4))
    room = {place: 30.0 for row in columns for place in row}
    y = heights(columns, joined(adder(4), columns), room)
    for row in columns:
        for upper, lower in pairwise(row):
            assert y[lower] - y[upper] >= 30.0 - 1e-9


def test_a_value_is_told_by_digit_thickness_and_colour():
    circuit = half_adder()
    root = drawing(circuit, (1, 0))
    looks = {path.find(f"{SVG}title").text: path.attrib for path in root.iter(f"{SVG}path")}
    values = circuit.wires(1, 0)
    for wire, value in values.items():
        assert (float(looks[wire]["stroke-width"]) > 2) == bool(value)
    assert len({looks[wire]["stroke"] for wire in values}) == 2
    digits = [text.text for text in root.iter(f"{SVG}text") if text.text in ("0", "1")]
    assert sorted(digits) == sorted(map(str, [*values.values(), *circuit(1, 0)]))


def test_without_inputs_no_value_is_shown():
    root = drawing(half_adder())
    assert not [text.text for text in root.iter(f"{SVG}text") if text.text in ("0", "1")]
    assert len({path.get("stroke") for path in root.iter(f"{SVG}path")}) == 1


def test_a_connection_that_is_doubled_is_drawn_twice():
    def drawn_to_carry(circuit):
        return len(joined(circuit, places(circuit))[(2, "carry")])

    assert drawn_to_carry(half_adder()) == 2
    assert drawn_to_carry(half_adder(doubled=False)) == 1


def test_names_are_escaped_and_long_ones_cut():
    name = "<script>&\"'" + "long" * 10
    text = Circuit([name], {"输入": (NOT, name)}, {"]]>": "输入"}).to_svg((1,))
    assert "<script" not in text
    written = [element.text for element in ElementTree.fromstring(text).iter() if element.text]
    assert name in written
    assert any(word.endswith("…") for word in written)
    assert "]]>" in written


def test_a_perceptron_without_a_name_shows_its_weights_if_they_are_few():
    text = Circuit(["x"], {"y": (Perceptron((-4,), 3), "x")}, ["y"]).to_svg()
    assert "w −4, b 3" in text
    assert "perceptron" in counting_parity(4).to_svg()


def test_odd_circuits_are_drawn_too():
    drawing(Circuit([], {"on": (Perceptron((), 1),)}, ["on"]), ())
    drawing(Circuit(["x"], {}, {"y": "x"}), (1,))
    drawing(Circuit(["x", "unread"], {"idle": (NAND, "x", "x")}, {"y": "x"}), (1, 1))


def test_a_notebook_shows_the_drawing_or_nothing_where_it_is_too_large():
    assert half_adder()._repr_svg_() == half_adder().to_svg()
    assert multiplier(8)._repr_svg_() is None
    with pytest.raises(SettingError, match="up to 300 gates; this circuit has 600"):
        multiplier(8).to_svg()


def test_inputs_that_are_no_bits_are_told():
    with pytest.raises(DataError, match="takes 0 or 1"):
        half_adder().to_svg((2, 0))
