"""The SSM-HiPPO network: its definition in PyTorch.

This is the reference that the Rust implementation is measured against and the module to train; it is written to be read,
with the recurrence as a loop. Its state dict has the tensor names that weight files use. `module.double()` gives the
definition in float64. Needs PyTorch 1.13 or later and nothing else.

    embed      e_t = GELU(LayerNorm(W_in x_t + b_in)) + W_skip x_t + b_skip
    patch      z_p = mean of e_t over patch p
    layer i    z <- z + Block_i(RMSNorm_i(z))
    Block      (a, g) = W_ip z;  a <- SiLU(causal depthwise convolution, bias)
               (delta', c) = W_x a;  delta = softplus(W_dt delta' + b_dt)
               (I + delta/2 A) s <- (I - delta/2 A) s + delta B a      per channel, LegS A and B
               y = sum_n c_n s_n + d * a;  out = W_op (y * SiLU(g))
    attention  z <- z * sigmoid(MLP(mean_p z) + MLP(max_p z)),  MLP: D -> D / reduction -> D with ReLU, shared
    head       RMSNorm, flatten, W_out -> [horizon, channel]
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

EPSILON = 1e-5


@dataclass
class Config:
    """Sizes; the defaults are the documented ones. dt_rank 0 means ceil(d_model / 16)."""

    d_model: int = 128
    n_layer: int = 4
    seq_len: int = 96
    d_state: int = 16
    num_channels: int = 24
    forecast_len: int = 32
    patch_len: int = 16
    stride: int = 8
    expand: int = 2
    d_conv: int = 4
    dt_rank: int = 0
    reduction_ratio: int = 8
    progressive_state: bool = False

    @property
    def d_inner(self):
        return self.expand * self.d_model

    @property
    def num_patches(self):
        return (self.seq_len - self.patch_len) // self.stride + 1

    @property
    def rank(self):
        return self.dt_rank or math.ceil(self.d_model / 16)

    @property
    def attention_hidden(self):
        return max(1, self.d_model // self.reduction_ratio)

    def state_of(self, layer):
        return self.d_state * (1 + layer // 2) if self.progressive_state else self.d_state


def legs(n, dtype=torch.float64):
    """The LegS operator (A, B) of dx/dt = -A x + B u (Gu et al. 2020)."""
    q = torch.arange(n, dtype=dtype)
    root = torch.sqrt(2 * q + 1)
    a = torch.tril(torch.outer(root, root), -1) + torch.diag(q + 1)
    return a, root


class RMSNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * self.weight


class Embed(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.input = nn.Linear(config.num_channels, config.d_model)
        self.norm = nn.LayerNorm(config.d_model, eps=EPSILON)
        self.skip = nn.Linear(config.num_channels, config.d_model)

    def forward(self, x):
        return F.gelu(self.norm(self.input(x))) + self.skip(x)


class Block(nn.Module):
    def __init__(self, config, layer):
        super().__init__()
        inner, rank, state = config.d_inner, config.rank, config.state_of(layer)
        self.rank, self.state, self.width = rank, state, config.d_conv
        self.in_proj = nn.Linear(config.d_model, 2 * inner, bias=False)
        self.conv = nn.Conv1d(inner, inner, config.d_conv, groups=inner)
        self.x_proj = nn.Linear(inner, rank + state, bias=False)
        self.dt_proj = nn.Linear(rank, inner)
        self.d = nn.Parameter(torch.ones(inner))
        self.out_proj = nn.Linear(inner, config.d_model, bias=False)
        # Steps between 1e-3 and 1e-1 at the start, log-uniform, as Mamba does it.
        nn.init.uniform_(self.dt_proj.weight, -(rank**-0.5), rank**-0.5)
        with torch.no_grad():
            step = torch.exp(torch.rand(inner) * math.log(100.0) + math.log(1e-3))
            self.dt_proj.bias.copy_(step + torch.log(-torch.expm1(-step)))

    def initial(self, batch, like):
        """The zero carry: the convolution's last inputs and the state."""
        inner = self.d.shape[0]
        return like.new_zeros(batch, inner, self.width - 1), like.new_zeros(batch, inner, self.state)

    def forward(self, z, carry):
        """z [batch, P, D] and the carry before it; gives the output and the carry after it."""
        tail, s = carry
        a, g = self.in_proj(z).chunk(2, dim=-1)
        inputs = torch.cat([tail, a.transpose(1, 2)], dim=-1)
        a = F.silu(self.conv(inputs)).transpose(1, 2)
        tail = inputs[..., inputs.shape[-1] - (self.width - 1) :]
        step, c = self.x_proj(a).split([self.rank, self.state], dim=-1)
        # PyTorch's default threshold of 20 replaces softplus by its argument: the definition has no threshold.
        step = F.softplus(self.dt_proj(step), threshold=1e9)
        matrix, b = legs(self.state, dtype=torch.float64)
        matrix, b = matrix.to(z), b.to(z)
        eye = torch.eye(self.state).to(z)
        outputs = []
        for p in range(z.shape[1]):
            half = (step[:, p, :] / 2)[..., None, None] * matrix
            drive = (step[:, p, :] * a[:, p, :])[..., None] * b
            right = torch.einsum("bijk,bik->bij", eye - half, s) + drive
            s = torch.linalg.solve_triangular(eye + half, right[..., None], upper=False)[..., 0]
            outputs.append(torch.einsum("bn,bin->bi", c[:, p, :], s))
        y = torch.stack(outputs, dim=1) + self.d * a
        return self.out_proj(y * F.silu(g)), (tail, s)


class Layer(nn.Module):
    def __init__(self, config, layer):
        super().__init__()
        self.norm = RMSNorm(config.d_model)
        self.block = Block(config, layer)

    def forward(self, z, carry):
        out, carry = self.block(self.norm(z), carry)
        return z + out, carry


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.fc1 = nn.Linear(config.d_model, config.attention_hidden)
        self.fc2 = nn.Linear(config.attention_hidden, config.d_model)

    def forward(self, z):
        def mlp(x):
            return self.fc2(F.relu(self.fc1(x)))

        return z * torch.sigmoid(mlp(z.mean(1)) + mlp(z.amax(1)))[:, None, :]


class SsmHippo(nn.Module):
    """[batch, seq_len, num_channels] -> [batch, forecast_len, num_channels]."""

    def __init__(self, config=None):
        super().__init__()
        config = config or Config()
        self.config = config
        self.embed = Embed(config)
        self.layers = nn.ModuleList(Layer(config, i) for i in range(config.n_layer))
        self.attention = Attention(config)
        self.norm = RMSNorm(config.d_model)
        self.head = nn.Linear(config.num_patches * config.d_model, config.forecast_len * config.num_channels)

    def initial(self, batch):
        """The zero carry of every layer."""
        return [layer.block.initial(batch, self.head.weight) for layer in self.layers]

    def tokens(self, x):
        """Rows [batch, T, C] to patches [batch, P, D], for any T of at least one patch."""
        config = self.config
        return self.embed(x).unfold(1, config.patch_len, config.stride).mean(-1)

    def through(self, z, carry):
        """Tokens through the layers, from the given carry; also the carry after them."""
        after = []
        for layer, before in zip(self.layers, carry):
            z, now = layer(z, before)
            after.append(now)
        return z, after

    def forecast(self, z):
        """The last P tokens [batch, P, D] to predictions."""
        z = self.norm(self.attention(z))
        out = self.head(z.flatten(1))
        return out.view(-1, self.config.forecast_len, self.config.num_channels)

    def forward(self, x, carry=None):
        z, _ = self.through(self.tokens(x), carry or self.initial(x.shape[0]))
        return self.forecast(z)

    def stream(self, x):
        """Every forecast of one long stream [T, C] whose state is carried: [(row count, prediction [H, C]), …]."""
        config, found = self.config, []
        z, _ = self.through(self.tokens(x[None]), self.initial(1))
        for last in range(config.num_patches, z.shape[1] + 1):
            rows = config.patch_len + (last - 1) * config.stride
            found.append((rows, self.forecast(z[:, last - config.num_patches : last])[0]))
        return found
