"""Numbers printed in a plain font, and a network that knows just that font: nothing is learnt."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from chainrule.data.dataset import Scaling
from chainrule.images.framing import frame
from chainrule.layers import Dense, Flatten, Softmax
from chainrule.network import Network

SHARPNESS = 14.0
HOLD = 1.0


def printed(text, size=60, gap=10, margin=40):
    """Text in black on white, uint8, the ink of neighbours ``gap`` pixels apart; below zero they overlap."""
    font = ImageFont.load_default(size)
    parts = []
    for character in text:
        sheet = Image.new("L", (3 * size, 3 * size))
        ImageDraw.Draw(sheet).text((size, size // 2), character, fill=255, font=font)
        ink = np.asarray(sheet)
        columns = np.flatnonzero(ink.any(axis=0))
        parts.append(ink[:, columns[0] : columns[-1] + 1])
    width = sum(part.shape[1] + gap for part in parts)
    line = np.zeros((3 * size, width + 2 * margin), np.uint8)
    left = margin
    for part in parts:
        place = line[:, left : left + part.shape[1]]
        np.maximum(place, part, out=place)
        left += part.shape[1] + gap
    rows = np.flatnonzero(line.any(axis=1))
    return 255 - np.pad(line[rows[0] : rows[-1] + 1], ((margin, margin), (0, 0)))


def font_network():
    """A network of one layer, fitted by least squares: printed digits, moved by a pixel or not."""
    inks = [(255 - printed(str(digit), margin=0)) / np.float32(255) for digit in range(10)]
    examples = [(moved, digit) for digit, ink in enumerate(inks) for moved in places(frame(ink))]
    inputs = np.array([image.reshape(-1) for image, _ in examples])
    wanted = np.eye(10)[[label for _, label in examples]] - 0.5
    inputs = np.column_stack([inputs, np.ones(len(inputs))])
    dual = np.linalg.solve(inputs @ inputs.T + HOLD * np.eye(len(inputs)), wanted)
    fitted = (SHARPNESS * inputs.T @ dual).T
    network = Network([Flatten(), Dense(10), Softmax()], (28, 28, 1), seed=0, class_names="0123456789")
    network.scaling = Scaling(1 / 255)
    weights, biases = (network.parameters.view(name) for name in network.parameters.parameters)
    weights[...], biases[...] = fitted[:, :-1], fitted[:, -1]
    return network


def places(image):
    """An image where it is and moved by a pixel each way: framing rounds to whole pixels."""
    return [np.roll(image, (down, across), (0, 1)) for down in (-1, 0, 1) for across in (-1, 0, 1)]
