"""The paper's claims, one by one, beside what our recorded runs say on the same definition.

Nothing here is typed in: the paper's numbers come from `paper`, ours from `data/runs`, and a verdict is computed from the two.
"""

import pandas as pd

from ..core import paths, reading
from ..metrics.intervals import rank_correlation, wilson_interval
from . import history, paper

#: What a verdict can be.
VERDICTS = (
    "reproduced",
    "consistent",
    "not reproduced",
    "not shown",
    "cannot be right",
    "not defined",
)
#: Recorded: the paper's best combination for 20 epochs, as in its Table 2, and for 100, as for its accuracies; and the classifier's score.
RUN, LONG_RUN, CLASSIFIER = (
    "portraits-latent200-samples200",
    "portraits-hundred-epochs",
    "portraits-classifier",
)


def table():
    """Return the claims table: columns claim, place, paper, ours, interval, verdict, why, evidence.

    `evidence` names what the verdict rests on: `paper.TABLE_2` for instance, or a folder in `data/runs`; `interval` is the 95 % one of
    the figure in `ours` (in the rows of ten images, of the paper's own).

    Raises
    ------
    FileNotFoundError, ValueError
        If a recorded run is missing, or damaged.
    """
    run, long_run = (history.load(paths.data() / "runs" / name) for name in (RUN, LONG_RUN))
    rows = [
        *_losses(run),
        *_accuracies(long_run),
        *_ten_images(),
        *_text(),
        *_smaller_is_better(),
        *_gradient(),
    ]
    return pd.DataFrame(
        rows, columns=["claim", "place", "paper", "ours", "interval", "verdict", "why", "evidence"]
    )


def _published(claim, part=""):
    """Return value and place of a row of `paper.CLAIMS`."""
    found = paper.CLAIMS[
        (paper.CLAIMS.claim == claim) & paper.CLAIMS.place.str.contains(part, regex=False)
    ].iloc[0]
    return found.value, found.place


def _losses(run):
    """The three averages: possible together? near ours? And the one that the abstract prints tenfold."""
    ours, table, evidence = run.averages(), paper.TABLE_2, f"data/runs/{RUN}"
    broken = int((history.LossHistory(table).bound() < 1).sum())
    for column, claim in (
        ("d1", "mean discriminator loss on real images, d1"),
        ("d2", "mean discriminator loss on fakes, d2"),
        ("g", "mean generator loss, g"),
    ):
        value, place = _published(claim, "section")
        if column == "d1":
            verdict = "reproduced" if 0.5 < ours[column] / value < 2 else "not reproduced"
            why = f"the average of Table 2 is right; our d1 is {ours[column] / value:.0f} times as large"
        else:
            verdict = "cannot be right" if broken else "not reproduced"
            why = f"√d2 + √g < 1 in {broken} of {len(table)} epochs: not two mean squares of one discriminator with labels 0 and 1"
            evidence = "paper.TABLE_2"
        yield claim, place, f"{value:.4f}", f"{ours[column]:.4f}", "", verdict, why, evidence
    mean = table["g"].mean()
    yield _recomputed(
        "mean generator loss, g",
        mean,
        "ours is the average of the paper's own Table 2",
        "paper.TABLE_2",
        "abstract",
    )
    yield _recomputed(
        "difference of the means of g and d2",
        mean - table["d2"].mean(),
        "ours follows from the paper's own Table 2",
        "paper.TABLE_2",
    )


def _recomputed(claim, ours, why, evidence, part=""):
    """The row of a claim, printed with three decimals, that follows from a table of the paper, or contradicts it."""
    value, place = _published(claim, part)
    return (
        claim,
        place,
        f"{value:.3f}",
        f"{ours:.4f}",
        "",
        "consistent" if round(ours, 3) == value else "cannot be right",
        why,
        evidence,
    )


def _accuracies(run):
    """The discriminator's two accuracies in the last epoch, and the classifier's on unseen people and latent points."""
    seen = run.about["faces"] // (run.about["samples"] // 2) * (run.about["samples"] // 2)
    last = run.losses.iloc[-1]
    for column, claim in (
        ("accuracy_real", "discriminator accuracy on real images"),
        ("accuracy_fake", "discriminator accuracy on fakes"),
    ):
        yield _share(
            claim,
            round(last[column] * seen),
            seen,
            f"in epoch {run.losses.index[-1]}, on augmented images while it learns",
            f"data/runs/{LONG_RUN}",
        )
    file = paths.data() / "runs" / CLASSIFIER / "score.csv"
    with reading.guarded(
        file, "the score of a classifier", "write it again with `python -m facekit classify`"
    ):
        score = reading.read_csv(file, index_col=0).loc["both", ["right", "faces"]].astype(int)
    why = f"{score.faces:,.0f} faces of people and latent points that the classifier had not seen"
    yield _share(
        "accuracy of the real/fake classifier",
        score.right,
        score.faces,
        why,
        f"data/runs/{CLASSIFIER}",
    )


def _share(claim, right, trials, why, evidence):
    value, place = _published(claim)
    low, high = wilson_interval(right, trials)
    verdict = "reproduced" if low <= value <= high else "not reproduced"
    return (
        claim,
        place,
        f"{value:.2%}",
        f"{right / trials:.2%}",
        f"{low:.2%} to {high:.2%}",
        verdict,
        why,
        evidence,
    )


def _ten_images():
    """Table 5: ten right of ten, and the ends of its confidences."""
    right = int((paper.TABLE_5.expectation == paper.TABLE_5.observation).sum())
    trials, (low, high) = len(paper.TABLE_5), wilson_interval(right, len(paper.TABLE_5))
    value, place = _published("right of ten unseen images")
    verdict = "consistent" if right / trials == value else "cannot be right"
    yield (
        "right of ten unseen images",
        place,
        f"{value:.0%}",
        f"{right} of {trials}",
        f"{low:.0%} to {high:.0%}",
        verdict,
        "ours is that of the paper's own Table 5; so few leave all of this interval open",
        "paper.TABLE_5",
    )
    for which, ours in (
        ("highest", paper.TABLE_5.confidence.max()),
        ("lowest", paper.TABLE_5.confidence.min()),
    ):
        yield _recomputed(
            f"{which} confidence of the ten",
            ours,
            "ours is that of the paper's own Table 5",
            "paper.TABLE_5",
        )


def _text():
    """Numbers of the text that other numbers of the text contradict."""
    for claim in paper.CLAIMS.claim[paper.CLAIMS.claim.duplicated()].unique():
        said = paper.CLAIMS[paper.CLAIMS.claim == claim]
        if (said.value % 1 == 0).all():
            values = " and ".join(f"{value:,.0f}" for value in said.value)
            yield (
                claim,
                "; ".join(said.place),
                values,
                "",
                "",
                "cannot be right",
                "two values for one quantity: one is a misprint",
                "paper.CLAIMS",
            )
    dims = _published("latent dimension")[0], _published("latent dimension of the best run")[0]
    yield (
        "latent dimension",
        "sections 2.2 and 3.1",
        " and ".join(f"{dim:.0f}" for dim in dims),
        "",
        "",
        "not defined" if dims[0] != dims[1] else "consistent",
        "the method names one, the result another",
        "paper.CLAIMS",
    )
    value, place = _published("variations of the latent dimension")
    listed = paper.TABLE_1.latent_dim.nunique()
    yield (
        "variations of the latent dimension",
        place,
        f"{value:.0f}",
        str(listed),
        "",
        "consistent" if listed == value else "cannot be right",
        "ours is what Table 1 lists",
        "paper.TABLE_1",
    )


def _smaller_is_better():
    """ "The smaller loss value will generate a better fake image": does a smaller g go with a smaller kernel distance, within a run and between runs?

    Between runs those count whose distances compare: the small GANs on the portraits.
    """
    claim, within = (
        "a smaller loss means a better image",
        history.epochs(history.recorded(epochs=20)),
    )
    correlations = pd.DataFrame(
        [
            run[["d1", "d2", "g", "kernel_distance"]].rank().corr()["kernel_distance"]
            for _, run in within.groupby("run")
        ]
    )
    follow, (d1, d2) = correlations["g"] > 0.6, (correlations[["d1", "d2"]] < 0).sum()
    low, high = wilson_interval(follow.sum(), len(follow))
    yield (
        f"{claim}, in one run",
        "section 1",
        "yes",
        f"{follow.sum()} of {len(follow)} runs",
        f"{low:.0%} to {high:.0%}",
        "reproduced" if low > 0.5 else "not shown",
        f"rank correlation of g with the kernel distance above 0.6 over 20 epochs; that of d1 is below 0 in {d1}, of d2 in {d2}",
        "data/runs",
    )
    small = history.epochs(
        history.recorded(source="portraits", epochs=20, generator="small_generator")
    )
    correlation, low, high = rank_correlation(small["g"], small["kernel_distance"], small["run"])
    verdict = "reproduced" if low > 0 else "not reproduced" if high < 0 else "not shown"
    yield (
        f"{claim}, between runs",
        "section 1",
        "yes",
        f"{correlation:+.2f}",
        f"{low:+.2f} to {high:+.2f}",
        verdict,
        f"rank correlation of g with the kernel distance over {len(small)} epochs of {small['run'].nunique()} small runs, some of them sick",
        "data/runs",
    )


def _gradient():
    """The strong and the weak reading of what the abstract says of cross-entropy: does its generator learn at all, and does it take longer?"""
    squares, entropy = (
        history.load(paths.data() / "runs" / name).losses["kernel_distance"]
        for name in ("plain", "cross-entropy")
    )
    verdict = "reproduced" if entropy.iloc[-1] > 0.5 * entropy.iloc[0] else "not reproduced"
    yield (
        "cross-entropy gives the generator no gradient",
        "abstract",
        "yes",
        f"{entropy.iloc[0]:.2f} to {entropy.iloc[-1]:.2f}",
        "",
        verdict,
        "kernel distance, from the first epoch to the last: it learns faces",
        "data/runs/cross-entropy",
    )
    behind = int((entropy > squares).sum())
    verdict = "reproduced" if behind > 0.9 * len(entropy) else "not reproduced"
    yield (
        "cross-entropy takes the generator longer",
        "abstract",
        "yes",
        f"behind in {behind} of {len(entropy)} epochs",
        "",
        verdict,
        "kernel distance of cross-entropy above that of squares, with equal networks and steps; one seed of one small network",
        "data/runs/cross-entropy",
    )
