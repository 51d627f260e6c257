"""What a newcomer meets: the README's lines and the names of the package."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import chainrule as cr

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
SHELL = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)

NAMES = [
    "Adam",
    "AdamW",
    "Augmentation",
    "AveragePool",
    "BatchNorm",
    "Callback",
    "ChainruleError",
    "Constant",
    "Convolution",
    "Cosine",
    "Dataset",
    "Dense",
    "Dropout",
    "ELU",
    "Ensemble",
    "EpochRecord",
    "Evaluation",
    "Exponential",
    "Flatten",
    "GlobalAveragePool",
    "GlorotNormal",
    "GlorotUniform",
    "HalveWhenStalled",
    "HeNormal",
    "History",
    "L1",
    "L2",
    "LBFGS",
    "Layer",
    "LeakyReLU",
    "LecunNormal",
    "MaxNorm",
    "MaxPool",
    "Momentum",
    "Nesterov",
    "Network",
    "Normal",
    "OneCycle",
    "PReLU",
    "Patience",
    "PrintEpochs",
    "Quadratic",
    "RMSProp",
    "ReLU",
    "Reader",
    "Reading",
    "Recipe",
    "Reshape",
    "Residual",
    "SGD",
    "Scaling",
    "Sequential",
    "Sigmoid",
    "SigmoidCrossEntropy",
    "Softmax",
    "SoftmaxCrossEntropy",
    "Split",
    "Step",
    "StepDecay",
    "Tanh",
    "Trainer",
    "TrainingSettings",
    "ZeroPad",
    "constant",
    "ensemble_of",
    "evaluate",
    "falling",
    "folded",
    "fully_connected",
    "gradient_check",
    "load_data",
    "load_model",
    "read",
    "read_book_json",
    "recipe_named",
    "save_evaluation_figure",
    "save_model",
    "shipped_models",
    "write_book_json",
    "write_npy_weights",
]


def test_the_public_names_are_these():
    assert sorted(cr.__all__) == sorted(NAMES)
    for name in NAMES:
        assert getattr(cr, name).__doc__, f"{name} has no docstring"


def test_the_readme_trains_evaluates_and_saves_in_ten_lines(mnist, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code = PYTHON[0]
    assert len(code.splitlines()) <= 10
    assert "epochs=30" in code
    exec(code.replace("epochs=30", "epochs=3"), {})
    assert re.search(r"accuracy 9\d\.\d\d %", capsys.readouterr().out)
    assert cr.load_model("model.safetensors").classify(mnist.test.inputs[:3]).shape == (3,)


def test_the_readme_long_form_learns(mnist):
    names = {"cr": cr, "sys": sys}
    exec(PYTHON[1].replace("epochs=10", "epochs=3"), names)
    history = names["trainer"].fit(mnist)
    assert history[-1].accuracy > 0.95


def test_the_readme_commands_are_those_there_are():
    from typer.main import get_command

    from chainrule.cli.main import app

    commands = get_command(app).commands
    assert set(re.findall(r"^\| `chainrule (\w+)", README, flags=re.MULTILINE)) == set(commands)


def test_the_readme_better_network_is_a_valid_command():
    from chainrule.training.settings import TrainingSettings

    words = next(line for line in SHELL if "--l2" in line).split()[2:]
    options = {words[i].removeprefix("--").replace("-", "_"): words[i + 1] for i in range(0, len(words), 2)}
    assert TrainingSettings.from_mapping(options).layers == (784, 100, 10)


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8") + README):
        if not target.startswith("http"):
            assert (page.parent / target).exists() or (ROOT / target).exists(), f"{page.name}: {target}"


def test_every_dependency_earns_its_place_in_a_sentence():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    for requirement in wanted:
        name = re.match(r"[\w-]+", requirement).group()
        assert re.search(rf"\b{name}\b", page), f"docs/dependencies.md does not say what {name} is for"


TRAIN_AND_TELL_MEMORY = """
import sys
from chainrule.cli.main import app
app(["train", "--epochs", "2", "--quiet", "--out", sys.argv[1]], standalone_mode=False)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_whole_training_process_stays_under_400_megabytes(mnist, tmp_path):
    command = [sys.executable, "-c", TRAIN_AND_TELL_MEMORY, str(tmp_path / "model.safetensors")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 400_000
