"""The published numbers of the paper, each with its place.

What runs of ours say beside them: see `claims`.

*The paper*, everywhere in this kit, is J. Pardede and A. P. Setyaningrum, "Implementation of
Generative Adversarial Network to Generate Fake Face Image" (2023). Its tables and claims lie as CSV
files in `assets` beside this module. The paper prints decimal commas; there they are points.
Nothing is corrected: what is odd in print stays odd.

Examples
--------
>>> TABLE_2.mean().round(4).to_dict()
{'d1': 0.0061, 'd2': 0.0036, 'g': 0.0575}
"""

from pathlib import Path

import pandas as pd


def _table(name: str) -> pd.DataFrame:
    """Return a table of `assets`, its first column as the index."""
    return pd.read_csv(Path(__file__).parent / "assets" / f"{name}.csv", index_col=0)


#: Table 1: the four combinations that the paper tries.
#: "samples" are the images drawn for one iteration.
TABLE_1 = _table("table_1")

#: Table 2: the losses at latent 200 and samples 200, epochs 1 to 20.
#: d1 is the discriminator's loss on real images, d2 its loss on fakes, g the generator's loss.
TABLE_2 = _table("table_2")

#: Table 5 (its caption repeats that of Table 1): ten images outside the training data.
TABLE_5 = _table("table_5")

#: Every numeric claim of the text, as printed. Index `key`; columns claim, value, place.
CLAIMS = _table("claims")

#: What the text says without a number. Index `key`; columns claim, place.
STATEMENTS = _table("statements")
