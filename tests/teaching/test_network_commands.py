"""The commands over photographs, from one end to the other."""

import functools
import json
import re

import pytest
from PIL import Image

import facekit as fk
from facekit import __main__ as cli
from facekit.analysis import paper
from facekit.contrastive import classifier, examination
from facekit.core import backend
from facekit.faces import faceset
from facekit.gan import checkpoints, networks
from facekit.gan.recorder import Recorder


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
    told = capsys.readouterr().err
    assert told.startswith("facekit train: a loss is no longer a number in epoch 1")


def test_two_generators_of_one_name_are_refused(capsys):
    assert cli.main(["examine", "a/run/generator.keras", "b/run/generator.keras"]) == 1
    assert "two of these generators have one name (run, run)" in capsys.readouterr().err


def test_an_unknown_experiment_is_told_before_the_photographs_are_read(monkeypatch, capsys):
    monkeypatch.setattr(fk.faces.photos, "load", None)
    assert cli.main(["experiment", "plain", "typo"]) == 1
    assert "no experiment 'typo': choose one of plain" in capsys.readouterr().err
