"""Batches in pieces: all of it is done, once, whoever does it, and errors and limits are kept."""

from __future__ import annotations

import multiprocessing
import threading
import time
import warnings

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from chainrule.errors import DataError
from chainrule.layers import BatchNorm, Convolution, GlobalAveragePool, MaxPool, ReLU
from chainrule.network import Network
from chainrule.numerics import pieces as pieces_module
from chainrule.numerics import threads
from chainrule.numerics.pieces import MOST_STRANDS, PIECE_BYTES, WHOLE_BYTES, Pieces, share_out


@pytest.fixture
def several(monkeypatch):
    """As on a machine with three cores, whatever BLAS is limited to here."""
    monkeypatch.setattr(pieces_module, "threads_allowed", lambda: 3)


def test_a_small_batch_is_one_piece():
    pieces = Pieces(100, WHOLE_BYTES // 100 - 1)
    assert (pieces.count, pieces.most_rows, pieces.hands) == (1, 100, 1)


@pytest.mark.parametrize("batch", [1, 3, 64, 100, 1000])
@pytest.mark.parametrize("example_bytes", [1, 1 << 12, 1 << 17, 1 << 22])
def test_the_pieces_cover_the_batch_in_order(batch, example_bytes):
    pieces = Pieces(batch, example_bytes)
    flat = [piece for strand in pieces.strands for piece in strand]
    rows = [row for piece in flat for row in range(piece.rows.start, piece.rows.stop)]
    assert rows == list(range(batch))
    assert [piece.number for piece in flat] == list(range(pieces.count))
    assert max(piece.rows.stop - piece.rows.start for piece in flat) == pieces.most_rows
    assert len(pieces.strands) <= MOST_STRANDS
    for number, strand in enumerate(pieces.strands):
        assert [piece.first for piece in strand] == [True] + [False] * (len(strand) - 1)
        assert {piece.strand for piece in strand} == {number}
    if pieces.count > 1:
        assert pieces.most_rows * example_bytes <= max(PIECE_BYTES, example_bytes)


def test_how_a_batch_is_cut_does_not_depend_on_the_threads(several):
    many = Pieces(64, 1 << 17)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces_module, "threads_allowed", lambda: 1)
        one = Pieces(64, 1 << 17)
    assert one.strands == many.strands
    assert (one.hands, many.hands) == (1, 3)


def test_every_piece_is_done_once_and_no_hand_by_two_at_a_time(several):
    pieces = Pieces(64, 1 << 17)
    done, busy, threads_seen = [], set(), set()

    def work(piece, hand):
        assert hand not in busy
        busy.add(hand)
        threads_seen.add(threading.get_ident())
        time.sleep(0.002)
        done.append(piece.number)
        busy.remove(hand)

    for _ in range(5):
        pieces.each(work)
    assert sorted(done) == sorted(list(range(pieces.count)) * 5)
    assert 2 <= len(threads_seen) <= 3


def test_pieces_of_one_strand_are_done_in_their_order(several):
    pieces = Pieces(64, 1 << 20)
    assert pieces.count > len(pieces.strands)
    done = {number: [] for number in range(len(pieces.strands))}
    pieces.each(lambda piece, hand: done[piece.strand].append(piece.number))
    assert all(numbers == sorted(numbers) for numbers in done.values())


def test_an_error_in_a_piece_reaches_the_caller_and_the_helpers_live_on(several):
    pieces = Pieces(64, 1 << 17)

    def fail(piece, hand):
        time.sleep(0.001)
        if piece.number == 5:
            raise ArithmeticError("piece 5")

    for _ in range(3):
        with pytest.raises(ArithmeticError, match="piece 5"):
            pieces.each(fail)
    pieces.each(lambda piece, hand: None)


def test_what_the_caller_does_not_want_to_hear_of_no_helper_warns_of(several):
    pieces = Pieces(64, 1 << 17)
    large = np.full(1000, 1e30, np.float32)
    seen = set()

    def work(piece, hand):
        seen.add(threading.get_ident())
        time.sleep(0.001)
        large * large

    with np.errstate(over="ignore"), warnings.catch_warnings(record=True) as caught:
        pieces.each(work)
    assert len(seen) > 1
    assert caught == []


def test_blas_has_one_thread_inside_and_its_own_number_after(several):
    with threadpool_limits(2, user_api="blas"):
        before = threads.threads_allowed()
        inside = []
        Pieces(64, 1 << 17).each(lambda piece, hand: inside.append(counts()))
        assert set(inside) == {(1,) * len(inside[0])}
        assert threads.threads_allowed() == before


def counts():
    return tuple(library.num_threads for library in threads._libraries())


def test_blas_gets_its_threads_back_from_the_last_who_held_it():
    """Two trainings in two threads that overlap: neither leaves BLAS with one thread for good."""
    with threadpool_limits(2, user_api="blas"):
        first, second = threads.blas_threads_for(0), threads.blas_threads_for(0)
        first.__enter__()
        second.__enter__()
        assert threads.threads_allowed() == 2
        first.__exit__(None, None, None)
        assert set(counts()) == {1}
        second.__exit__(None, None, None)
        assert set(counts()) == {2}


def test_a_limit_on_blas_is_a_limit_on_pieces():
    for limit in (1, 2):
        with threadpool_limits(limit, user_api="blas"):
            assert Pieces(64, 1 << 17).hands == limit


def answer_in_a_fork(queue):
    pieces = Pieces(64, 1 << 17)
    done = []
    pieces.each(lambda piece, hand: done.append(piece.number))
    queue.put(sorted(done) == list(range(pieces.count)))


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_helpers_of_its_own(several):
    Pieces(64, 1 << 17).each(lambda piece, hand: time.sleep(0.001))
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    process = context.Process(target=answer_in_a_fork, args=(queue,))
    process.start()
    process.join(20)
    assert process.exitcode == 0
    assert queue.get()


def convolutional() -> Network:
    layers = [
        Convolution(6, 3, padding="same"),
        BatchNorm(),
        ReLU(),
        MaxPool(),
        Convolution(8, 3),
        ReLU(),
        GlobalAveragePool(),
    ]
    return Network(layers, input_shape=(28, 28, 1), seed=1)


def with_few_derivatives():
    """Behind pools and ReLUs; the second convolution's windows have runs of 36 numbers."""
    layers = [
        Convolution(12, 3),
        ReLU(),
        MaxPool(),
        Convolution(8, 3),
        ReLU(),
        MaxPool(),
        GlobalAveragePool(),
    ]
    return Network(layers, input_shape=(28, 28, 1), seed=1)


@pytest.mark.parametrize("made", [convolutional, with_few_derivatives])
def test_a_pass_has_the_same_bits_on_one_thread_and_on_three(several, monkeypatch, made):
    monkeypatch.setattr(pieces_module, "WHOLE_BYTES", 1 << 17)
    monkeypatch.setattr(pieces_module, "PIECE_BYTES", 1 << 17)
    generator = np.random.default_rng(0)
    images = generator.random((24, 784), dtype=np.float32)
    gradient = generator.random((24, 8), dtype=np.float32)
    found = []
    for allowed in (1, 3, 2, 3):
        monkeypatch.setattr(pieces_module, "threads_allowed", lambda allowed=allowed: allowed)
        network = made()
        bench = network.bench(24, training=True, input_gradient=True)
        assert all(
            workspace.pieces.count > 1
            for layer, workspace in bench.workspace.steps
            if isinstance(layer, (Convolution, BatchNorm))
        )
        for _ in range(2):
            outputs = network.forward(images, bench)
            by_images = network.backward(gradient, bench)
        states = [array.tobytes() for array in network.state.values()]
        found.append((outputs.tobytes(), by_images.tobytes(), network.parameters.gradient.tobytes(), *states))
    assert found[0] == found[1] == found[2] == found[3]


def test_two_threads_ask_one_network_at_once(several, monkeypatch):
    monkeypatch.setattr(pieces_module, "WHOLE_BYTES", 1 << 17)
    monkeypatch.setattr(pieces_module, "PIECE_BYTES", 1 << 17)
    network = convolutional()
    batches = np.random.default_rng(1).random((2, 50, 784), dtype=np.float32)
    expected = [network.predict(batch) for batch in batches]
    right = []

    def ask(number):
        right.extend(np.array_equal(network.predict(batches[number]), expected[number]) for _ in range(10))

    askers = [threading.Thread(target=ask, args=(number,)) for number in (0, 1)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(30)
    assert right == [True] * 20


def test_who_shares_out_while_working_does_it_alone(several):
    inner, outer = [], []

    def work(number, hand):
        outer.append(number)
        mine = threading.get_ident()

        def note(item, hand):
            inner.append((number, threading.get_ident() == mine))

        share_out([[0], [1], [2]], note, 3)
        time.sleep(0.01)

    share_out([[number] for number in range(6)], work, 3)
    assert sorted(outer) == list(range(6))
    assert sorted(inner) == [(number, True) for number in range(6) for _ in range(3)]
    seen = set()
    share_out([[number] for number in range(6)], lambda item, hand: seen.add(hand) or time.sleep(0.01), 3)
    assert seen == {0, 1, 2}


def test_many_examples_are_answered_on_several_threads_with_the_same_bits(several, monkeypatch):
    network = Network([Convolution(3, 3), ReLU(), MaxPool(), Convolution(4, 3)], (12, 12, 1), seed=1)
    inputs = np.random.default_rng(0).random((1000, 144), np.float32)
    monkeypatch.setattr(network, "_rows_a_pass", 70)
    answered = network.predict(inputs)
    seen = set()
    forward = network.forward

    def seen_and_slow(*given):
        seen.add(threading.get_ident())
        time.sleep(0.002)
        return forward(*given)

    monkeypatch.setattr(network, "forward", seen_and_slow)
    np.testing.assert_array_equal(network.predict(inputs), answered)
    assert len(seen) > 1
    monkeypatch.setattr(pieces_module, "threads_allowed", lambda: 1)
    np.testing.assert_array_equal(network.predict(inputs), answered)
    inputs[900, 3] = np.nan
    with pytest.raises(DataError, match="NaN"):
        network.predict(inputs)
