"""NumPy's best loops for r <- r + a (-r + tanh(W r + c)): preallocated, contiguous, everything in place."""

from time import perf_counter

import numpy as np
from problem import ALPHA, converse


def step_rest(v, r):
    """r <- r + a (tanh(v) - r), v being scratch."""
    np.tanh(v, out=v)
    np.subtract(v, r, out=v)
    np.multiply(v, ALPHA, out=v)
    np.add(r, v, out=r)


def vector(W, c, r, steps):
    r = r[0].copy()
    v = np.empty_like(r)
    dot, add, subtract, multiply, tanh = np.dot, np.add, np.subtract, np.multiply, np.tanh
    began = perf_counter()
    for _ in range(steps):
        dot(W, r, out=v)
        add(v, c, out=v)
        tanh(v, out=v)
        subtract(v, r, out=v)
        multiply(v, ALPHA, out=v)
        add(r, v, out=r)
    return perf_counter() - began, r


def vector_with_bias_column(W, c, r, steps):
    """The bias as a column of W beside a unit that is always 1: one call less."""
    W = np.column_stack([W, c])
    extended = np.append(r[0], r.dtype.type(1))
    r = extended[:-1]
    v = np.empty_like(r)
    dot, add, subtract, multiply, tanh = np.dot, np.add, np.subtract, np.multiply, np.tanh
    began = perf_counter()
    for _ in range(steps):
        dot(W, extended, out=v)
        tanh(v, out=v)
        subtract(v, r, out=v)
        multiply(v, ALPHA, out=v)
        add(r, v, out=r)
    return perf_counter() - began, r


def rows(W, c, r, steps):
    """Trials are rows, W.T is stored contiguously."""
    r, Wt, v = r.copy(), np.ascontiguousarray(W.T), np.empty_like(r)
    began = perf_counter()
    for _ in range(steps):
        np.matmul(r, Wt, out=v)
        np.add(v, c, out=v)
        step_rest(v, r)
    return perf_counter() - began, r


def rows_of_view(W, c, r, steps):
    """Trials are rows, W.T is a view, which BLAS takes as a flag."""
    r, Wt, v = r.copy(), W.T, np.empty_like(r)
    began = perf_counter()
    for _ in range(steps):
        np.matmul(r, Wt, out=v)
        np.add(v, c, out=v)
        step_rest(v, r)
    return perf_counter() - began, r


def columns(W, c, r, steps):
    """Trials are columns."""
    r, c = np.ascontiguousarray(r.T), c[:, None].copy()
    v = np.empty_like(r)
    began = perf_counter()
    for _ in range(steps):
        np.matmul(W, r, out=v)
        np.add(v, c, out=v)
        step_rest(v, r)
    return perf_counter() - began, r.T


converse(
    f"NumPy {np.__version__}",
    lambda trials: [vector, vector_with_bias_column] if trials == 1 else [rows, rows_of_view, columns],
    lambda array: array,
)
