"""The results of the reading bench as a page, and as text for the terminal."""

from __future__ import annotations

from typing import Any

from benchmarks.reading_targets import reading_outcomes
from benchmarks.scenes import CONDITIONS
from benchmarks.tables import markdown

__all__ = ["page_of", "plain"]

OPENING = """# How well numbers are read from pictures

Pictures are drawn by chance from MNIST's images, {count} of each condition, by `benchmarks/scenes/`; this
page is made by `python -m benchmarks.reading --images test --page`. The images here are {images}: nothing was
learnt from them and nothing chosen by them. Models learn from MNIST's training images; settings are chosen
with models that learnt from the first 50,000 of these, on pictures of the other 10,000.

A string is right if every digit of a picture is, and nothing else is read; on a page each line is a string.
*Count known* is the share that is right if the reader is told how many digits there are, as by `--digits`.
Digits are right but for the edit distance. Each picture is read without a least confidence, so every digit
gets a name; *accepted* is the share of pictures whose every digit is as sure as `chainrule read` asks by
default, and *right of these* how many of them are right. *Boxes* of strings that are right: the share that
have at least half of their area in common with the true one. In brackets: Wilson's interval of 95 %.
"""


def page_of(figures: dict[str, Any]) -> str:
    """The page, as Markdown."""
    words = {True: "met", False: "**missed**", None: "–"}
    targets = [["target", "found", ""]]
    targets += [[one.wanted, one.found, words[one.met]] for one in reading_outcomes(figures)]
    parts = [
        OPENING.format(count=figures["count"], images=figures["images"]),
        f"## Targets\n\nModel `{figures['model']}`.\n\n{markdown(targets, left=2)}",
        f"## Conditions\n\n{markdown(_conditions(figures), remarks=False)}\n\n{_described()}",
        _rejection(figures["rejection"]),
        _sureness(figures),
        _others(figures),
        _measured_on(figures),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def plain(figures: dict[str, Any]) -> str:
    """What was measured, in columns."""
    tables = []
    if "conditions" in figures:
        tables.append(_conditions(figures))
    if "rejection" in figures:
        tables.append(_kinds(figures["rejection"]))
    words = {True: "met", False: "MISSED"}
    tables.append(
        [[words[one.met], one.found, one.wanted] for one in reading_outcomes(figures) if one.met is not None]
    )
    return "\n\n".join("\n".join(_columns(table)) for table in tables if table)


def _columns(table: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    ]


def _conditions(figures: dict[str, Any]) -> list[list[str]]:
    table = [["condition", "strings", "count known", "digits", "boxes", "accepted", "right of these", "ms"]]
    for name, found in figures["conditions"].items():
        shares = [_said(found["strings"]), _brief(found["count_known"]), _said(found["digits"])]
        shares += [_brief(found[key]) for key in ("boxes", "accepted", "right_of_accepted")]
        table.append([name, *shares, f"{found['milliseconds']:.0f}"])
    return table


def _described() -> str:
    """What each condition draws."""
    plainly = CONDITIONS["separate"].hand.__doc__ or ""
    lines = [f"- **{name}**: {kind.description}" for name, kind in CONDITIONS.items() if kind.description]
    opening = " ".join(plainly.split())
    return f"What is drawn, where nothing else is said (*separate*): {opening}\n\n" + "\n".join(lines)


def _rejection(found: dict[str, Any]) -> str:
    text = (
        "A lone digit and a thing that is no digit, drawn alike, are told apart by the highest confidence in "
        f"the picture: AUROC {found['auroc']:.4f}. At confidence {found['threshold']:.3f}, where "
        f"{_said(found['kept'])} of digits are kept, {_said(found['refused'])} of garbage is refused; at "
        f"what `chainrule read` asks by default {_said(found['kept_by_default'])} of digits are kept and "
        f"{_said(found['refused_by_default'])} of garbage is refused. Of the lone digits "
        f"{_said(found['lone_digits'])} are read rightly. Of halves only those are drawn in which no digit "
        "can be read; which were left out, because one can, `chainrule.handwriting` says. Letters are "
        "capitals without B, D, G, I, J, O, Q, S, Y and Z."
    )
    return f"## What is no digit\n\n{text}\n\n{markdown(_kinds(found), remarks=False)}"


def _kinds(found: dict[str, Any]) -> list[list[str]]:
    rows = [[kind, f"{each['auroc']:.4f}", _said(each["refused"])] for kind, each in found["kinds"].items()]
    return [["kind", "AUROC", "refused"], *rows]


def _sureness(figures: dict[str, Any]) -> str:
    table = [["the surest", "right"]]
    table += [[f"{float(share):.0%}", f"{right:.2%}"] for share, right in figures["coverage"].items()]
    text = (
        "Pictures of all conditions, the least sure left out; a picture is as sure as its least sure digit. "
        f"Over all digits the expected calibration error is {figures['calibration_error']:.3f}."
    )
    return f"## Accuracy against coverage\n\n{text}\n\n{markdown(table, remarks=False)}"


def _others(figures: dict[str, Any]) -> str:
    found, times = figures["load_digits"], figures["time"]
    return (
        "## Digits from other hands\n\nscikit-learn's `load_digits` (1,797 digits of 43 people, 8 by 8 "
        f"pixels), each enlarged ten times and read as a picture of its own: {_said(found)} are right.\n\n"
        f"## Time\n\nMedian, from an array of pixels to the reading: {times['picture']:.1f} ms for six "
        f"digits on 800 × 600, {times['line']:.1f} ms for a line of a page, {times['photograph']:,.0f} ms "
        "for a photograph of 12 megapixels. The times beside the conditions were taken in passing, with "
        "whatever else the machine did: they are upper bounds."
    )


def _measured_on(figures: dict[str, Any]) -> str:
    machine = figures["machine"]
    versions = ", ".join(f"{package} {number}" for package, number in figures["versions"].items())
    return (
        f"## Measured on\n\n{figures['date']}, {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, {machine['system']}; {versions}; seed {figures['seed']}."
    )


def _said(found: dict[str, Any]) -> str:
    low, high = found["interval"]
    return f"{found['share']:.1%} ({100 * low:.1f}–{100 * high:.1f})"


def _brief(found: dict[str, Any] | None) -> str:
    return "–" if found is None else f"{found['share']:.1%}"
