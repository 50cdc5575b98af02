"""The exercises under the real nbgrader: what is right scores full marks, a gap nothing, and a typical mistake what it should."""

import copy
import multiprocessing
import os
import re
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde

from facekit import __main__ as cli
from facekit.teaching import exercises, grading, tour

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")  # nbgrader's own tables

#: Typical wrong answers: what is meant, the gap, what stands there in place of what, and the checks that it fails.
WRONG = {
    "01_preprocessing": [
        (
            "two sides below 0 give an area above 0",
            "iou",
            "np.maximum(stop - start, 0).prod(axis=-1)",
            "np.maximum((stop - start).prod(axis=-1), 0)",
            {"iou-apart"},
        ),
        ("the shared part counts twice", "iou", " - shared)", ")", {"iou-check"}),
        (
            "the least sure first",
            "suppress",
            "np.argsort(-scores)",
            "np.argsort(scores)",
            {"suppress-check", "suppress-edge"},
        ),
        (
            "as much as the threshold is too much",
            "suppress",
            "<= threshold",
            "< threshold",
            {"suppress-edge"},
        ),
        (
            "turned the other way",
            "similarity",
            "np.concatenate(target.T))[0]",
            "np.concatenate(target.T))[0] * [1, -1, 1, 1]",
            {"similarity-check", "similarity-compromise"},
        ),
        (
            "the mean of the distances, not the root of their mean square",
            "misfit",
            "np.sqrt((abs(moved - TEMPLATE @ [1, 1j]) ** 2).mean())",
            "abs(moved - TEMPLATE @ [1, 1j]).mean()",
            {"misfit-check", "misfit-photos"},
        ),
        (
            "photographs, not people",
            "by_group",
            'group["identity"].nunique()',
            "len(group)",
            {"group-people"},
        ),
        ("means, not medians", "by_group", ".median()", ".mean()", {"group-check"}),
    ],
    "02_lsgan": [
        (
            "a transposed convolution halves",
            "layer",
            "size * stride if transposed else size // stride",
            "size // stride",
            {"layer-transposed"},
        ),
        (
            "a filter sees one channel",
            "layer",
            "kernel * kernel * channels",
            "kernel * kernel",
            {"layer-check", "layer-transposed"},
        ),
        (
            "pictures from 0 to 1",
            "generator",
            'activation="tanh"',
            'activation="sigmoid"',
            {"generator-range"},
        ),
        (
            "one doubling too few",
            "generator",
            "layers.Conv2DTranspose(32, 4, strides=2",
            "layers.Conv2DTranspose(32, 4, strides=1",
            {"generator-shape"},
        ),
        (
            "a sigmoid at the end",
            "discriminator",
            "layers.Dense(1)",
            'layers.Dense(1, activation="sigmoid")',
            {"discriminator-score"},
        ),
        (
            "batch normalisation in D",
            "discriminator",
            "layers.Conv2D(64",
            "layers.BatchNormalization(), layers.Conv2D(64",
            {"discriminator-layers"},
        ),
        ("twice the loss", "step", "d1 / 2 + d2 / 2", "d1 + d2", {"step-losses", "step-weights"}),
        (
            "the generator never moves",
            "step",
            "g_optimizer.apply(tape.gradient(loss, weights), weights)",
            "tape.gradient(loss, weights)",
            {"step-weights"},
        ),
        ("nothing is changed", "changed", "5e-3", "5e-4", {"changed-check"}),
    ],
    "03_loss_analysis": [
        (
            "cross-entropy and minimax exchanged",
            "pushes",
            "1 - sigma, sigma",
            "sigma, 1 - sigma",
            {"pushes-check"},
        ),
        (
            "the square of a number below 0",
            "smallest",
            "max(abs(c - a) - d2**0.5, 0)",
            "(abs(c - a) - d2**0.5)",
            {"smallest-check"},
        ),
        (
            "rounding is forgotten",
            "possible",
            "0.5 * 10**-digits",
            "0",
            {"possible-check", "possible-rounding"},
        ),
        (
            "the same letter for all",
            "patients",
            "name: letter for letter, name in truth.items()",
            'name: "A" for name in truth.values()',
            {"patients-faces", "patients-losses"},
        ),
        ("one fake is enough", "modes", ">= 1 / 50", "> 0", {"modes-check"}),
        (
            "the other player is slowed down, too",
            "cure",
            "d_rate = 1e-3",
            "g_rate = 1e-4",
            {"cure-check"},
        ),
        (
            "the spread of single values",
            "bootstrap",
            ".mean(axis=1)",
            "[:, 0]",
            {"bootstrap-check", "bootstrap-width"},
        ),
        (
            "other minus one",
            "bootstrap",
            "drawn[0] - drawn[1]",
            "drawn[1] - drawn[0]",
            {"bootstrap-check", "bootstrap-width"},
        ),
    ],
    "04_contrastive_classification": [
        ("photographs are drawn", "split", "np.unique(people)", "people", {"split-check"}),
        (
            "the anchor is its own rival",
            "supcon",
            "similarity - 1e9 * itself",
            "similarity",
            {"supcon-check", "supcon-loner"},
        ),
        (
            "a loner counts as 0",
            "supcon",
            'ops.sum(ops.cast(count > 0, "float32"))',
            "len(count)",
            {"supcon-loner"},
        ),
        ("a tie counts nothing", "auc", " + (difference == 0).mean() / 2", "", {"auc-check"}),
        (
            "nothing is changed",
            "change",
            "random.random(len(images)) < 0.5",
            "np.zeros(len(images), bool)",
            {"change-check", "robust-check"},
        ),
        ("the batch itself is changed", "change", "np.array(images)", "images", {"change-check"}),
        ("everybody would see it", "spoil", "1.5", "9", {"spoil-check"}),
    ],
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """What `generate` wrote: the folder for the class, and nbgrader's."""
    root = tmp_path_factory.mktemp("exercises")
    grading.generate(root / "class", root / "grading")
    return root / "class", root / "grading"


@pytest.fixture(scope="module")
def gradings(request, folders, tmp_path_factory):
    """From an exercise that a test asks for to its folder, and to what grades it: two at a time.

    Four students have handed it in. Each exercise has a copy of nbgrader's folder, and so a
    gradebook of its own.
    """
    asked = [getattr(item, "callspec", None) for item in request.session.items]
    names = {spec.params["graded"] for spec in asked if spec and "graded" in spec.params}
    started = {}
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        for name in sorted(names):
            course = tmp_path_factory.mktemp("graded") / name
            shutil.copytree(folders[1], course)
            source = tour.notebooks() / "exercises" / f"{name}.ipynb"
            handed_in = {
                "complete": _read(source),
                "untouched": _read(folders[0] / f"{name}.ipynb"),
                "even": _with(source, WRONG[name][::2]),
                "odd": _with(source, WRONG[name][1::2]),
            }
            for student, notebook in handed_in.items():
                folder = course / "submitted" / student / name
                folder.mkdir(parents=True)
                nbformat.write(notebook, folder / f"{name}.ipynb")
            started[name] = (course, pool.submit(grading.convert, Autograde, course, name, "*"))
        yield started


@pytest.fixture(scope="module", params=list(WRONG))
def graded(request, gradings):
    """One exercise, graded: its name, what `_scores` returns, and from student to notebook."""
    name = request.param
    course, grading_of_all = gradings[name]
    grading_of_all.result()
    students = [folder.name for folder in (course / "submitted").iterdir()]
    executed = {
        student: _read(course / "autograded" / student / name / f"{name}.ipynb")
        for student in students
    }
    return name, _scores(course, name, students), executed


def _read(file):
    return nbformat.read(file, as_version=4)


def _with(source, wrong):
    """The solved notebook with some wrong answers in it."""
    notebook = _read(source)
    for meant, gap, right, instead, _ in wrong:
        cell = next(cell for cell in notebook.cells if _grader(cell).get("grade_id") == gap)
        assert right in cell.source, meant
        cell.source = cell.source.replace(right, instead)
    return notebook


def _grader(cell):
    return cell.metadata.get("nbgrader", {})


def _scores(grading, name, students):
    """From student to a table with one row a graded cell: `auto`, the points that nbgrader gave, and `most`, those there are."""
    with Gradebook(f"sqlite:///{grading / 'gradebook.db'}") as book:
        grades = {
            student: book.find_submission_notebook(name, name, student).grades
            for student in students
        }
        return {
            student: pd.DataFrame(
                {grade.name: (grade.auto_score, grade.max_score) for grade in each},
                index=["auto", "most"],
            ).T
            for student, each in grades.items()
        }


def _errors(cell):
    return [output for output in cell.get("outputs", []) if output.output_type == "error"]


def test_the_solutions_score_full_marks(graded):
    name, scores, executed = graded
    table = scores["complete"]
    assert table.most.sum() == 15
    assert list(table.index[table.auto.isna()]) == ["question"]  # a person reads it
    assert (table.auto == table.most).drop("question").all(), table
    assert not [error for cell in executed["complete"].cells for error in _errors(cell)]


def test_the_gaps_score_nothing(graded):
    assert (graded[1]["untouched"].auto == 0).all() and len(graded[1]["untouched"]) > 5


def test_typical_mistakes_cost_their_own_points(graded):
    name, scores, _ = graded
    assert len(WRONG[name]) >= 6
    for handed_in, first in (("even", 0), ("odd", 1)):
        expected = set().union(*(wrong[4] for wrong in WRONG[name][first::2]))
        lost = scores[handed_in][scores[handed_in].auto < scores[handed_in].most]
        assert set(lost.index) == expected and (lost.auto == 0).all()


def test_the_student_version_runs_up_to_the_first_gap(graded):
    cells = [cell for cell in graded[2]["untouched"].cells if cell.cell_type == "code"]
    first = next(i for i, cell in enumerate(cells) if _errors(cell))
    assert [error.ename for error in _errors(cells[first])] == ["NotImplementedError"]
    assert "a gap: replace this line" in _errors(cells[first])[0].evalue
    assert (
        all(cell.execution_count for cell in cells[:first])
        and "YOUR TURN" in cells[first - 1].source
    )


def test_a_check_says_what_may_have_happened(graded):
    name, _, executed = graded
    told = {
        error.evalue
        for student in ("even", "odd")
        for cell in executed[student].cells
        for error in _errors(cell)
    }
    assert {
        "01_preprocessing": "your iou of boxes apart = [[0, -9, 0]], expected [[0, 0, 0]]: two sides below 0 give an area above 0: cut each side off at 0",
        "02_lsgan": "your weight of G = 2, expected 2.01: G has not moved: is g taken after D has moved, and is its gradient applied?",
        "03_loss_analysis": "your clusters with fakes = 3, expected 2: one fake in a hundred is not enough",
        "04_contrastive_classification": "your loss of three and a loner = 0.9619, expected 1.282: the loner is left out of the mean; it does not count as 0",
    }[name] in told
    for cell in executed["even"].cells:
        for error in _errors(cell):
            assert error.ename != "NotYet" or error.traceback == [f"✗ {error.evalue}"]


def test_what_a_class_handed_in_is_put_in_order_and_graded(folders, tmp_path, capsys):
    name, handed_in = "03_loss_analysis", tmp_path / "from the class"
    notebook = _read(tour.notebooks() / "exercises" / f"{name}.ipynb")
    place = next(
        i for i, cell in enumerate(notebook.cells) if _grader(cell).get("grade_id") == "possible"
    )
    notebook.cells[place].source = notebook.cells[place].source.replace(
        "    half =", "    np.log(np.zeros(1))\n    half ="
    )  # right, with a warning
    notebook.cells.insert(place + 1, copy.deepcopy(notebook.cells[place]))
    notebook.cells[place + 1].id = "copied"
    notebook.cells = [
        cell for cell in notebook.cells if _grader(cell).get("grade_id") != "pushes-check"
    ]
    for student in ("ada", "bob", "carol", "dan"):
        (handed_in / student).mkdir(parents=True)
    nbformat.write(notebook, handed_in / "ada" / "my answers (1).ipynb")
    nbformat.write(_read(folders[0] / f"{name}.ipynb"), handed_in / "ada" / "earlier.ipynb")
    os.utime(handed_in / "ada" / "earlier.ipynb", (1, 1))
    nbformat.write(_read(tour.notebooks() / f"{name}.ipynb"), handed_in / "bob" / f"{name}.ipynb")
    (handed_in / "carol" / f"{name}.ipynb").write_text("{", encoding="utf-8")
    nbformat.write(notebook, handed_in / "loose.ipynb")
    assert cli.main(["collect", str(handed_in), "--grading", str(folders[1])]) == 0
    assert "nbgrader autograde, and the exercise's name" in capsys.readouterr().out
    assert grading.collect(handed_in, folders[1]).to_numpy().tolist() == [
        ["", "loose.ipynb", "", "is in no student's folder, and was left"],
        ["ada", "earlier.ipynb", name, "a newer one counts: my answers (1).ipynb"],
        [
            "ada",
            "my answers (1).ipynb",
            name,
            "the cells pushes-check are missing; a copied cell is not graded",
        ],
        ["bob", f"{name}.ipynb", "", "is none of the exercises; is it a lesson?"],
        ["carol", f"{name}.ipynb", "", "cannot be read as a notebook (NotJSONError)"],
        ["dan", "", "", "has handed in no notebook"],
    ]
    assert [
        student
        for student in ("ada", "bob", "carol", "dan")
        if (folders[1] / "submitted" / student).is_dir()
    ] == ["ada"]
    before = dict(os.environ)
    grading.convert(Autograde, folders[1], name, "ada")
    assert dict(os.environ) == before
    scores = _scores(folders[1], name, ["ada"])["ada"]
    assert (
        scores.auto["possible-check"] == 1
        and np.isnan(scores.auto["pushes-check"])
        and (scores.auto == scores.most).sum() == len(scores) - 2
    )


def test_what_hinders_collecting_is_one_sentence(folders, tmp_path, capsys):
    for arguments, sentence in (
        (
            [str(tmp_path), "--grading", str(tmp_path)],
            "is no folder to grade in: python -m facekit exercises --grading writes it",
        ),
        (
            [str(tmp_path), "--grading", str(folders[1])],
            "holds no folders, one for each student",
        ),
        (
            [str(tmp_path / "nowhere"), "--grading", str(folders[1])],
            "holds no folders, one for each student",
        ),
    ):
        assert cli.main(["collect", *arguments]) == 1
        assert capsys.readouterr().err.endswith(f"{sentence}\n")


@pytest.mark.parametrize("name", list(WRONG))
def test_no_solution_and_no_hidden_test_is_handed_out(folders, name):
    source = _read(tour.notebooks() / "exercises" / f"{name}.ipynb")
    handed_out = (folders[0] / f"{name}.ipynb").read_text(encoding="utf-8")
    shown = {
        line.strip()
        for cell in _read(folders[0] / f"{name}.ipynb").cells
        for line in cell.source.splitlines()
    }
    assert not re.search("BEGIN|END SOLUTION|HIDDEN", handed_out)
    secret = []
    for cell in source.cells:
        for region in re.findall(
            r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", cell.source, re.DOTALL
        ):
            secret += [line.strip() for line in region[1].splitlines() if line.strip()]
        visible = re.sub(
            r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", "", cell.source, flags=re.DOTALL
        )
        shown -= {line.strip() for line in visible.splitlines()}
    assert len(secret) > 20 and not shown & set(secret)
    assert shown == {
        "# YOUR TURN",
        "YOUR TURN",
        "raise NotImplementedError('a gap: replace this line')",
    }


@pytest.mark.parametrize("name", list(WRONG))
def test_exercises_keep_the_house_rules(name):
    notebook = _read(tour.notebooks() / "exercises" / f"{name}.ipynb")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        shown = re.sub(
            r"### BEGIN HIDDEN TESTS.*### END HIDDEN TESTS", "", cell.source, flags=re.DOTALL
        )
        most = 25 if re.search(r"^def |Sequential", shown, re.MULTILINE) else 12
        assert len(shown.split("\n")) <= most and all(
            len(line) <= 100 for line in cell.source.split("\n")
        )
        assert not cell.outputs and cell.execution_count is None
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert re.search(rf"^# Exercise {name[1]} · ", text) and re.search(
        rf"minutes.*Needs notebook {name[1]}", text
    )
    tasks = [
        int(points) for points in re.findall(r"^## Task \d.*\((\d) points\)$", text, re.MULTILINE)
    ]
    assert len(tasks) == 6 and sum(tasks) == sum(
        _grader(cell).get("points", 0) for cell in notebook.cells
    )
    assert (
        _grader(notebook.cells[-1])["grade"]
        and _grader(notebook.cells[-1])["solution"]
        and notebook.cells[-1].cell_type == "markdown"
    )


@pytest.fixture
def one_exercise(monkeypatch):
    """The exercise of lesson 2 alone: what holds for one holds for four."""
    only = [tour.notebooks() / "exercises" / "02_lsgan.ipynb"]
    monkeypatch.setattr(grading, "sources", lambda: only)


def test_there_are_four_exercises():
    assert [source.stem for source in grading.sources()] == list(WRONG) == list(tour.LESSONS)


def test_the_command_writes_the_student_version_and_keeps_what_somebody_did(
    one_exercise, tmp_path, capsys
):
    out, course = tmp_path / "class", tmp_path / "grading"
    arguments = ["exercises", "--out", str(out), "--grading", str(course)]
    assert cli.main(arguments) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[0].endswith("02_lsgan.ipynb") and told.err == ""
    assert "these are for the class; solutions and tests are in" in told.out
    work = out / "02_lsgan.ipynb"
    given = work.read_text(encoding="utf-8")
    work.write_text(given.replace("YOUR TURN", "my turn"), encoding="utf-8")
    assert cli.main(arguments) == 0
    kept = "it is kept as 02_lsgan-yours-1.ipynb"
    sentence = f"02_lsgan.ipynb was there and is not what is written now: {kept}"
    assert sentence in capsys.readouterr().out
    assert work.read_text(encoding="utf-8") == given
    assert "my turn" in work.with_name("02_lsgan-yours-1.ipynb").read_text(encoding="utf-8")
    assert len(list(out.iterdir())) == 2
    assert (course / "source" / "02_lsgan" / "02_lsgan.ipynb").is_file()


def test_a_student_gets_no_solutions(one_exercise, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FACEKIT_BUILD", str(tmp_path))
    assert cli.main(["exercises"]) == 0
    assert capsys.readouterr().out.count(".ipynb") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["exercises"]


def test_what_hinders_the_command_is_one_sentence(tmp_path, monkeypatch, capsys):
    arguments = [
        "exercises",
        "--out",
        str(tmp_path / "class"),
        "--grading",
        str(tmp_path / "grading"),
    ]
    (tmp_path / "exercises").mkdir()
    monkeypatch.setattr(tour, "notebooks", lambda: tmp_path)
    assert cli.main(arguments) == 1
    assert (
        capsys.readouterr().err
        == "facekit exercises: no exercises in notebooks/exercises: check the folder out again\n"
    )
    cell = nbformat.v4.new_code_cell(
        "### BEGIN SOLUTION\n1",
        metadata={
            "nbgrader": {
                "grade": False,
                "grade_id": "a",
                "locked": False,
                "schema_version": 3,
                "solution": True,
                "task": False,
            }
        },
    )
    nbformat.write(
        nbformat.v4.new_notebook(cells=[cell]), tmp_path / "exercises" / "09_broken.ipynb"
    )
    assert cli.main(arguments) == 1
    assert (
        capsys.readouterr().err
        == "facekit exercises: nbgrader refuses 09_broken: RuntimeError: no end solution statement found\n"
    )
    assert not (tmp_path / "class" / "09_broken.ipynb").exists()
    monkeypatch.setitem(sys.modules, "nbgrader.converters", None)
    assert cli.main(arguments) == 1
    assert (
        capsys.readouterr().err
        == "facekit exercises: no nbgrader, which makes the student versions: pip install -r requirements.txt, or -e .[teaching]\n"
    )


@pytest.mark.parametrize(
    "value, expected, sentence",
    [
        (0.16, 0.2, "your d2 = 0.16, expected 0.2: did you square before averaging?"),
        (0.1, 0.2, "your d2 = 0.1, expected 0.2: half of it; is there a ½ too many?"),
        (20.0, 0.2, "your d2 = 20, expected 0.2: per cent, where a share is asked?"),
        (0.3, 0.2, "your d2 = 0.3, expected 0.2"),
        (None, 0.2, "your d2 is None, expected 0.2: does the function end with `return`?"),
        (
            float("nan"),
            0.2,
            "your d2 = nan, expected 0.2: not a number; a division by 0, or a root, logarithm or arccos of what has none?",
        ),
        (
            [0.2, 0.2],
            0.2,
            "your d2 = [0.2, 0.2], expected 0.2: it has the shape (2,), expected is ()",
        ),
        ("0.2", 0.2, "your d2 = '0.2', expected 0.2: that is of the type str, expected is float"),
        (True, False, "your d2 = True, expected False"),
        (489_600, 489_571, "your d2 = 489600, expected 489571"),
        (
            [float("nan"), 1.0],
            [1.0, 1.0],
            "your d2 = [nan, 1], expected [1, 1]: a nan was expected as a mistake",
        ),
        (
            np.zeros(30),
            1,
            "your d2 = an array of shape (30,) from 0 to 0, expected 1: it has the shape (30,), expected is ()",
        ),
        ("winner", "healthy", "your d2 = 'winner', expected 'healthy'"),
        (["a"], ["a", "b"], "your d2 = ['a'], expected ['a', 'b']"),
    ],
)
def test_what_a_check_says(value, expected, sentence):
    with pytest.raises(exercises.NotYet) as told:
        hints = (
            (0.16, "did you square before averaging?"),
            ([np.nan, 1.0], "a nan was expected as a mistake"),
        )
        exercises.check("d2", value, expected, *hints)
    assert str(told.value) == sentence


def test_a_wrong_table_of_words_is_told():
    with pytest.raises(exercises.NotYet, match="(?s)your table = .*b.*expected .*c"):
        exercises.check("table", pd.DataFrame({"a": ["b"]}), pd.DataFrame({"a": ["c"]}))


@pytest.mark.parametrize(
    "value, expected",
    [
        (0.2001, 0.2),
        (np.float32(0.2), 0.2),
        ((1, 2), [1.0, 2.0]),
        (pd.Series([1, 2]), [1, 2]),
        ("a", "a"),
        (np.str_("a"), "a"),
        (["a"], ["a"]),
        (np.bool_(True), True),
        (1e6 + 1, 1e6),
        (np.array(["a", "b"]), np.array(["a", "b"])),
        (pd.DataFrame({"a": ["b"]}), pd.DataFrame({"a": ["b"]})),
    ],
)
def test_what_a_check_accepts(value, expected, capsys):
    assert exercises.check("d2", value, expected) is None  # a value would be taken for points
    assert capsys.readouterr().out.startswith("✓ d2 = ")
