"""The command `fmnist-fast`, also started as ``python -m fmnist_fast``.

Exit codes: 0 success, 1 bad data or a file that cannot be read or written, 2 wrong usage or a library that
is not installed, 130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from .._backend import backend
from .._extras import MissingExtraError
from .._version import __version__
from ..errors import FmnistFastError
from . import _bench, _classify, _datasets, _decode, _demo, _encode, _fetch, _info, _plot, _sample, _verify
from ._console import complain
from ._files import UsageError, error_text

_COMMANDS = (
    *(_demo, _sample, _datasets, _fetch),  # something to work on
    *(_info, _verify, _decode, _encode),  # files
    *(_plot, _bench, _classify),  # what can be made of them
)

_DESCRIPTION = """\
Read, check, convert and write IDX files: Fashion-MNIST, MNIST and their relatives,
gzipped or not, told apart by content; draw them, and benchmark readers and classifiers.
"""

_EPILOG = """\
examples:
  fmnist-fast demo                                       see it work, on garments drawn for the purpose
  fmnist-fast sample -o data                             four files to try things on
  fmnist-fast fetch fashion-mnist                        a dataset, unless this machine has it already
  fmnist-fast info data/train-images-idx3-ubyte.gz       what is in a file
  fmnist-fast verify data/*.gz                           check every byte
  fmnist-fast decode data/train-images-idx3-ubyte.gz -o train.npy
  fmnist-fast encode train.npy -o train-images-idx3-ubyte.gz
  fmnist-fast plot tsne --data data -o tsne.html         pictures to look at and to point at
  fmnist-fast bench --quick                              compare the speed with other readers
  fmnist-fast classify run --data data --grid modern --out results.jsonl

exit codes: 0 success, 1 bad data or a file that cannot be read or written, 2 wrong usage or a library that
is not installed, 130 interrupted
"fmnist-fast COMMAND --help" explains one command.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    root = argparse.ArgumentParser(
        prog="fmnist-fast",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"fmnist-fast {__version__} ({backend} backend)")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in _COMMANDS:
        module.add(commands)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; those of the process by default.

    Returns
    -------
    int
        The exit code.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file name may hold what the terminal cannot show.
        sys.stdout.reconfigure(errors="backslashreplace")
    arguments = parser().parse_args(argv)
    try:
        code = arguments.run(arguments)
        if sys.stdout is not None:  # None: the process was started without one
            sys.stdout.flush()
    except (UsageError, MissingExtraError) as error:
        complain(str(error))
        return 2
    except BrokenPipeError:
        # The reader of our output left, as `head` does; Python must not fail again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (FmnistFastError, OSError) as error:
        complain(error_text(error))
        return 1
    except MemoryError as error:
        complain(f"not enough memory: {error}" if str(error) else "not enough memory")
        return 1
    except KeyboardInterrupt:
        complain("interrupted")
        return 130
    return int(code)
