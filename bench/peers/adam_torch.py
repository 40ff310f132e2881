"""Fixed points of h -> tanh(W h) the usual way: Adam on |f|^2 / 2 from all starts at once, f = -h + tanh(W h).

Reads requests as lines of JSON: units, starts, files with W (units x units) and the states (starts x units) in f64,
the tolerance on |f| and the most iterations. The learning rate is halved when the mean loss has not improved for a
while, and the search ends when every start has converged or the iterations are spent.
"""

import json
import sys
from time import perf_counter

import numpy as np
import torch

torch.set_num_threads(int(sys.argv[1]))
torch.set_default_dtype(torch.float64)

RATE = 0.1
PATIENCE = 50
SMALLEST_RATE = 1e-5
LOOK_EVERY = 10


def search(W, starts, tolerance, iterations):
    Wt = W.t().contiguous()
    h = starts.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([h], lr=RATE)
    best = float("inf")
    waited = 0
    taken = 0
    for taken in range(1, iterations + 1):
        optimizer.zero_grad()
        f = torch.tanh(h @ Wt) - h
        squares = (f * f).sum(1)
        loss = squares.sum() / 2
        loss.backward()
        optimizer.step()
        if taken % LOOK_EVERY:
            continue
        if bool((squares.detach() < tolerance**2).all()):
            break
        value = float(loss.detach())
        if value < 0.999 * best:
            best, waited = value, 0
        else:
            waited += LOOK_EVERY
            if waited >= PATIENCE:
                waited = 0
                for group in optimizer.param_groups:
                    group["lr"] = max(SMALLEST_RATE, group["lr"] / 2)
    with torch.no_grad():
        speed = (torch.tanh(h @ Wt) - h).norm(dim=1)
    return h.detach(), speed, taken


def main():
    print(json.dumps({"name": f"PyTorch {torch.__version__.split('+')[0]}, Adam"}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        n = request["units"]
        W = torch.from_numpy(np.fromfile(request["weights"]).reshape(n, n))
        starts = torch.from_numpy(np.fromfile(request["states"]).reshape(-1, n))
        began = perf_counter()
        h, speed, iterations = search(W, starts, request["tolerance"], request["iterations"])
        seconds = perf_counter() - began
        h.numpy().tofile(request["ends"])
        speed.numpy().tofile(request["speeds"])
        print(json.dumps({"seconds": seconds, "iterations": iterations}), flush=True)


main()
