"""One contender's process: ``python -m benchmarks.worker NAME FOLDER THREADS``, JSON lines in and out."""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any, TextIO

__all__ = ["main"]

CALLS_OF_ONE = 2000
CALLS_OF_MANY = 3


def main(name: str, folder: str, threads: int) -> None:
    """Serve requests until standard input ends; whatever goes wrong becomes an answer too."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    keep_to(threads)
    try:
        serve(name, Path(folder), threads, answers)
    except Exception as error:
        say(answers, {"error": f"{type(error).__name__}: {error}"})
        raise


def keep_to(threads: int) -> None:
    """Let this process run on as many cores as it may have threads, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[-threads:])


def serve(name: str, folder: Path, threads: int, answers: TextIO) -> None:
    """Make the contender, then do what each line asks for."""
    from benchmarks.contenders import CONTENDERS
    from benchmarks.materials import Task

    module, kind = CONTENDERS[name].place.split(":")
    contender_class = getattr(import_module(module), kind)
    task = Task(folder, threads)
    if missing := contender_class.missing():
        say(answers, {"missing": missing})
        return
    if reason := contender_class.cannot(task.workload):
        say(answers, {"cannot": reason})
        return
    contender = contender_class(task)
    images = task.workload.images
    part = max(int(images * contender_class.share(task.workload)), 1)
    if part < images:
        part = max(part // task.workload.batch_size, 1) * task.workload.batch_size
    say(answers, {"images": part, "differs": contender_class.differs(task.workload)})
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "epoch":
            reply = one_epoch(contender, part, request["seed"])
        elif request["do"] == "accuracies_at":
            found = contender.accuracies_at(request["images"], request["seed"])
            reply = {"accuracies": {str(count): share for count, share in found.items()}}
        else:
            reply = one_asking(contender)
        say(answers, reply)


def one_epoch(contender: Any, part: int, seed: int) -> dict[str, Any]:
    """A round of training; seconds are scaled to the whole epoch where only a part of it was run."""
    from benchmarks.materials import accuracy, order_of

    task = contender.task
    images = task.workload.images
    contender.prepare(order_of(seed, images)[:part], seed)
    seconds = contender.epoch() * images / part
    return {
        "seconds": seconds,
        "around": getattr(contender, "around", 0.0),
        "accuracy": accuracy(task, contender.parameters()),
        "peak_mb": peak_megabytes(),
    }


def one_asking(contender: Any) -> dict[str, Any]:
    """A round of answering: the median call of many, each about other images."""
    task = contender.task
    rows = task.workload.answers
    inputs = task.scaled(task.test_inputs)
    chunks = [inputs[start : start + rows] for start in range(0, min(len(inputs), 1000 * rows), rows)]
    questions = [contender.question(chunk) for chunk in chunks]
    seconds = []
    for call in range(CALLS_OF_ONE if rows == 1 else CALLS_OF_MANY):
        question = questions[call % len(questions)]
        started = time.perf_counter()
        contender.answer(question)
        seconds.append(time.perf_counter() - started)
    labels = task.test_labels[: rows * len(chunks)]
    outputs = [contender.answered(contender.answer(question)) for question in questions]
    correct = sum(
        int((output.argmax(axis=1) == labels[start * rows : (start + 1) * rows]).sum())
        for start, output in enumerate(outputs)
    )
    return {
        "seconds": median(seconds),
        "around": 0.0,
        "accuracy": correct / len(labels),
        "peak_mb": peak_megabytes(),
    }


def peak_megabytes() -> float:
    """The most memory that this process has held (resident), in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def say(answers: TextIO, reply: dict[str, Any]) -> None:
    """One line back."""
    answers.write(json.dumps(reply) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
