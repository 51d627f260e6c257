"""The program itself: exit status, streams, pipes, a terminal and its bar, odd encodings."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios

import pytest

# With the data of these tests, training so long takes a good second.
EPOCHS = "600"


@pytest.fixture
def start(program, surroundings, here):
    """Runs the program in ``here`` and returns its exit status and what it said."""

    def started(*words, **more):
        options = {"cwd": here, "env": surroundings, "capture_output": True, "text": True, "timeout": 60}
        return subprocess.run([*program, *map(str, words)], **(options | more), check=False)

    return started


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--version"], 0),
        (["data", "list", "--json"], 0),
        ([], 2),
        (["describe"], 2),
        (["train", "--loss", "quadratc"], 2),
        (["describe", "absent"], 1),
    ],
    ids=str,
)
def test_the_exit_status_tells_what_happened(start, words, status):
    done = start(*words)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    if status:
        assert done.stdout == "" or words == []


def test_piped_output_is_plain_lines(start, flowers_file):
    done = start("train", "--data", flowers_file, "--epochs", 2)
    assert re.fullmatch(r"Epoch 0: \d+ / 15\nEpoch 1: \d+ / 15\nTest accuracy .*\n", done.stdout)
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stdout + done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("words", [["train", "--help"], ["data", "list"]], ids=" ".join)
def test_a_letter_that_the_terminal_lacks_ends_nothing(start, surroundings, words, encoding):
    done = start(*words, env=surroundings | {"PYTHONIOENCODING": encoding}, errors="replace")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_name_that_the_terminal_lacks_ends_nothing(start, surroundings, flowers_file):
    words = ["train", "--data", flowers_file, "--epochs", 1, "--out", "größe 😀"]
    done = start(*words, env=surroundings | {"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "Saved gr??e ?" in done.stderr


def test_a_reader_that_goes_away_is_no_error_worth_a_word(program, surroundings, here, model):
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [*program, "describe", model.name],
            cwd=here,
            env=surroundings,
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def on_a_terminal(command, columns, **options):
    """What a command writes to a terminal of so many columns, which takes all of its streams or stderr."""
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
        streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs} | options.pop("streams", {})
        with subprocess.Popen(command, **streams, **options) as process:
            os.close(theirs)
            theirs = None
            written = b""
            while True:
                try:
                    piece = os.read(ours, 65536)
                except OSError:  # Linux says so when the last writer has gone
                    break
                if not piece:
                    break
                written += piece
            out = process.stdout.read() if process.stdout else b""
        return process.returncode, written.decode(), out.decode()
    finally:
        os.close(ours)
        if theirs is not None:
            os.close(theirs)


@pytest.fixture
def at_a_terminal(surroundings):
    kept = {
        name: value for name, value in surroundings.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")
    }
    return kept | {"TERM": "xterm-256color"}


def frames_of(written):
    """What stood on the line of the bar, one after the other, without colours."""
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written)
    return [frame for frame in re.split(r"[\r\n]+", plain) if " images/s" in frame]


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_terminal_shows_a_bar_with_all_its_numbers(program, at_a_terminal, here, flowers_file, columns):
    words = [*program, "train", "--data", str(flowers_file), "--epochs", EPOCHS]
    code, written, _ = on_a_terminal(words, columns, cwd=here, env=at_a_terminal)
    assert code == 0, written
    frames = frames_of(written)
    assert max(map(len, frames)) <= columns
    last = frames[-1]
    assert re.search(r"\d+/600 ", last)
    assert re.search(r"loss \d\.\d{4} accuracy \d+\.\d\d% [\d,]+ images/s \d\d:\d\d", last)
    assert ("━" in last) == (columns >= 80)
    assert re.search(r"Epoch 599: \d+ / 15\r\n", written)
    assert "Test accuracy" in written


def test_json_stays_alone_on_stdout_when_stderr_is_a_terminal(program, at_a_terminal, here, flowers_file):
    words = [*program, "train", "--data", str(flowers_file), "--epochs", EPOCHS, "--json"]
    code, written, out = on_a_terminal(
        words, 80, cwd=here, env=at_a_terminal, streams={"stdout": subprocess.PIPE}
    )
    assert code == 0
    assert json.loads(out)["accuracy"] > 0.5
    assert out.count("\n") == 1
    assert frames_of(written)


def test_quiet_is_silent_at_a_terminal_too(program, at_a_terminal, here, flowers_file):
    words = [*program, "train", "--data", str(flowers_file), "--epochs", "2", "--quiet"]
    assert on_a_terminal(words, 80, cwd=here, env=at_a_terminal)[:2] == (0, "")
