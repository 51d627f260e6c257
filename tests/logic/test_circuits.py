"""Circuits: values on wires, truth tables, depth, and what is wrong with a wrong one."""

import pytest

from chainrule.errors import DataError, SettingError
from chainrule.logic import AND, NAND, NOT, OR, Circuit, Perceptron, half_adder
from chainrule.logic.truth import rows_of


def exclusive_or(**changes):
    parts = {
        "inputs": ["x1", "x2"],
        "gates": {
            "one": (NAND, "n2", "n3"),
            "n3": (NAND, "x2", "n1"),
            "n2": (NAND, "x1", "n1"),
            "n1": (NAND, "x1", "x2"),
        },
        "outputs": ["one"],
    }
    return Circuit(**{**parts, **changes})


def test_gates_may_be_given_in_any_order():
    assert [outputs for _, outputs in exclusive_or().truth_table().rows] == [(0,), (1,), (1,), (0,)]


def test_every_wire_can_be_seen():
    assert exclusive_or().wires(1, 0) == {"x1": 1, "x2": 0, "n1": 1, "n2": 0, "n3": 1, "one": 1}


def test_gates_are_counted_and_the_longest_way_is_the_depth():
    assert len(exclusive_or()) == 4
    assert exclusive_or().depth == 3


def test_a_wire_may_be_read_twice_and_an_input_may_be_an_output():
    circuit = Circuit(["x"], {"no": (NAND, "x", "x")}, {"same": "x", "turned": "no"})
    assert circuit(0) == (0, 1)
    assert circuit(1) == (1, 0)


def test_a_circuit_without_inputs_has_one_row():
    assert Circuit([], {"always": (Perceptron((), 1),)}, ["always"]).truth_table().rows == (((), (1,)),)


def test_the_half_adder_adds_with_a_doubled_connection_and_with_one_of_weight_minus_four():
    for doubled in (True, False):
        circuit = half_adder(doubled)
        assert len(circuit) == 5
        for (first, second), (total, carry) in circuit.truth_table().rows:
            assert 2 * carry + total == first + second
    assert half_adder(True).gates["carry"][1] == ("n1", "n1")
    assert half_adder(False).gates["carry"] == (Perceptron((-4,), 3), ("n1",))


def test_a_table_prints_itself():
    table = Circuit(["a", "long"], {"and": (AND, "a", "long")}, {"y": "and"}).truth_table()
    assert str(table).splitlines() == [
        "a  long | y",
        "0     0 | 0",
        "0     1 | 0",
        "1     0 | 0",
        "1     1 | 1",
    ]


def test_the_gates_on_a_cycle_are_named_and_no_others():
    gates = {
        "before": (NOT, "x"),
        "a": (NAND, "before", "c"),
        "b": (NOT, "a"),
        "c": (NOT, "b"),
        "after": (NOT, "c"),
    }
    with pytest.raises(SettingError, match="cycle") as told:
        Circuit(["x"], gates, ["after"])
    named = str(told.value).split("cycle: ")[1].split(".")[0].split(" → ")
    assert set(named) == {"a", "b", "c"}
    assert named[0] == named[-1]


def test_a_gate_that_reads_itself_is_a_cycle():
    with pytest.raises(SettingError, match="a → a"):
        Circuit(["x"], {"a": (OR, "x", "a")}, ["a"])


def test_a_cycle_of_thousands_of_gates_is_found_and_told_in_short():
    gates = {f"g{place}": (NOT, f"g{(place + 1) % 5000}") for place in range(5000)}
    with pytest.raises(SettingError, match="more") as told:
        Circuit([], gates, ["g0"])
    assert len(str(told.value)) < 500


def test_a_chain_of_thousands_of_gates_is_no_matter():
    gates = {f"g{place}": (NOT, f"g{place - 1}" if place else "x") for place in range(20_000)}
    circuit = Circuit(["x"], gates, ["g19999"])
    assert circuit(1) == (1,)
    assert circuit.depth == 20_000


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"gates": {"one": (NAND, "x1", "x3")}}, "gate 'one' reads the wire 'x3'.*nearest name is 'x[12]'"),
        ({"outputs": ["two"]}, "output 'two' reads the wire 'two'"),
        ({"gates": {"one": (NAND, "x1")}}, "has 2 weights but reads 1 wires"),
        ({"gates": {"one": ("NAND", "x1", "x2")}}, "expected a perceptron and its wires"),
        ({"gates": {"one": NAND}}, "expected a perceptron and its wires"),
        ({"gates": {"x1": (NOT, "x2")}, "outputs": ["x1"]}, "named 'x1'"),
        ({"inputs": ["x1", "x1"]}, "named 'x1'"),
        ({"outputs": []}, "at least one output"),
        ({"inputs": ["x1", ""]}, "printable word"),
        ({"inputs": ["x1", "\x07"]}, "printable word"),
        ({"inputs": [1, 2]}, "printable word"),
    ],
)
def test_what_is_wrong_with_a_circuit_is_told(changes, told):
    with pytest.raises(SettingError, match=told):
        exclusive_or(**changes)


def test_a_wrong_number_of_inputs_is_told():
    with pytest.raises(DataError, match=r"takes 2 inputs \(x1, x2\), not 3"):
        exclusive_or()(0, 1, 1)


@pytest.mark.parametrize("given", [2, 0.5, -1, "1", None])
def test_an_input_that_is_no_bit_is_told(given):
    with pytest.raises(DataError, match="takes 0 or 1; input 2"):
        exclusive_or()(0, given)


def test_a_table_of_too_many_rows_is_refused():
    names = [f"x{place}" for place in range(21)]
    circuit = Circuit(names, {"y": (NOT, "x0")}, ["y"])
    with pytest.raises(SettingError, match="from 0 to 20 inputs, not 21"):
        circuit.truth_table()
    assert circuit(*[0] * 21) == (1,)
    assert next(iter(rows_of(20))) == (0,) * 20
