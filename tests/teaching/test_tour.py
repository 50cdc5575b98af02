"""The command line and the course's own tools. The lessons themselves run under nbval."""

import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from PIL import Image

import facekit as fk
from facekit import __main__ as cli
from facekit.analysis import paper
from facekit.contrastive import classifier, examination
from facekit.core import backend, paths
from facekit.faces import faceset
from facekit.gan import checkpoints, networks
from facekit.gan.recorder import Recorder
from facekit.teaching import doctor, tour

LESSONS = tour.LESSONS


def _cells(name, kind):
    return [
        cell
        for cell in nbformat.read(tour.notebooks() / f"{name}.ipynb", as_version=4).cells
        if cell.cell_type == kind
    ]


@pytest.mark.parametrize("name", LESSONS)
def test_lessons_keep_the_house_rules(name):
    for cell in _cells(name, "code"):
        assert len(cell.source.splitlines()) <= 12, cell.source
        assert not re.search(r"^\s*(def|class) ", cell.source, re.MULTILINE), (
            "definitions belong in the package"
        )
        assert not any(output.output_type == "error" for output in cell.outputs)
    text = (tour.notebooks() / f"{name}.ipynb").read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(root|home|Users|tmp|work)/", text)
    assert {"objectives", "recap"} <= {
        word.lower()
        for cell in _cells(name, "markdown")
        for word in re.findall(r"\w+", cell.source)
    }


def test_extract_train_classify_on_a_folder(portraits, tmp_path, capsys, monkeypatch):
    root = tmp_path / "pictures"
    root.mkdir()
    for path in portraits.sample(24, seed=1).paths:
        Image.open(path).save(root / f"{path.stem}.png")
    source = ["--source", "folder", "--root", str(root), "--out", str(tmp_path / "faces.npz")]
    run = tmp_path / "run"
    assert cli.main(["extract", *source]) == 0
    assert "(24, 80, 80, 3) uint8" in capsys.readouterr().out
    assert (
        cli.main(
            [
                "train",
                *source,
                "--epochs",
                "1",
                "--samples",
                "16",
                "--latent-dim",
                "8",
                "--run-dir",
                str(run),
            ]
        )
        == 0
    )
    assert json.loads((run / "run.json").read_text())["source"] == "folder"
    capsys.readouterr()
    assert (
        cli.main(
            [
                "classify",
                *source,
                "--generator",
                str(run / "generator.keras"),
                "--iterations",
                "3",
                "--run-dir",
                str(tmp_path / "score"),
            ]
        )
        == 0
    )
    assert len(classifier.pretrained(tmp_path / "score").weight) == classifier.FEATURES
    table = capsys.readouterr().out
    assert re.search(r"^real +5 ", table, re.MULTILINE) and re.search(
        r"^fake +2000 ", table, re.MULTILINE
    )
    assert (
        (tmp_path / "score" / "score.csv")
        .read_text()
        .startswith("kind,faces,right,accuracy,low,high\nreal,5,")
    )
    assert json.loads((tmp_path / "score" / "classifier.json").read_text())["kind"] == "classifier"
    assert (
        cli.main(
            [
                "train",
                *source,
                "--epochs",
                "1",
                "--samples",
                "16",
                "--latent-dim",
                "8",
                "--start",
                str(run),
                "--run-dir",
                str(tmp_path / "again"),
            ]
        )
        == 0
    )
    assert json.loads((tmp_path / "again" / "run.json").read_text())["start"] == "run"
    both = [str(folder / "generator.keras") for folder in (run, tmp_path / "again")]
    monkeypatch.setattr(
        examination, "examine", functools.partial(examination.examine, seeds=(0,), test_fakes=10)
    )
    assert (
        cli.main(
            ["examine", *source, *both, "--iterations", "1", "--run-dir", str(tmp_path / "tables")]
        )
        == 0
    )
    tables = examination.load(tmp_path / "tables")
    assert (
        list(tables[1].loc["again"].index[:2]) == ["run", "again"]
        and "run, corrupted" in tables[1].index
    )


def test_real_celeba_from_the_command_line(celeba, tmp_path, capsys):
    source = [
        "--source",
        "celeba",
        "--root",
        str(celeba.root),
        "--photos",
        "64",
        "--out",
        str(tmp_path / "faces.npz"),
    ]
    assert cli.main(["extract", *source]) == 0
    assert re.search(r"face found +6\d", capsys.readouterr().out)


def test_tour_with_an_unknown_profile_does_not_begin(monkeypatch, capsys):
    monkeypatch.setenv("FACEKIT_PROFILE", "slow")
    assert cli.main(["tour"]) == 1
    assert (
        capsys.readouterr().err
        == "facekit tour: FACEKIT_PROFILE is 'slow'; it must be one of quick, lesson, full\n"
    )


@pytest.mark.parametrize(
    "arguments, message",
    [
        (
            ["extract", "--source", "folder", "--root", "nowhere"],
            "facekit extract: there is no folder nowhere",
        ),
        (["extract", "--source", "folder"], "needs a folder"),
        (
            ["extract", "--source", "flickr"],
            "unknown source 'flickr': choose portraits, celeba or folder",
        ),
        (
            ["extract", "--root", "nowhere"],
            "--root nowhere goes with --source folder or --source celeba",
        ),
        (["classify", "--photos", "24", "--generator", "nobody"], "no generator 'nobody'"),
        (["train", "--photos", "4", "--samples", "64"], "a batch of 32 from 4 faces"),
        (
            ["train", "--photos", "24", "--start", "nowhere"],
            "nowhere holds no training to begin with",
        ),
        (["examine", "nobody", "--photos", "24"], "no generator 'nobody'"),
        (["unpack", "nowhere.zip"], "there is no file nowhere.zip"),
        (["tour", "--only", "09"], "no notebook starts with '09'"),
    ],
)
def test_errors_are_one_sentence(arguments, message, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FACEKIT_BUILD", str(tmp_path))
    assert cli.main(arguments) == 1
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error and len(error.strip().splitlines()) == 1


def test_selected_photographs(tmp_path, capsys):
    out = str(tmp_path / "f.npz")
    assert (
        cli.main(
            [
                "extract",
                "--select",
                "Male=no",
                "--select",
                "partition=validation",
                "--photos",
                "8",
                "--out",
                out,
            ]
        )
        == 0
    )
    found = faceset.load(out)
    assert not found.attributes["Male"].any() and set(found.attributes["partition"]) == {
        "validation"
    }
    assert cli.main(["extract", "--select", "identity=3", "--out", out]) == 0
    assert set(faceset.load(out).attributes["identity"]) == {3}
    assert cli.main(["extract", "--select", "Hat=yes", "--out", out]) == 1
    assert "these photographs have no attribute 'Hat'" in capsys.readouterr().err
    assert (
        cli.main(["extract", "--select", "identity=3", "--select", "identity=4", "--out", out]) == 1
    )
    assert "--select names a column twice" in capsys.readouterr().err
    assert cli.main(["extract", "--select", "self=1", "--out", out]) == 1
    assert "these photographs have no attribute 'self'" in capsys.readouterr().err
    for margin in ("inf", "nan", "-1"):
        assert cli.main(["extract", "--margin", margin, "--out", out]) == 1
        assert "margin goes from 0 to 10" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["extract", "--select", "Male", "--out", out])
    assert "a column and a value are expected" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option, value",
    [("--epochs", "0"), ("--samples", "-2"), ("--latent-dim", "many"), ("--photos", "1.5")],
)
def test_numbers_are_whole_and_start_at_one(option, value, capsys):
    with pytest.raises(SystemExit):
        cli.main(["train", f"{option}={value}"])
    assert (
        f"argument {option}: {value}: a whole number from 1 up is expected"
        in capsys.readouterr().err
    )


def test_an_interrupted_training_keeps_what_it_learned(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        Recorder, "on_epoch_end", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    arguments = [
        "train",
        "--photos",
        "24",
        "--samples",
        "16",
        "--latent-dim",
        "8",
        "--out",
        str(tmp_path / "f.npz"),
        "--run-dir",
        str(tmp_path / "run"),
    ]
    assert cli.main(arguments) == 130
    assert (tmp_path / "run" / "generator.keras").is_file()
    told = capsys.readouterr()
    assert told.err == "facekit train: interrupted\n"
    assert (
        "what was learned so far is kept as generator.keras" in told.out
        and "run.json" not in told.out
    )


def test_the_same_training_goes_on_and_another_is_refused(tmp_path, capsys):
    def train(*more):
        return cli.main(
            [
                "train",
                "--photos",
                "24",
                "--samples",
                "16",
                "--latent-dim",
                "8",
                "--out",
                str(tmp_path / "f.npz"),
                "--run-dir",
                str(tmp_path / "run"),
                *more,
            ]
        )

    assert train("--epochs", "1") == 0
    assert train("--epochs", "2") == 0
    assert "1/2" in capsys.readouterr().out
    assert json.loads((tmp_path / "run" / "run.json").read_text())["epochs"] == 2
    before = (tmp_path / "run" / "losses.csv").read_bytes()
    assert train("--epochs", "2") == 0 and (tmp_path / "run" / "losses.csv").read_bytes() == before
    assert train("--epochs", "2", "--seed", "7") == 1
    assert (
        "holds another training (seed 0, not 7): choose another folder, or delete it"
        in capsys.readouterr().err
    )


def test_sweep_of_the_papers_combinations(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paper, "TABLE_1", paper.TABLE_1[["latent_dim", "samples"]].head(2) // 10)
    arguments = [
        "sweep",
        "--photos",
        "24",
        "--epochs",
        "1",
        "--out",
        str(tmp_path / "f.npz"),
        "--run-dir",
        str(tmp_path / "sweep"),
    ]
    assert cli.main(arguments) == 0
    told = capsys.readouterr().out
    assert (
        re.search(r"^20 +20 ", told, re.MULTILINE)
        and "smallest sum of the three averages: latent" in told
    )
    assert sorted(run.name for run in (tmp_path / "sweep").iterdir()) == [
        "latent10-samples10",
        "latent20-samples20",
    ]


def test_experiments_from_the_command_line(tmp_path, capsys):
    arguments = [
        "--photos",
        "48",
        "--iterations",
        "2",
        "--out",
        str(tmp_path / "f.npz"),
        "--run-dir",
        str(tmp_path / "runs"),
        "--measure",
    ]
    assert cli.main(["experiment", "collapse", "winner", *arguments]) == 0
    assert "How does mode collapse look?" in capsys.readouterr().out
    for name in ("collapse", "winner"):
        assert "kernel_distance" in (tmp_path / "runs" / name / "losses.csv").read_text()
    assert cli.main(["experiment", "collaps", *arguments]) == 1
    assert "no experiment 'collaps': choose one of plain," in capsys.readouterr().err


def test_training_with_half_the_digits(tmp_path):
    arguments = [
        "train",
        "--photos",
        "24",
        "--samples",
        "16",
        "--latent-dim",
        "8",
        "--epochs",
        "1",
        "--bfloat16",
    ]
    try:
        assert (
            cli.main(
                [*arguments, "--out", str(tmp_path / "f.npz"), "--run-dir", str(tmp_path / "run")]
            )
            == 0
        )
    finally:
        backend.keras.config.set_dtype_policy("float32")
    assert json.loads((tmp_path / "run" / "run.json").read_text())["precision"] == "mixed_bfloat16"
    faces = networks.generate(checkpoints.load(tmp_path / "run" / "generator.keras"), [[0.0] * 8])
    assert faces.shape == (1, 80, 80, 3)


def test_a_training_that_broke_leaves_no_generator(tmp_path, monkeypatch, capsys):
    def broken(*_, **__):
        raise FloatingPointError("a loss is no longer a number in epoch 1")

    monkeypatch.setattr(Recorder, "on_epoch_end", broken)
    arguments = [
        "train",
        "--photos",
        "24",
        "--samples",
        "16",
        "--latent-dim",
        "8",
        "--out",
        str(tmp_path / "f.npz"),
        "--run-dir",
        str(tmp_path / "run"),
    ]
    assert cli.main(arguments) == 1
    assert not (tmp_path / "run" / "generator.keras").exists()
    assert capsys.readouterr().err == "facekit train: a loss is no longer a number in epoch 1\n"


def test_doctor_is_content_here(capsys):
    assert doctor.doctor() == []
    told = capsys.readouterr().out
    assert re.search(r"^tensorflow 2\.\d+\.\d+$", told, re.MULTILINE)
    assert "Keras runs on tensorflow; devices: CPU:0" in told and "✓ all is well" in told


def test_doctor_gives_advice(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("FACEKIT_PROFILE", "slow")
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    monkeypatch.setattr(doctor, "_pins", lambda: {"tensorflow": "1.15.0", "no-such-package": "1.0"})
    advice = doctor.doctor()
    assert [line.split()[0] for line in advice] == [
        "tensorflow",
        "no-such-package",
        "no",
        "no",
        "no",
        "no",
        "no",
        "FACEKIT_PROFILE",
    ]
    assert advice[0].endswith("the course is tested with 1.15.0: pip install -r requirements.txt")
    told = capsys.readouterr().out
    assert told.count("✗") == 8 and "4 networks: 4 missing or damaged" in told


def test_doctor_finds_what_is_damaged(capsys, monkeypatch, tmp_path):
    shutil.copytree(paths.data() / "models", tmp_path / "models")
    shutil.copytree(paths.data() / "portraits", tmp_path / "portraits")
    (tmp_path / "models" / "portraits" / "portraits.npz").write_bytes(b"cut short")
    (tmp_path / "models" / "portraits" / "portraits-descriptor.npz").unlink()
    (tmp_path / "portraits" / "photos" / "000007.jpg").write_bytes(b"")
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    advice = doctor.doctor()
    assert (
        len(advice) == 3
        and "portraits.npz is missing or damaged" in advice[0]
        and "portraits-descriptor.npz is missing or damaged" in advice[1]
    )
    assert (
        "000007.jpg" in advice[2]
        and "the portraits: 1 missing or damaged" in capsys.readouterr().out
    )


def test_doctor_names_the_wrong_backend():
    run = subprocess.run(
        [sys.executable, "-m", "facekit", "doctor"],
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "jax"},
    )
    assert run.returncode == 1
    assert (
        "✗ facekit trains with Keras on TensorFlow, but KERAS_BACKEND is 'jax': unset it"
        in run.stdout
    )


def test_pins_are_read_from_the_requirements():
    pins = doctor._pins()
    assert len(pins) == 20 and pins["tensorflow"] == "2.21.0"


def test_refresh_stores_the_portraits_whatever_the_source_is(tmp_path, monkeypatch):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# A lesson"),
            nbformat.v4.new_code_cell(
                "import os; print(os.environ.get('FACEKIT_SOURCE'), os.environ.get('FACEKIT_ROOT'))"
            ),
        ]
    )
    nbformat.write(notebook, tmp_path / "01_preprocessing.ipynb")
    monkeypatch.setattr(tour, "notebooks", lambda: tmp_path)
    for name, value in (
        ("FACEKIT_SOURCE", "celeba"),
        ("FACEKIT_ROOT", "nowhere"),
        ("FACEKIT_PROFILE", "quick"),
    ):
        monkeypatch.setenv(name, value)
    tour.refresh("01")
    assert (
        nbformat.read(tmp_path / "01_preprocessing.ipynb", as_version=4).cells[1].outputs[0].text
        == "None None\n"
    )


def test_a_kernel_that_dies_is_told_with_its_section(tmp_path, monkeypatch):
    cells = [
        nbformat.v4.new_markdown_cell("# A lesson\n\n## Too large"),
        nbformat.v4.new_code_cell("print('done')"),
        nbformat.v4.new_code_cell("import os; os._exit(137)"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "01_preprocessing.ipynb")
    monkeypatch.setattr(tour, "notebooks", lambda: tmp_path)
    with pytest.raises(
        RuntimeError,
        match="01_preprocessing, section “Too large”: the kernel died, most likely because the computer's memory was full",
    ):
        tour.tour(tmp_path / "tour", only="01")
    assert (
        nbformat.read(tmp_path / "tour" / "01_preprocessing.ipynb", as_version=4)
        .cells[1]
        .outputs[0]
        .text
        == "done\n"
    )


def test_folders_are_those_of_where_the_command_was_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("FACEKIT_BUILD", "FACEKIT_ROOT"):
        monkeypatch.setenv(name, name.lower())
    monkeypatch.setenv("FACEKIT_SOURCE", "folder")
    assert cli.main(["extract"]) == 1  # there is no such folder
    assert os.environ["FACEKIT_BUILD"] == str(tmp_path / "facekit_build") and os.environ[
        "FACEKIT_ROOT"
    ] == str(tmp_path / "facekit_root")
    assert (
        cli.main(["extract", "--source", "portraits", "--photos", "1", "--out", "one.npz"]) == 0
    )  # they need no root, and nobody typed one


@pytest.mark.parametrize(
    "lesson", [LESSONS[0], *(pytest.param(name, marks=pytest.mark.slow) for name in LESSONS[1:])]
)
def test_a_lesson_runs_on_celeba(celeba, lesson, tmp_path, monkeypatch):
    for name, value in (
        ("SOURCE", "celeba"),
        ("ROOT", celeba.root),
        ("PROFILE", "quick"),
        ("BUILD", tmp_path),
    ):
        monkeypatch.setenv(f"FACEKIT_{name}", str(value))
    assert cli.main(["tour", "--only", lesson]) == 0


def test_the_lessons_are_not_run_on_photographs_without_labels(monkeypatch, capsys):
    monkeypatch.setenv("FACEKIT_SOURCE", "folder")
    assert cli.main(["tour"]) == 1
    assert "the lessons need photographs with labels" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file has such a name")
def test_names_that_are_no_text_are_told(portraits, tmp_path):
    (tmp_path / "photos").mkdir()
    shutil.copy(portraits.paths[0], tmp_path / "photos")
    (tmp_path / "photos" / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"")
    command = [
        sys.executable,
        "-m",
        "facekit",
        "extract",
        "--source",
        "folder",
        "--root",
        str(tmp_path / "photos"),
        "--out",
        str(tmp_path / "faces.npz"),
    ]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    )
    assert run.returncode == 0, run.stderr
    assert r"caf\udce9.jpg unreadable: the file is empty" in re.sub(" +", " ", run.stdout)


def test_two_generators_of_one_name_are_refused(capsys):
    assert cli.main(["examine", "a/run/generator.keras", "b/run/generator.keras"]) == 1
    assert "two of these generators have one name (run, run)" in capsys.readouterr().err


def test_an_unknown_experiment_is_told_before_the_photographs_are_read(monkeypatch, capsys):
    monkeypatch.setattr(fk.faces.photos, "load", None)
    assert cli.main(["experiment", "plain", "typo"]) == 1
    assert "no experiment 'typo': choose one of plain" in capsys.readouterr().err


def test_a_failing_cell_is_told_with_its_section(tmp_path, monkeypatch, capsys):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# A lesson\n\n## Losses"),
            nbformat.v4.new_code_cell("1 / 0"),
        ]
    )
    nbformat.write(notebook, tmp_path / "01_preprocessing.ipynb")
    monkeypatch.setattr(tour, "notebooks", lambda: tmp_path)
    with pytest.raises(
        RuntimeError,
        match="01_preprocessing, section “Losses”: ZeroDivisionError: division by zero",
    ):
        tour.tour(tmp_path / "tour", only="01")
    assert (tmp_path / "tour" / "01_preprocessing.html").is_file()


def test_tour_writes_pages_with_an_index(tmp_path, monkeypatch, capsys):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# A lesson\n\n## Adding"),
            nbformat.v4.new_code_cell("print(1 + 41)"),
        ]
    )
    nbformat.write(notebook, tmp_path / "01_preprocessing.ipynb")
    monkeypatch.setattr(tour, "notebooks", lambda: tmp_path)
    index = tour.tour(tmp_path / "tour", only="01")
    assert '<a href="01_preprocessing.html">A lesson</a>' in index.read_text()
    assert "42" in (tmp_path / "tour" / "01_preprocessing.html").read_text()
    assert re.search(r"\d s  Adding", capsys.readouterr().out)


def test_app_serves_the_page_to_this_computer():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "facekit", "app", "--no-browser", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        page = _fetched(f"http://127.0.0.1:{port}/", seconds=120)
        assert (
            "Faces that nobody has" in page and "fk.widgets" not in page
        )  # the code is hidden, the page is shown
        assert "jupyter-widgets" in page
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        told, _ = server.communicate(timeout=30)
    assert (
        "Culling kernels with idle durations > 120 seconds" in told.decode()
    )  # of visitors who are gone


def _fetched(address, seconds):
    """Return a page, waiting for the server to be up."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return answer.read().decode()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def test_the_command_line_is_complete():
    commands = cli._parser()._subparsers._group_actions[0].choices
    assert set(commands) == {
        "tour",
        "unpack",
        "extract",
        "train",
        "sweep",
        "experiment",
        "classify",
        "examine",
        "app",
        "doctor",
        "refresh",
        "exercises",
        "collect",
        "benchmark",
    }
    assert paths.REPOSITORY.joinpath("README.md").is_file()
