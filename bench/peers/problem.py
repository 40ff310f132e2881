"""What the Python peers share: the problem that the driver sends, and the conversation with it.

The driver writes one JSON object per line, {"units", "trials", "steps", "precision", "weights", "bias", "start"}, the
last three being files of raw doubles, and gets one back: for each variant the seconds of a run and its last state.
"""

import json
import sys

import numpy as np

ALPHA = 0.1


def converse(name, variants_of, convert):
    print(json.dumps({"name": name}), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        units, dtype = task["units"], np.dtype(task["precision"].replace("f", "float"))
        W = np.fromfile(task["weights"]).reshape(units, units).astype(dtype)
        c = np.fromfile(task["bias"]).astype(dtype)
        r = np.tile(np.fromfile(task["start"]).astype(dtype), (task["trials"], 1))
        answer = {}
        for variant in variants_of(task["trials"]):
            seconds, state = variant(*map(convert, (W, c, r)), task["steps"])
            answer[variant.__name__] = {"seconds": seconds, "state": np.asarray(state, dtype=float).ravel()[:units].tolist()}
        print(json.dumps(answer), flush=True)
