"""PyTorch's best loops for r <- r + a (-r + tanh(W r + c)): eager with out= and in-place operations, and scripted."""

import sys
from time import perf_counter

import torch
from problem import ALPHA, converse

torch.set_num_threads(int(sys.argv[1]))
torch.set_grad_enabled(False)


def eager(W, c, r, steps):
    r, Wt = r.clone(), W.t()
    v = torch.empty_like(r)
    addmm, tanh = torch.addmm, torch.tanh
    began = perf_counter()
    for _ in range(steps):
        addmm(c, r, Wt, out=v)
        tanh(v, out=v)
        r.lerp_(v, ALPHA)
    return perf_counter() - began, r


def eager_vector(W, c, r, steps):
    r = r[0].clone()
    v = torch.empty_like(r)
    addmv, tanh = torch.addmv, torch.tanh
    began = perf_counter()
    for _ in range(steps):
        addmv(c, W, r, out=v)
        tanh(v, out=v)
        r.lerp_(v, ALPHA)
    return perf_counter() - began, r


@torch.jit.script
def batch_loop(W, c, r, steps: int, alpha: float):
    Wt = W.t()
    for _ in range(steps):
        r = torch.lerp(r, torch.tanh(torch.addmm(c, r, Wt)), alpha)
    return r


@torch.jit.script
def vector_loop(W, c, r, steps: int, alpha: float):
    for _ in range(steps):
        r = torch.lerp(r, torch.tanh(torch.addmv(c, W, r)), alpha)
    return r


def script(W, c, r, steps):
    batch_loop(W, c, r, 3, ALPHA)
    began = perf_counter()
    r = batch_loop(W, c, r, steps, ALPHA)
    return perf_counter() - began, r


def script_vector(W, c, r, steps):
    vector_loop(W, c, r[0], 3, ALPHA)
    began = perf_counter()
    r = vector_loop(W, c, r[0], steps, ALPHA)
    return perf_counter() - began, r


converse(
    f"PyTorch {torch.__version__}",
    lambda trials: [eager_vector, script_vector] if trials == 1 else [eager, script],
    lambda array: torch.from_numpy(array.copy()),
)
