"""Help, versions, misspelt words, and examples that run."""

import inspect
import re
import shlex
from dataclasses import fields

import pytest
from PIL import Image

from chainrule.cli.main import app, data_app, lab_app
from chainrule.training.settings import ArchitectureSettings, TrainingSettings

COMMANDS = {
    **{(info.name,): info.callback for info in app.registered_commands},
    **{("data", info.name): info.callback for info in data_app.registered_commands},
    **{("lab", info.name): info.callback for info in lab_app.registered_commands},
}
EVERY_COMMAND = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)


def examples(text):
    return re.findall(r"^ *Example: (chainrule .*)$", text, re.MULTILINE)


def test_these_are_the_commands():
    assert {" ".join(words) for words in COMMANDS} >= {
        *("train", "evaluate", "predict", "read", "describe", "models", "check", "export"),
        *("data list", "data fetch", "data info", "data preview"),
        *("lab list", "lab show", "lab run", "lab figure", "lab report"),
    }


@EVERY_COMMAND
def test_every_command_says_what_it_does_with_an_example_on_one_line(cli, words):
    helped = cli(*words, "--help")
    assert (helped.code, helped.err) == (0, "")
    assert cli(*words, "-h").out == helped.out
    written = examples(inspect.getdoc(COMMANDS[words]))
    assert len(written) == 1
    assert examples(helped.out) == written
    assert shlex.split(written[0])[1 : 1 + len(words)] == list(words)
    assert max(map(len, helped.out.splitlines())) <= 80


@EVERY_COMMAND
def test_no_name_is_cut_off_in_a_narrow_terminal(cli, words, monkeypatch):
    wide = cli(*words, "--help").out
    monkeypatch.setenv("COLUMNS", "60")
    narrow = cli(*words, "--help").out
    assert "…" not in narrow
    assert set(re.findall(r"--[a-z-]+", wide)) == set(re.findall(r"--[a-z-]+", narrow))
    assert examples(narrow) == examples(wide)


@pytest.mark.parametrize(("command", "kind"), [("train", TrainingSettings), ("check", ArchitectureSettings)])
def test_every_setting_is_an_option_and_explained(cli, command, kind):
    helped = " ".join(cli(command, "--help").out.split())
    for setting in fields(kind):
        assert f"--{setting.name.replace('_', '-')} " in helped
        assert setting.metadata["help"] in helped


def test_the_commands_are_listed_with_their_first_sentence(cli):
    for words, command in COMMANDS.items():
        assert inspect.getdoc(command).splitlines()[0] in cli(*words[:-1], "--help").out


@pytest.mark.parametrize("words", [[], ["data"], ["lab"]], ids=str)
def test_no_command_is_wrong_usage_and_shows_the_commands(cli, words):
    said = cli(*words)
    assert said.code == 2
    assert "Commands:" in said.out + said.err


def test_the_version_is_told(cli):
    said = cli("--version")
    assert (said.code, said.err) == (0, "")
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*\n", said.out)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["trian"], "No such command 'trian'. Did you mean 'train'"),
        (["data", "lst"], "No such command 'lst'. Did you mean 'list'"),
        (["train", "--epohcs", "3"], "--epochs"),
        (["evaluate", "m", "--fgure", "x.png"], "--figure"),
        (["evaluate"], "Missing argument 'MODEL'"),
        (["describe"], "Missing argument 'MODEL'"),
        (["export", "m"], "Missing argument"),
        (["data", "fetch"], "Missing argument 'NAME'"),
        (["train", "--data"], "requires an argument"),
        (["evaluate", "one", "two"], "two"),
        (["train", "mnist"], "does not know what to do with 'mnist'"),
        (
            ["train", "--layers", "784", "30", "10"],
            "'30 10'. Each setting follows its option, without spaces",
        ),
        (["check", "8", "4"], "check does not know what to do with '8 4'"),
        (["check", "--examples", "few"], "'--examples': expected a whole number, got 'few'"),
        (["check", "--tolerance", "tiny"], "'--tolerance': expected a number such as 0.5, got 'tiny'"),
        (["train", "--epochs", "2.5"], "'--epochs': expected a whole number, got '2.5'"),
        (["train", "--learning-rate", "0,5"], "'--learning-rate': expected a number such as 0.5, got '0,5'"),
        (["train", "--checkpoint-every", "x"], "'--checkpoint-every': expected a whole number, got 'x'"),
        (["predict", "m", "--index", "0,1"], "'--index': expected a whole number, got '0,1'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_told_on_stderr(cli, nothing_new, words, expected):
    said = cli(*words)
    assert (said.code, said.out) == (2, "")
    assert expected in said.err


@EVERY_COMMAND
def test_every_example_runs(cli, here, words, mnist_model):
    (here / "model.safetensors").symlink_to(mnist_model)
    (example,) = examples(inspect.getdoc(COMMANDS[words]))
    Image.new("L", (60, 40), 255).save(here / "photo.png")
    shorter = {("train",): ["--epochs", "1"], ("read",): ["--model", "model.safetensors"]}.get(words, [])
    if words in (("lab", "figure"), ("lab", "report")):
        assert cli("lab", "run", "ch1-30", "--set", "images=200", "--set", "epochs=1").code == 0
    said = cli(*shlex.split(example)[1:], *shorter)
    assert said.code == 0, said.err
    for word in shlex.split(example)[1:]:
        if word.endswith((".png", ".svg", ".json", ".safetensors")):
            assert (here / word).stat().st_size > 0


@pytest.fixture(scope="module")
def mnist_model(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "model.safetensors"
    with pytest.raises(SystemExit) as end:
        app(["train", "--epochs", "1", "--quiet", "--out", str(path)], prog_name="chainrule")
    assert not end.value.code
    return path
