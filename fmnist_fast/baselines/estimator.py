"""From the recipe of a setting to an estimator of scikit-learn."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from .._extras import optional
from .grid import Part, Setting


def build(setting: Setting, seed: int) -> Any:
    """Construct what a setting fits.

    Parameters
    ----------
    setting : Setting
    seed : int
        Goes to every ``random_state``, in pipelines and wrappers too.

    Returns
    -------
    sklearn.base.BaseEstimator
        Not fitted.

    Raises
    ------
    MissingExtraError
        scikit-learn is not installed.
    ImportError, AttributeError, TypeError, ValueError
        There is no such class, or it does not take these arguments.
    """
    estimator = _construct(setting.classifier)
    if setting.wrap:
        estimator = _construct(setting.wrap, estimator)
    if setting.steps:
        pipeline = optional("sklearn.pipeline", "scikit-learn", "classify", "the classifier benchmark")
        estimator = pipeline.make_pipeline(*map(_construct, setting.steps), estimator)
    states = [key for key in estimator.get_params() if key.split("__")[-1] == "random_state"]
    return estimator.set_params(**dict.fromkeys(states, seed))


def _construct(part: Part, *before: Any) -> Any:
    module, _, name = part.path.rpartition(".")
    found = getattr(importlib.import_module(module), name)
    if inspect.isfunction(found):
        preprocessing = optional(
            "sklearn.preprocessing", "scikit-learn", "classify", "the classifier benchmark"
        )
        return preprocessing.FunctionTransformer(found, kw_args=part.arguments)
    return found(*before, **part.arguments)
