"""A network of Python objects, one for every node and every connection, made to be read and not to be fast.

It computes what :class:`chainrule.Network` computes, one number at a time. Read the files in this order:
``node``, ``connection``, ``layer``, ``network``, ``gradient_check``.
"""

from chainrule.nodes.connection import Connection, Connections
from chainrule.nodes.gradient_check import Comparison, gradient_check
from chainrule.nodes.layer import Layer
from chainrule.nodes.network import Network
from chainrule.nodes.node import ConstNode, Node

__all__ = [
    "Comparison",
    "Connection",
    "Connections",
    "ConstNode",
    "Layer",
    "Network",
    "Node",
    "gradient_check",
]
