"""The LSTM predictor's definition in PyTorch: what src/model/lstm computes, and the names of its weights.

Stacked `torch.nn.LSTM` layers (gates i, f, g, o), softmax attention over time with the score w·h + b, and a head of two
linear layers with ReLU between. Attention and head are optional: without attention the state after the last row stands for
the window, without a head it is the output. `state_dict()` of this module, saved as safetensors, loads as it is.
"""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Config:
    steps: int = 100
    features: int = 5
    hidden: int = 128
    layers: int = 2
    attention: bool = True
    dense: int = 64  # 0: no head
    outputs: int = 3


class Lstm(nn.Module):
    def __init__(self, config=Config()):
        super().__init__()
        self.config = config
        self.lstm = nn.LSTM(config.features, config.hidden, config.layers, batch_first=True)
        self.attention = nn.Linear(config.hidden, 1) if config.attention else None
        self.fc1 = nn.Linear(config.hidden, config.dense) if config.dense else None
        self.fc2 = nn.Linear(config.dense, config.outputs) if config.dense else None

    def forward(self, windows, memory=None):
        """windows [batch, steps, features]; memory (h, c), each [layers, batch, hidden], zero if absent."""
        hidden, _ = self.lstm(windows, memory)
        if self.attention is None:
            context = hidden[:, -1]
        else:
            weights = torch.softmax(self.attention(hidden), dim=1)
            context = (weights * hidden).sum(dim=1)
        if self.fc1 is None:
            return context
        return self.fc2(torch.relu(self.fc1(context)))
