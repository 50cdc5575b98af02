"""Loss histories: written by hand, read back, averaged."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from facekit.analysis import history, paper
from facekit.core.images import montage


def _run(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "losses.csv").write_text(text)
    return folder


def test_paper_table_through_the_history():
    run = history.LossHistory(paper.TABLE_2)
    assert run.averages().to_dict() == {"d1": 0.0061, "d2": 0.0036, "g": 0.0575}
    assert run.table().loc[1].tolist() == [0.098, 0.033, 1.055]


def test_load_reads_what_a_run_wrote(tmp_path):
    run = history.load(
        _run(
            tmp_path / "run", "epoch,d1,d2,g,accuracy_real\n1,0.5,0.25,1,0.9\n2,0.3,0.15,0.5,0.8\n"
        )
    )
    assert run.losses.index.tolist() == [1, 2]
    assert run.averages().to_dict() == {"d1": 0.4, "d2": 0.2, "g": 0.75}
    assert run.table(1).to_numpy().tolist() == [[0.5, 0.2, 1.0], [0.3, 0.2, 0.5]]


def test_a_run_without_a_layout_has_eight_faces_in_a_row(tmp_path):
    run = history.load(_run(tmp_path / "run", "epoch,d1,d2,g\n1,0.5,0.25,1\n"))
    (tmp_path / "run" / "sheets").mkdir()
    pictures = (
        np.zeros((32, 20, 20, 3), np.uint8) + np.arange(32, dtype=np.uint8)[:, None, None, None] * 7
    )
    Image.fromarray(montage(pictures)).save(tmp_path / "run" / "sheets" / "epoch_0001.png")
    assert np.array_equal(run.faces(1), pictures[:8])


def test_a_recorded_run_has_one_row_of_faces_as_jpeg(tmp_path):
    run = history.load(_run(tmp_path / "run", "epoch,d1,d2,g\n1,0.5,0.25,1\n"))
    (tmp_path / "run" / "sheets").mkdir()
    faces = np.arange(0, 240, 30, dtype=np.uint8)[:, None, None, None] * np.ones(
        (20, 20, 3), np.uint8
    )
    sheet = tmp_path / "run" / "sheets" / "epoch_0001.jpg"
    Image.fromarray(montage(faces)).save(sheet, quality=88, subsampling=0)
    assert run.sheets() == {1: sheet} and np.abs(run.faces().astype(int) - faces).mean() < 3
    sheet.write_bytes(b"no picture")
    with pytest.raises(
        ValueError,
        match=r"epoch_0001.jpg is not a picture of an epoch, or damaged \(.*\): delete it",
    ):
        run.faces()


def test_the_layout_of_sheets_is_the_one_that_the_run_recorded(tmp_path):
    run = history.load(_run(tmp_path / "run", "epoch,d1,d2,g\n1,0.5,0.25,1\n"))
    run.about["sheet"] = {"columns": 3, "gap": 5}
    (tmp_path / "run" / "sheets").mkdir()
    faces = np.arange(6, dtype=np.uint8)[:, None, None, None] * np.ones((20, 20, 3), np.uint8)
    sheet = montage(faces, **run.about["sheet"])
    Image.fromarray(sheet).save(tmp_path / "run" / "sheets" / "epoch_0001.png")
    assert np.array_equal(run.faces(), faces[:3])


def test_reading_a_run_needs_no_matplotlib():
    code = "import sys, facekit.analysis.history; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_bound_of_a_run():
    assert history.LossHistory(paper.TABLE_2).bound().loc[20] == pytest.approx(
        0.001**0.5 + 0.003**0.5
    )


def test_epochs_of_several_runs(tmp_path):
    measured = history.load(
        _run(tmp_path / "one", "epoch,d1,d2,g,kernel_distance\n1,0.5,0.25,1,3\n2,0.4,0.2,0.9,2\n")
    )
    other = history.load(_run(tmp_path / "two", "epoch,d1,d2,g\n1,0.5,0.25,1\n"))
    table = history.epochs({"measured": measured, "other": other})
    assert table.to_numpy().tolist() == [
        ["measured", 1, 0.5, 0.25, 1.0, 3],
        ["measured", 2, 0.4, 0.2, 0.9, 2],
    ]
    with pytest.raises(ValueError, match="none of these runs measured"):
        history.epochs({"other": other})


def test_recorded_runs_are_found_by_name_and_by_what_they_say_of_themselves(monkeypatch, tmp_path):
    for name, about in {
        "long": '{"epochs": 9, "source": "x"}',
        "short": '{"epochs": 1, "source": "x"}',
        "other": '{"epochs": 1, "source": "y"}',
    }.items():
        (_run(tmp_path / "runs" / name, "epoch,d1,d2,g\n1,1,2,3\n") / "run.json").write_text(about)
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    assert list(history.recorded()) == ["long", "other", "short"] and list(
        history.recorded("*o*", source="x")
    ) == ["long", "short"]
    assert (
        list(history.recorded(source="x", epochs=1)) == ["short"]
        and history.recorded(latent_dim=3) == {}
    )


def test_missing_and_damaged_tables(tmp_path):
    with pytest.raises(
        FileNotFoundError, match="there is no file .*losses.csv: train with callbacks="
    ):
        history.load(tmp_path)
    for text in ("epoch,d1,d2\n0,1,2\n", "epoch,d1,d2,g\n0,1,2,three\n", "", "a,b\n1,2\n"):
        with pytest.raises(ValueError, match="losses.csv is not a loss table"):
            history.load(_run(tmp_path / "bad", text))


def test_plot_draws_the_three_losses(tmp_path):
    ax = history.LossHistory(paper.TABLE_2).plot(title="The paper")
    lines = {line.get_label().split(",")[0]: line.get_ydata() for line in ax.get_lines()}
    assert {name: lines[name][0] for name in lines} == {"d1": 0.098, "d2": 0.033, "g": 1.055}
    assert ax.get_xlabel() == "epoch" and ax.get_title() == "The paper"
