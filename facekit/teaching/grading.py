"""The teacher's side of the exercises: student versions, and what comes back, ready for nbgrader.

An exercise is written once, as an nbgrader source notebook in `notebooks/exercises`, with
solutions and hidden tests.
"""

import itertools
import logging.handlers
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pandas as pd

from ..core import paths
from . import environment, tour

_CONFIG = Path(__file__).with_name("nbgrader_config.txt")


def generate(out: str | Path | None = None, grading: str | Path | None = None) -> list[Path]:
    """Write the student version of each exercise and, for a teacher, the folder to grade in.

    A second run replaces both. A student version that differs, as somebody has worked in it, is
    kept under another name; submissions and grades stay.

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
        install = "pip install -r requirements.txt, or -e .[teaching]"
        raise ImportError(f"no nbgrader, which makes the student versions: {install}") from None
    out, written = Path(out or paths.build() / "exercises"), []
    with tempfile.TemporaryDirectory() as passing:
        grading = Path(grading or passing)
        for source in sources():
            place = grading / "source" / source.stem
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)
            shutil.copy(_CONFIG, grading / "nbgrader_config.py")
            convert(GenerateAssignment, grading, source.stem)
            release = grading / "release" / source.stem / source.name
            out.mkdir(parents=True, exist_ok=True)
            _keep(out / source.name, release.read_bytes())
            written.append(Path(shutil.copy(release, out)))
    return written


def sources() -> list[Path]:
    """Return the source notebooks of the exercises, in order."""
    found = sorted((tour.notebooks() / "exercises").glob("*.ipynb"))
    if not found:
        raise FileNotFoundError("no exercises in notebooks/exercises: check the folder out again")
    return found


def convert(converter: type, grading: str | Path, name: str, student: str | None = None) -> None:
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

    grading = Path(grading).resolve()
    errors = logging.handlers.BufferingHandler(sys.maxsize)  # kept, not printed
    log = logging.Logger("facekit.exercises", logging.ERROR)
    log.addHandler(errors)
    # nbgrader calls the program alembic, which lies beside this interpreter also where its
    # environment is not activated.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    profile = os.environ.get("FACEKIT_PROFILE", "quick")
    with environment.changed(PATH=path, PYTHONWARNINGS="ignore", FACEKIT_PROFILE=profile):
        config = PyFileConfigLoader(str(grading / "nbgrader_config.py")).load_config()
        config.CourseDirectory.update(root=str(grading), assignment_id=name)
        if student:
            config.CourseDirectory.student_id = student
        course = CourseDirectory(config=config, log=log)
        try:
            converter(coursedir=course, config=config, log=log, force=True).start()
        except NbGraderException as error:
            reason = _reason([record.getMessage() for record in errors.buffer])
            raise RuntimeError(f"nbgrader refuses {name}: {reason or error}") from None


def collect(folder: str | Path, grading: str | Path) -> pd.DataFrame:
    """Put what a class handed in where nbgrader looks for it.

    That is `submitted/<student>/<exercise>/<exercise>.ipynb`, with the time of handing in. An
    exercise is known by the cells in it, whatever its file is called. A second copy of a cell,
    which would end the grading of everybody, stays in the notebook and is no longer graded. Of two
    notebooks of one exercise the newer counts. A second run adds what has come since.

    Parameters
    ----------
    folder : path
        One folder a student, named as he or she is to be called, with notebooks at any depth.
    grading : path
        The folder that `generate` wrote.

    Returns
    -------
    DataFrame
        One row a notebook: `student` (empty if it lies in no student's folder), `file`, `exercise`
        (empty if it is none), `remark` (empty if there is nothing to say); and one row a student
        without any.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, none in it, or `generate` has not written `grading`.
    """
    folder, grading = Path(folder), Path(grading)
    releases = sorted((grading / "release").glob("*/*.ipynb"))
    if not releases:
        command, place = "python -m facekit exercises --grading", paths.display(grading)
        raise FileNotFoundError(f"{place} is no folder to grade in: {command} writes it")
    exercises = {file.stem: _ids(nbformat.read(file, as_version=4)) for file in releases}
    students = [entry for entry in folder.glob("*") if entry.is_dir()]
    if not students:
        raise FileNotFoundError(f"{paths.display(folder)} holds no folders, one for each student")
    loose = "is in no student's folder, and was left"
    rows = [["", file.name, "", loose] for file in sorted(folder.glob("*.ipynb"))]
    for student in sorted(students):
        files = [f for f in student.rglob("*.ipynb") if ".ipynb_checkpoints" not in f.parts]
        latest: dict[str, list[str]] = {}
        for file in sorted(files, key=lambda file: file.stat().st_mtime):
            exercise, remark = _put(file, exercises, grading / "submitted" / student.name)
            rows.append([student.name, file.relative_to(student).as_posix(), exercise, remark])
            if exercise in latest:
                latest[exercise][-1] = f"a newer one counts: {file.name}"
            latest |= {exercise: rows[-1]} if exercise else {}
        if not files:
            rows.append([student.name, "", "", "has handed in no notebook"])
    return pd.DataFrame(rows, columns=["student", "file", "exercise", "remark"])


def _id(cell):
    """Return the name by which nbgrader knows a cell, None if it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _ids(notebook):
    """Return the names by which nbgrader knows the cells of a notebook, those of copies as well."""
    return [_id(cell) for cell in notebook.cells if _id(cell)]


def _put(file, exercises, submitted):
    """Copy a notebook into the student's folder; return the exercise that it is, and a remark."""
    try:
        notebook = nbformat.read(file, as_version=4)
        ids = _ids(notebook)
    except (ValueError, KeyError, TypeError, AttributeError, nbformat.ValidationError) as error:
        return "", f"cannot be read as a notebook ({type(error).__name__})"
    name = max(exercises, key=lambda exercise: len({*exercises[exercise]} & {*ids}))
    if not {*exercises[name]} & {*ids}:
        return "", "is none of the exercises; is it a lesson?"
    graded = [cell for cell in notebook.cells if _id(cell)]
    copies = [cell for i, cell in enumerate(graded) if ids[i] in ids[:i]]
    for cell in copies:
        del cell.metadata["nbgrader"]
    missing = ", ".join(wanted for wanted in exercises[name] if wanted not in ids)
    remarks = [f"the cells {missing} are missing"] if missing else []
    remarks += ["a copied cell is not graded"] if copies else []
    place = submitted / name
    place.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, place / f"{name}.ipynb")
    time = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    (place / "timestamp.txt").write_text(f"{time:%Y-%m-%d %H:%M:%S.%f} UTC", encoding="utf-8")
    return name, "; ".join(remarks)


def _reason(messages):
    """Return the last line of the first traceback, or else of the first message."""
    first = sorted(messages, key=lambda message: "Traceback" not in message)[:1]
    lines = [line for line in "".join(first).splitlines() if line.strip(" -")]  # no drawn rule
    return lines[-1] if lines else ""


def _keep(file, new):
    """Give a student version that differs from the new one another name."""
    if file.is_file() and file.read_bytes() != new:
        names = (file.with_name(f"{file.stem}-yours-{n}.ipynb") for n in itertools.count(1))
        kept = file.rename(next(name for name in names if not name.exists()))
        print(f"{file.name} was there and is not what is written now: it is kept as {kept.name}")
