"""``chainrule check``: right gradients pass, a broken one is found."""

import pytest

from chainrule.layers.activations import Sigmoid
from chainrule.layers.dense import Dense
from chainrule.layers.registry import ACTIVATIONS
from chainrule.losses import LOSSES


@pytest.mark.parametrize("hidden", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_activation_passes_with_every_loss(cli, hidden, loss):
    result = cli("check", "--layers", "5,4,3", "--hidden", hidden, "--loss", loss, "--json").json
    assert result["passed"] is True
    assert max(result["errors"].values()) == result["worst"] <= result["tolerance"] == 1e-7


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--layers", "6,3"],
        ["--layers", "4, 5, 6, 3", "--hidden", "tanh", "--init", "glorot_uniform"],
        ["--dropout", "0.4"],
        ["--batch-norm", "--hidden", "prelu"],
        ["--batch-norm", "--dropout", "0.5", "--no-bias", "--seed", "9"],
        ["--directions", "4", "--layers", "20,15,10", "--examples", "3"],
        ["--output", "softmax", "--tolerance", "1e-6"],
    ],
    ids=lambda words: " ".join(words) or "as it is",
)
def test_architectures_pass(cli, words):
    said = cli("check", *words)
    assert (said.code, said.err) == (0, "")
    assert "relative error" in said.out
    assert said.out.splitlines()[-1].startswith("passed: worst relative error ")


@pytest.mark.parametrize("broken", [Dense, Sigmoid])
def test_a_broken_gradient_is_found(cli, monkeypatch, broken):
    right = broken.backward

    def backward(self, *arguments):
        gradient = right(self, *arguments)
        if broken is Dense:
            self.weights_gradient *= 1.001
            return gradient
        return gradient * 1.001

    monkeypatch.setattr(broken, "backward", backward)
    said = cli("check")
    assert (said.code, said.err) == (1, "")
    assert "FAILED: worst relative error" in said.out
    result = cli("check", "--json")
    assert result.code == 1
    assert result.json["passed"] is False
    assert result.json["worst"] > 1e-4


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--examples", "0"], "--examples must be at least 1, not 0"),
        (["--directions", "0"], "at least 1 direction, not 0"),
        (["--tolerance", "-1"], "--tolerance must be at least 0, not -1.0"),
        (["--tolerance", "nan"], "--tolerance must be at least 0, not nan"),
        (["--layers", "7"], "at least two sizes"),
        (["--hidden", "sigmod"], "Did you mean 'sigmoid'?"),
        (["--loss", "sigmoid_cross_entropy", "--output", "tanh"], "goes with a last layer sigmoid"),
        (["--layers", "8,99999999999999999999,3"], "Choose smaller layers"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_checked_is_wrong_usage(cli, words, expected):
    said = cli("check", *words)
    assert (said.code, said.out) == (2, "")
    assert expected in said.err
