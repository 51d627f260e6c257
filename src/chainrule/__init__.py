"""Neural networks written out by hand in NumPy: every gradient is the chain rule, visible.

A network learns to read handwritten digits in these lines::

    import chainrule as cr

    data = cr.load_data("mnist")
    network = cr.Network([784, 30, 10], seed=1)
    trainer = cr.Trainer(network, optimizer=cr.SGD(3.0), batch_size=10, epochs=30, seed=1)
    history = trainer.fit(data)
    print(cr.evaluate(network, data.test))
    cr.save_model(network, "model.safetensors")

What is heavy (SciPy, plots, images, downloads) is imported by the function that needs it.
"""

from chainrule.data.dataset import Dataset, Scaling, Split
from chainrule.data.load import load_data
from chainrule.diagnostics import Evaluation, evaluate, gradient_check, save_evaluation_figure
from chainrule.errors import ChainruleError
from chainrule.layers import (
    ELU,
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    PReLU,
    ReLU,
    Reshape,
    Residual,
    Sequential,
    Sigmoid,
    Softmax,
    Step,
    Tanh,
    fully_connected,
)
from chainrule.losses import Quadratic, SigmoidCrossEntropy, SoftmaxCrossEntropy
from chainrule.network import Network
from chainrule.numerics.initializers import (
    Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    LecunNormal,
    Normal,
)
from chainrule.optimizers import LBFGS, SGD, Adam, AdamW, Momentum, Nesterov, RMSProp
from chainrule.regularizers import L1, L2, MaxNorm
from chainrule.schedules import Cosine, Exponential, HalveWhenStalled, OneCycle, StepDecay, constant
from chainrule.storage import load_model, read_book_json, save_model, write_book_json, write_npy_weights
from chainrule.training import Callback, EpochRecord, History, Patience, PrintEpochs, Trainer, falling
from chainrule.training.settings import TrainingSettings

__all__ = [
    "ELU",
    "L1",
    "L2",
    "LBFGS",
    "SGD",
    "Adam",
    "AdamW",
    "BatchNorm",
    "Callback",
    "ChainruleError",
    "Constant",
    "Cosine",
    "Dataset",
    "Dense",
    "Dropout",
    "EpochRecord",
    "Evaluation",
    "Exponential",
    "Flatten",
    "GlorotNormal",
    "GlorotUniform",
    "HalveWhenStalled",
    "HeNormal",
    "History",
    "Layer",
    "LeakyReLU",
    "LecunNormal",
    "MaxNorm",
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
    "Reshape",
    "Residual",
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
    "constant",
    "evaluate",
    "falling",
    "fully_connected",
    "gradient_check",
    "load_data",
    "load_model",
    "read_book_json",
    "save_evaluation_figure",
    "save_model",
    "write_book_json",
    "write_npy_weights",
]
