"""Datasets by name: what is known about their files, and a synthetic stand-in."""
