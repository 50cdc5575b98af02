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
from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True)
class Command:
    """A function of the parsed options, called by its name."""

    run: Callable[[argparse.Namespace], int | None]  #: returns an exit code; None means 0
    text: str
    arguments: tuple[Callable, ...]


def command(text: str, *arguments: Callable[[Callable], None]) -> Callable[[Callable], Command]:
    """Make a command of the function under it.

    Parameters
    ----------
    text : str
        What the help says.
    arguments : functions
        Each is called with argparse's `add_argument`, when a command line is read.
    """
    return lambda run: Command(run, text, arguments)


def parser(*modules: ModuleType) -> argparse.ArgumentParser:
    """Return the parser of all commands that the modules declare."""
    whole = argparse.ArgumentParser(
        prog="python -m facekit", description="Faces that nobody has, and how to tell."
    )
    group = whole.add_subparsers(dest="command", required=True)
    declared = [each for module in modules for each in vars(module).values()]
    for each in declared:
        if isinstance(each, Command):
            added = group.add_parser(each.run.__name__, help=each.text, description=each.text)
            added.set_defaults(run=each.run)
            for add_arguments in each.arguments:
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
