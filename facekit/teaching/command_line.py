"""How a command of `python -m facekit` is declared: `@command` above what it does.

def _archive(add):
    add("archive", help="img_align_celeba.zip, or the archive from Kaggle")

@command("check an archive of CelebA, and unpack it", _archive)
def unpack(options):
    ...
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

#: From a command's name to its function, what the help says, and what adds its arguments.
COMMANDS: dict[str, tuple[Callable, str, tuple[Callable, ...]]] = {}


def command(text: str, *arguments: Callable[[Callable], None]) -> Callable[[Callable], Callable]:
    """Declare the function under it, which takes the parsed options, a command of its own name.

    Parameters
    ----------
    text : str
        What the help says.
    arguments : functions
        Each is called with argparse's `add_argument`, when a command line is read.
    """

    def declare(run):
        COMMANDS[run.__name__] = (run, text, arguments)
        return run

    return declare


def parser() -> argparse.ArgumentParser:
    """Return the parser of all declared commands."""
    whole = argparse.ArgumentParser(
        prog="python -m facekit", description="Faces that nobody has, and how to tell."
    )
    group = whole.add_subparsers(dest="command", required=True)
    for name, (run, text, arguments) in COMMANDS.items():
        added = group.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        for add_arguments in arguments:
            add_arguments(added.add_argument)
    return whole


def positive(text: str) -> int:
    """Return a whole number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: a whole number from 1 up is expected")
    return int(text)


def condition(text: str) -> tuple[str, bool | int | str]:
    """Return column and value of a text such as `Male=no` or `partition=train`."""
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise argparse.ArgumentTypeError(
            f"{text}: a column and a value are expected, such as Male=no or partition=train"
        )
    return name, {"yes": True, "no": False}.get(value, int(value) if value.isdecimal() else value)
