"""A dataset in scikit-learn's cache of OpenML: `fetch_openml` then reads it without asking the server."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np

_PIXELS = [f"pixel{number}" for number in range(1, 785)]
_DIGITS = list("0123456789")


def write_cache(home: Path, name: str, ident: int, images: np.ndarray, labels: np.ndarray) -> Path:
    """Write description, features and data of a dataset; return the folder for ``data_home``."""
    text = _arff(name, images, labels)
    url = f"https://www.openml.org/data/v1/download/{ident}"
    about = {
        **{"id": str(ident), "name": name, "version": "1", "description": "", "format": "ARFF", "url": url},
        **{"file_id": str(ident), "default_target_attribute": "class", "status": "active"},
        "md5_checksum": hashlib.md5(text).hexdigest(),
    }
    match = {"did": ident, "name": name, "version": 1, "status": "active", "format": "ARFF"}
    features = [_feature(number, column) for number, column in enumerate([*_PIXELS, "class"])]
    qualities = [{"name": "NumberOfInstances", "value": str(len(labels))}]
    search = f"api/v1/json/data/list/data_name/{name.lower()}/limit/2"
    for path, content in {
        f"api/v1/json/data/{ident}": {"data_set_description": about},
        f"{search}/status/active/": {"data": {"dataset": [match]}},
        f"{search}/data_version/1": {"data": {"dataset": [match]}},
        f"api/v1/json/data/features/{ident}": {"data_features": {"feature": features}},
        f"api/v1/json/data/qualities/{ident}": {"data_qualities": {"quality": qualities}},
        f"data/v1/download/{ident}": text,
    }.items():
        file = home / "openml" / "openml.org" / (path + ".gz")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(content if path.startswith("data") else json.dumps(content).encode()))
    return home


def _arff(name: str, images: np.ndarray, labels: np.ndarray) -> bytes:
    lines = [f"@RELATION {name}", *(f"@ATTRIBUTE {pixel} integer" for pixel in _PIXELS)]
    lines += [f"@ATTRIBUTE class {{{','.join(_DIGITS)}}}", "@DATA"]
    rows = zip(images.reshape(-1, 784).tolist(), labels.tolist(), strict=True)
    lines += [",".join(map(str, (*pixels, label))) for pixels, label in rows]
    return "\n".join([*lines, ""]).encode()


def _feature(number: int, column: str) -> dict[str, object]:
    target = column == "class"
    feature = {"index": str(number), "name": column, "data_type": "nominal" if target else "numeric"}
    flags = {"is_target": str(target).lower(), "is_ignore": "false", "is_row_identifier": "false"}
    values = {"nominal_value": _DIGITS} if target else {}
    return feature | flags | values | {"number_of_missing_values": "0"}
