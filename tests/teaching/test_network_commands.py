"""The commands over photographs: one way from end to end, and what each hands to its function."""

import functools
import json
import re

import pandas as pd
import pytest
from PIL import Image

import facekit as fk
from facekit import __main__ as cli
from facekit.analysis import experiments, sweeps
from facekit.contrastive import classifier, examination
from facekit.core import backend
from facekit.faces import faceset
from facekit.gan import recorder, training
from facekit.metrics import descriptor


def test_extract_train_classify_examine_on_a_folder(
    portraits, tmp_path, capsys, monkeypatch, eager
):
    root, run, score = (tmp_path / name for name in ("pictures", "run", "score"))
    root.mkdir()
    for path in portraits.sample(24, seed=1).paths:
        Image.open(path).save(root / f"{path.stem}.png")
    source = ["--source", "folder", "--root", str(root), "--out", str(tmp_path / "faces.npz")]

    assert cli.main(["extract", *source]) == 0
    assert "(24, 80, 80, 3) uint8" in capsys.readouterr().out

    small = ["--epochs", "1", "--samples", "16", "--latent-dim", "8"]
    assert cli.main(["train", *source, *small, "--run-dir", str(run)]) == 0
    assert json.loads((run / "run.json").read_text())["source"] == "folder"
    assert "losses.csv, run.json, sheets and generator.keras are in" in capsys.readouterr().out

    generated, asked = examination.fakes, []

    def generate_few(generator, n, seed):
        asked.append(n)
        return generated(generator, min(n, 20), seed)

    monkeypatch.setattr(examination, "fakes", generate_few)
    generator = str(run / "generator.keras")
    options = ["--generator", generator, "--iterations", "3", "--run-dir", str(score)]
    assert cli.main(["classify", *source, *options]) == 0
    assert len(classifier.pretrained(score).weight) == classifier.FEATURES
    table = capsys.readouterr().out
    assert re.search(r"^real +5 ", table, re.MULTILINE)
    assert re.search(r"^fake +20 ", table, re.MULTILINE) and max(asked) == 2000
    rows = (score / "score.csv").read_text()
    assert rows.startswith("kind,faces,right,accuracy,low,high\nreal,5,")
    assert json.loads((score / "classifier.json").read_text())["kind"] == "classifier"

    short = functools.partial(examination.examine, seeds=(0,), test_fakes=10)
    monkeypatch.setattr(examination, "examine", short)
    options = ["--iterations", "1", "--run-dir", str(tmp_path / "tables")]
    assert cli.main(["examine", *source, generator, "portraits", *options]) == 0
    _, transfer = examination.load(tmp_path / "tables")
    assert list(transfer.loc["portraits"].index[:2]) == ["run", "portraits"]
    assert "run, corrupted" in transfer.index


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


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Call `train` with options, without training, and return what `gan.training.train` was asked."""
    calls = []

    def train(faces, run_dir, **settings):
        policy = backend.keras.config.dtype_policy().name
        calls.append({"faces": len(faces), "run_dir": run_dir, "precision": policy, **settings})

    monkeypatch.setattr(training, "train", train)

    def ask(*options):
        out = ["--photos", "4", "--out", str(tmp_path / "f.npz")]
        assert cli.main(["train", *out, "--run-dir", str(tmp_path / "run"), *options]) == 0
        return calls.pop()

    return ask


def test_a_training_has_the_settings_of_the_help(asked, tmp_path):
    assert asked() == {
        "faces": 4,
        "run_dir": tmp_path / "run",
        "precision": "float32",
        "latent_dim": 100,
        "samples": 64,
        "epochs": 20,
        "architecture": "compact",
        "augmentation": 1.0,
        "r1": 0.2,
        "learning_rates": (0.0005, 0.0005),
        "falling": False,
        "start": None,
        "seed": 0,
        "source": "portraits",
        "descriptor": None,
    }


def test_each_option_of_a_training_arrives(asked):
    asked_for = asked(
        *("--latent-dim", "8", "--samples", "16", "--epochs", "2", "--architecture", "paper"),
        *("--augmentation", "0.3", "--learning-rates", "0.1", "0.2", "--start", "portraits"),
        *("--seed", "7", "--measure", "--r1", "0", "--falling"),
    )
    settings = {"latent_dim": 8, "samples": 16, "epochs": 2, "architecture": "paper", "seed": 7}
    settings |= {"augmentation": 0.3, "learning_rates": [0.1, 0.2], "start": "portraits"}
    settings |= {"r1": 0.0, "falling": True}
    assert settings.items() <= asked_for.items()
    assert isinstance(asked_for["descriptor"], descriptor.Descriptor)


def test_a_training_with_half_the_digits(asked):
    try:
        assert asked("--bfloat16")["precision"] == "mixed_bfloat16"
    finally:
        backend.keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize(
    "error, code, told, kept",
    [
        (KeyboardInterrupt(), 130, "interrupted", True),
        (FloatingPointError("a loss is no longer a number"), 1, "a loss is no longer", False),
    ],
)
def test_what_a_training_leaves_that_ends_early(
    error, code, told, kept, tmp_path, monkeypatch, capsys, eager
):
    def stop(*_, **__):
        raise error

    monkeypatch.setattr(recorder.Recorder, "on_epoch_end", stop)
    out = ["--out", str(tmp_path / "f.npz"), "--run-dir", str(tmp_path / "run")]
    small = ["--photos", "24", "--samples", "16", "--latent-dim", "8"]
    assert cli.main(["train", *small, *out]) == code
    assert (tmp_path / "run" / "generator.keras").is_file() == kept
    printed = capsys.readouterr()
    assert printed.err.startswith(f"facekit train: {told}") and "run.json" not in printed.out
    assert ("what was learned so far is kept as generator.keras" in printed.out) == kept


def test_sweep_of_the_papers_combinations(tmp_path, monkeypatch, capsys):
    calls = {}

    def sweep(faces, folder, **settings):
        calls.update(settings, faces=len(faces), folder=folder)

    monkeypatch.setattr(sweeps, "sweep", sweep)
    monkeypatch.setattr(sweeps, "compare", lambda runs: pd.DataFrame({"g": [0.5]}))
    monkeypatch.setattr(sweeps, "best", lambda runs: (100, 200))
    out = ["--photos", "4", "--out", str(tmp_path / "f.npz"), "--run-dir", str(tmp_path / "s")]
    assert cli.main(["sweep", *out, "--epochs", "3", "--seed", "2"]) == 0
    assert calls == {
        **{"faces": 4, "folder": str(tmp_path / "s"), "epochs": 3, "architecture": "compact"},
        **{"seed": 2, "source": "portraits", "descriptor": None},
    }
    told = capsys.readouterr().out
    assert "smallest sum of the three averages: latent 100 and samples 200" in told


def test_experiments_from_the_command_line(tmp_path, capsys, eager):
    out = ["--out", str(tmp_path / "f.npz"), "--run-dir", str(tmp_path / "runs")]
    options = ["--photos", "48", "--iterations", "2", *out, "--measure"]
    assert cli.main(["experiment", "lagging", *options]) == 0
    assert experiments.EXPERIMENTS["lagging"].question in capsys.readouterr().out
    assert "kernel_distance" in (tmp_path / "runs" / "lagging" / "losses.csv").read_text()
    assert cli.main(["experiment", "collaps", *options]) == 1
    assert "no experiment 'collaps': choose one of plain," in capsys.readouterr().err


def test_two_generators_of_one_name_are_refused(capsys):
    assert cli.main(["examine", "a/run/generator.keras", "b/run/generator.keras"]) == 1
    assert "two of these generators have one name (run, run)" in capsys.readouterr().err


def test_an_unknown_experiment_is_told_before_the_photographs_are_read(monkeypatch, capsys):
    monkeypatch.setattr(fk.faces.photos, "load", None)
    assert cli.main(["experiment", "plain", "typo"]) == 1
    assert "no experiment 'typo': choose one of plain" in capsys.readouterr().err


def test_impossible_wishes_are_refused_before_faces_are_looked_for(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(fk.faces, "extract", lambda *_, **__: pytest.fail("faces were looked for"))
    out = ["--out", str(tmp_path / "faces.npz"), "--run-dir", str(tmp_path / "run")]
    for wish, sentence in (
        (["--seed", "-1"], "seed -1: it is 0 or more"),
        (["--samples", "33"], "33 samples: an iteration needs 2, 4, 6"),
        (["--learning-rates", "nan", "nan"], "learning rates (nan, nan): they must be above 0"),
        (["--select", "Male=True"], "--select Male=True: no photograph has it; there are no, yes"),
        (["--select", "partition=Train"], "there are train"),
    ):
        assert cli.main(["train", *out, *wish]) == 1
        assert sentence in capsys.readouterr().err.replace("[", "(").replace("]", ")"), wish


def test_extract_that_finds_no_face_at_all_fails(tmp_path, capsys):
    Image.new("RGB", (178, 218), "grey").save(tmp_path / "wall.png")
    folder = ["--source", "folder", "--root", str(tmp_path), "--out", str(tmp_path / "faces.npz")]
    assert cli.main(["extract", *folder]) == 1
    assert "no face" in capsys.readouterr().out


@pytest.mark.parametrize(
    "is_first, told", [(True, "another training is at work"), (False, "looked")]
)
def test_a_folder_is_tried_before_faces_are_looked_for(
    is_first, told, tmp_path, capsys, monkeypatch
):
    """Of many machines by the first alone: they share the folder."""

    def extract(*_, **__):
        raise ValueError("looked for faces")

    monkeypatch.setattr(fk.faces, "extract", extract)
    monkeypatch.setattr(fk.core.distribution, "first_machine", lambda: is_first)
    with fk.core.writing.exclusive(tmp_path / "run", "training"):
        assert cli.main(["train", "--run-dir", str(tmp_path / "run")]) == 1
    assert told in capsys.readouterr().err
