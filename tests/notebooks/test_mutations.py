"""The lessons as guards: each of these faults turns one red, and without a fault they stay green, ten times, in any order."""

import os
import random
import re
import shutil
import subprocess
import sys

import pytest

from facekit.core import paths
from facekit.teaching import tour

#: Slips that anybody could make: a module, what stands there, what the slip makes of it, and the lesson whose stored outputs contradict it.
FAULTS = [
    (
        "gan/lsgan",
        "losses.lsgan_generator_loss(fake, self.c)",
        "losses.lsgan_generator_loss(fake, self.a)",
        "02",
    ),
    ("gan/lsgan", "(2 * half, dim)", "(half, dim)", "02"),
    (
        "gan/losses",
        "0.5 * mean_square(real, b) + 0.5 * mean_square(fake, a)",
        "mean_square(real, b) + 0.5 * mean_square(fake, a)",
        "02",
    ),
    (
        "gan/losses",
        'ops.square(ops.convert_to_tensor(scores, "float32") - label)',
        'ops.abs(ops.convert_to_tensor(scores, "float32") - label)',
        "02",
    ),
    ("contrastive/losses", "similarity - 1e9 * itself", "similarity", "04"),
    ("core/images", '"float32") / 127.5 - 1', '"float32") / 255', "01"),
    ("faces/crops", "np.vdot(centred, wanted)", "np.vdot(wanted, centred)", "01"),
    ("faces/photos", ".permutation(len(self))[:n]", ".integers(len(self), size=n)", "01"),
    (
        "faces/photos",
        "table.drop(columns=[*known, *truth]) == 1",
        "table.drop(columns=[*known, *truth]) == -1",
        "01",
    ),
    (
        "faces/extraction",
        '"reject_names": names[rejected]',
        '"reject_names": names[rejected - 1]',
        "01",
    ),
    ("gan/latent", "np.sin((1 - t) * angle) * start", "(1 - t) * np.sin(angle) * start", "02"),
    ("analysis/history", ".mean().round(digits)", ".median().round(digits)", "03"),
    ("analysis/paper", '_table("table_2")', '_table("table_2").round(2)', "03"),
    ("analysis/history", 'self.losses["d2"] ** 0.5', 'self.losses["d2"]', "03"),
    ("metrics/distances", "values.append(within - 2 * ", "values.append(within - ", "03"),
    ("metrics/intervals", 'method="wilson"', 'method="exact"', "04"),
    (
        "contrastive/examination",
        "faces.take(~is_train)",
        "faces.take(is_train)",
        "04",
    ),
    ("contrastive/classifier", "LABELS[(real > 0.5)", "LABELS[(real < 0.5)", "04"),
]


def _copy(folder):
    """Put into a folder what a lesson under test needs; the data stays where it is."""
    for name in ("facekit", "notebooks"):
        shutil.copytree(
            paths.REPOSITORY / name,
            folder / name,
            ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "exercises"),
        )
    shutil.copy(paths.REPOSITORY / "pyproject.toml", folder)


def _compare(folder, lessons):
    """Run lessons of a copy of the project under nbval, up to the first cell that fails, and return exit code and report."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "FACEKIT_DATA": str(paths.data()),
        "FACEKIT_BUILD": str(folder / "build"),
        "PYTEST_ADDOPTS": "",
    }
    files = [f"notebooks/{lesson}.ipynb" for lesson in lessons]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "-x",
        "--color=no",
        "-p",
        "no:cacheprovider",
        *files,
    ]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def _code_of(module):
    return (paths.REPOSITORY / "facekit" / f"{module}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "module, right, wrong, start", FAULTS, ids=[f"{fault[0]}-{fault[2]}" for fault in FAULTS]
)
def test_a_fault_is_stated_of_the_code_as_it_stands(module, right, wrong, start):
    """What a fault replaces stands once in its module, so that the slow tests below test something."""
    assert _code_of(module).count(right) == 1, f"{module}.py has changed: state the fault anew"
    compile(_code_of(module).replace(right, wrong), module, "exec")


@pytest.mark.slow
@pytest.mark.parametrize(
    "module, right, wrong, start",
    FAULTS,
    ids=[f"{module}-{wrong}" for module, _, wrong, _ in FAULTS],
)
def test_a_fault_turns_its_lesson_red(tmp_path, module, right, wrong, start):
    _copy(tmp_path)
    file = tmp_path / "facekit" / f"{module}.py"
    file.write_text(_code_of(module).replace(right, wrong), encoding="utf-8")
    lesson = next(name for name in tour.LESSONS if name.startswith(start))
    code, report = _compare(tmp_path, [lesson])
    assert code == 1, (
        f"{lesson} stays green: nothing that it compares hangs on this line of {module}.py\n{report[-2000:]}"
    )
    # A cell that says something else, not one that breaks: then the fault would hide behind an error that anybody sees.
    assert "Cell outputs differ" in report and "Cell execution caused an exception" not in report, (
        report[-4000:]
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_without_a_fault_the_lessons_are_green_in_any_order(tmp_path, seed):
    """What a lesson leaves behind may be there for another, or not."""
    _copy(tmp_path)
    order = random.Random(seed).sample(tour.LESSONS, len(tour.LESSONS))
    code, report = _compare(tmp_path, order)
    assert code == 0, report[-4000:]
    cells = re.findall(r"^notebooks/(\w+)\W+ipynb::Cell \d+ PASSED", report, re.MULTILINE)
    assert list(dict.fromkeys(cells)) == order and f"{len(cells)} passed in" in report, report[
        -4000:
    ]
