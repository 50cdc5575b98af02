"""The teacher's side of the exercises: student versions, and what comes back, made ready for nbgrader.

An exercise is written once, as an nbgrader source notebook in `notebooks/exercises`, with solutions and hidden tests.
"""

import logging
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pandas as pd

from ..core import paths
from . import tour

#: Written beside the solutions, where nbgrader's own commands read it. A warning on the error stream would cost a right answer its points.
_CONFIG = """import os

c = get_config()
os.environ["PYTHONWARNINGS"] = "ignore"
c.CourseDirectory.course_id = "facekit"
c.ClearSolutions.code_stub = {"python": "# YOUR TURN\\nraise NotImplementedError('a gap: replace this line')"}
c.ClearSolutions.text_stub = "YOUR TURN"
c.Execute.timeout = 300
"""


def generate(out=None, grading=None):
    """Write the student version of each exercise and, for a teacher, the folder in which nbgrader grades what comes back.

    A second run replaces both. A student version that differs, as somebody has worked in it, is kept under another name; submissions and grades stay.

    Parameters
    ----------
    out : path, optional
        Receives the notebooks without solutions and hidden tests; `build/exercises` by default.
    grading : path, optional
        nbgrader's course folder, with the solutions and the gradebook; by default none.

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
        raise ImportError(
            "the student versions are made by nbgrader, which is not installed: pip install -r requirements.txt, or -e .[teaching]"
        ) from None
    out, written = Path(out or paths.build() / "exercises"), []
    with tempfile.TemporaryDirectory() as passing:
        grading = Path(grading or passing)
        for source in sources():
            name, release = source.stem, grading / "release" / source.stem / source.name
            (grading / "source" / name).mkdir(parents=True, exist_ok=True)
            shutil.copy(source, grading / "source" / name)
            (grading / "nbgrader_config.py").write_text(_CONFIG, encoding="utf-8")
            convert(GenerateAssignment, grading, name)
            out.mkdir(parents=True, exist_ok=True)
            _keep(out / source.name, release.read_bytes())
            written.append(Path(shutil.copy(release, out)))
    return written


def sources():
    """Return the source notebooks of the exercises, in order."""
    found = sorted((tour.notebooks() / "exercises").glob("*.ipynb"))
    if not found:
        raise FileNotFoundError(
            "there are no exercises in notebooks/exercises: check the folder out again"
        )
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

    before = dict(os.environ)
    config = PyFileConfigLoader(str(Path(grading).resolve() / "nbgrader_config.py")).load_config()
    config.CourseDirectory.update(
        root=str(Path(grading).resolve()),
        assignment_id=name,
        **({"student_id": student} if student else {}),
    )
    log = _Kept()
    # nbgrader calls the program alembic, which lies beside this interpreter also where its environment is not activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before.get("PATH", "")])
    try:
        converter(
            coursedir=CourseDirectory(config=config, log=log.logger),
            config=config,
            log=log.logger,
            force=True,
        ).start()
    except NbGraderException as error:
        raise RuntimeError(f"nbgrader refuses {name}: {log.last() or error}") from None
    finally:
        os.environ.clear()
        os.environ.update(before)


def collect(folder, grading):
    """Put what a class handed in where nbgrader looks for it: `submitted/<student>/<exercise>/<exercise>.ipynb`, with the time of handing in.

    An exercise is known by the cells in it, whatever its file is called. A second copy of a cell, which would end the grading of everybody,
    stays in the notebook and is no longer graded. Of two notebooks of one exercise the newer counts. A second run adds what has come since.

    Parameters
    ----------
    folder : path
        One folder a student, named as he or she is to be called, with notebooks at any depth.
    grading : path
        The folder that `generate` wrote.

    Returns
    -------
    DataFrame
        One row a notebook: `student`, `file`, `exercise` (empty if it is none), `remark` (empty if there is nothing to say); and one a student without any.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, none in it, or `generate` has not written `grading`.
    """
    folder, grading = Path(folder), Path(grading)
    exercises = {
        release.stem: _ids(nbformat.read(release, as_version=4))
        for release in sorted((grading / "release").glob("*/*.ipynb"))
    }
    if not exercises:
        raise FileNotFoundError(
            f"{paths.display(grading)} is no folder to grade in: python -m facekit exercises --grading writes it"
        )
    students = sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    if not students:
        raise FileNotFoundError(
            f"{paths.display(folder)} holds no folders: it should hold one for each student"
        )
    rows = []
    for student in students:
        files = [
            file for file in student.rglob("*.ipynb") if ".ipynb_checkpoints" not in file.parts
        ]
        for file in sorted(files, key=lambda file: file.stat().st_mtime):
            rows.append(
                (
                    student.name,
                    file.relative_to(student).as_posix(),
                    *_put(file, exercises, grading / "submitted" / student.name),
                )
            )
        if not files:
            rows.append((student.name, "", "", "has handed in no notebook"))
    return pd.DataFrame(rows, columns=["student", "file", "exercise", "remark"])


def _ids(notebook):
    """The names by which nbgrader knows the cells of a notebook, copies as well."""
    return [
        cell.metadata["nbgrader"]["grade_id"]
        for cell in notebook.cells
        if "grade_id" in cell.metadata.get("nbgrader", {})
    ]


def _put(file, exercises, submitted):
    """Copy a notebook into the student's folder; return the exercise that it is, and a remark."""
    try:
        notebook = nbformat.read(file, as_version=4)
        ids = _ids(notebook)
    except (ValueError, KeyError, TypeError, AttributeError, nbformat.ValidationError) as error:
        return "", f"cannot be read as a notebook ({type(error).__name__})"
    name = max(exercises, key=lambda each: len(set(exercises[each]) & set(ids)))
    if not set(exercises[name]) & set(ids):
        return "", "is none of the exercises; is it a lesson?"
    seen, missing = set(), [each for each in exercises[name] if each not in ids]
    for cell in notebook.cells:
        each = cell.metadata.get("nbgrader", {}).get("grade_id")
        if each and each in seen:
            del cell.metadata["nbgrader"]
        seen.add(each)
    remarks = [f"the cells {', '.join(missing)} are missing"] * bool(missing) + [
        "a copied cell is not graded"
    ] * (len(set(ids)) < len(ids))
    (submitted / name).mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, submitted / name / f"{name}.ipynb")
    handed_in = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    (submitted / name / "timestamp.txt").write_text(
        f"{handed_in:%Y-%m-%d %H:%M:%S.%f} UTC", encoding="utf-8"
    )
    return name, "; ".join(remarks)


class _Kept(logging.Handler):
    """Keeps nbgrader's errors, instead of printing everything that it logs."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.errors, self.logger = [], logging.Logger("facekit.exercises", logging.ERROR)
        self.logger.addHandler(self)

    def emit(self, record):
        self.errors.append(record.getMessage())

    def last(self):
        """Return the last line of the first traceback, or of whatever was logged first, but for rules drawn under it."""
        told = next(
            (text for text in self.errors if "Traceback" in text),
            self.errors[0] if self.errors else "",
        )
        return next((line for line in reversed(told.splitlines()) if line.strip(" -")), "")


def _keep(file, new):
    """Give a student version that differs from the new one another name."""
    if not file.is_file() or file.read_bytes() == new:
        return
    number = next(
        n for n in range(1, 1000) if not file.with_name(f"{file.stem}-yours-{n}.ipynb").exists()
    )
    kept = file.rename(file.with_name(f"{file.stem}-yours-{number}.ipynb"))
    print(f"{file.name} was there and is not what is written now: it is kept as {kept.name}")
