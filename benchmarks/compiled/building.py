"""Compile the experiment's Cython, in the user's cache, never beside the source; and load it."""

from __future__ import annotations

import hashlib
import shutil
import sys
import sysconfig
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from benchmarks.machine import described

__all__ = ["SOURCE", "build", "default_folder", "load", "missing_tools"]

SOURCE = Path(__file__).with_name("step.pyx")
_NAME = "compiled_step"
_OPTIONS = (
    ["/O2"] if sys.platform == "win32" else ["-O2", "-ftree-vectorize", "-fpeel-loops", "-march=native"]
)
"""No fast-math: it would allow a sigmoid that is NaN where e^(-z) is infinite."""


def missing_tools() -> str:
    """What compiling takes and is not here, in words; empty if all is."""
    for module in ("Cython", "setuptools"):
        if find_spec(module) is None:
            return module
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return "Python's header files"
    compiler = (sysconfig.get_config_var("CC") or "").split()
    return "a C compiler" if compiler and shutil.which(compiler[0]) is None else ""


def default_folder() -> Path:
    """A folder in the user's cache for this source, this Python and this processor."""
    from pooch import os_cache

    made_for = (
        f"{SOURCE.read_text()} {_OPTIONS} {EXTENSION_SUFFIXES[0]} {described()['machine']['processor']}"
    )
    return Path(os_cache("chainrule"), "compiled", hashlib.sha256(made_for.encode()).hexdigest()[:16])


def build(folder: Path) -> Path:
    """Translate and compile into ``folder``; returns the path of the module."""
    extension = import_module("setuptools").Extension(_NAME, [str(SOURCE)], extra_compile_args=_OPTIONS)
    translated = import_module("Cython.Build").cythonize([extension], build_dir=str(folder), quiet=True)
    command = (
        import_module("setuptools").Distribution({"ext_modules": translated}).get_command_obj("build_ext")
    )
    command.build_lib, command.build_temp = str(folder), str(folder / "objects")
    command.ensure_finalized()
    command.run()
    return Path(command.get_ext_fullpath(_NAME))


def load(folder: Path | None = None) -> ModuleType:
    """The compiled module, built first where it is not there yet."""
    folder = folder or default_folder()
    path = folder / (_NAME + EXTENSION_SUFFIXES[0])
    spec = spec_from_file_location(_NAME, path if path.exists() else build(folder))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
