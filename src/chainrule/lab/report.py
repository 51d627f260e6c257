"""The report of many experiments: one HTML page that needs nothing else, and the same in Markdown."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chainrule.errors import DataError
from chainrule.files import written_whole
from chainrule.lab.drawing import draw, finding
from chainrule.lab.experiment import Experiment
from chainrule.lab.pages import duration
from chainrule.lab.registry import experiments
from chainrule.lab.store import Stored, plain
from chainrule.lab.verdicts import Verdict, verdicts

__all__ = ["Section", "command", "counted", "sections", "write_report"]

LARGEST_SVG = 60_000
_COLOURS_OF_A_PNG = 128
_NOTES = {
    "full": "",
    "quick": "This is the quick form, not the published settings: it gets no verdict.",
    "changed": "These are changed parameters, not the published settings: they get no verdict.",
}


@dataclass(frozen=True)
class Section:
    """What the report says of one experiment.

    Attributes:
        key: its name, made unique where one experiment is there in two forms.
        experiment: its title and texts.
        form: ``"full"``, ``"quick"`` or ``"changed"``.
        finding: what came out, a sentence.
        verdicts: the published figures beside ours.
        figure: the drawn file.
        made: how and where, as pairs of a label and a text.
    """

    key: str
    experiment: Experiment
    form: str
    finding: str
    verdicts: tuple[Verdict, ...]
    figure: Path
    made: tuple[tuple[str, str], ...]

    @property
    def note(self) -> str:
        """What there is to say about the form, nothing of the full one."""
        return _NOTES[self.form]


def write_report(stored: Iterable[Stored], out: Path) -> tuple[Path, ...]:
    """Write ``report.html``, ``report.md`` and ``figures/`` into ``out``; returns the two pages.

    Raises:
        DataError: nothing is stored, or a figure cannot be drawn from it.
        FileError: they cannot be written.
    """
    from chainrule.lab.report_markdown import as_markdown
    from chainrule.lab.report_page import as_html

    found = sections(stored, out / "figures")
    paths = out / "report.html", out / "report.md"
    for path, text in zip(paths, (as_html(found), as_markdown(found)), strict=True):
        with written_whole(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return paths


def sections(stored: Iterable[Stored], figures: Path) -> tuple[Section, ...]:
    """The sections of a report in the order of the list; their figures are drawn into a folder."""
    order = list(experiments())
    found = sorted(stored, key=lambda each: order.index(each.experiment.name))
    if not found:
        raise DataError("expected results to report, got none. Make some: chainrule lab run ch1-30")
    names = Counter(each.experiment.name for each in found)
    seen: Counter[str] = Counter()
    made = []
    for each in found:
        key = each.experiment.name + ("" if names[each.experiment.name] == 1 else f"-{each.form}")
        seen[key] += 1
        key += f"-{seen[key]}" if seen[key] > 1 else ""
        made.append(
            Section(
                key=key,
                experiment=each.experiment,
                form=each.form,
                finding=finding(each).rstrip(".") + ".",
                verdicts=verdicts(each),
                figure=_figure(each, figures, key),
                made=_made(each),
            )
        )
    return tuple(made)


def counted(found: Sequence[Section]) -> str:
    """How many published figures met which verdict, as a sentence."""
    words = Counter(verdict.word for section in found for verdict in section.verdicts)
    known = ("reproduced", "differs", "measured here", "quick form", "changed parameters", "too few seeds")
    said = ", ".join(f"{words[word]} {word}" for word in known if words[word])
    plural = "s" if len(found) > 1 else ""
    return f"{sum(words.values())} figures in {len(found)} experiment{plural}: {said or 'none'}."


def command(stored: Stored) -> str:
    """The command line that makes these results again, in the default folder."""
    experiment, asked = stored.experiment, plain(stored.results.parameters)
    forms = {full: plain(experiment.settings(full, {})) for full in (True, False)}
    differing = {
        full: {name: value for name, value in asked.items() if value != form[name]}
        for full, form in forms.items()
    }
    full = len(differing[True]) <= len(differing[False])
    seeds = max(stored.results.seeds)
    words = ["chainrule", "lab", "run", experiment.name, *(["--full"] if full else [])]
    if seeds != (experiment.seeds if full else 1):
        words += ["--seeds", str(seeds)]
    for name, value in differing[full].items():
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        words += ["--set", f"{name}={text}"]
    return shlex.join(words)


def _figure(stored: Stored, folder: Path, key: str) -> Path:
    """The figure as SVG, or as a small PNG where the SVG is large."""
    path = draw(stored, folder, "svg", key)
    if path.stat().st_size <= LARGEST_SVG:
        return path
    path.unlink()
    path = draw(stored, folder, "png", key)
    from PIL import Image

    with Image.open(path) as image:
        packed = image.convert("RGB").quantize(_COLOURS_OF_A_PNG, dither=Image.Dither.NONE)
    with written_whole(path) as temporary:
        packed.save(temporary, format="png", optimize=True)
    return path


def _made(stored: Stored) -> tuple[tuple[str, str], ...]:
    records = stored.records
    seconds = sum(record.seconds for record in records) / len(records)
    seeds = stored.results.seeds
    machines = {
        f"{record.machine.get('processor', 'unknown')}, {record.machine.get('cores', '?')} cores, "
        f"{record.machine.get('system', '?')}"
        for record in records
    }
    packages: dict[str, set[str]] = {}
    for record in records:
        for name, text in record.versions.items():
            packages.setdefault(name, set()).add(text)
    parameters = ", ".join(
        f"{name} {','.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in plain(stored.results.parameters).items()
    )
    return (
        ("Command", command(stored)),
        ("Parameters", parameters),
        ("Seeds", f"{', '.join(map(str, seeds))}; {duration(seconds)} a seed"),
        ("Date", ", ".join(sorted({record.date for record in records}))),
        ("Machine", "; ".join(sorted(machines))),
        ("Versions", ", ".join(f"{name} {' and '.join(sorted(found))}" for name, found in packages.items())),
    )
