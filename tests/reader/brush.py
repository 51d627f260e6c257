"""Digits drawn as with a mouse: one thick round brush, no pressure, somewhere on a canvas."""

import numpy as np
from PIL import Image, ImageDraw

STROKES = {
    "0": [
        [(0.5, 0.0), (0.18, 0.2), (0.12, 0.6), (0.3, 0.95), (0.6, 0.98), (0.82, 0.7), (0.85, 0.3), (0.5, 0.0)]
    ],
    "1": [[(0.38, 0.18), (0.58, 0.0), (0.56, 0.5), (0.55, 1.0)]],
    "2": [
        [(0.15, 0.22), (0.35, 0.02), (0.7, 0.05), (0.75, 0.35), (0.45, 0.7), (0.12, 0.98)],
        [(0.12, 0.98), (0.85, 0.96)],
    ],
    "3": [
        [(0.2, 0.08), (0.55, 0.0), (0.78, 0.2), (0.6, 0.42), (0.4, 0.47)],
        [(0.4, 0.47), (0.75, 0.58), (0.8, 0.85), (0.5, 1.0), (0.15, 0.9)],
    ],
    "4": [[(0.55, 0.0), (0.3, 0.35), (0.1, 0.64)], [(0.1, 0.64), (0.9, 0.62)], [(0.66, 0.3), (0.64, 1.0)]],
    "5": [
        [(0.8, 0.02), (0.28, 0.03)],
        [(0.28, 0.03), (0.22, 0.42)],
        [(0.22, 0.42), (0.55, 0.36), (0.82, 0.6), (0.7, 0.9), (0.4, 1.0), (0.12, 0.9)],
    ],
    "6": [
        [
            (0.7, 0.02),
            (0.35, 0.25),
            (0.18, 0.65),
            (0.35, 0.97),
            (0.65, 0.95),
            (0.78, 0.7),
            (0.55, 0.52),
            (0.22, 0.68),
        ]
    ],
    "7": [[(0.12, 0.05), (0.85, 0.03)], [(0.85, 0.03), (0.6, 0.45), (0.42, 1.0)]],
    "8": [
        [
            (0.72, 0.1),
            (0.4, 0.0),
            (0.22, 0.2),
            (0.5, 0.45),
            (0.8, 0.72),
            (0.55, 1.0),
            (0.22, 0.88),
            (0.35, 0.58),
            (0.68, 0.35),
            (0.72, 0.1),
        ]
    ],
    "9": [
        [(0.78, 0.15), (0.45, 0.0), (0.2, 0.22), (0.4, 0.48), (0.7, 0.4), (0.78, 0.15)],
        [(0.78, 0.15), (0.72, 0.6), (0.62, 1.0)],
    ],
}
"""For each digit its strokes, as points that the brush goes through; (0, 0) is the upper left of its box."""


def smoothed(points, steps=24):
    """Points along Catmull and Rom's curve through those given."""
    points = np.array([points[0], *points, points[-1]], float)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    curve = [
        (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3) / 2
        for a, b, c, d in zip(points, points[1:], points[2:], points[3:], strict=False)
    ]
    return np.concatenate([*curve, points[-1:]])


def brushed(text, height, thickness, canvas=(400, 300), corner=(20, 20), dark_on_light=True):
    """A picture, ``(rows, columns)`` uint8, of digits drawn side by side with a hard round brush."""
    paper, paint = (255, 0) if dark_on_light else (0, 255)
    picture = Image.new("L", canvas, paper)
    pen = ImageDraw.Draw(picture)
    radius = thickness / 2
    for place, digit in enumerate(text):
        left = corner[0] + place * (0.75 * height + 2 * thickness)
        for stroke in STROKES[digit]:
            for x, y in smoothed(stroke) if len(stroke) > 2 else np.linspace(*stroke, 80):
                across, down = left + 0.7 * height * x, corner[1] + height * y
                pen.ellipse([across - radius, down - radius, across + radius, down + radius], fill=paint)
    return np.asarray(picture)
