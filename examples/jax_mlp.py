"""A two-layer network in JAX: python examples/jax_mlp.py FOLDER [--epochs N]."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from waiting import Waiting, arguments

import fmnist_fast as ff

RATE, MEAN, STD = 0.1, 0.2860, 0.3530
Parameters = list[tuple[jax.Array, jax.Array]]


def scores(parameters: Parameters, x: jax.Array) -> jax.Array:
    for weights, bias in parameters[:-1]:
        x = jax.nn.relu(x @ weights + bias)
    weights, bias = parameters[-1]
    return x @ weights + bias


@jax.jit
def step(parameters: Parameters, x: jax.Array, y: jax.Array) -> Parameters:
    def loss(parameters: Parameters) -> jax.Array:
        chosen = jnp.take_along_axis(jax.nn.log_softmax(scores(parameters, x)), y[:, None], axis=1)
        return -chosen.mean()

    slopes = jax.grad(loss)(parameters)
    return jax.tree.map(lambda value, slope: value - RATE * slope, parameters, slopes)


def main() -> None:
    args = arguments(__doc__)
    images, labels = ff.load_mnist(args.folder, "train")
    test_images, test_labels = ff.load_mnist(args.folder, "t10k")
    batches = ff.Batches(images, labels, 128, shuffle=True, seed=1, drop_last=True, normalize=(MEAN, STD))
    sizes = zip(jax.random.split(jax.random.key(1)), ((784, 128), (128, 10)), strict=True)
    parameters = [(0.05 * jax.random.normal(key, size), jnp.zeros(size[1])) for key, size in sizes]

    waiting = Waiting()
    for _ in range(args.epochs):
        for x, y in waiting.over(batches):
            parameters = step(parameters, x, y)

    found = scores(parameters, ff.normalize(test_images, MEAN, STD)).argmax(axis=1)
    waiting.report("JAX", float((found == test_labels).mean()))


if __name__ == "__main__":
    main()
