"""``python -m records train|page|ship``: measure recipes, write the page, make the shipped models."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chainrule.errors import ChainruleError
from chainrule.files import written_whole
from records.store import KEPT, MODELS, Record, RecordError, read_record
from records.targets import MOST_SHIPPED_BYTES
from records.training import digest_of, train

__all__ = ["main"]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m records", description=__doc__)
    verbs = made.add_subparsers(dest="verb", required=True)
    training = verbs.add_parser("train", help="train recipes from several seeds, each a program of its own")
    training.add_argument("names", nargs="+", metavar="NAME", help="recipes; chainrule recipes lists them")
    training.add_argument("--seeds", type=int, default=5, help="how many seeds (5)")
    training.add_argument("--first-seed", type=int, default=1, help="the first of them (1)")
    training.add_argument(
        "--split", choices=("60k", "50k"), default="60k", help="50k judges on the validation images (60k)"
    )
    training.add_argument("--again", action="store_true", help="also those runs that are there already")
    page = verbs.add_parser("page", help="write docs/records.md of what is kept")
    ship = verbs.add_parser("ship", help="the model of the first seed, and its card, into the package")
    ship.add_argument("names", nargs="+", choices=[*MOST_SHIPPED_BYTES], help="which of them")
    for verb in (training, page, ship):
        verb.add_argument("--out", type=Path, default=KEPT, help="folder of the figures (docs/records)")
    for verb in (training, ship):
        verb.add_argument("--models", type=Path, default=MODELS, help="of the models (build/records)")
    return made


def main(arguments: list[str]) -> int:
    """Do what is asked for; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        if options.verb == "train":
            _train(options)
        elif options.verb == "page":
            _page(options.out)
        else:
            _ship(options)
    except ChainruleError as error:
        print(f"records: {error}", file=sys.stderr)
        return 1
    return 0


def _train(options: argparse.Namespace) -> None:
    from chainrule.data.fetch import info

    if options.seeds < 1 or options.first_seed < 0:
        raise RecordError("--seeds is at least 1, --first-seed at least 0.")
    if not info("mnist").cached:
        raise RecordError("MNIST is not on this machine's disk. Fetch it first: chainrule data fetch mnist")
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    digests = {name: digest_of(name) for name in options.names}
    for name, digest in digests.items():
        record = Record(options.out, name, digest)
        train(
            record,
            seeds,
            options.split,
            options.models.resolve(),
            lambda line: print(line, flush=True),
            again=options.again,
        )


def _ship(options: argparse.Namespace) -> None:
    from chainrule.data.load import load_data
    from chainrule.storage.shipped import FOLDER
    from records.shipping import ship

    records = [read_record(options.out / f"{name}.json") for name in options.names]
    data = load_data("mnist")
    for record in records:
        for file in ship(record, options.models.resolve(), data, FOLDER):
            print(f"written: {file.name}")


def _page(folder: Path) -> None:
    from records.page import page_of

    found = [read_record(path) for path in sorted(folder.glob("*.json"))]
    shown = folder.with_suffix(".md")
    with written_whole(shown) as temporary:
        temporary.write_text(page_of(found), encoding="utf-8")
    print(f"written: {shown.name}, of {len(found)} recipes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
