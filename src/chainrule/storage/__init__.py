"""Networks to files and back: safetensors, the book's JSON, the notes' ``.npy`` files."""

from chainrule.storage.book_json import read_book_json, write_book_json
from chainrule.storage.model_file import load_model, save_model
from chainrule.storage.npy_pairs import write_npy_weights
from chainrule.storage.shipped import ShippedModel, shipped_models

__all__ = [
    "ShippedModel",
    "load_model",
    "read_book_json",
    "save_model",
    "shipped_models",
    "write_book_json",
    "write_npy_weights",
]
