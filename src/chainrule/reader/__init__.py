"""Reading digits in pictures: a network and the preparation of images put together."""

from chainrule.reader.reader import Reader
from chainrule.reader.reading import Digit, Line, Reading
from chainrule.reader.shipped import read

__all__ = ["Digit", "Line", "Reader", "Reading", "read"]
