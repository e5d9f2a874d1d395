"""Results that nobody measured, for tests of what is done with results; each line says so."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np

MACHINE = {"cpu": "made up for the tests", "cores": 2, "memory": 8 << 30, "system": "none"}
VERSIONS = {"fmnist_fast": "0", "python": "0", "numpy": "0", "scikit-learn": "0"}
GRIDS: dict[str, dict[str, list[Any]]] = {
    "DecisionTreeClassifier": {"criterion": ["gini", "entropy"], "max_depth": [10, 50, 100]},
    "GaussianNB": {"priors": [[0.1] * 10]},
    "GradientBoostingClassifier": {"n_estimators": [10, 50, 100], "max_depth": [3, 10]},
    "KNeighborsClassifier": {"n_neighbors": [1, 5, 9], "p": [1, 2], "weights": ["uniform", "distance"]},
    "LinearSVC": {"C": [1, 10, 100], "loss": ["hinge", "squared_hinge"]},
    "MLPClassifier": {"activation": ["relu", "tanh"], "hidden_layer_sizes": ["(10,)", "(100, 10)"]},
    "RandomForestClassifier": {"n_estimators": [10, 50, 100], "max_depth": [10, 50]},
    "SVC": {"C": [1, 10, 100], "kernel": ["linear", "rbf", "poly"]},
}
FAILURES = (("timeout", "stopped after 600 s, the time limit"), ("crashed", "its process ended by signal 9"))


def line(
    name: str, parameter: dict[str, Any], dataset: str = "fashion-mnist", **changes: Any
) -> dict[str, Any]:
    """One result; its numbers are drawn from the setting's name."""
    rng = np.random.default_rng([*name.encode(), *json.dumps(parameter).encode(), *dataset.encode()])
    scores = [round(float(score), 4) for score in rng.uniform(0.6, 0.9, 2) + 0.1 * (dataset == "mnist")]
    seconds = float(10 ** rng.uniform(-1, 4))
    begin = 1_700_000_000 + int(rng.integers(10_000))
    known = dataset in ("fashion-mnist", "mnist")
    return {
        **{"schema": 1, "name": name, "parameter": parameter, "score": scores},
        **{"start_time": begin, "done_time": begin + round(2 * seconds), "num_repeat": 2},
        **{"mean_accuracy": float(np.mean(scores)), "std_accuracy": float(2 * np.std(scores))},
        **{"time_per_repeat": seconds, "status": "ok", "reason": None, "warnings": [], "grid": "original"},
        **{"estimator": f"{name}({parameter})", "change": None},
        "dataset": {
            **{"name": dataset, "known": known, "sha256": "0" * 64, "files": {}},
            **{"train": 60_000, "test": 10_000},
        },
        **{"train_rows": 60_000, "seed": 0, "repeat": 2, "fit_time": [seconds, seconds]},
        **{"predict_time": [seconds / 50] * 2, "wall_time": 2 * seconds, "cpu_time": 2 * seconds},
        **{"peak_memory": int(rng.integers(1 << 28, 1 << 31)), "backend": "loky", "jobs": 1},
        **{"limits": {"timeout": None, "memory": None}, "machine": MACHINE, "versions": VERSIONS},
        **changes,
    }


def failed(name: str, parameter: dict[str, Any], dataset: str = "fashion-mnist", *, kind: int = 0):
    """A result without a score."""
    status, reason = FAILURES[kind]
    nothing = {"mean_accuracy": None, "std_accuracy": None, "time_per_repeat": None, "score": []}
    none = {"fit_time": [], "predict_time": [], "num_repeat": 0, "status": status, "reason": reason}
    return line(name, parameter, dataset, **nothing, **none)


def lines(dataset: str = "fashion-mnist") -> list[dict[str, Any]]:
    """Results of all settings, two of them failed."""
    made = []
    for name, grid in GRIDS.items():
        for values in itertools.product(*grid.values()):
            made.append(line(name, dict(zip(grid, values, strict=True)), dataset))
    for k in range(2):
        made[-1 - 7 * k] = failed(made[-1 - 7 * k]["name"], made[-1 - 7 * k]["parameter"], dataset, kind=k)
    return made


def write(path: Path, results: list[dict[str, Any]]) -> Path:
    """Write results as JSON lines."""
    path.write_text("".join(json.dumps(result) + "\n" for result in results))
    return path
