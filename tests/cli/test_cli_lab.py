"""The laboratory from the command line: list, show, run, figure and report, and a newcomer's mistakes."""

import json
import os
import pty
import re
import signal
import subprocess
import time

import pytest

from chainrule.lab.registry import SUBJECTS, experiments
from chainrule.lab.store import read, stored_seeds

SMALL = ("--set", "images=200", "--set", "epochs=1")


@pytest.fixture
def run(cli):
    """Calls ``chainrule lab run ch1-30`` in its smallest form; further words as given."""
    return lambda *words: cli("lab", "run", "ch1-30", *SMALL, *words)


def test_the_list_has_every_experiment_under_its_subject(cli):
    said = cli("lab", "list")
    assert (said.code, said.err) == (0, "")
    for each in experiments().values():
        assert re.search(rf"^  {each.name} +{re.escape(each.title)} \(", said.out, re.MULTILINE)
    headings = [
        line.lower() for line in said.out.splitlines() if line and not line.startswith((" ", "In brackets"))
    ]
    assert headings == [subject for subject in SUBJECTS if subject in headings]
    assert [each["name"] for each in cli("lab", "list", "--json").json] == list(experiments())


def test_a_page_tells_what_is_asked_published_and_how_to_run_it(cli):
    said = cli("lab", "show", "ch1-30")
    assert (said.code, said.err) == (0, "")
    text = " ".join(said.out.split())
    assert experiments()["ch1-30"].asks in text
    for piece in ("epochs 30 5 epochs (1 to 1,000)", "ch1-30 95.42 %", "chainrule lab run ch1-30 --full"):
        assert piece in text
    assert max(map(len, said.out.splitlines())) <= 80
    found = cli("lab", "show", "ch1-30", "--json").json
    assert {each["name"]: each["quick"] for each in found["parameters"]}["images"] == 5000


def test_a_run_stores_draws_and_says_what_came_out_and_what_next(run, here):
    said = run("--seeds", 2)
    assert said.code == 0
    folder = here / "lab-results" / "quick" / "ch1-30"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("experiment.json", "figure.svg", "seed-1.json", "seed-1.npz", "seed-2.json", "seed-2.npz")
    ]
    assert "30 hidden neurons, rate 3:" in said.out
    assert re.search(r"best epoch +95.42 % +[\d.]+ ± [\d.]+ % \(2\) +changed parameters", said.out)
    assert "Figure: lab-results/quick/ch1-30/figure.svg" in said.out
    assert "ch1-30, seed 2: " in said.err
    assert said.err.endswith(
        "Try next:\n  chainrule lab report lab-results/quick\n  chainrule lab show ch1-30\n"
    )


def test_more_seeds_are_added_to_those_that_are_there(run, here):
    first = run("--json").json[0]
    before = {path: path.stat().st_mtime_ns for path in here.rglob("seed-*")}
    said = run("--seeds", 3, "--json")
    (found,) = said.json
    assert "2 runs on" in said.err
    assert "; 1 of 3 seeds are there already." in said.err
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert found["seeds"] == [1, 2, 3]
    assert found["values"]["last test accuracy"][0] == first["values"]["last test accuracy"][0]
    assert (found["form"], found["parameters"]["epochs"]) == ("changed", 1)
    assert found["published"][0]["verdict"] == "changed parameters"


def test_the_full_form_has_its_own_folder_and_number_of_seeds(cli, here):
    said = cli("lab", "run", "ch1-none", "--full", *SMALL, "--backend", "threading", "--jobs", 2)
    assert said.code == 0
    assert read(here / "lab-results" / "full" / "ch1-none").results.seeds == (1, 2, 3, 4, 5)


def test_several_experiments_are_run_at_once_and_told_in_the_order_asked(cli, here):
    said = cli("lab", "run", "ch1-none", "ch1-30", "ch1-none", *SMALL, "--out", "there", "--jobs", 1)
    assert said.code == 0
    assert re.findall(r"^(ch1-\w+): ", said.out, re.MULTILINE) == ["ch1-none", "ch1-30"]
    assert len(list(here.glob("there/*/seed-1.json"))) == 2


def test_figures_are_drawn_again_without_training(run, cli, here, monkeypatch):
    assert run().code == 0
    monkeypatch.setattr("chainrule.training.Trainer.fit", lambda *given: pytest.fail("it trains"))
    drawn = here / "lab-results" / "quick" / "ch1-30" / "figure.svg"
    before = drawn.read_bytes()
    drawn.unlink()
    said = cli("lab", "figure", "lab-results/quick")
    assert (said.code, said.out) == (0, "lab-results/quick/ch1-30/figure.svg\n")
    assert drawn.read_bytes() == before
    assert cli("lab", "figure", "lab-results/quick/ch1-30", "--format", "png").code == 0
    assert drawn.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_a_report_is_written_from_several_folders(run, cli, here):
    assert run().code == 0
    assert cli("lab", "run", "ch1-none", *SMALL, "--out", "other").code == 0
    said = cli("lab", "report", "lab-results/quick", "other", "--out", "pages")
    assert (said.code, said.out) == (0, "pages/report.html\npages/report.md\n")
    page = (here / "pages" / "report.html").read_text(encoding="utf-8")
    assert 'id="ch1-30"' in page
    assert 'id="ch1-none"' in page


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["show", "ch1-3"], "unknown experiment 'ch1-3'. Did you mean 'ch1-30'"),
        (["run", "ch1-3"], "unknown experiment 'ch1-3'. Did you mean 'ch1-30'"),
        (["run"], "Missing argument 'NAME...'"),
        (
            ["run", "ch1-30", "--set", "epohcs=3"],
            "unknown parameter of ch1-30 'epohcs'. Did you mean 'epochs'",
        ),
        (["run", "ch1-30", "--set", "epochs"], "--set epochs: expected a name and a value such as epochs=3"),
        (["run", "ch1-30", "--set", "epochs="], "--set epochs=: expected a name and a value"),
        (["run", "ch1-30", "--set", "=3"], "--set =3: expected a name and a value"),
        (
            ["run", "ch1-30", "--set", "epochs=3", "images=200"],
            "write --set before each change: --set images=200",
        ),
        (["run", "ch1-30", "--set", "epochs=many"], "epochs: expected a whole number such as 30, got 'many'"),
        (["run", "ch1-30", "--set", "epochs=2.5"], "epochs: expected a whole number"),
        (["run", "ch1-30", "--set", "epochs=0"], "epochs: expected a value from 1 to 1000, got 0"),
        (["run", "ch1-30", "--set", "learning_rate=nan"], "learning_rate: expected a number such as 3.0"),
        (["run", "ch1-30", "--seeds", "0"], "--seeds: expected a whole number of at least 1, got 0"),
        (["run", "ch1-30", "--seeds", "few"], "'--seeds': expected a whole number, got 'few'"),
        (["run", "ch1-30", "--jobs", "0"], "--jobs: expected a whole number of at least 1, got 0"),
        (["run", "ch1-30", "--backend", "ray"], "unknown backend 'ray'"),
        (["run", "ch1-30", "--backend", "dask"], "--backend dask needs --scheduler"),
        (["run", "ch1-30", "--scheduler", "tcp://a:1"], "--scheduler is for --backend dask"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_told_and_nothing_is_written(cli, nothing_new, words, expected):
    said = cli("lab", *words)
    assert (said.code, said.out) == (2, "")
    assert expected in said.err


@pytest.mark.parametrize("command", ["figure", "report"])
def test_folders_without_results_are_told(cli, here, nothing_new, command):
    for folder, expected in (
        (".", "no results are in this folder"),
        ("no", "no such folder"),
        ("model.safetensors", "a file"),
    ):
        said = cli("lab", command, folder)
        assert (said.code, said.out) == (1, "")
        assert expected in said.err


def test_other_parameters_do_not_overwrite_results(run, cli, contents):
    assert run().code == 0
    before = contents()
    said = cli("lab", "run", "ch1-30")
    assert said.code == 2
    assert "epochs 1 (not 5), images 200 (not 5000). Choose another --out" in said.err
    assert contents() == before


@pytest.mark.parametrize(
    "words", [["run", "ch1-30", *SMALL], ["figure", "lab-results/quick"], ["report", "lab-results/quick"]]
)
def test_damaged_results_are_told_and_left_alone(run, cli, here, contents, words):
    assert run().code == 0
    (here / "lab-results" / "quick" / "ch1-30" / "seed-1.npz").write_bytes(b"damaged")
    before = contents()
    said = cli("lab", *words)
    assert said.code == 1
    assert "seed-1.npz: is not the file that was written with the values beside it. Remove" in said.err
    assert contents() == before


def test_results_of_another_version_are_told_and_left_alone(run, here, contents):
    assert run().code == 0
    path = here / "lab-results" / "quick" / "ch1-30" / "experiment.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 9, "version": "7.0"}))
    before = contents()
    said = run()
    assert said.code == 1
    assert "expected format 1, got 9; another version of chainrule wrote it (7.0)" in said.err
    assert contents() == before


def test_a_file_in_the_way_of_the_results_is_told(run, here):
    (here / "lab-results").write_text("mine")
    said = run()
    assert said.code == 1
    assert "lab-results" in said.err
    assert (here / "lab-results").read_text() == "mine"


def test_a_run_that_fails_ends_with_status_1_after_the_others_are_told(cli, here, monkeypatch):
    whole = experiments()["ch1-30"].run

    def fails(parameters, seed, report):
        if seed == 2:
            raise ZeroDivisionError("a fault")
        return whole(parameters, seed, report)

    object.__setattr__(experiments()["ch1-30"], "run", fails)
    try:
        said = cli("lab", "run", "ch1-30", *SMALL, "--seeds", 3, "--jobs", 1)
    finally:
        object.__setattr__(experiments()["ch1-30"], "run", whole)
    assert said.code == 1
    assert (
        "1 of 3 runs failed; the others are stored.\n  ch1-30, seed 2: ZeroDivisionError: a fault" in said.err
    )
    assert re.search(r"best epoch .* \(2\)", said.out)
    assert stored_seeds(here / "lab-results" / "quick" / "ch1-30") == (1, 3)


@pytest.fixture
def running(program, surroundings, tmp_path):
    """``running(seeds)`` as a process of its own, given when some seeds are stored; and its words."""
    words = [*program, "lab", "run", "ch1-30", "--set", "images=5000", "--set", "epochs=3", "--jobs", "2"]
    words += ["--seeds", "6", "--out", str(tmp_path)]
    with subprocess.Popen(
        words,
        env=surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        folder = tmp_path / "ch1-30"
        until(lambda: folder.is_dir() and stored_seeds(folder))
        yield (
            process,
            folder,
            lambda: subprocess.run(
                words, env=surroundings, capture_output=True, text=True, timeout=60, check=True
            ),
        )
        process.kill()
        process.communicate()


def test_a_worker_that_is_killed_costs_only_what_was_under_way(running):
    process, folder, again = running
    for number, words in members(process.pid).items():
        if "LokyProcess" in words:
            os.kill(number, signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    stored = stored_seeds(folder)
    assert process.returncode == 1
    assert f"{6 - len(stored)} of 6 runs failed; the others are stored." in said
    assert said.count("its worker was lost") == 6 - len(stored) > 0
    assert f"; {len(stored)} of 6 seeds are there already" in again().stderr


def test_a_killed_run_goes_on_where_it_was_and_leaves_no_process(running):
    process, folder, again = running
    process.kill()
    until(lambda: not members(process.pid))
    before = {path: path.stat().st_mtime_ns for path in folder.glob("seed-*.json")}
    assert 1 <= len(before) < 6
    assert f"; {len(before)} of 6 seeds are there already" in again().stderr
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert read(folder).results.seeds == (1, 2, 3, 4, 5, 6)


def until(happened, seconds=30):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def members(session):
    """What is still alive of a session: the words of its processes by their number."""
    found = subprocess.run(
        ["ps", "-ww", "-s", str(session), "-o", "pid=,stat=,args="],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line.split(maxsplit=2) for line in found.stdout.splitlines()]
    return {int(number): words for number, state, words in lines if not state.startswith("Z")}


@pytest.fixture
def at_a_terminal(program, surroundings, here):
    """Starts ``chainrule lab run ch1-30 --seeds 2`` with a terminal for stderr; gives both."""
    started = []

    def start(*words):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [*program, "lab", "run", "ch1-30", "--seeds", "2", *words],
            cwd=here,
            env=surroundings | {"TERM": "xterm-256color", "COLUMNS": "100"},
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
            start_new_session=True,
        )
        os.close(theirs)
        started.append((process, ours))
        return process, ours

    yield start
    for process, ours in started:
        process.kill()
        process.communicate()
        os.close(ours)


def written_to(terminal, until_it_says=None):
    """What is written to a terminal until it is closed, or until a pattern is found in it."""
    text = ""
    while not (until_it_says and re.search(until_it_says, text)):
        try:
            piece = os.read(terminal, 65536).decode(errors="replace")
        except OSError:  # Linux says so when the last writer has gone
            break
        text += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", piece)
    return text


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_terminal_shows_a_bar_for_all_and_one_for_each_run(at_a_terminal, jobs):
    process, terminal = at_a_terminal("--jobs", jobs, "--set", "images=20000", "--set", "epochs=4")
    shown = written_to(terminal)
    process.communicate(timeout=60)
    assert process.returncode == 0
    for said in (
        r"all runs +━+.* 0 of 2",
        r"ch1-30, seed [12] ━+.* 25 % .* training",
        r"ch1-30, seed 1: [\d.]+ s",
    ):
        assert re.search(said, shown), shown


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(at_a_terminal):
    process, terminal = at_a_terminal("--jobs", "2", "--set", "images=50000", "--set", "epochs=100")
    written_to(terminal, "training")
    os.killpg(process.pid, signal.SIGINT)
    said = written_to(terminal)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped; 0 of 2 runs had ended and are stored. The same command goes on from there." in said
    assert "Traceback" not in said
    until(lambda: not members(process.pid))
