"""The paper's claims, one by one, beside what the recorded runs say by the same definition.

Nothing here is typed in: the paper's numbers come from `paper`, ours from `data/runs`, and a
verdict is computed from the two.
"""

from collections import namedtuple
from collections.abc import Iterator

import pandas as pd

from ..core import paths, reading
from ..metrics.intervals import rank_correlation, wilson_interval
from . import history, paper
from .history import LossHistory

#: Recorded in `data/runs`: the paper's best combination for 20 epochs, as in its Table 2, and for
#: 100, as for its accuracies; and the score of the classifier.
RUN = "portraits-latent200-samples200"
LONG_RUN = "portraits-hundred-epochs"
CLASSIFIER = "portraits-classifier"


#: One claim of the paper and what became of it: texts, see `table`.
Row = namedtuple("Row", "claim place paper ours interval verdict why evidence")


def table() -> pd.DataFrame:
    """Return the claims table: a row for each claim of the paper, with what became of it.

    Returns
    -------
    DataFrame
        Columns of text: `claim` and `place`, what the paper says, and where; `paper` and `ours`,
        its figure and ours; `interval`, the 95 % interval of ours (of ten images: of the paper's
        own), or nothing; `verdict`, "reproduced", "consistent", "not reproduced", "not shown",
        "cannot be right" or "not defined"; `why`, what the verdict comes from; `evidence`, what it
        rests on: `paper.TABLE_2` for instance, or a folder in `data/runs`.

    Raises
    ------
    FileNotFoundError, ValueError
        If a recorded run is missing, or damaged.
    """
    rows = [*_losses(_recorded(RUN)), *_accuracies(_recorded(LONG_RUN)), _classifier()]
    rows += [*_ten_images(), *_contradictions(), *_smaller_is_better()]
    rows += _cross_entropy(_recorded("cross-entropy"))
    return pd.DataFrame(rows)


def _recorded(name: str) -> LossHistory:
    return history.load(paths.data() / "runs" / name)


def _row(key, ours, verdict, why, evidence, interval="", form="") -> Row:
    """Return the row of a claim of `paper.CLAIMS`, its value in a format, or of a statement."""
    if key in paper.STATEMENTS.index:
        (claim, place), printed = paper.STATEMENTS.loc[key], "yes"
    else:
        claim, value, place = paper.CLAIMS.loc[key]
        printed = format(value, form)
    return Row(claim, place, printed, ours, interval, verdict, why, evidence)


def _recomputed(key: str, ours: float, why: str, evidence: str) -> Row:
    """Return the row of a claim, printed with three decimals, that a table of the paper decides."""
    verdict = "consistent" if round(ours, 3) == paper.CLAIMS.value[key] else "cannot be right"
    return _row(key, f"{ours:.4f}", verdict, why, evidence, form=".3f")


def _share(key: str, right: int, trials: int, why: str, evidence: str) -> Row:
    """Return the row of an accuracy: reproduced if the paper's lies in the interval of ours."""
    low, high = wilson_interval(right, trials)
    verdict = "reproduced" if low <= paper.CLAIMS.value[key] <= high else "not reproduced"
    interval = f"{low:.2%} to {high:.2%}"
    return _row(key, f"{right / trials:.2%}", verdict, why, evidence, interval, ".2%")


def _two_values(key: str, again: str, verdict: str, why: str, place: str = "") -> Row:
    """Return the row of a quantity that the paper gives twice; `verdict` holds if they differ."""
    both = paper.CLAIMS.loc[[key, again]]
    verdict = "consistent" if both.value.nunique() == 1 else verdict
    printed = " and ".join(f"{value:,.0f}" for value in both.value)
    place = place or "; ".join(both.place)
    return Row(both.claim.iloc[0], place, printed, "", "", verdict, why, "paper.CLAIMS")


def _losses(run: LossHistory) -> Iterator[Row]:
    """The three averages, beside ours; and whether they are possible together."""
    ours, published, evidence = run.averages(), paper.TABLE_2, "paper.TABLE_2"
    ratio = ours["d1"] / paper.CLAIMS.value["mean_d1"]
    verdict = "reproduced" if 0.5 < ratio < 2 else "not reproduced"
    why = f"the average of Table 2 is right; our d1 is {ratio:.0f} times as large"
    yield _row("mean_d1", f"{ours['d1']:.4f}", verdict, why, f"data/runs/{RUN}", form=".4f")
    broken = int((LossHistory(published).bound() < 1).sum())
    verdict = "cannot be right" if broken else "not reproduced"
    why = f"√d2 + √g < 1 in {broken} of {len(published)} epochs: "
    why += "not two mean squares of one discriminator with labels 0 and 1"
    for loss in ("d2", "g"):
        yield _row(f"mean_{loss}", f"{ours[loss]:.4f}", verdict, why, evidence, form=".4f")
    mean = published.mean()
    why = "ours is the average of the paper's own Table 2"
    yield _recomputed("mean_g_abstract", mean["g"], why, evidence)
    why = "ours follows from the paper's own Table 2"
    yield _recomputed("g_minus_d2", mean["g"] - mean["d2"], why, evidence)


def _accuracies(run: LossHistory) -> Iterator[Row]:
    """The discriminator's two accuracies in the last epoch."""
    half_batch = run.about["samples"] // 2
    seen = run.about["faces"] // half_batch * half_batch
    why = f"in epoch {run.losses.index[-1]}, on augmented images while it learns"
    for key in ("accuracy_real", "accuracy_fake"):
        right = round(run.losses[key].iloc[-1] * seen)
        yield _share(key, right, seen, why, f"data/runs/{LONG_RUN}")


def _classifier() -> Row:
    """The classifier's accuracy on people and latent points that it has not seen."""
    file = paths.data() / "runs" / CLASSIFIER / "score.csv"
    advice = "write it again with `python -m facekit classify`"
    with reading.guarded(file, "the score of a classifier", advice):
        score = reading.read_csv(file, index_col=0).loc["both", ["right", "faces"]].astype(int)
    why = f"{score.faces:,.0f} faces of people and latent points that the classifier had not seen"
    return _share("classifier", score.right, score.faces, why, f"data/runs/{CLASSIFIER}")


def _ten_images() -> Iterator[Row]:
    """Table 5: ten right of ten, and the ends of its confidences."""
    ten, evidence = paper.TABLE_5, "paper.TABLE_5"
    right = int((ten.expectation == ten.observation).sum())
    low, high = wilson_interval(right, len(ten))
    agrees = right / len(ten) == paper.CLAIMS.value["ten_right"]
    verdict, interval = "consistent" if agrees else "cannot be right", f"{low:.0%} to {high:.0%}"
    why = "ours is that of the paper's own Table 5"
    open_ = f"{why}; so few leave all of this interval open"
    yield _row("ten_right", f"{right} of {len(ten)}", verdict, open_, evidence, interval, ".0%")
    yield _recomputed("ten_highest", ten.confidence.max(), why, evidence)
    yield _recomputed("ten_lowest", ten.confidence.min(), why, evidence)


def _contradictions() -> Iterator[Row]:
    """Numbers of the text that other numbers of the text contradict."""
    why = "two values for one quantity: one is a misprint"
    yield _two_values("celeba_size", "celeba_size_again", "cannot be right", why)
    why, places = "the method names one, the result another", "sections 2.2 and 3.1"
    yield _two_values("latent_dim", "latent_dim_best", "not defined", why, places)
    listed, why = paper.TABLE_1.latent_dim.nunique(), "ours is what Table 1 lists"
    verdict = "consistent" if listed == paper.CLAIMS.value["latent_dims"] else "cannot be right"
    yield _row("latent_dims", str(listed), verdict, why, "paper.TABLE_1", form=".0f")


def _smaller_is_better() -> Iterator[Row]:
    """Whether a smaller g goes with a smaller kernel distance, within a run and between runs.

    Between runs the ends of those count whose distances compare: the small GANs on the portraits.
    """
    within = history.epochs(history.recorded(epochs=20))
    ranks = within.drop(columns="epoch").groupby("run").rank()
    correlations = ranks.groupby(within["run"]).corr()["kernel_distance"].unstack()
    below, runs, follow = (correlations < 0).sum(), len(correlations), (correlations.g > 0.6).sum()
    low, high = wilson_interval(follow, runs)
    ours, interval = f"{follow} of {runs} runs", f"{low:.0%} to {high:.0%}"
    verdict = "reproduced" if low > 0.5 else "not shown"
    why = "rank correlation of g with the kernel distance above 0.6 over 20 epochs; "
    why += f"that of d1 is below 0 in {below['d1']}, of d2 in {below['d2']}"
    yield _row("smaller_within", ours, verdict, why, "data/runs", interval)
    alike = history.recorded(source="portraits", epochs=20, generator="small_generator")
    small = history.epochs(alike).groupby("run").tail(1)
    correlation, low, high = rank_correlation(small["g"], small["kernel_distance"], small["run"])
    verdict = "reproduced" if low > 0 else "not reproduced" if high < 0 else "not shown"
    ours, interval = f"{correlation:+.2f}", f"{low:+.2f} to {high:+.2f}"
    why = f"rank correlation of g with the kernel distance at the end of {len(small)} small runs, "
    why += "some of them sick"
    yield _row("smaller_between", ours, verdict, why, "data/runs", interval)


def _cross_entropy(run: LossHistory) -> Iterator[Row]:
    """Whether the generator of cross-entropy learns at all, and whether it takes longer."""
    first, last = run.losses["kernel_distance"].iloc[[0, -1]]
    verdict = "reproduced" if last > 0.5 * first else "not reproduced"
    why = "kernel distance, from the first epoch to the last: it learns faces"
    ours, evidence = f"{first:.2f} to {last:.2f}", "data/runs/cross-entropy"
    yield _row("no_gradient", ours, verdict, why, evidence)
    ends = [
        [
            run.losses["kernel_distance"].iloc[-1]
            for run in history.recorded(f"{name}-seed*").values()
        ]
        for name in ("plain", "cross-entropy")
    ]
    behind, seeds = sum(entropy > squares for squares, entropy in zip(*ends)), len(ends[0])
    low, high = wilson_interval(behind, seeds)
    verdict = "reproduced" if low > 0.5 else "not reproduced" if high < 0.5 else "not shown"
    why = "kernel distance at the end above that of squares, with equal networks, seeds and steps"
    ours, interval = f"behind with {behind} of {seeds} seeds", f"{low:.0%} to {high:.0%}"
    yield _row("slower", ours, verdict, why, "data/runs", interval)
