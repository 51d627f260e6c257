"""The contenders, one file each, by name; none is imported before a worker needs it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONTENDERS", "FAST", "OURS", "Entry", "chosen"]

OURS, FAST = "chainrule", "chainrule_fast"


@dataclass(frozen=True)
class Entry:
    """Where a contender is to be found.

    Attributes:
        name: on the command line.
        title: on the page.
        place: ``module:class``.
        requires: the modules that must be installed.
        group: contenders of one group are variants of one idea, the best of which counts.
        does: what it takes part in: "training", "answering".
        peer: False for an experiment of ours, which no target is held against.
    """

    name: str
    title: str
    place: str
    requires: tuple[str, ...] = ()
    group: str = ""
    does: tuple[str, ...] = ("training", "answering")
    peer: bool = True


_HERE = "benchmarks.contenders"
_TUNED = "torch_tuned"
_BUILDING = ("Cython", "setuptools")
_TRAINS, _ANSWERS = ("training",), ("answering",)

_TABLE = (
    Entry(OURS, "chainrule", f"{_HERE}.chainrule_:Chainrule"),
    Entry(
        FAST,
        "chainrule[fast]",
        f"{_HERE}.chainrule_:ChainruleFast",
        ("numba",),
        does=_TRAINS,
        peer=False,
    ),
    Entry("torch_eager", "PyTorch eager", f"{_HERE}.torch_eager:TorchEager", ("torch",)),
    Entry(
        "torch_manual",
        "PyTorch tuned: in place, by hand",
        f"{_HERE}.torch_manual:TorchManual",
        ("torch",),
        _TUNED,
        _TRAINS,
    ),
    Entry(
        "torch_script",
        "PyTorch tuned: torch.jit",
        f"{_HERE}.torch_script:TorchScript",
        ("torch",),
        _TUNED,
    ),
    Entry(
        "torch_compile",
        "PyTorch tuned: torch.compile of a step",
        f"{_HERE}.torch_compile:TorchCompile",
        ("torch",),
        _TUNED,
        _TRAINS,
    ),
    Entry(
        "torch_chunk",
        "PyTorch tuned: torch.compile of ten steps",
        f"{_HERE}.torch_compile:TorchCompileChunk",
        ("torch",),
        _TUNED,
        _TRAINS,
    ),
    Entry(
        "torch_channels_last",
        "PyTorch tuned: channels last",
        f"{_HERE}.torch_images:TorchChannelsLast",
        ("torch",),
        _TUNED,
    ),
    Entry(
        "torch_compiled_images",
        "PyTorch tuned: torch.compile, channels last",
        f"{_HERE}.torch_images:TorchCompiledImages",
        ("torch",),
        _TUNED,
        _TRAINS,
    ),
    Entry("jax_scan", "JAX, compiled", f"{_HERE}.jax_scan:JaxScan", ("jax",)),
    Entry(
        "sklearn_mlp",
        "scikit-learn MLPClassifier",
        f"{_HERE}.sklearn_mlp:SklearnMLP",
        ("sklearn",),
        does=_TRAINS,
    ),
    Entry("book", "The book's algorithm", f"{_HERE}.book:Book"),
    Entry(
        "onnx_runtime",
        "ONNX Runtime",
        f"{_HERE}.onnx_runtime:OnnxRuntime",
        ("onnx", "onnxruntime"),
        does=_ANSWERS,
    ),
    Entry(
        "compiled_step",
        "compiled step (experiment)",
        f"{_HERE}.compiled_step:CompiledStep",
        _BUILDING,
        does=_TRAINS,
        peer=False,
    ),
    Entry(
        "compiled_skipping",
        "compiled step, zero pixels skipped (experiment)",
        f"{_HERE}.compiled_step:CompiledStepSkipping",
        _BUILDING,
        does=_TRAINS,
        peer=False,
    ),
)

CONTENDERS = {entry.name: entry for entry in _TABLE}


def chosen(names: list[str]) -> list[Entry]:
    """The contenders of these names or groups, in the order of the table; chainrule is always among them.

    Raises:
        KeyError: a name that is neither.
    """
    known = set(CONTENDERS) | {entry.group for entry in _TABLE if entry.group}
    if unknown := sorted(set(names) - known):
        raise KeyError(f"unknown contender '{unknown[0]}'. Known: {', '.join(sorted(known))}.")
    wanted = {OURS, *names} if names else known
    return [entry for entry in _TABLE if entry.name in wanted or entry.group in wanted]
