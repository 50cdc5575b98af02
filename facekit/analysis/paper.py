"""The published numbers of the paper, each with its place.

*The paper*, everywhere in this kit, is J. Pardede and A. P. Setyaningrum, "Implementation of
Generative Adversarial Network to Generate Fake Face Image" (2023). It prints decimal commas; here
they are points. Nothing is corrected: what is odd in print stays odd.
"""

import io

import pandas as pd


def _table(text: str) -> pd.DataFrame:
    """Return a table from lines of text, its first column as the index."""
    return pd.read_csv(io.StringIO(text), sep=r"\s+", index_col=0)


#: Table 1: the four combinations that the paper tries.
#: "samples" are the images drawn for one iteration.
TABLE_1 = _table("""
no  latent_dim  samples
1   100         100
2   200         200
3   300         300
4   400         400
""")

#: Table 2: the losses at latent 200 and samples 200, epochs 1 to 20.
#: d1 is the discriminator's loss on real images, d2 its loss on fakes, g the generator's loss.
TABLE_2 = _table("""
epoch  d1     d2     g
1      0.098  0.033  1.055
2      0.007  0.006  0.014
3      0      0.005  0.013
4      0      0.003  0.001
5      0.001  0.003  0
6      0.001  0.002  0.003
7      0.001  0.004  0.009
8      0.002  0.002  0.01
9      0.002  0.003  0.008
10     0.002  0.002  0.008
11     0.002  0.003  0.006
12     0.001  0.002  0.005
13     0.001  0.001  0.004
14     0.001  0.001  0.004
15     0.001  0.001  0.001
16     0      0      0
17     0      0      0.001
18     0.001  0      0.002
19     0      0      0.003
20     0.001  0.001  0.003
""")

#: Table 5 (its caption repeats that of Table 1): ten images outside the training data.
TABLE_5 = _table("""
image  expectation  observation  confidence
1      fake         fake         0.9997
2      fake         fake         0.9928
3      fake         fake         0.7502
4      fake         fake         0.9919
5      fake         fake         0.9999
6      real         real         1
7      real         real         1
8      real         real         1
9      real         real         1
10     real         real         1
""").astype({"confidence": float})

_SUMMARY = "abstract, section 3.1 and conclusion"
_CLASSIFIER = "abstract, section 3.2 and conclusion"
_ACCURACY = 'abstract; section 3.1, after "100 iterations"'

#: Every numeric claim of the text, as printed. Index `key`; columns claim, value, place.
CLAIMS = pd.DataFrame(
    [
        ("mean_d1", "mean discriminator loss on real images, d1", 0.0061, _SUMMARY),
        ("mean_d2", "mean discriminator loss on fakes, d2", 0.0036, _SUMMARY),
        ("mean_g", "mean generator loss, g", 0.0575, "section 3.1 and conclusion"),
        ("mean_g_abstract", "mean generator loss, g", 0.575, "abstract"),
        ("g_minus_d2", "difference of the means of g and d2", 0.054, "section 3.1"),
        ("accuracy_real", "discriminator accuracy on real images", 0.95, _ACCURACY),
        ("accuracy_fake", "discriminator accuracy on fakes", 0.99, _ACCURACY),
        ("classifier", "accuracy of the real/fake classifier", 0.9993, _CLASSIFIER),
        ("ten_right", "right of ten unseen images", 1.0, "Table 5"),
        ("ten_highest", "highest confidence of the ten", 1.0, "section 3.2"),
        ("ten_lowest", "lowest confidence of the ten", 0.752, "section 3.2 (0.7502 in Table 5)"),
        ("celeba_size", "photographs in CelebA", 202_599, "section 2.1"),
        ("celeba_size_again", "photographs in CelebA", 202_595, "section 2.1, the next sentence"),
        ("training_size", "photographs used for training", 70_000, "section 2.1"),
        ("latent_dim", "latent dimension", 100, "section 2.2, step 4"),
        ("latent_dim_best", "latent dimension of the best run", 200, "section 3.1"),
        ("latent_dims", "variations of the latent dimension", 3, "section 3.1 (four are listed)"),
    ],
    columns=["key", "claim", "value", "place"],
).set_index("key")

#: What the text says without a number: from key to claim and place.
STATEMENTS = {
    "smaller_within": ("a smaller loss means a better image, in one run", "section 1"),
    "smaller_between": ("a smaller loss means a better image, between runs", "section 1"),
    "no_gradient": ("cross-entropy gives the generator no gradient", "abstract"),
    "slower": ("cross-entropy takes the generator longer", "abstract"),
}
