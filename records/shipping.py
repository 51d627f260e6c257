"""From a record to a model in the package: the file of the first seed, and its card in two forms."""

from __future__ import annotations

import hashlib
from pathlib import Path

from chainrule.data.dataset import Split
from chainrule.files import written_whole
from chainrule.storage import load_model
from records.card import card_of
from records.figures import figures_of
from records.store import Record, RecordError, Run, written_json
from records.targets import MOST_SHIPPED_BYTES
from records.training import model_file

__all__ = ["ship"]


def ship(record: Record, models: Path, data: Split, folder: Path) -> list[Path]:
    """Write the model of a recipe's first seed, its card and the card's figures; returns the three files.

    The first seed, not the best: the test images choose nothing. The card comes last, so that a model
    without one is seen to be unfinished.

    Args:
        record: of the recipe.
        models: where the trained models are kept.
        data: MNIST, with a validation part, from which the recipe's 50k run has not learnt.
        folder: of the package's models.

    Raises:
        RecordError: a run or its file is missing, or the file is too large to be shipped.
    """
    assert data.validation is not None
    if not record.judged():
        raise RecordError(f"no run of {record.recipe} on all images; {_make(record, '')}")
    run = record.judged()[0]
    source = _file_of(run, record, models)
    held_out = record.run(run["seed"], "50k")
    if held_out is None:
        how = _make(record, f" --split 50k --seeds 1 --first-seed {run['seed']}")
        raise RecordError(f"no run of {record.recipe} that has not learnt from the validation images; {how}")
    most = MOST_SHIPPED_BYTES.get(record.recipe)
    if most is not None and source.stat().st_size >= most:
        raise RecordError(
            f"{record.recipe}: a file of {source.stat().st_size:,} bytes; fewer than {most:,} may be shipped."
        )
    held_out_network = load_model(_file_of(held_out, record, models))
    model = folder / f"{record.recipe}.safetensors"
    figures = figures_of(source, record, run, data.test, (held_out_network, data.validation))
    with written_whole(model) as temporary:
        temporary.write_bytes(source.read_bytes())
    written_json(model.with_suffix(".json"), figures)
    with written_whole(model.with_suffix(".md")) as temporary:
        temporary.write_text(card_of(figures), encoding="utf-8")
    return [model, model.with_suffix(".json"), model.with_suffix(".md")]


def _file_of(run: Run, record: Record, models: Path) -> Path:
    """The model that a run made, if it still lies there."""
    file = model_file(models, record, run["seed"], run["split"])
    if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != run["sha256"]:
        how = _make(record, f" --split {run['split']} --seeds 1 --first-seed {run['seed']} --again")
        raise RecordError(f"the model of seed {run['seed']} ({run['split']}) is not in {models.name}; {how}")
    return file


def _make(record: Record, options: str) -> str:
    return f"make it with `python -m records train {record.recipe}{options}`."
