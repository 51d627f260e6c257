"""Every loss against the laws that hold for all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.losses import LOSSES, Loss, LossWorkspace, SoftmaxCrossEntropy

from .cases import EVERY_DTYPE, EVERY_SIZE

EVERY_LOSS = pytest.mark.parametrize(
    "loss",
    [*(kind() for kind in LOSSES.values()), SoftmaxCrossEntropy(0.2)],
    ids=[*LOSSES, "label_smoothing"],
)
ON_LOGITS = pytest.mark.parametrize(
    "loss", [kind() for kind in LOSSES.values() if kind.on_logits], ids=lambda loss: loss.name
)
CLASSES = 4


def targets_for(rows: int, dtype: Any, seed: int = 4) -> Any:
    return np.eye(CLASSES, dtype=dtype)[np.random.default_rng(seed).integers(0, CLASSES, rows)]


def outputs_for(rows: int, dtype: Any, seed: int = 3) -> Any:
    return np.random.default_rng(seed).standard_normal((rows, CLASSES)).astype(dtype)


def loss_and_gradient(loss: Loss, outputs: Any, targets: Any) -> tuple[float, Any]:
    workspace = LossWorkspace(*outputs.shape, outputs.dtype)
    value = loss.forward(outputs, targets, workspace)
    return value, loss.backward(workspace)


@EVERY_LOSS
@EVERY_DTYPE
@EVERY_SIZE
def test_a_loss_is_a_python_number_and_its_gradient_has_shape_and_dtype_of_the_outputs(loss, dtype, rows):
    outputs, targets = outputs_for(rows, dtype), targets_for(rows, dtype)
    value, gradient = loss_and_gradient(loss, outputs, targets)
    assert type(value) is float
    assert value > 0
    assert gradient.shape == outputs.shape
    assert gradient.dtype == dtype


@EVERY_LOSS
@EVERY_DTYPE
def test_a_loss_leaves_outputs_and_targets_as_they_were(loss, dtype):
    outputs, targets = outputs_for(7, dtype), targets_for(7, dtype)
    loss_and_gradient(loss, outputs, targets)
    assert np.array_equal(outputs, outputs_for(7, dtype))
    assert np.array_equal(targets, targets_for(7, dtype))


@EVERY_LOSS
@EVERY_DTYPE
def test_backward_of_a_loss_writes_and_gives_the_same_when_run_twice(loss, dtype):
    workspace = LossWorkspace(7, CLASSES, dtype)
    for buffer in (workspace.gradient, workspace.scratch, workspace.row):
        buffer.fill(np.nan)
    value = loss.forward(outputs_for(7, dtype), targets_for(7, dtype), workspace)
    assert np.isfinite(value)
    first = loss.backward(workspace).copy()
    assert np.isfinite(first).all()
    assert np.array_equal(loss.backward(workspace), first)


@EVERY_LOSS
def test_a_loss_is_the_mean_over_the_batch_so_ragged_parts_add_up_by_their_share(loss):
    outputs, targets = outputs_for(7, np.float64), targets_for(7, np.float64)
    value, gradient = loss_and_gradient(loss, outputs, targets)
    parts = [loss_and_gradient(loss, outputs[part], targets[part]) for part in (slice(0, 5), slice(5, 7))]
    assert 7 * value == pytest.approx(5 * parts[0][0] + 2 * parts[1][0], rel=1e-14)
    joined = np.concatenate([5 / 7 * parts[0][1], 2 / 7 * parts[1][1]])
    np.testing.assert_allclose(gradient, joined, rtol=1e-14, atol=1e-16)


@ON_LOGITS
@EVERY_DTYPE
@pytest.mark.parametrize("size", [1e2, 1e4])
def test_huge_logits_give_a_finite_loss_and_gradient_and_no_warning(loss, dtype, size):
    targets = targets_for(7, dtype)
    for signs in (1.0, -1.0, np.sign(outputs_for(7, dtype)), 2 * targets - 1, 1 - 2 * targets):
        logits = (size * signs * np.ones_like(targets)).astype(dtype)
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            value, gradient = loss_and_gradient(loss, logits, targets)
        assert np.isfinite(value)
        assert value >= 0
        assert np.isfinite(gradient).all()
        assert (np.abs(gradient) <= 1 / 7 + 1e-7).all()


@ON_LOGITS
def test_the_wrong_answer_at_huge_logits_costs_what_the_formula_says(loss):
    targets = np.eye(CLASSES, dtype=np.float32)
    value, gradient = loss_and_gradient(loss, np.float32(1e4) * (1 - 2 * targets), targets)
    wrong = CLASSES if loss.name == "sigmoid_cross_entropy" else 2
    expected = wrong * 1e4 + (np.log(CLASSES - 1) if wrong == 2 else 0.0)
    assert value == pytest.approx(expected, rel=1e-6)
    right_one = gradient[np.eye(CLASSES, dtype=bool)]
    np.testing.assert_allclose(right_one, -1 / CLASSES, rtol=1e-6)


@ON_LOGITS
@pytest.mark.parametrize("size", [1.0, 8.0, 14.0, 30.0, 100.0, 1e4])
def test_a_small_loss_in_float32_keeps_its_digits_and_is_never_negative(loss, size):
    """Answers that are right with great confidence: the large terms of the formula cancel."""
    for seed in range(10):
        targets = targets_for(100, np.float32, seed)
        draw = np.random.default_rng(seed).random((100, CLASSES))
        logits = (size * (1 + draw) * (2 * targets - 1)).astype(np.float32)
        exact, _ = loss_and_gradient(loss, logits.astype(np.float64), targets.astype(np.float64))
        value, _ = loss_and_gradient(loss, logits, targets)
        assert value >= 0
        # Softmax's sum of shares is near 1, where float32 has steps of 1.2e-7 a row.
        floor = 1.2e-7 if loss.name == "softmax_cross_entropy" else 1e-36
        assert value == pytest.approx(exact, rel=2e-6, abs=floor)
