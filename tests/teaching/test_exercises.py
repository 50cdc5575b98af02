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
            "overlap",
            "max(width, 0) * max(height, 0)",
            "max(width * height, 0)",
            {"overlap-apart"},
        ),
        (
            "the box is not cut at the edge",
            "widened",
            "max(x - margin * width, 0)",
            "x - margin * width",
            {"widened-edge"},
        ),
        (
            "of the lost, how many had it",
            "lost",
            '(~with_it["found"]).mean(), (~without["found"]).mean()',
            'table[~table["found"]][column].mean(), (~table[~table["found"]][column]).mean()',
            {"lost-check"},
        ),
        (
            "bytes wrap around",
            "brighter",
            "image.astype(int) + by",
            "image + np.uint8(abs(by))",
            {"brighter-check"},
        ),
    ],
    "02_lsgan": [
        (
            "averaged before it is squared",
            "losses",
            "(fake**2).mean()",
            "fake.mean() ** 2",
            {"losses-check"},
        ),
        (
            "the labels 0 and 1, whatever is asked",
            "descent",
            "(fake - a)",
            "fake",
            {"descent-check"},
        ),
        (
            "a straight line that is blown up to the sphere",
            "walk",
            "(np.sin((1 - t) * angle) * z0 + np.sin(t * angle) * z1) / np.sin(angle)",
            "((1 - t) * z0 + t * z1) / np.linalg.norm((1 - t) * z0 + t * z1)",
            {"walk-third"},
        ),
        (
            "rarer, perhaps by chance",
            "missing",
            "if high < low:",
            "if (generated[name] > 0.5).mean() < (portraits[name] > 0.5).mean():",
            {"missing-chance"},
        ),
    ],
    "03_loss_analysis": [
        ("always two digits", "agrees", 'len(printed.partition(".")[2])', "2", {"agrees-check"}),
        ("rounding is forgotten", "possible", "0.5 * 10**-digits", "0", {"possible-rounding"}),
        (
            "fits the examples only",
            "diagnosis",
            "< 1.2",
            "< 0.8",
            {"diagnosis-others"},
        ),
        (
            "each face compared with itself, too",
            "distance",
            "(k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))",
            "k.mean()",
            {"distance-check", "distance-kind"},
        ),
    ],
    "04_contrastive_classification": [
        (
            "pushing apart pays for ever",
            "pair",
            "max(margin - distance, 0)",
            "margin - distance",
            {"pair-check"},
        ),
        (
            "the sum over the partners",
            "batch",
            "np.mean(np.log",
            "np.sum(np.log",
            {"batch-partners"},
        ),
        (
            "the interval that shrinks to a point",
            "interval",
            "middle = p + z**2 / (2 * n)",
            "return p - z * (p * (1 - p) / n) ** 0.5, p + z * (p * (1 - p) / n) ** 0.5",
            {"interval-check"},
        ),
        (
            "each bin counts the same",
            "calibration",
            "members.mean() * abs",
            "1 / len(np.unique(number)) * abs",
            {"calibration-weights"},
        ),
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


@pytest.mark.parametrize("number", range(4))
def test_a_typical_mistake_costs_its_own_points(graded, number):
    name, scores, _ = graded
    handed_in, other = ("even", "odd") if number % 2 == 0 else ("odd", "even")
    failed = WRONG[name][number][4]
    assert failed <= set(scores[handed_in].index)
    assert (scores[handed_in].auto[list(failed)] == 0).all() and (
        scores[other].auto[list(failed)] == scores[other].most[list(failed)]
    ).all()
    expected = set().union(*(wrong[4] for wrong in WRONG[name][number % 2 :: 2]))
    lost = scores[handed_in][scores[handed_in].auto < scores[handed_in].most]
    assert set(lost.index) == expected


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
        "01_preprocessing": "your brighter = [[120, 44]], expected [[120, 255]]: a byte ends at 255 and begins again: 200 + 100 is 44. Calculate in int, then cut off",
        "02_lsgan": "your d2 = 0.1225, expected 0.185: did you square before averaging?",
        "03_loss_analysis": "your kernel distance = 39.19, expected 14: you also compared each face with itself; leave the diagonal out",
        "04_contrastive_classification": "your calibration error = 0.55, expected 0.35: three faces stand in the one bin, one in the other: each face counts the same",
    }[name] in told
    for cell in executed["even"].cells:
        for error in _errors(cell):
            assert error.ename != "NotYet" or error.traceback == [f"✗ {error.evalue}"]


@pytest.mark.parametrize("graded", ["04_contrastive_classification"], indirect=True)
def test_the_key_of_the_detectors_question_says_what_its_table_shows(graded):
    cells = {cell.id: cell for cell in graded[2]["complete"].cells}
    printed = "".join(output.text for output in cells["e4-23"].outputs)
    rows = {
        row[0].strip(): [int(k) for k in row[1:]]
        for row in re.findall(
            r"^(.{8}) +(\d+) of 131 real +(\d+) of 131 fake$", printed, re.MULTILINE
        )
    }
    assert len(rows) == 7
    for name, (real, fake) in rows.items():
        assert (
            (80 <= min(real, fake) <= 110) if name == "none" else fake > real or name == "noise 8"
        )
    assert rows["noise 8"][1] <= 10
    assert all(rows[row][0] < 131 / 2 for row in ("JPEG 50", "size 40", "blur 1"))
    key = cells["e4-25"].source
    assert "right for about seven of ten of either, tested on 131 of each" in key
    ends = "".join(output.text for output in cells["e4-23-b"].outputs)
    low_real, high_real, low_fake, high_fake = map(
        int, re.search(r"none +real +(\d+)% to +(\d+)% +fake +(\d+)% to +(\d+)%", ends).groups()
    )
    assert "between six and eight of ten" in key
    assert min(low_real, low_fake) >= 55 and max(high_real, high_fake) <= 85


def test_what_a_class_handed_in_is_put_in_order_and_graded(folders, tmp_path, capsys):
    name, handed_in = "03_loss_analysis", tmp_path / "from the class"
    notebook = _read(tour.notebooks() / "exercises" / f"{name}.ipynb")
    place = next(
        i for i, cell in enumerate(notebook.cells) if _grader(cell).get("grade_id") == "agrees"
    )
    notebook.cells[place].source = notebook.cells[place].source.replace(
        "    digits =", "    np.log(np.zeros(1))\n    digits ="
    )  # right, with a warning
    notebook.cells.insert(place + 1, copy.deepcopy(notebook.cells[place]))
    notebook.cells[place + 1].id = "copied"
    notebook.cells = [
        cell for cell in notebook.cells if _grader(cell).get("grade_id") != "accuracy-check"
    ]
    for student in ("ada", "bob", "carol", "dan"):
        (handed_in / student).mkdir(parents=True)
    nbformat.write(notebook, handed_in / "ada" / "my answers (1).ipynb")
    nbformat.write(_read(folders[0] / f"{name}.ipynb"), handed_in / "ada" / "earlier.ipynb")
    os.utime(handed_in / "ada" / "earlier.ipynb", (1, 1))
    nbformat.write(_read(tour.notebooks() / f"{name}.ipynb"), handed_in / "bob" / f"{name}.ipynb")
    (handed_in / "carol" / f"{name}.ipynb").write_text("{", encoding="utf-8")
    assert cli.main(["collect", str(handed_in), "--grading", str(folders[1])]) == 0
    assert "nbgrader autograde, and the exercise's name" in capsys.readouterr().out
    assert grading.collect(handed_in, folders[1]).to_numpy().tolist() == [
        ["ada", "earlier.ipynb", name, ""],
        [
            "ada",
            "my answers (1).ipynb",
            name,
            "the cells accuracy-check are missing; a copied cell is not graded",
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
        scores.auto["agrees-check"] == 2
        and np.isnan(scores.auto["accuracy-check"])
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
    assert all(
        len(cell.source.splitlines()) <= 12 and not cell.outputs and cell.execution_count is None
        for cell in code
    )
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert re.search(rf"^# Exercise {name[1]} · ", text) and re.search(
        rf"minutes.*Needs notebook {name[1]}", text
    )
    tasks = [
        int(points) for points in re.findall(r"^## Task \d.*\((\d) points\)$", text, re.MULTILINE)
    ]
    assert 4 <= len(tasks) <= 6 and sum(tasks) == sum(
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
        exercises.check("d2", value, expected, (0.16, "did you square before averaging?"))
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
