"""Writes small files in the layouts of Keras 2 and Keras 3, and what such networks do, by NumPy on row vectors.

Keras itself is not needed: the files hold the groups, attributes and names that Keras writes.
Run: /usr/bin/python3 scripts/references/keras-files.py    (needs numpy and h5py)
"""
import io
import json
import os
import zipfile

import h5py
import numpy as np

HERE = os.path.join(os.path.dirname(__file__), "../../test/fixtures/keras")
UNITS, INPUTS, OUTPUTS = 4, 3, 2


def weights(seed, bias=True):
    rng = np.random.default_rng(seed)
    draw = lambda *shape: rng.normal(size=shape).astype(np.float32)
    rnn = {"kernel": draw(INPUTS, UNITS), "recurrent_kernel": 0.5 * draw(UNITS, UNITS)}
    if bias:
        rnn["bias"] = draw(UNITS)
    return rnn, {"kernel": draw(UNITS, OUTPUTS), "bias": draw(OUTPUTS)}


def config(activation, bias, keras3, dense_activation="linear"):
    layers = [
        {"class_name": "InputLayer", "config": {"name": "input_layer"}},
        {"class_name": "SimpleRNN", "config": {"name": "simple_rnn", "units": UNITS, "activation": activation, "use_bias": bias}},
        {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.1}},
        {"class_name": "Dense", "config": {"name": "dense", "units": OUTPUTS, "activation": dense_activation, "use_bias": True}},
    ]
    if not keras3:
        dense = layers[-1]
        layers[-1] = {"class_name": "TimeDistributed", "config": {"name": "time_distributed", "layer": dense}}
    return json.dumps({"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}})


def named(root, layers, keras3):
    texts = (lambda xs: np.array(xs, dtype=h5py.string_dtype())) if keras3 else (lambda xs: np.array([x.encode() for x in xs], dtype="S"))
    root.attrs["layer_names"] = texts([name for name, _, _ in layers])
    for name, prefix, arrays in layers:
        group = root.create_group(name)
        names = [f"{prefix}/{key}" + ("" if keras3 else ":0") for key in arrays]
        group.attrs["weight_names"] = texts(names) if names else np.zeros(0)
        for path, array in zip(names, arrays.values()):
            group.create_dataset(path, data=array)


def numbered(file, rnn, dense):
    for path, arrays in {"layers/simple_rnn/cell/vars": rnn, "layers/dense/vars": dense}.items():
        for k, array in enumerate(arrays.values()):
            file.create_dataset(f"{path}/{k}", data=array)
    file.create_group("layers/dropout/vars")
    file.create_group("layers/simple_rnn/vars")


def run(rnn, dense, phi):
    rng = np.random.default_rng(99)
    u = rng.normal(size=(5, INPUTS))
    h, states, outputs = np.zeros(UNITS), [], []
    f64 = lambda arrays: {key: array.astype(np.float64) for key, array in arrays.items()}
    rnn, dense = f64(rnn), f64(dense)
    for row in u:
        h = phi(row @ rnn["kernel"] + h @ rnn["recurrent_kernel"] + rnn.get("bias", 0))
        states.append(h.tolist())
        outputs.append((h @ dense["kernel"] + dense["bias"]).tolist())
    return {"input": u.tolist(), "state": states, "output": outputs}


def main():
    os.makedirs(HERE, exist_ok=True)
    reference = {}
    relu, leaky = lambda v: np.maximum(v, 0), lambda v: np.where(v > 0, v, 0.2 * v)

    rnn, dense = weights(1)
    with h5py.File(f"{HERE}/keras2-model.h5", "w") as file:
        file.attrs["keras_version"] = b"2.4.0"
        file.attrs["model_config"] = config("relu", True, False).encode()
        group = file.create_group("model_weights")
        group.attrs["keras_version"] = b"2.4.0"
        named(group, [("simple_rnn", "simple_rnn/simple_rnn_cell", rnn), ("dropout", "", {}), ("time_distributed", "time_distributed", dense)], False)
    reference["keras2-model.h5"] = run(rnn, dense, relu)

    rnn, dense = weights(2, bias=False)
    with h5py.File(f"{HERE}/keras2-weights.hdf5", "w") as file:
        file.attrs["keras_version"] = b"2.4.0"
        named(file, [("simple_rnn", "simple_rnn", rnn), ("dense", "dense", dense)], False)
    reference["keras2-weights.hdf5"] = run(rnn, dense, np.tanh)

    rnn, dense = weights(3)
    with h5py.File(f"{HERE}/keras3-model.h5", "w") as file:
        file.attrs["keras_version"] = "3.6.0"
        file.attrs["model_config"] = config("leaky_relu", True, True, "sigmoid")
        group = file.create_group("model_weights")
        named(group, [("simple_rnn", "sequential/simple_rnn/simple_rnn_cell", rnn), ("dropout", "", {}), ("dense", "sequential/dense", dense)], True)
        file.create_dataset("optimizer_weights/adam/iteration", data=np.int64(7))
    reference["keras3-model.h5"] = run(rnn, dense, leaky)

    rnn, dense = weights(4)
    with h5py.File(f"{HERE}/keras3.weights.h5", "w") as file:
        numbered(file, rnn, dense)
    reference["keras3.weights.h5"] = run(rnn, dense, np.tanh)

    rnn, dense = weights(5)
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        numbered(file, rnn, dense)
    with zipfile.ZipFile(f"{HERE}/keras3.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            "metadata.json": '{"keras_version": "3.6.0"}',
            "config.json": config("tanh", True, True),
            "model.weights.h5": memory.getvalue(),
        }.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    reference["keras3.keras"] = run(rnn, dense, np.tanh)

    with open(f"{HERE}/reference.json", "w") as out:
        json.dump(reference, out, indent=1)
        out.write("\n")


main()
