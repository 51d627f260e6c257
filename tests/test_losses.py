"""The losses by hand-computed values, and by what they say of themselves."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from chainrule.errors import SettingError, UnknownNameError
from chainrule.layers.registry import ACTIVATIONS
from chainrule.losses import (
    LOSSES,
    Loss,
    LossWorkspace,
    Quadratic,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    loss_named,
)


def evaluated(loss: Loss, outputs: list[list[float]], targets: list[list[float]]) -> tuple[float, list]:
    workspace = LossWorkspace(len(outputs), len(outputs[0]), np.dtype(np.float64))
    value = loss.forward(np.array(outputs), np.array(targets), workspace)
    return value, loss.backward(workspace).tolist()


def test_quadratic_is_half_the_squared_distance_averaged_over_the_batch():
    value, gradient = evaluated(Quadratic(), [[0.5, 0.25], [1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]])
    assert value == 0.5 * (0.25 + 0.0625) / 2
    assert gradient == [[-0.25, 0.125], [0.0, 0.0]]


def test_sigmoid_cross_entropy_of_one_logit():
    z = 0.7
    a = 1 / (1 + exp(-z))
    value, gradient = evaluated(SigmoidCrossEntropy(), [[z]], [[1.0]])
    assert value == pytest.approx(-log(a), rel=1e-14)
    assert gradient[0][0] == pytest.approx(a - 1, rel=1e-14)
    value, gradient = evaluated(SigmoidCrossEntropy(), [[z]], [[0.0]])
    assert value == pytest.approx(-log(1 - a), rel=1e-14)
    assert gradient[0][0] == pytest.approx(a, rel=1e-14)


def test_sigmoid_cross_entropy_takes_softer_targets():
    z, y = -0.4, 0.9
    a = 1 / (1 + exp(-z))
    value, gradient = evaluated(SigmoidCrossEntropy(), [[z]], [[y]])
    assert value == pytest.approx(-y * log(a) - (1 - y) * log(1 - a), rel=1e-14)
    assert gradient[0][0] == pytest.approx(a - y, rel=1e-13)


def test_softmax_cross_entropy_of_equal_logits_is_the_logarithm_of_the_number_of_classes():
    value, gradient = evaluated(SoftmaxCrossEntropy(), [[3.0] * 10], [[1.0] + [0.0] * 9])
    assert value == pytest.approx(log(10), rel=1e-15)
    np.testing.assert_allclose(gradient, [[-0.9] + [0.1] * 9], rtol=1e-14)


def test_softmax_cross_entropy_does_not_change_when_all_logits_move_together():
    logits, targets = [[1.0, 2.0, -1.0]], [[0.0, 1.0, 0.0]]
    value, gradient = evaluated(SoftmaxCrossEntropy(), logits, targets)
    moved, moved_gradient = evaluated(SoftmaxCrossEntropy(), [[101.0, 102.0, 99.0]], targets)
    assert moved == value
    assert moved_gradient == gradient


def test_label_smoothing_of_equal_logits_changes_the_gradient_alone():
    value, gradient = evaluated(SoftmaxCrossEntropy(0.2), [[3.0] * 10], [[1.0] + [0.0] * 9])
    assert value == pytest.approx(log(10), rel=1e-15)
    np.testing.assert_allclose(gradient, [[-0.72] + [0.08] * 9], rtol=1e-14)


def test_label_smoothing_is_softer_targets():
    logits, targets, s = [[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]], np.array([[0.0, 1, 0], [0.25, 0.25, 0.5]]), 0.3
    value, gradient = evaluated(SoftmaxCrossEntropy(s), logits, targets)
    softer_value, softer_gradient = evaluated(SoftmaxCrossEntropy(), logits, targets * (1 - s) + s / 3)
    assert value == pytest.approx(softer_value, rel=1e-14)
    np.testing.assert_allclose(gradient, softer_gradient, rtol=1e-14)


def test_no_label_smoothing_is_the_loss_as_it_was_to_the_bit():
    logits, targets = [[1.0, 2.0, -1.0]], [[0.0, 1.0, 0.0]]
    assert evaluated(SoftmaxCrossEntropy(0), logits, targets) == evaluated(
        SoftmaxCrossEntropy(), logits, targets
    )


@pytest.mark.parametrize("share", [-0.1, 1.0, 2, float("nan"), float("inf")])
def test_a_share_of_smoothing_that_leaves_no_target_is_refused(share):
    with pytest.raises(SettingError, match="at least 0 and less than 1"):
        SoftmaxCrossEntropy(label_smoothing=share)


@pytest.mark.parametrize("kind", LOSSES.values(), ids=list(LOSSES))
def test_a_loss_names_an_activation_that_exists(kind):
    assert kind.output_activation in ACTIVATIONS
    assert LOSSES[kind.name] is kind


def test_a_loss_is_found_by_its_name_and_passes_through_as_itself():
    assert isinstance(loss_named("quadratic"), Quadratic)
    loss = SoftmaxCrossEntropy()
    assert loss_named(loss) is loss


def test_an_unknown_loss_is_answered_with_the_nearest_name():
    with pytest.raises(UnknownNameError, match="Did you mean 'quadratic'") as caught:
        loss_named("quadratisch")
    assert caught.value.nearest == "quadratic"
