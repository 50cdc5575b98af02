"""How a command of `python -m facekit` is declared: `@command` above what it does.

def _archive(add):
    add("archive", help="img_align_celeba.zip, or the archive from Kaggle")

@command(_archive)
def unpack(options):
    '''Check an archive of CelebA, and unpack it.'''
"""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True)
class Command:
    """A function of the parsed options; its name and docstring are the command's name and help."""

    run: Callable[[Namespace], int | None]  #: returns an exit code; None means 0
    arguments: tuple[Callable, ...]


def command(*arguments: Callable[[Callable], object]) -> Callable[[Callable], Command]:
    """Make a command of the function under it.

    Parameters
    ----------
    arguments : functions
        Each is called with argparse's `add_argument`, when a command line is read.
    """
    return lambda run: Command(run, arguments)


def parser(*modules: ModuleType) -> ArgumentParser:
    """Return the parser of all commands that the modules declare."""
    description = "Faces that nobody has, and how to tell."
    whole = ArgumentParser("python -m facekit", description=description)
    group = whole.add_subparsers(dest="command", required=True)
    for value in (value for module in modules for value in vars(module).values()):
        if isinstance(value, Command):
            text = value.run.__doc__
            added = group.add_parser(value.run.__name__, help=text, description=text)
            added.set_defaults(run=value.run)
            for add_arguments in value.arguments:
                add_arguments(added.add_argument)
    return whole


def positive(text: str) -> int:
    """Return a whole number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text}: a whole number from 1 up is expected")
    return int(text)


def condition(text: str) -> tuple[str, bool | int | str]:
    """Return column and value of a text such as `Male=no` or `partition=train`."""
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise ArgumentTypeError(f"{text}: a column and a value are expected, such as Male=no")
    return name, {"yes": True, "no": False}.get(value, int(value) if value.isdecimal() else value)
