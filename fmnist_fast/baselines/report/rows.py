"""Results as rows of tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ..schema import Line, setting_key

Row = dict[str, Any]

FASHION, MNIST, OTHER = "Fashion", "MNIST", "Other"


def family(line: Line) -> str:
    """Return the tab of a result, by the name of its dataset."""
    name = line["dataset"]["name"].lower()
    if name.startswith("fashion"):
        return FASHION
    return MNIST if name.startswith(("mnist", "digits")) else OTHER


def row(line: Line) -> Row:
    """Return a result as a row; the fields of the original keep their names."""
    data, machine, versions = line["dataset"], line["machine"], line["versions"]
    return {
        **{field: line[field] for field in ("name", "mean_accuracy", "std_accuracy", "time_per_repeat")},
        **{field: line[field] for field in ("num_repeat", "start_time", "done_time", "estimator", "grid")},
        **{field: line[field] for field in ("cpu_time", "train_rows", "seed", "status")},
        "parameter": parameter_text(line["parameter"]),
        "score": ", ".join(f"{score:.4f}" for score in line["score"]) or None,
        "predict_time": _mean(line["predict_time"]),
        "peak_mib": line["peak_memory"] / 2**20,
        "remark": " · ".join(filter(None, (line["reason"], line["change"], *line["warnings"]))) or None,
        "dataset": data["name"] if data["known"] else f"{data['name']} (not a published dataset)",
        "test_rows": data["test"],
        "machine": f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}",
        "versions": ", ".join(f"{library} {version}" for library, version in versions.items()),
    }


def parameter_text(parameter: dict[str, Any]) -> str:
    """Return parameters as JSON text, as the original showed them."""
    return json.dumps(parameter, ensure_ascii=False, sort_keys=True)


def pairs(fashion: Iterable[Line], mnist: Iterable[Line]) -> list[Row]:
    """Return a row for each setting that has accuracies on both, joined by name and parameters.

    Of several results of a setting the latest counts.
    """
    left, right = _latest(fashion), _latest(mnist)
    return [
        {
            "name": line["name"],
            "parameter": parameter_text(line["parameter"]),
            **{f"fashion_{field}": line[field] for field in ("mean_accuracy", "std_accuracy")},
            **{f"mnist_{field}": right[key][field] for field in ("mean_accuracy", "std_accuracy")},
            "difference": right[key]["mean_accuracy"] - line["mean_accuracy"],
        }
        for key, line in left.items()
        if key in right
    ]


def _latest(lines: Iterable[Line]) -> dict[str, Line]:
    scored = (line for line in lines if line["status"] == "ok")
    return {setting_key(line): line for line in sorted(scored, key=lambda line: line["done_time"])}


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
