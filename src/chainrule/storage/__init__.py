"""Networks to files and back: safetensors, the book's JSON, the notes' ``.npy`` files."""

from chainrule.storage.book_json import read_book_json, write_book_json
from chainrule.storage.model_file import load_model, save_model
from chainrule.storage.npy_pairs import write_npy_weights

__all__ = ["load_model", "read_book_json", "save_model", "write_book_json", "write_npy_weights"]
