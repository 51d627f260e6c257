"""Everything that the card of a model says, measured on the model's own file, as plain data."""

from __future__ import annotations

import hashlib
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.machine import described
from chainrule.data.corrections import CORRECTED, corrected
from chainrule.data.dataset import Dataset
from chainrule.data.fetch import find_source
from chainrule.diagnostics import Evaluation, evaluate
from chainrule.diagnostics.robustness import robustness
from chainrule.metrics import (
    expected_calibration_error,
    fitted_temperature,
    negative_log_likelihood,
    reliability,
    shares,
    tempered,
)
from chainrule.network import Network
from chainrule.storage import load_model
from records.store import Record, RecordError, Run

__all__ = ["figures_of"]

SURE = 0.99
"""Above which an answer counts as sure."""
_CONFUSIONS = 8
_LATENCY_CALLS = 2000


def figures_of(
    file: Path, record: Record, run: Run, test: Dataset, held_out: tuple[Network, Dataset]
) -> dict[str, Any]:
    """The figures of one model; rates are fractions, times milliseconds or seconds as named.

    Args:
        file: the model's file, as it is shipped.
        record: of its recipe.
        run: the one that the file comes from.
        test: MNIST's test part, labels as given.
        held_out: a network of the recipe that has not learnt from the validation part, and that part.
    """
    network = load_model(file)
    whole = file.read_bytes()
    judged = evaluate(network, test)
    source = find_source(test.name.removesuffix(" (test)"))
    return {
        "name": record.recipe,
        "recipe": record.recipe,
        "recipe_digest": record.digest,
        "command": run["command"],
        "seed": run["seed"],
        "trained": run["started"],
        "trained_with": network.training_record["versions"],
        "file": {
            "bytes": len(whole),
            "sha256": hashlib.sha256(whole).hexdigest(),
            "parameters": len(network.parameters),
            "fingerprint": network.fingerprint(),
        },
        "data": {
            "name": network.training_record["data"]["name"],
            "title": source.title,
            "origin": source.origin,
            "licence": source.licence,
            "examples": network.training_record["data"]["examples"],
            "sha256": network.training_record["data"]["sha256"],
            "files": {each.name: each.sha256 for each in source.files},
        },
        "test": _test(judged),
        "corrected": _corrected(network, test),
        "over_seeds": _over_seeds(record),
        "calibration": _calibration(network, test, judged, *held_out),
        "edges": _edges(network, test),
        "robustness": robustness(network, test).to_json(),
        "latency": latency(network, test.inputs[0]),
        **described(),
    }


def _test(judged: Evaluation) -> dict[str, Any]:
    errors = judged.confusion - np.diag(np.diagonal(judged.confusion))
    order = np.argsort(-errors, axis=None, kind="stable")[:_CONFUSIONS]
    pairs = [divmod(int(index), len(errors)) for index in order]
    return {
        "examples": judged.n,
        "correct": judged.correct,
        "accuracy": judged.accuracy,
        "interval_95": list(judged.interval),
        "per_class": [
            {"class": name, "examples": int(n), "accuracy": float(recall)}
            for name, n, recall in zip(
                judged.class_names, judged.per_class.support, judged.per_class.recall, strict=True
            )
            if n
        ],
        "confusions": [
            {"true": judged.class_names[i], "read_as": judged.class_names[j], "examples": int(errors[i, j])}
            for i, j in pairs
            if errors[i, j]
        ],
    }


def _corrected(network: Network, test: Dataset) -> dict[str, Any]:
    data = corrected(test)
    if data is None:
        raise RecordError(f"expected MNIST's test images, whose wrong labels are known; got {test.name}.")
    correct = int(np.count_nonzero(network.classify(data.inputs) == data.labels))
    return {
        "examples": len(data),
        "correct": correct,
        "accuracy": correct / len(data),
        "changed": len(CORRECTED),
    }


def _over_seeds(record: Record) -> dict[str, Any]:
    spreads = {
        name: record.spread(name)
        for name in ("accuracy", "accuracy_corrected", "seconds", "processor_seconds", "peak_mb")
    }
    return {"seeds": [run["seed"] for run in record.judged()]} | {
        name: spread.as_data() if spread else None for name, spread in spreads.items()
    }


def _calibration(
    network: Network, test: Dataset, judged: Evaluation, held_out: Network, validation: Dataset
) -> dict[str, Any]:
    """As the model answers, and as it would at the temperature that fits the held-out images."""
    temperature = fitted_temperature(_probabilities(held_out, validation), validation.labels)
    probabilities = _probabilities(network, test)
    at_temperature = tempered(probabilities, temperature)
    right = probabilities.argmax(axis=1) == test.labels
    wrong = probabilities.max(axis=1)[~right]
    return {
        "bins": len(judged.reliability.counts),
        "ece": judged.ece,
        "nll": judged.nll,
        "temperature": temperature,
        "temperature_fitted_on": f"{len(validation):,} validation images",
        "ece_at_temperature": expected_calibration_error(reliability(at_temperature.max(axis=1), right)),
        "nll_at_temperature": negative_log_likelihood(at_temperature, test.labels),
        "sure": SURE,
        "sure_mistakes": int(np.count_nonzero(wrong > SURE)),
    }


def _probabilities(network: Network, data: Dataset) -> Any:
    return shares(network.predict(data.inputs).reshape(len(data), -1))


def _edges(network: Network, test: Dataset) -> dict[str, Any]:
    """What it makes of images that it was not made for: the empty one, and black on white."""
    empty = shares(network.predict(np.zeros((1, test.features), np.uint8)).reshape(1, -1))[0]
    inverted = network.classify(255 - test.inputs) == test.labels
    return {
        "empty_read_as": network.class_names[int(empty.argmax())],
        "empty_confidence": float(empty.max()),
        "black_on_white_accuracy": float(inverted.mean()),
    }


def latency(network: Network, image: Any, calls: int = _LATENCY_CALLS) -> dict[str, Any]:
    """Milliseconds for one image, pixels to probabilities, on one thread: the median call of many."""
    times = []
    with threadpool_limits(1):
        for _ in range(calls // 10):
            network.predict(image)
        for _ in range(calls):
            started = perf_counter()
            network.predict(image)
            times.append(perf_counter() - started)
    return {"median_ms": 1000 * median(times), "calls": calls, "threads": 1}
