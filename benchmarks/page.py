"""The page of results, made from the results file alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.contenders import OURS
from benchmarks.roofline import share_of_peak
from benchmarks.rows import Row, best
from benchmarks.tables import duration, markdown, workload_table
from benchmarks.targets import outcomes
from benchmarks.workloads import WORKLOADS, Workload

__all__ = ["page_of"]

OPENING = """# Benchmarks

chainrule beside its peers, in one run on one machine: the same images, the same start weights, the same
order of images, the same hyper-parameters. This page is generated from [{name}]({path}) by
`python -m benchmarks`; the peers come with `pip install 'chainrule[benchmarks]'`.

## What is timed

- Each contender runs in a process of its own, kept to as many cores as its row has threads, and told so
  before it imports anything. The processes are asked by turns, A B C A B C …, while the others wait. A round
  that is not counted goes before, in which everything compiles and warms up.
- A round of training is one epoch from the start weights. The time runs from before the first batch is
  gathered until every weight is final. Outside it: reading the data, bringing it into whatever form the
  contender likes best (float tensors for the peers; chainrule keeps raw pixels and scales each batch, inside
  the time), building the network, and the accuracy. chainrule draws the order of the images inside the time;
  the peers are handed it; for scikit-learn the images are gathered into it, once, inside the time, which is
  quicker than its own shuffling. chainrule reports the mean loss of every epoch; the tuned peers and JAX do
  not compute the loss itself.
- What one `fit` of chainrule takes beside its epochs (target rows, the check-sum of the data for the
  training record) is in the remarks; it comes once, however many epochs.
- A round of inference is the median call of {calls_of_one:,} about one image, or of {calls_of_many} about
  10,000, the images already in the form the contender likes.
- **ratio** is the contender's time divided by that of chainrule's fastest row: the median of the rounds'
  ratios. **accuracy** is the median on the test images after one epoch; a row further from chainrule's than
  the band of its workload is void. **peak MiB** is the most memory the process held, libraries and data
  included.
"""


def page_of(sections: dict[str, Any], path: Path) -> str:
    """The page, as Markdown; ``path`` leads from the page to the results."""
    from benchmarks.worker import CALLS_OF_MANY, CALLS_OF_ONE

    opening = OPENING.format(
        name=path.name, path=path.as_posix(), calls_of_one=CALLS_OF_ONE, calls_of_many=CALLS_OF_MANY
    )
    parts = [opening, _quick(sections), _targets(sections)]
    parts += [_workload(sections[name], sections) for name in WORKLOADS if name in sections]
    for name, make in (
        ("accuracy", _accuracy),
        ("growth", lambda figures: _growth(figures, path.parent)),
        ("startup", _startup),
        ("roofline", _roofline),
    ):
        if name in sections:
            parts.append(make(sections[name]))
    parts.append(_measured_on(sections))
    return "\n".join(part.rstrip() + "\n" for part in parts if part)


def _quick(sections: dict[str, Any]) -> str:
    small = sorted(name for name, figures in sections.items() if figures.get("quick"))
    return (
        f"**In small, to see that everything works; these figures mean nothing: {', '.join(small)}.**"
        * bool(small)
    )


def _targets(sections: dict[str, Any]) -> str:
    words = {True: "met", False: "**missed**", None: "–"}
    lines = [[outcome.wanted, outcome.found, words[outcome.met]] for outcome in outcomes(sections)]
    text = "Each side at its better thread count.\n\n"
    return "## Targets\n\n" + text + markdown([["target", "found", ""], *lines], left=2)


def _workload(figures: dict[str, Any], sections: dict[str, Any]) -> str:
    workload = Workload.of(figures["settings"])
    band = f"accuracy band ±{workload.band:g} percentage points"
    parts = [
        f"## {workload.name}: {workload.title}",
        f"{described(workload)} {figures['rounds']} rounds; {band}.",
        markdown(workload_table(figures)),
    ]
    ours = best([Row.of(data) for data in figures["rows"]], OURS)
    if ours and not figures.get("quick"):
        share = share_of_peak(sections, workload.name, median(ours.seconds), ours.threads)
        if share is not None:
            operations = 2 * workload.multiplications() / 1e9
            each = (
                "Ten thousand answers"
                if workload.answers > 1
                else "An answer"
                if workload.answers
                else "An epoch"
            )
            parts.append(
                f"{each} must do {operations:.3g} · 10⁹ operations in matrix products; chainrule's fastest "
                f"row does them at {share:.0%} of the measured rate of the product."
            )
    return "\n\n".join(parts)


def described(workload: Workload) -> str:
    """The settings in a sentence or two."""
    said = [
        f"{filters} filters of {side} × {side}" + f", {pool} × {pool} max pooling" * (pool > 1)
        for filters, side, pool in workload.convolutions
    ]
    sizes = workload.sizes[1:] if said else workload.sizes
    said.append(f"[{', '.join(map(str, sizes))}], {workload.hidden} neurons, {workload.output} outputs")
    if not workload.bias:
        said.append("no biases")
    if workload.answers:
        asked = "one image" if workload.answers == 1 else f"{workload.answers:,} images"
        return ", ".join(said) + f"; {asked} a call, after one epoch of training."
    said.append(f"{workload.loss.replace('_', ' ')} loss")
    said.append(f"rate {workload.learning_rate:g}")
    if workload.momentum:
        said.append(f"momentum {workload.momentum:g}")
    if workload.l2:
        said.append(f"λ = {workload.l2:g}")
    said.append(f"batches of {workload.batch_size}")
    said.append(f"{workload.images:,} images")
    starts = {"normal": "N(0, 1)", "lecun_normal": "N(0, 1/fan_in)", "he_normal": "N(0, 2/fan_in)"}
    said.append(f"weights from {starts[workload.initializer]}")
    return ", ".join(said) + "."


def _accuracy(figures: dict[str, Any]) -> str:
    table = [["library", "target", "median", "min", "max", "mean accuracy", "recipe"]]
    for row in figures["rows"]:
        start = [row["title"], f"{row['target']} %"]
        if row["median"] is None:
            table.append([*start, *["–"] * 4, row["lost"]])
            continue
        seconds = [duration(pick) for pick in (row["median"], min(row["seconds"]), max(row["seconds"]))]
        void = f"VOID: {row['void']}; " * bool(row["void"])
        table.append([*start, *seconds, f"{mean(row['accuracies']):.2%}", void + _recipe(row["recipe"])])
    text = (
        "From the start of a fresh process, the data on disk, to the accuracy on all 10,000 test images, "
        "printed: import, reading, training on 60,000 images, one evaluation. The processes run by turns, a "
        "seed a run, all cores free to use. Recipes were chosen on the validation part, their epochs are "
        "fixed beforehand, and a recipe counts if its mean accuracy reaches the target."
    )
    return f"## Time to accuracy\n\n{text}\n\n{markdown(table)}"


def _recipe(recipe: dict[str, Any]) -> str:
    hidden = ", ".join(map(str, recipe["hidden"]))
    norm = "batch norm, " * recipe["batch_norm"]
    epochs = f"{recipe['epochs']} epoch" + "s" * (recipe["epochs"] > 1)
    return (
        f"ReLU [{hidden}], {norm}{epochs}, batches of {recipe['batch_size']}, {recipe['optimizer']}, "
        f"one cycle up to rate {recipe['learning_rate']:g}"
    )


def _growth(figures: dict[str, Any], folder: Path) -> str:
    text = (
        f"One thread, [784, 100, 10] with batches of 10 and {figures['images']:,} images unless that is what "
        f"grows; the settings of W2. Median of {figures['rounds']} rounds by turns."
    )
    pictures = [
        f"![{title}]({(folder / name).as_posix()})"
        for name, title in (("growth-time.svg", "Seconds an epoch"), ("growth-memory.svg", "Peak memory"))
    ]
    return "\n\n".join(["## How cost grows", text, *pictures])


def _startup(figures: dict[str, Any]) -> str:
    table = [["program", "median", "min", "max"]]
    for row in figures["rows"].values():
        if row["median"] is None:
            table.append([row["title"], "–", "–", row["lost"]])
        else:
            picks = (row["median"], min(row["seconds"]), max(row["seconds"]))
            table.append([row["title"], *map(duration, picks)])
    text = f"Wall time of a fresh process from start to end, {figures['rounds']} rounds by turns."
    return f"## Start\n\n{text}\n\n{markdown(table, remarks=False)}"


def _roofline(figures: dict[str, Any]) -> str:
    sizes = next(iter(figures["rates"].values()))
    table = [["threads", *[f"{size} × {size}" for size in sizes]]]
    table += [[threads, *map(str, rates.values())] for threads, rates in figures["rates"].items()]
    text = (
        "10⁹ floating-point operations a second of NumPy's float32 matrix product, the best of several "
        "tries. The shares above are of the best of these."
    )
    return f"## The roofline\n\n{text}\n\n{markdown(table, remarks=False)}"


def _measured_on(sections: dict[str, Any]) -> str:
    """One line for each different machine, date and set of versions."""
    lines: dict[str, list[str]] = {}
    for name, figures in sections.items():
        machine = figures["machine"]
        versions = ", ".join(f"{package} {number}" for package, number in figures["versions"].items())
        line = (
            f"{figures['date']}, {machine['processor']}, {machine['cores']} cores, "
            f"{machine['memory_gib']} GiB, {machine['system']}; {versions}"
        )
        lines.setdefault(line, []).append(name)
    found: Iterator[str] = (f"- {', '.join(names)}: {line}" for line, names in lines.items())
    return "## Measured on\n\n" + "\n".join(found)
