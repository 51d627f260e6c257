"""Work done ahead of whoever needs it, on one thread beside, in a few rooms that are used again and again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["worked_ahead"]

Task = TypeVar("Task")
Room = TypeVar("Room")
Result = TypeVar("Result")


def worked_ahead(
    work: Callable[[Task, Room], Result], tasks: Iterable[Task], rooms: Iterable[Room]
) -> Generator[Result, None, None]:
    """Yield ``work(task, room)`` for one task after the other, begun before it is asked for.

    Each room holds one result, which is borrowed until the next is asked for; so the thread is never
    further ahead than there are rooms, less one. An error in ``work`` is raised here, in its turn. However
    this ends (by itself, by an error, or because nobody asks any more), the thread has ended with it.
    """
    coming = iter(tasks)
    waiting: deque[tuple[Room, Future[Result]]] = deque()
    with ThreadPoolExecutor(1, "ahead") as thread:

        def begin(room: Room) -> None:
            for task in coming:
                waiting.append((room, thread.submit(work, task, room)))
                break

        try:
            for room in rooms:
                begin(room)
            while waiting:
                room, done = waiting.popleft()
                yield done.result()
                begin(room)
        finally:
            thread.shutdown(cancel_futures=True)
