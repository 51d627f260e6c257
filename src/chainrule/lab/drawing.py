"""Figures and findings of stored results; nothing is trained for them."""

from __future__ import annotations

from pathlib import Path

from chainrule.errors import ChainruleError, DataError, UnknownNameError
from chainrule.lab.store import Stored
from chainrule.lab.style import save_figure

__all__ = ["DOTS_PER_INCH", "FORMATS", "draw", "finding"]

FORMATS = ("svg", "png")
DOTS_PER_INCH = 150


def finding(stored: Stored) -> str:
    """What came out, in a sentence.

    Raises:
        DataError: the results lack what it is made from.
    """
    try:
        return stored.experiment.finding(stored.results)
    except ChainruleError:
        raise
    except Exception as error:  # results of another version can lack anything
        raise _other_results(stored, "a finding", error) from error


def draw(stored: Stored, folder: Path | None = None, form: str = "svg", name: str = "figure") -> Path:
    """Draw the experiment's figure to ``name`` in ``folder``, its own if none is given; returns the file.

    Raises:
        UnknownNameError: another form than ``"svg"`` or ``"png"``.
        DataError: the results lack what is drawn.
        FileError: it cannot be written.
    """
    if form not in FORMATS:
        raise UnknownNameError("format", form, FORMATS)
    path = (folder or stored.folder) / f"{name}.{form}"
    try:
        figure = stored.experiment.figure(stored.results)
        figure.set_dpi(DOTS_PER_INCH)
        save_figure(figure, path)
    except ChainruleError:
        raise
    except Exception as error:  # results of another version can lack anything
        raise _other_results(stored, "a figure", error) from error
    return path


def _other_results(stored: Stored, what: str, error: Exception) -> DataError:
    made = ", ".join(sorted({record.versions.get("chainrule", "unknown") for record in stored.records}))
    return DataError(
        f"{stored.folder}: {what} could not be made from these results ({type(error).__name__}: {error}), "
        f"which chainrule {made} wrote. Run the experiment again with another --out."
    )
