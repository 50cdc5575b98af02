"""The claims table: every verdict rests on a file or on the paper's own numbers, and follows when they change."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from facekit.analysis import claims, history, paper
from facekit.core import paths

VERDICTS = {
    "reproduced",
    "consistent",
    "not reproduced",
    "not shown",
    "cannot be right",
    "not defined",
}


@pytest.fixture(scope="module")
def table():
    return claims.table().set_index(["claim", "place"])


def verdict(table, claim, place=""):
    return next(row for (name, where), row in table.iterrows() if name == claim and place in where)


def test_every_verdict_is_backed(table):
    for row in table.itertuples():
        assert row.verdict in VERDICTS
        kind, _, name = row.evidence.partition("/")
        if kind == "data":
            assert list((paths.data() / name).glob("**/*.csv")), row.evidence
        else:
            assert isinstance(getattr(paper, row.evidence.removeprefix("paper.")), pd.DataFrame)


def test_the_papers_own_contradictions(table):
    assert verdict(table, "mean generator loss, g", "abstract").verdict == "cannot be right"
    assert verdict(table, "mean generator loss, g", "abstract").ours == "0.0575"
    assert verdict(table, "mean generator loss, g", "section").verdict == "cannot be right"
    assert "19 of 20 epochs" in verdict(table, "mean discriminator loss on fakes, d2").why
    assert verdict(table, "lowest confidence of the ten").verdict == "cannot be right"
    assert verdict(table, "photographs in CelebA").verdict == "cannot be right"
    assert verdict(table, "variations of the latent dimension").ours == "4"
    assert verdict(table, "photographs in CelebA").paper == "202,599 and 202,595"
    assert verdict(table, "right of ten unseen images").interval == "72% to 100%"


def test_what_the_paper_has_right_is_said(table):
    for claim in (
        "difference of the means of g and d2",
        "right of ten unseen images",
        "highest confidence of the ten",
    ):
        assert verdict(table, claim).verdict == "consistent"
    assert verdict(table, "difference of the means of g and d2").ours == "0.0539"


def test_ours_come_from_the_recorded_runs(table):
    run = history.recorded(claims.RUN)[claims.RUN]
    assert run.about["latent_dim"] == run.about["samples"] == 200 and len(run.losses) == 20
    assert (
        verdict(table, "mean discriminator loss on real images, d1").ours
        == f"{run.averages()['d1']:.4f}"
    )
    long_run = history.recorded(claims.LONG_RUN)[claims.LONG_RUN]
    assert {
        name: long_run.about[name] for name in ("latent_dim", "samples", "faces", "generator")
    } == {name: run.about[name] for name in ("latent_dim", "samples", "faces", "generator")}
    assert (
        len(long_run.losses) == 100
        and verdict(table, "discriminator accuracy on fakes").ours
        == f"{long_run.losses['accuracy_fake'][100]:.2%}"
    )
    score = pd.read_csv(paths.data() / "runs" / claims.CLASSIFIER / "score.csv", index_col=0).loc[
        "both"
    ]
    assert verdict(table, "accuracy of the real/fake classifier").ours == f"{score.accuracy:.2%}"


def test_verdicts_follow_the_numbers(monkeypatch):
    monkeypatch.setattr(
        paper, "TABLE_2", history.recorded(claims.RUN)[claims.RUN].losses[["d1", "d2", "g"]]
    )
    monkeypatch.setattr(paper, "TABLE_1", paper.TABLE_1.head(3))
    changed = claims.table().set_index(["claim", "place"])
    assert verdict(changed, "mean discriminator loss on fakes, d2").verdict == "not reproduced"
    assert verdict(changed, "variations of the latent dimension").verdict == "consistent"


def test_a_smaller_loss_is_judged_within_runs_and_between_them(table, monkeypatch, tmp_path):
    within, between = (
        verdict(table, f"a smaller loss means a better image, {where}")
        for where in ("in one run", "between runs")
    )
    assert (
        within.verdict == "reproduced"
        and re.fullmatch(r"\d+ of \d+ runs", within.ours)
        and between.verdict == "not shown"
    )
    names = [f"run{i}" for i in range(6)]
    for better, name in enumerate(names):
        (tmp_path / "runs" / name).mkdir(parents=True)
        about = dict(source="portraits", epochs=20, generator="small_generator")
        (tmp_path / "runs" / name / "run.json").write_text(json.dumps(about))
        pd.DataFrame(
            {
                "epoch": range(1, 21),
                "d1": 0.1,
                "d2": range(20, 0, -1),
                "g": np.arange(20) + better,
                "kernel_distance": np.arange(20) + better,
            }
        ).to_csv(tmp_path / "runs" / name / "losses.csv", index=False)
    monkeypatch.setattr(paths, "data", lambda: tmp_path)
    within, between = claims._smaller_is_better()
    assert within.verdict == between.verdict == "reproduced" and within.why.endswith(
        "that of d1 is below 0 in 0, of d2 in 6"
    )
    for name in names:
        table = pd.read_csv(tmp_path / "runs" / name / "losses.csv")
        table.assign(g=-table.g).to_csv(tmp_path / "runs" / name / "losses.csv", index=False)
    assert [row.verdict for row in claims._smaller_is_better()] == ["not shown", "not reproduced"]


def test_cross_entropy_is_judged_by_its_strong_and_its_weak_reading(table):
    assert (
        verdict(table, "cross-entropy gives the generator no gradient").verdict == "not reproduced"
    )
    slower = verdict(table, "cross-entropy takes the generator longer")
    assert slower.ours == "behind with 5 of 5 seeds" and slower.verdict == "reproduced"
    entropy = history.load(paths.data() / "runs" / "cross-entropy")
    entropy.losses["kernel_distance"] = [7.0] + [0.1] * 18 + [6.9]
    assert next(claims._cross_entropy(entropy)).verdict == "reproduced"


def test_a_seed_without_an_advantage_is_not_shown_to_be_slower(monkeypatch, tmp_path):
    shutil.copytree(paths.data() / "runs", tmp_path / "runs")
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    for kind, other in (("plain", "cross-entropy"), ("cross-entropy", "plain")):
        source = paths.data() / "runs" / f"{kind}-seed1"
        shutil.copytree(source, tmp_path / "runs" / f"{other}-seed9")
    *_, weak = claims._cross_entropy(history.load(tmp_path / "runs" / "cross-entropy"))
    assert weak.verdict == "not shown" and weak.ours == "behind with 5 of 6 seeds"


def test_shares_are_reproduced_inside_their_interval():
    assert claims._share("accuracy_fake", 99, 100, "", "").verdict == "reproduced"
    assert claims._share("accuracy_fake", 900, 1000, "", "").verdict == "not reproduced"


def test_a_missing_run_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=f"there is no file .*{claims.RUN}"):
        claims.table()


@pytest.mark.parametrize(
    "text", ["", "kind,faces\nboth,2720\n", "kind,faces,right\nboth,many,all\n"]
)
def test_a_damaged_score_is_named(monkeypatch, tmp_path, text):
    shutil.copytree(
        paths.data() / "runs", tmp_path / "runs", ignore=shutil.ignore_patterns("*.jpg")
    )
    (tmp_path / "runs" / claims.CLASSIFIER / "score.csv").write_text(text)
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"score\.csv is not the score of a classifier"):
        claims.table()
