"""Writes small NPZ files of many types with NumPy, and what they hold.

Run: /usr/bin/python3 scripts/references/npz-files.py    (needs numpy)
"""
import json
import os

import numpy as np

HERE = os.path.join(os.path.dirname(__file__), "../../test/fixtures/npz")
GRID = np.arange(6).reshape(2, 3)


def main():
    os.makedirs(HERE, exist_ok=True)
    arrays = {f"type_{code.replace('<', 'little_').replace('>', 'big_').replace('|', '')}": GRID.astype(code) - (0 if code[1] in "ub" else 2)
              for code in ["<f4", ">f4", "<f8", ">f8", "|i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "|u1", "<u2", ">u2", "<u4", "<u8", ">u8", "|b1"]}
    arrays["fortran"] = np.asfortranarray(GRID + 0.5)
    arrays["fortran_cube"] = np.asfortranarray(np.arange(24.0).reshape(2, 3, 4))
    arrays["scalar"] = np.array(2.5)
    arrays["empty"] = np.zeros((0, 3))
    arrays["vector"] = np.array([-0.0, np.inf, np.nan, 5e-324])
    np.savez(f"{HERE}/types.npz", **arrays)
    np.savez_compressed(f"{HERE}/types-compressed.npz", **arrays)
    with open(f"{HERE}/types.json", "w") as out:
        json.dump({name: {"shape": a.shape, "data": [str(float(v)) for v in a.ravel(order="C")]} for name, a in arrays.items()}, out, indent=1)
        out.write("\n")
    np.savez(f"{HERE}/texts.npz", text=np.array("tanh ☃"), big=np.array("relu").astype(">U4"), bytes=np.array(b"abc"), list=np.array(["a", "bc"]))
    np.savez(f"{HERE}/objects.npz", W=np.array([None, {}], dtype=object))
    rng = np.random.default_rng(1)
    np.savez(f"{HERE}/leaky.npz", W=rng.normal(size=(3, 3)), B=rng.normal(size=(3, 2)), b=rng.normal(size=3),
             C=rng.normal(size=(1, 3)), d=np.zeros(1), activation="relu", alpha=0.2)


main()
