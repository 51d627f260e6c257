"""Work ahead comes in order, never too far ahead, and its thread ends however the asking ends."""

import threading
import time

import pytest

from chainrule.data.ahead import worked_ahead


def threads_ahead():
    return [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


@pytest.fixture(autouse=True)
def no_thread_left_behind():
    yield
    assert threads_ahead() == []


@pytest.mark.parametrize("rooms", [1, 2, 3])
@pytest.mark.parametrize("tasks", [0, 1, 2, 7])
def test_every_task_is_done_once_in_order_and_each_room_is_free_when_it_is_used_again(tasks, rooms):
    places = [[None] for _ in range(rooms)]
    begun = []

    def work(task, room):
        begun.append(task)
        room[0] = task
        return room

    for number, room in enumerate(worked_ahead(work, range(tasks), places)):
        time.sleep(0.001)
        assert room == [number]
        assert len(begun) <= number + rooms
    assert begun == list(range(tasks))


def test_it_works_on_another_thread_while_nobody_asks():
    done = threading.Event()

    def work(task, room):
        if task == 1:
            done.set()
        return threading.current_thread()

    results = worked_ahead(work, range(3), [1, 2])
    assert next(results) is not threading.current_thread()
    assert done.wait(timeout=5)
    results.close()


def test_an_error_is_raised_in_its_turn():
    def work(task, room):
        if task == 1:
            raise MemoryError("no room")
        return task

    results = worked_ahead(work, range(5), [1, 2, 3])
    assert next(results) == 0
    with pytest.raises(MemoryError, match="no room"):
        next(results)
    assert threads_ahead() == []


def test_whoever_goes_away_half_way_stops_it():
    results = worked_ahead(lambda task, room: task, range(1000), [1, 2])
    assert next(results) == 0
    assert len(threads_ahead()) == 1
    del results
    assert threads_ahead() == []


def test_an_error_of_whoever_asks_stops_it():
    def ask():
        for task in worked_ahead(lambda task, room: task, range(1000), [1, 2]):
            if task == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask()
    assert threads_ahead() == []
