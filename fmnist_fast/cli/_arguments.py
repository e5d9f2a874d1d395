"""The command line's parts: how a command is added, and kinds of values."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import Any

_SEEDS = 1 << 31
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def add_command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int] | None,
    *,
    help: str,
    description: str,
    epilog: str,
) -> argparse.ArgumentParser:
    """Add a command to those of a parser, and return its own parser.

    Parameters
    ----------
    commands : action
        What `ArgumentParser.add_subparsers` returned.
    name : str
    run : callable or None
        Called with the parsed arguments; returns the exit code. None: there are commands below it.
    help, description : str
        A line for the list of commands, and the first sentence of its own help.
    epilog : str
        The rest of its help, printed as it is.
    """
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if run is not None:
        command.set_defaults(run=run)
    return command


def add_level(command: argparse.ArgumentParser, default: int) -> None:
    """Add the option for the level of compression."""
    command.add_argument(
        "--level",
        type=int,
        choices=range(10),
        default=default,
        metavar="0-9",
        help=f"compression level: 0 stores, 9 is smallest and slowest (default: {default})",
    )


# Kinds of values, for ``type=``. The command line says "invalid NAME value" where one raises ValueError.


def count(text: str) -> int:
    """Parse a whole number of at least 0."""
    return _at_least(0, text)


def positive(text: str) -> int:
    """Parse a whole number of at least 1."""
    return _at_least(1, text)


positive.__name__ = "positive int"


def _at_least(least: int, text: str) -> int:
    number = int(text)
    if number < least:
        raise argparse.ArgumentTypeError(f"must be at least {least}, not {number}")
    return number


def seed(text: str) -> int:
    """Parse a seed that scikit-learn takes too, also when repeats are added to it."""
    number = int(text)
    if not 0 <= number < _SEEDS:
        raise argparse.ArgumentTypeError(f"{number} is not between 0 and {_SEEDS - 1}")
    return number


def seconds(text: str) -> float:
    """Parse a time above 0."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError
    return number


def size(text: str) -> int:
    """Parse a number of bytes such as 512M or 2G."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)(?:I?B)?", text.strip().upper())
    if not match:
        raise ValueError
    return int(float(match[1]) * _UNITS[match[2]])


def address(text: str) -> str:
    """Parse ``HOST:PORT``, with a protocol or without; Dask waits for a minute for what is none."""
    if not re.fullmatch(r"(\w+://)?[^/\s]+:\d+", text):
        raise ValueError
    return text
