"""The explorer of runs, by setting its controls and reading what it shows."""

import pandas as pd
import pytest
from PIL import Image

from facekit.analysis import history
from facekit.widgets import LossExplorer


@pytest.fixture
def two_runs(tmp_path):
    runs = {}
    for name, factor in (("calm", 1.0), ("wild", 2.0)):
        folder = tmp_path / name
        (folder / "sheets").mkdir(parents=True)
        table = pd.DataFrame(
            {"d1": [0.2 * factor, 0.4], "d2": 0.3, "g": [0.9, 0.5], "variety": [10.0, 20.0]},
            index=pd.Index([1, 2], name="epoch"),
        )
        table.to_csv(folder / "losses.csv")
        for epoch in (1, 2):
            sheet = Image.new("RGB", (654, 326), (100 * epoch, 0, 0))
            sheet.save(folder / "sheets" / f"epoch_{epoch:04d}.png")
        runs[name] = history.load(folder)
    return runs


def test_explorer_follows_its_controls(two_runs):
    explorer = LossExplorer(two_runs)
    assert explorer.epoch.value == 2 and explorer.losses.value == ("d1", "d2", "g")
    assert explorer.table.loc["d1"].tolist() == [0.4, 0.4]
    pictures = [explorer.picture.value]
    for control, value in (
        ("epoch", 1),
        ("smoothing", 2),
        ("logarithmic", True),
        ("losses", ("variety",)),
        ("chosen", ("wild",)),
    ):
        getattr(explorer, control).value = value
        pictures.append(explorer.picture.value)
    assert len(set(pictures)) == len(pictures)
    assert explorer.table.to_dict() == {"wild": {"variety": 10.0}}
    explorer.chosen.value = ()
    assert explorer.picture.value == pictures[-1]
    assert explorer.picture.value == pictures[-1]


def test_without_a_run_there_is_a_sentence():
    with pytest.raises(ValueError, match="no run is given"):
        LossExplorer({})
