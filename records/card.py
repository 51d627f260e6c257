"""The card of a model as Markdown, written of its figures and of nothing else."""

from __future__ import annotations

from typing import Any

from chainrule.reader.evidence import NONE
from records.page import markdown

__all__ = ["card_of", "weaknesses"]

_WORST_DIGITS = 2
_WORST_CORRUPTIONS = 4


def card_of(figures: dict[str, Any]) -> str:
    """The card, as Markdown."""
    parts = [
        _opening(figures),
        _accuracy(figures),
        _digits(figures["test"]),
        _calibration(figures["calibration"]),
        _robustness(figures["name"], figures["robustness"]),
        "## What it is bad at\n\n" + "\n".join(f"- {line}" for line in weaknesses(figures)),
        _making(figures),
        _data(figures["data"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _opening(figures: dict[str, Any]) -> str:
    file, latency, machine = figures["file"], figures["latency"], figures["machine"]
    return (
        f"# {figures['name']}\n\n"
        "Reads one handwritten digit, 28 × 28 grey pixels, white on black, framed as in MNIST.\n\n"
        + markdown(
            [
                ["", ""],
                ["test images read rightly", f"{_percent(figures['test']['accuracy'])} %"],
                ["parameters", f"{file['parameters']:,}"],
                ["size of the file", f"{file['bytes']:,} bytes"],
                [
                    "one image, one thread",
                    f"{latency['median_ms']:.3f} ms (median of {latency['calls']:,} calls)",
                ],
                ["measured on", f"{machine['processor']}, {machine['cores']} cores, {figures['date']}"],
            ],
            left=2,
        )
    )


def _accuracy(figures: dict[str, Any]) -> str:
    test, corrected, seeds = figures["test"], figures["corrected"], figures["over_seeds"]
    low, high = test["interval_95"]
    many = len(seeds["seeds"])
    spread = f"mean ± sd of {many} seeds %" if many > 1 else "one seed only %"
    rest = f", and not the best of {many}" if many > 1 else ""
    rows = [
        ["MNIST's 10,000 test images", "right", "accuracy %", spread],
        ["labels as given", f"{test['correct']:,}", _percent(test["accuracy"]), _spread(seeds["accuracy"])],
        [
            f"labels corrected ({corrected['changed']} of them)",
            f"{corrected['correct']:,}",
            _percent(corrected["accuracy"]),
            _spread(seeds["accuracy_corrected"]),
        ],
    ]
    return (
        f"## Accuracy\n\n{markdown(rows)}\n\n"
        f"The 95 % interval of this file's accuracy is {_percent(low)} to {_percent(high)} %. The file is "
        f"that of the first seed, {figures['seed']}{rest}: the test "
        "images chose nothing. Corrected are labels that people took for another digit (Northcutt, Athalye "
        "and Mueller 2021)."
    )


def _digits(test: dict[str, Any]) -> str:
    rows = [["digit", "images", "read rightly %"]]
    rows += [
        [each["class"], f"{each['examples']:,}", _percent(each["accuracy"])] for each in test["per_class"]
    ]
    confused = [["is", "read as", "images"]]
    confused += [[each["true"], each["read_as"], str(each["examples"])] for each in test["confusions"]]
    text = f"## By digit\n\n{markdown(rows)}"
    return text + (
        f"\n\nMost frequent confusions:\n\n{markdown(confused, left=2)}" if len(confused) > 1 else ""
    )


def _calibration(found: dict[str, Any]) -> str:
    rows = [
        ["on the test images", "expected calibration error %", "negative log-likelihood"],
        ["as the file answers", _percent(found["ece"]), f"{found['nll']:.4f}"],
        [
            f"at temperature {found['temperature']:.2f}",
            _percent(found["ece_at_temperature"]),
            f"{found['nll_at_temperature']:.4f}",
        ],
    ]
    return (
        f"## Calibration\n\n{markdown(rows)}\n\n"
        f"{found['bins']} bins of equal width. This model has learnt from all 60,000 images, so none was "
        "left to fit a temperature on: it was fitted for a network of the same recipe and seed that learnt "
        f"from 50,000, on the {found['temperature_fitted_on']} that it had not seen. The file answers "
        "without it."
    )


def _robustness(name: str, found: dict[str, Any]) -> str:
    scores = {"none": found["clean"], **found["corruptions"]}
    rows = [["corruption", "accuracy %"]]
    rows += [[corruption, _percent(score["accuracy"])] for corruption, score in scores.items()]
    return (
        f"## Robustness\n\nOn the {found['n']:,} test images, spoilt at severity {found['severity']} of 5 "
        f"(`chainrule evaluate {name} --robustness` does it again); {_percent(found['mean'])} % on average "
        f"over the corruptions.\n\n{markdown(rows)}"
    )


def weaknesses(figures: dict[str, Any]) -> list[str]:
    """What a user must know, as sentences, each of figures measured on this file."""
    test, found, edges = figures["test"], figures["calibration"], figures["edges"]
    digits = sorted(test["per_class"], key=lambda each: float(each["accuracy"]))[:_WORST_DIGITS]
    worst = " and ".join(f"{each['class']} ({_percent(each['accuracy'])} %)" for each in digits)
    wrong = test["examples"] - test["correct"]
    said = [f"It reads {worst} least well."]
    if test["confusions"]:
        most = test["confusions"][0]
        said.append(
            f"Its most frequent mistake is a {most['true']} read as {most['read_as']}: "
            f"{most['examples']} of its {wrong:,} mistakes."
        )
    said.append(
        f"{found['sure_mistakes']:,} of its {wrong:,} mistakes have a confidence above "
        f"{_percent(found['sure'])} %."
    )
    spoilt = figures["robustness"]["corruptions"]
    hardest = sorted(spoilt, key=lambda name: float(spoilt[name]["accuracy"]))[:_WORST_CORRUPTIONS]
    listed = ", ".join(f"{name} ({_percent(spoilt[name]['accuracy'])} %)" for name in hardest)
    said.append(f"What spoils its reading most, at severity {figures['robustness']['severity']}: {listed}.")
    said.append(
        f"Of black digits on white it reads {_percent(edges['black_on_white_accuracy'])} %: turn them into "
        "white on black first."
    )
    empty = f"with a confidence of {_percent(edges['empty_confidence'])} %."
    if edges["empty_read_as"] == NONE:
        said.append(
            "It may answer that an image shows no single digit; above, that counts as a mistake, since every "
            f"test image shows one. An empty image is none to it, {empty}"
        )
    else:
        said.append(
            "It knows digits and nothing else, and has no answer for what is none: an empty image is "
            f"a {edges['empty_read_as']} to it, {empty}"
        )
    return said


def _making(figures: dict[str, Any]) -> str:
    seeds, versions = figures["over_seeds"], figures["trained_with"]
    used = ", ".join(f"{package} {number}" for package, number in versions.items())
    return (
        f"## How it was made\n\n    {figures['command']}\n\n"
        f"Recipe `{figures['recipe']}` (digest {figures['recipe_digest'][:12]}), seed {figures['seed']}, "
        f"begun {figures['trained']}. The recipe was chosen on the validation part; then it learnt from all "
        f"{figures['data']['examples']:,} images, and the test images were looked at once, after the last "
        f"epoch. Seeds {', '.join(map(str, seeds['seeds']))}: {_numbers(seeds['seconds'], 1)} s from start "
        f"to end, {_numbers(seeds['peak_mb'], 0)} MB of memory at the most. With {used}.\n\n"
        f"`python -m records train {figures['recipe']}`, the same with `--split 50k --seeds 1`, and "
        f"`python -m records ship {figures['name']}` make it anew.\n\n"
        f"SHA-256 of the file: `{figures['file']['sha256']}`; fingerprint of its numbers: "
        f"`{figures['file']['fingerprint']}`."
    )


def _data(data: dict[str, Any]) -> str:
    lines = [f"- `{name}`: `{digest}`" for name, digest in data["files"].items()]
    return (
        f"## Data\n\n{data['title']}. {data['origin']}. Licence of the data: {data['licence']}. SHA-256 of "
        f"the images and labels learnt from: `{data['sha256']}`; of the files:\n\n" + "\n".join(lines)
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"


def _spread(found: dict[str, Any] | None) -> str:
    if found is None:
        return "–"
    return _percent(found["mean"]) + (f" ± {_percent(found['sd'])}" if found["sd"] is not None else "")


def _numbers(found: dict[str, Any] | None, digits: int) -> str:
    if found is None:
        return "–"
    sd = f" ± {found['sd']:.{digits}f}" if found["sd"] is not None else ""
    return f"{found['mean']:.{digits}f}{sd}"
