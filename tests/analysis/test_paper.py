"""The paper's numbers, against its own averages and text."""

import tomllib

from facekit.analysis import paper
from facekit.core import paths


def test_table_1_has_four_combinations():
    assert paper.TABLE_1.to_numpy().tolist() == [[100, 100], [200, 200], [300, 300], [400, 400]]


def test_table_2_averages_are_those_of_the_text():
    assert len(paper.TABLE_2) == 20
    assert paper.TABLE_2.mean().round(4).to_dict() == {"d1": 0.0061, "d2": 0.0036, "g": 0.0575}


def test_table_5_is_ten_of_ten():
    assert (paper.TABLE_5.expectation == paper.TABLE_5.observation).sum() == 10
    assert paper.TABLE_5.confidence.min() == 0.7502


def test_claims_keep_the_two_generator_losses_apart():
    both = paper.CLAIMS.loc[["mean_g", "mean_g_abstract"]]
    assert both.value.tolist() == [0.0575, 0.575] and both.claim.nunique() == 1
    assert both.place.iloc[1] == "abstract"


def test_keys_of_claims_are_short_and_unique():
    keys = [*paper.CLAIMS.index, *paper.STATEMENTS.index]
    assert len(set(keys)) == len(keys) and all(key.isidentifier() for key in keys)


def test_its_tables_are_part_of_the_package():
    settings = tomllib.loads((paths.REPOSITORY / "pyproject.toml").read_text())
    (pattern,) = settings["tool"]["setuptools"]["package-data"]["facekit.analysis"]
    packed = sorted(file.name for file in (paths.REPOSITORY / "facekit" / "analysis").glob(pattern))
    assert packed == ["claims.csv", "statements.csv", "table_1.csv", "table_2.csv", "table_5.csv"]
