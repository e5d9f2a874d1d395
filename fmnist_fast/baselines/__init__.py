"""The classifier benchmark: a grid of scikit-learn settings, a runner with limits, and the results.

Nothing here is imported by `import fmnist_fast`. The libraries come with the extra ``classify``.
"""
