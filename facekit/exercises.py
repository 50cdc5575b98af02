"""The exercises: checks that tell a student at once how far he is, and the student versions, made by nbgrader.

An exercise is written once, as an nbgrader source notebook in `notebooks/exercises`, with solutions and hidden tests.
"""

import logging
import os
import shutil
import sys
from pathlib import Path

import numpy as np

from . import course, paths

#: Written beside the solutions, where nbgrader's own commands read it.
_CONFIG = """c = get_config()
c.CourseDirectory.course_id = "facekit"
c.ClearSolutions.code_stub = {"python": "# YOUR TURN\\nraise NotImplementedError('a gap: replace this line')"}
c.ClearSolutions.text_stub = "YOUR TURN"
c.Execute.timeout = 300
"""
#: What a wrong number often is, as a multiple of the right one.
_MULTIPLES = {2: "twice as much; is a ½ or a mean missing?", 0.5: "half of it; is there a ½ too many?", -1: "the sign is the other one",
              100: "per cent, where a share is asked?", 0.01: "a share, where per cent are asked?"}


class NotYet(AssertionError):
    """An answer that is not right yet. Jupyter shows its sentence, and no traceback."""

    def _render_traceback_(self):  # a hook of IPython
        return [f"✗ {self}"]


def check(name, value, expected, *hints, tolerance=1e-3):
    """Compare an answer with what is expected, print ✓ or say in one sentence how far it is.

        check("d2", d2([0.2, 0.6]), 0.2, (0.16, "did you square before averaging?"))

    Parameters
    ----------
    name : str
        What the answer is called in the sentence.
    value : number, array, table, text, or list of texts
        The student's.
    expected : the same
    hints : pairs of (wrong value, sentence)
        What typical mistakes give, and what to say then.
    tolerance : float
        How far a number may be off, absolutely and as a share of the expected one.

    Raises
    ------
    NotYet
        If it is not right: "your d2 = 0.16, expected 0.2: did you square before averaging?" It is an AssertionError, so nbgrader takes the points.
    """
    if _same(value, expected, tolerance):
        print(f"✓ {name} = {_shown(value)}")
        return
    if value is None or value is Ellipsis:
        raise NotYet(f"your {name} is {value}, expected {_shown(expected)}: does the function end with `return`?")
    said = f"your {name} = {_shown(value)}, expected {_shown(expected)}"
    advice = next((sentence for wrong, sentence in hints if _same(value, wrong, tolerance)), None) or _advice(value, expected, tolerance)
    raise NotYet(f"{said}: {advice}" if advice else said)


def generate(out=None, grading=None):
    """Write the student version of each exercise, and the folder in which nbgrader grades what comes back.

    A second run replaces both. A student version that somebody has worked in is kept under another name; submissions and grades stay.

    Parameters
    ----------
    out : path, optional
        Receives the notebooks without solutions and hidden tests; `build/exercises` by default.
    grading : path, optional
        nbgrader's course folder, with the solutions and the gradebook; `build/grading` by default.

    Returns
    -------
    list of Path
        The student versions.

    Raises
    ------
    ImportError
        If nbgrader is not installed.
    FileNotFoundError
        If there are no exercises beside the package.
    RuntimeError
        If nbgrader refuses one: its own words.
    """
    try:
        from nbgrader.converters import GenerateAssignment
    except ImportError:
        raise ImportError("the student versions are made by nbgrader, which is not installed: pip install -r requirements.txt, or -e .[teaching]") from None
    out, grading = Path(out or paths.build() / "exercises"), Path(grading or paths.build() / "grading")
    written = []
    for source in sources():
        name, release = source.stem, grading / "release" / source.stem / source.name
        (grading / "source" / name).mkdir(parents=True, exist_ok=True)
        shutil.copy(source, grading / "source" / name)
        (grading / "nbgrader_config.py").write_text(_CONFIG, encoding="utf-8")
        before = release.read_bytes() if release.is_file() else None
        convert(GenerateAssignment, grading, name)
        out.mkdir(parents=True, exist_ok=True)
        _keep(out / source.name, before)
        written.append(Path(shutil.copy(release, out)))
    return written


def sources():
    """Return the source notebooks of the exercises, in order."""
    found = sorted((course.notebooks() / "exercises").glob("*.ipynb"))
    if not found:
        raise FileNotFoundError("there are no exercises in notebooks/exercises: check the folder out again")
    return found


def convert(converter, grading, name, student=None):
    """Run one of nbgrader's converters on an exercise.

    Parameters
    ----------
    converter : type
        From `nbgrader.converters`.
    grading : path
        The course folder that `generate` wrote.
    name : str
        Of the exercise.
    student : str, optional
        Whose submission; a pattern such as "*" means all.

    Raises
    ------
    RuntimeError
        If it fails, with the first error that nbgrader logged.
    """
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader(str(Path(grading).resolve() / "nbgrader_config.py")).load_config()
    config.CourseDirectory.update(root=str(Path(grading).resolve()), assignment_id=name, **({"student_id": student} if student else {}))
    log, path = _Kept(), os.environ.get("PATH", "")
    # nbgrader calls the program alembic, which lies beside this interpreter also where its environment is not activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    try:
        converter(coursedir=CourseDirectory(config=config, log=log.logger), config=config, log=log.logger, force=True).start()
    except NbGraderException as error:
        raise RuntimeError(f"nbgrader refuses {name}: {log.last() or error}") from None
    finally:
        os.environ["PATH"] = path


class _Kept(logging.Handler):
    """Keeps nbgrader's errors, instead of printing everything that it logs."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.errors, self.logger = [], logging.Logger("facekit.exercises", logging.ERROR)
        self.logger.addHandler(self)

    def emit(self, record):
        self.errors.append(record.getMessage())

    def last(self):
        """Return the last line of the first traceback, or of whatever was logged first."""
        told = next((text for text in self.errors if "Traceback" in text), self.errors[0] if self.errors else "")
        return (told.strip().splitlines() or [""])[-1]


def _keep(file, before):
    """Give a student version that differs from the one that was handed out another name."""
    if not file.is_file() or file.read_bytes() == before:
        return
    number = next(n for n in range(1, 1000) if not file.with_name(f"{file.stem}-yours-{n}.ipynb").exists())
    kept = file.rename(file.with_name(f"{file.stem}-yours-{number}.ipynb"))
    print(f"somebody has worked in {file.name}: it is kept as {kept.name}")


def _numbers(value):
    """Return a value as a float array, None if it is no number or array of numbers."""
    try:
        array = np.asarray(value)
        return array.astype("float64") if array.dtype.kind in "biuf" else None
    except (TypeError, ValueError):
        return None


def _same(value, expected, tolerance):
    one, other = _numbers(value), _numbers(expected)
    if one is None or other is None:
        return one is None and other is None and type(value) is type(expected) and bool(np.array_equal(value, expected))
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=tolerance, atol=tolerance))


def _advice(value, expected, tolerance):
    """What can be said of a wrong answer that is no typical mistake; an empty text if nothing can."""
    one, other = _numbers(value), _numbers(expected)
    if one is None or other is None:
        return "" if type(value) is type(expected) else f"that is a {type(value).__name__}, where a {type(expected).__name__} is expected"
    if one.shape != other.shape:
        return f"it has the shape {one.shape}, expected is {other.shape}"
    if not np.isfinite(one).all():
        return "that is not a number; is something divided by 0?"
    if np.asarray(expected).dtype.kind == "b":
        return ""
    return next((words for factor, words in _MULTIPLES.items() if _same(one, factor * other, tolerance)), "")


def _shown(value):
    numbers = _numbers(value)
    if numbers is None:
        return repr(value)
    if numbers.size > 24:
        return f"an array of shape {numbers.shape} from {numbers.min():.4g} to {numbers.max():.4g}"
    if numbers.ndim:
        return f"[{', '.join(_shown(part) for part in np.asarray(value))}]"
    return str(bool(value)) if np.asarray(value).dtype.kind == "b" else f"{float(numbers):.4g}"
