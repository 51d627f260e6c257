"""The page made ready: its lines, and the way back to the picture's own pixels."""

import numpy as np

from chainrule.reader.page import prepared_page

from .printed import printed


def test_boxes_lead_back_to_the_picture():
    picture = printed("47", size=100)
    page = prepared_page(picture)
    (line,) = page.lines
    whole = line.piece(0, len(line.boxes))
    left, top, width, height = page.on_picture(line, whole.box)
    rows, columns = np.nonzero(picture < 128)
    wanted = (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert np.abs(np.subtract((left, top, width, height), wanted)).max() <= 4


def test_every_step_is_shown():
    names = []
    prepared_page(printed("47"), lambda name, grey: names.append((name, grey.dtype, grey.ndim)))
    assert [name for name, *_ in names][:2] == ["picture", "ink"]
    assert {(dtype, ndim) for _, dtype, ndim in names} == {(np.dtype(np.float32), 2)}
