"""Layers: one idea a file, forward and backward beside each other."""

from chainrule.layers.activations import ELU, LeakyReLU, PReLU, ReLU, Sigmoid, Softmax, Step, Tanh
from chainrule.layers.convolution import Convolution
from chainrule.layers.dense import Dense
from chainrule.layers.dropout import Dropout
from chainrule.layers.ensemble import Ensemble
from chainrule.layers.layer import Layer, Pass, Workspace
from chainrule.layers.normalization import BatchNorm
from chainrule.layers.padding import ZeroPad
from chainrule.layers.pooling import AveragePool, GlobalAveragePool, MaxPool
from chainrule.layers.registry import fully_connected
from chainrule.layers.reshape import Flatten, Reshape
from chainrule.layers.residual import Residual
from chainrule.layers.sequential import Sequential

__all__ = [
    "ELU",
    "AveragePool",
    "BatchNorm",
    "Convolution",
    "Dense",
    "Dropout",
    "Ensemble",
    "Flatten",
    "GlobalAveragePool",
    "Layer",
    "LeakyReLU",
    "MaxPool",
    "PReLU",
    "Pass",
    "ReLU",
    "Reshape",
    "Residual",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Step",
    "Tanh",
    "Workspace",
    "ZeroPad",
    "fully_connected",
]
