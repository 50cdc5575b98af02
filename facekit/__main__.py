"""The command line: `python -m facekit tour`, and whatever `python -m facekit --help` lists.

What a command does stands beside the declaration of its arguments, in `teaching/course_commands.py`
(tour, exercises, …) and `teaching/network_commands.py` (extract, train, …).
"""

import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path

from .teaching import command_line, course_commands, environment, network_commands

#: What is told in one sentence; any other exception is an error of the program and shows where.
_TOLD = (ValueError, OSError, RuntimeError, ImportError, FloatingPointError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 after an error, 130 after Ctrl-C.

    What is wrong is told in one sentence on standard error, under `FACEKIT_DEBUG=1` with the
    traceback before it. Environment and warnings are afterwards as they were.
    """
    parser = command_line.parser(course_commands, network_commands)
    options = parser.parse_args(arguments)
    for name, value in vars(options).items():
        if value == "":  # such as "$FOLDER" where nobody has set it
            parser.error(f"argument {name.replace('_', '-')}: is empty")
    with environment.changed(**environment.absolute_folders()), warnings.catch_warnings():
        warnings.showwarning = _note
        try:
            return options.run(options) or 0
        except KeyboardInterrupt:
            # CPython notes a Ctrl-C inside an exec(), which libraries use, and would end by the
            # signal instead of with our code; another exec() clears the note.
            exec("")
            print(f"facekit {options.command}: interrupted", file=sys.stderr)
            return 130
        except _TOLD as error:
            if os.environ.get("FACEKIT_DEBUG") == "1":
                traceback.print_exc()
            print(f"facekit {options.command}: {error}{_origin(error)}", file=sys.stderr)
            return 1


def _note(message, *_, **__):
    print(f"note: {message}", file=sys.stderr)


def _origin(error):
    """Return what to add about an error that is no sentence of ours, since a library raised it."""
    raised_in = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    if isinstance(error, OSError) or Path(__file__).parent in raised_in.parents:
        return ""
    return f" ({type(error).__name__} in {raised_in.name}; FACEKIT_DEBUG=1 shows how it came to it)"


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # file names
    sys.exit(main())
