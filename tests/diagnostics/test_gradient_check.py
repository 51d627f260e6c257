"""The gradient check passes right gradients, fails wrong ones, and leaves no trace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.diagnostics.gradient_check import gradient_check
from chainrule.diagnostics.slope import measured_slope
from chainrule.errors import DataError, SettingError
from chainrule.layers import (
    ELU,
    BatchNorm,
    Dense,
    Dropout,
    Layer,
    ReLU,
    Residual,
    Sigmoid,
    Softmax,
    Tanh,
)
from chainrule.layers.layer import Workspace
from chainrule.network import Network
from chainrule.numerics.parameters import Array


def batch(n: int = 6, features: int = 5, classes: int = 3) -> tuple[Array, Array]:
    generator = np.random.default_rng(5)
    return generator.random((n, features)), np.eye(classes)[generator.integers(0, classes, n)]


def network_of(*layers: Layer[Any], seed: int = 1) -> Network:
    return Network(list(layers), 5, seed=seed, dtype=np.float64)


@pytest.mark.parametrize("directions", [None, 8])
@pytest.mark.parametrize("depth", [0, 1, 3])
@pytest.mark.parametrize(
    ("loss", "last"),
    [("quadratic", Sigmoid), ("sigmoid_cross_entropy", Sigmoid), ("softmax_cross_entropy", Softmax)],
)
def test_right_gradients_pass_at_every_depth(
    loss: str, last: type[Layer[Any]], depth: int, directions: int | None
) -> None:
    hidden = [layer for _ in range(depth) for layer in (Dense(7), Sigmoid())]
    network = network_of(*hidden, Dense(3), last())
    check = gradient_check(network, loss, *batch(), directions=directions, input_gradient=True)
    assert check.worst < 1e-8
    assert check.passed()
    assert [array.name for array in check.arrays] == [*network.parameters.parameters, "inputs"]
    for array in check.arrays:
        assert array.compared == (directions or array.numbers)
        assert array.kinks == 0


@pytest.mark.parametrize(
    "hidden",
    [
        [Dense(7), BatchNorm(), Tanh(), Dropout(0.3)],
        [Dense(7), ReLU(), Dense(7), ReLU(), Dropout(0.5)],
        [Dense(7), Residual([Dense(7), ELU(0.5)]), Residual([BatchNorm(), Tanh(), Dense(7)])],
    ],
)
def test_noise_batch_statistics_and_kinks_are_no_false_alarm(hidden: list[Layer[Any]]) -> None:
    network = network_of(*hidden, Dense(3), Softmax())
    check = gradient_check(network, "softmax_cross_entropy", *batch(), input_gradient=True)
    assert check.worst < 1e-8


@pytest.mark.parametrize("seed", range(10))
def test_silent_neurons_with_biases_of_0_are_no_false_alarm(seed: int) -> None:
    network = network_of(Dense(2), ReLU(), Dense(2), ReLU(), Dense(3), Softmax(), seed=seed)
    assert gradient_check(network, "softmax_cross_entropy", *batch()).passed()


class WrongTanh(Tanh):
    """A Tanh whose derivative is wrong by a factor of one in a million."""

    def backward(self, output_gradient: Array, workspace: Workspace) -> Array:
        right = super().backward(output_gradient, workspace)
        return np.multiply(right, 1.000001, out=right)


def test_a_gradient_wrong_by_a_millionth_fails_and_is_located() -> None:
    check = gradient_check(network_of(Dense(4), WrongTanh(), Dense(3), Sigmoid()), "quadratic", *batch())
    assert not check.passed()
    assert check.errors["0.weights"] == pytest.approx(5e-7, rel=0.01)
    assert check.errors["2.weights"] < 1e-9


class DropoutWithoutFactor(Dropout):
    """A Dropout that forgets its mask on the way back."""

    def backward(self, output_gradient: Array, workspace: Any) -> Array:
        return np.copyto(workspace.input_gradient, output_gradient) or workspace.input_gradient


def test_a_forgotten_mask_fails() -> None:
    network = network_of(Dense(4), DropoutWithoutFactor(), Dense(3), Sigmoid())
    assert gradient_check(network, "quadratic", *batch()).worst > 0.01


def test_the_network_is_as_before_to_the_bit() -> None:
    network = network_of(Dense(4), BatchNorm(), Tanh(), Dropout(), Dense(3), Sigmoid())
    network.parameters.gradient[:] = 7.0
    before = network.fingerprint()
    inputs, targets = batch()
    kept = inputs.copy()
    gradient_check(network, "quadratic", inputs, targets, input_gradient=True)
    assert network.fingerprint() == before
    assert (network.parameters.gradient == 7.0).all()
    assert (inputs == kept).all()


class FailsLater(Tanh):
    """A Tanh that works ten times."""

    def forward(self, inputs: Array, workspace: Workspace) -> Array:
        self.passes = getattr(self, "passes", 0) + 1
        if self.passes > 10:
            raise RuntimeError("stop")
        return super().forward(inputs, workspace)


def test_the_network_is_as_before_after_an_error() -> None:
    network = network_of(Dense(4), BatchNorm(), FailsLater(), Dense(3), Sigmoid())
    before = network.fingerprint()
    with pytest.raises(RuntimeError):
        gradient_check(network, "quadratic", *batch())
    assert network.fingerprint() == before


def test_the_table_has_a_line_an_array_and_fits_a_terminal() -> None:
    check = gradient_check(network_of(Dense(4), Tanh(), Dense(3), Sigmoid()), "quadratic", *batch())
    lines = check.table().splitlines()
    assert len(lines) == 1 + 4
    assert lines[1].split()[:4] == ["0.weights", "20", "20", "0"]
    assert max(map(len, lines)) <= 80


def test_float32_is_refused() -> None:
    with pytest.raises(SettingError, match=r"dtype=np\.float64"):
        gradient_check(Network([5, 3]), "quadratic", *batch())


def test_a_loss_on_logits_needs_its_activation() -> None:
    with pytest.raises(SettingError, match="softmax"):
        gradient_check(network_of(Dense(3), Sigmoid()), "softmax_cross_entropy", *batch())


@pytest.mark.parametrize("settings", [{"step": 0.0}, {"step": np.nan}, {"directions": 0}])
def test_impossible_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(SettingError):
        gradient_check(network_of(Dense(3), Sigmoid()), "quadratic", *batch(), **settings)


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [
        (np.zeros((2, 4)), np.zeros((2, 3))),
        (np.zeros((2, 5)), np.zeros((2, 2))),
        (np.zeros((2, 5)), np.zeros((3, 3))),
        (np.zeros((0, 5)), np.zeros((0, 3))),
        (np.zeros(5), np.zeros(3)),
        (np.full((2, 5), np.nan), np.zeros((2, 3))),
    ],
)
def test_data_that_does_not_fit_is_refused(inputs: Array, targets: Array) -> None:
    with pytest.raises(DataError):
        gradient_check(network_of(Dense(3), Sigmoid()), "quadratic", inputs, targets)


@pytest.mark.parametrize("kink", [0.0, 1e-9, -3e-6, 1.9e-5])
def test_a_kink_within_the_shortest_step_has_no_slope(kink: float) -> None:
    assert measured_slope(lambda x: abs(x - kink) + x**2, abs(kink), 1e-3, 1e-16) is None


@pytest.mark.parametrize("kink", [5e-3, 1e-3, -5e-4, 1e-4, 3e-5])
def test_a_kink_within_the_first_step_only_is_avoided(kink: float) -> None:
    def value(x: float) -> float:
        return max(0.0, x - kink) + np.exp(x)

    assert measured_slope(value, value(0), 1e-3, 2e-16) == pytest.approx(1.0 + (kink < 0), rel=1e-9)
