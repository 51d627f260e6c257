"""Finding good settings: the book's recipe, step by step, and a search that draws and learns."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from chainrule.data.dataset import Dataset
from chainrule.data.load import load_data
from chainrule.errors import SettingError
from chainrule.lab.experiment import Experiment, Published, Report, Result, Results, parameter
from chainrule.lab.style import COLOURS, MARKERS, panels
from chainrule.layers.registry import fully_connected
from chainrule.network import Network
from chainrule.optimizers import SGD
from chainrule.regularizers import L2
from chainrule.training import History, Trainer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["EXPERIMENTS"]


@dataclass(frozen=True)
class Parameters:
    """What the search may spend, and the training that its outcome then gets."""

    trials: int = parameter(24, "settings tried at most", low=6, high=1000)
    searched: int = parameter(10_000, "training images of a trial", unit="images", low=500, high=50_000)
    search_epochs: int = parameter(5, "epochs of a trial", low=2, high=100)
    judged: int = parameter(
        5_000, "validation images that judge a trial", unit="images", low=100, high=10_000
    )
    hidden: int = parameter(30, "hidden neurons", low=1, high=1000)
    epochs: int = parameter(15, "epochs with the settings found", low=1, high=1000)
    images: int = parameter(50_000, "training images with the settings found", low=500, high=50_000)


@dataclass(frozen=True)
class Settings:
    """What is searched for; ``strength`` is λ for 50,000 images, scaled to fewer so that λ/n stays."""

    learning_rate: float
    strength: float = 0.0
    batch_size: int = 10


@dataclass
class Search:
    """Trials on a part of the training images, judged by a part of the validation images."""

    parameters: Parameters
    seed: int
    report: Report
    tried: list[Settings] = field(default_factory=list)
    rows: list[tuple[float, float, int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        data = load_data("mnist")
        assert data.validation is not None
        self.train = data.train.part(slice(self.parameters.searched), data.train.name)
        self.judge = data.validation.part(slice(self.parameters.judged), data.validation.name)

    @property
    def over(self) -> bool:
        """Whether all trials are spent."""
        return len(self.tried) >= self.parameters.trials

    @property
    def best(self) -> Settings:
        """The settings with the highest validation accuracy so far."""
        return self.tried[int(np.argmax([row[3] for row in self.rows]))]

    def attempt(self, settings: Settings) -> tuple[float, list[float]]:
        """Accuracy on the judging images, per cent, and the training loss of every epoch."""
        spent = len(self.tried)
        self.report(0.6 * spent / self.parameters.trials, f"trial {spent + 1}")
        epochs = self.parameters.search_epochs
        network, history = trained(self.parameters, settings, self.seed, self.train, epochs)
        accuracy = accuracy_on(network, self.judge)
        self.tried.append(settings)
        self.rows.append((settings.learning_rate, settings.strength, settings.batch_size, accuracy))
        return accuracy, [record.loss for record in history.epochs]


def trained(
    parameters: Parameters, settings: Settings, seed: int, train: Dataset, epochs: int
) -> tuple[Network, History]:
    """The network after a training with these settings, and its history."""
    network = Network(
        fully_connected([784, parameters.hidden, 10], initializer="lecun_normal"), input_shape=784, seed=seed
    )
    strength = settings.strength * len(train) / 50_000
    trainer = Trainer(
        network,
        loss="sigmoid_cross_entropy",
        optimizer=SGD(settings.learning_rate),
        regularizers=[L2(strength)] if strength else [],
        batch_size=settings.batch_size,
        epochs=epochs,
        seed=seed,
    )
    return network, trainer.fit(train)


def accuracy_on(network: Network, data: Dataset) -> float:
    """Share of ``data`` classified right, per cent."""
    return 100 * float((network.classify(data.inputs) == data.labels).mean())


def by_hand(search: Search) -> None:
    """The book's recipe: a threshold for η by factors of ten, then λ, then the batch size, one at a time.

    The threshold is the largest rate at which the training loss falls from epoch to epoch, and further than
    at the rate before. What follows changes one setting of the best so far, judged by validation accuracy.
    """
    rate = _threshold(search)
    for part in (2, 4):
        _try(search, Settings(rate / part))
    _improve(search, "strength", (0.1, 1.0, 10.0))
    _improve(search, "strength", (search.best.strength * 0.3, search.best.strength * 3))
    start = search.best
    for batch_size in (5, 20, 50):
        rate = start.learning_rate * batch_size / start.batch_size
        _try(search, replace(start, learning_rate=rate, batch_size=batch_size))
    _improve(search, "learning_rate", (search.best.learning_rate * 0.7, search.best.learning_rate * 1.4))


def _threshold(search: Search) -> float:
    """The power of ten up to which the training loss falls steadily and ends lower, from 0.01 either way."""
    ends: list[float] = []

    def useful(rate: float) -> bool:
        _, losses = search.attempt(Settings(rate))
        ends.append(losses[-1])
        steady = all(later < earlier for earlier, later in pairwise(losses))
        return steady and losses[-1] == min(ends)

    rate = 0.01
    if useful(rate):
        while not search.over and useful(rate * 10):
            rate *= 10
        return rate
    while not search.over and not useful(rate / 10):
        rate /= 10
    return rate / 10


def _improve(search: Search, name: str, values: tuple[float, ...]) -> None:
    start = search.best
    for value in values:
        change: dict[str, Any] = {name: value}
        _try(search, replace(start, **change))


def _try(search: Search, settings: Settings) -> None:
    if not search.over and settings not in search.tried:
        search.attempt(settings)


def by_optuna(search: Search) -> None:
    """Optuna's tree-structured Parzen estimator over η, λ and the batch size, all trials.

    Raises:
        SettingError: Optuna is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise SettingError("this search needs Optuna. Install it: pip install 'chainrule[lab]'") from error

    def objective(trial: Any) -> float:
        return search.attempt(
            Settings(
                trial.suggest_float("learning_rate", 0.001, 10.0, log=True),
                trial.suggest_float("strength", 0.01, 100.0, log=True),
                trial.suggest_categorical("batch_size", [5, 10, 20, 50]),
            )
        )[0]

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        sampler = optuna.samplers.TPESampler(seed=search.seed)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        study.optimize(objective, n_trials=search.parameters.trials)
    finally:
        optuna.logging.set_verbosity(before)


def _outcome(search: Search, report: Report) -> Result:
    """Train the best settings on many images, validate, test once."""
    parameters, best, data = search.parameters, search.best, load_data("mnist")
    assert data.validation is not None
    report(0.6, "training with the settings found")
    seen = float(len(search.tried) * parameters.searched * parameters.search_epochs)
    train = data.train.part(slice(parameters.images), data.train.name)
    network, _ = trained(parameters, best, search.seed, train, parameters.epochs)
    return Result(
        {
            "trials": float(len(search.tried)),
            "images seen in the search": seen,
            "best learning rate": best.learning_rate,
            "best strength": best.strength,
            "best batch size": float(best.batch_size),
            "best accuracy in the search": max(row[3] for row in search.rows),
            "validation accuracy": accuracy_on(network, data.validation),
            "test accuracy": accuracy_on(network, data.test),
        },
        {"tried": np.array(search.rows)},
    )


def run_by_hand(parameters: Parameters, seed: int, report: Report) -> Result:
    """Search by the book's recipe, then train and test with what it found."""
    search = Search(parameters, seed, report)
    by_hand(search)
    return _outcome(search, report)


def run_optuna(parameters: Parameters, seed: int, report: Report) -> Result:
    """Search by Optuna, then train and test with what it found."""
    search = Search(parameters, seed, report)
    by_optuna(search)
    return _outcome(search, report)


def finding(results: Results) -> str:
    """What the search cost, found and came to."""
    rates = results.values("best learning rate")
    between = f"{rates.min():.2g} to {rates.max():.2g}" if len(rates) > 1 else f"{rates[0]:.2g}"
    return (
        f"{results.mean('trials'):.0f} trials, {results.mean('images seen in the search'):,.0f} images seen "
        f"in all, found η = {between}; trained to the end, this reads "
        f"{results.said('test accuracy')} % of the test images"
    )


def figure(results: Results) -> Figure:
    """Trials in their order, and what they say of the rate."""
    drawn, (left, right) = panels(finding(results), columns=2)
    for index, run in enumerate(results.runs):
        tried = run.arrays["tried"]
        colour, marker = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
        counts = np.arange(1, len(tried) + 1)
        left.plot(counts, tried[:, 3], marker, color=colour, markersize=4)
        best = np.maximum.accumulate(tried[:, 3])
        left.step(counts, best, where="post", color=colour, label=f"best so far, seed {results.seeds[index]}")
        right.plot(tried[:, 0], tried[:, 3], marker, color=colour, markersize=5)
    left.set(xlabel="trial", ylabel="validation accuracy (%)")
    right.set(xlabel="learning rate tried", ylabel="validation accuracy (%)", xscale="log")
    left.legend(loc="lower right", fontsize=9)
    return drawn


_QUICK = {"trials": 8, "searched": 1_000, "search_epochs": 3, "judged": 2_000, "epochs": 3, "images": 5_000}

BY_HAND = Experiment(
    name="search-by-hand",
    title="Settings by the book's recipe",
    subject="better learning",
    parameters=Parameters(),
    quick=_QUICK | {"trials": 16},
    run=run_by_hand,
    figure=figure,
    finding=finding,
    published=(
        Published("search", "measured here", "test accuracy", None, "test accuracy"),
        Published("search", "measured here", "trials", None, "trials", ""),
    ),
    asks="Chapter 3 of the book says how a person finds settings: on few images, so that every answer comes "
    "soon; first the order of magnitude of η, from the training loss; then λ, then the batch size, each "
    "judged on the validation part. Here a program follows that recipe.",
    look_for="The first trials find the rate and gain most. What λ and the batch size add on a few "
    "epochs of few images is small, and partly chance. Changing one setting at a time never sees that two of "
    "them belong together; only the batch size takes its rate along.",
    seconds=20.0,
    seeds=3,
)

EXPERIMENTS = (
    BY_HAND,
    replace(
        BY_HAND,
        name="search-optuna",
        title="Settings by a search that learns from its trials",
        quick=_QUICK,
        run=run_optuna,
        asks="The same settings, the same few images for a trial, but now a program draws them: Optuna's "
        "estimator begins at random and then draws where earlier trials did well. What does it find?",
        look_for="The first ten trials are drawn at random, and many waste themselves on hopeless rates; "
        "later ones crowd where accuracy is high. Compare with search-by-hand.",
        seconds=24.0,
    ),
)
