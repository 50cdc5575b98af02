"""The published numbers of J. Pardede and A. P. Setyaningrum, "Implementation of Generative Adversarial Network
to Generate Fake Face Image" (2023), each with its place. Called *the paper* everywhere in this kit.

The paper prints decimal commas; here they are points. Nothing is corrected: what is odd in print stays odd.
"""

import pandas as pd

#: Table 1: the four combinations that the paper tries. "samples" are the images drawn for one iteration.
TABLE_1 = pd.DataFrame(
    {"latent_dim": [100, 200, 300, 400], "samples": [100, 200, 300, 400]},
    index=pd.RangeIndex(1, 5, name="no"),
)

#: Table 2: the losses at latent 200 and samples 200, epochs 1 to 20.
#: d1 is the discriminator's loss on real images, d2 its loss on fakes, g the generator's loss.
TABLE_2 = pd.DataFrame(
    {
        "d1": [
            0.098,
            0.007,
            0,
            0,
            0.001,
            0.001,
            0.001,
            0.002,
            0.002,
            0.002,
            0.002,
            0.001,
            0.001,
            0.001,
            0.001,
            0,
            0,
            0.001,
            0,
            0.001,
        ],
        "d2": [
            0.033,
            0.006,
            0.005,
            0.003,
            0.003,
            0.002,
            0.004,
            0.002,
            0.003,
            0.002,
            0.003,
            0.002,
            0.001,
            0.001,
            0.001,
            0,
            0,
            0,
            0,
            0.001,
        ],
        "g": [
            1.055,
            0.014,
            0.013,
            0.001,
            0,
            0.003,
            0.009,
            0.01,
            0.008,
            0.008,
            0.006,
            0.005,
            0.004,
            0.004,
            0.001,
            0,
            0.001,
            0.002,
            0.003,
            0.003,
        ],
    },
    index=pd.RangeIndex(1, 21, name="epoch"),
    dtype="float64",
)

#: Table 5 (its caption repeats that of Table 1): ten images outside the training data.
TABLE_5 = pd.DataFrame(
    {
        "expectation": ["fake"] * 5 + ["real"] * 5,
        "observation": ["fake"] * 5 + ["real"] * 5,
        "confidence": [0.9997, 0.9928, 0.7502, 0.9919, 0.9999, 1.0, 1.0, 1.0, 1.0, 1.0],
    },
    index=pd.RangeIndex(1, 11, name="image"),
)

#: Every numeric claim of the text, as printed.
CLAIMS = pd.DataFrame(
    [
        (
            "mean discriminator loss on real images, d1",
            0.0061,
            "abstract, section 3.1 and conclusion",
        ),
        ("mean discriminator loss on fakes, d2", 0.0036, "abstract, section 3.1 and conclusion"),
        ("mean generator loss, g", 0.0575, "section 3.1 and conclusion"),
        ("mean generator loss, g", 0.575, "abstract"),
        ("difference of the means of g and d2", 0.054, "section 3.1"),
        (
            "discriminator accuracy on real images",
            0.95,
            'abstract; section 3.1, after "100 iterations"',
        ),
        ("discriminator accuracy on fakes", 0.99, 'abstract; section 3.1, after "100 iterations"'),
        ("accuracy of the real/fake classifier", 0.9993, "abstract, section 3.2 and conclusion"),
        ("right of ten unseen images", 1.0, "Table 5"),
        ("highest confidence of the ten", 1.0, "section 3.2"),
        ("lowest confidence of the ten", 0.752, "section 3.2 (0.7502 in Table 5)"),
        ("photographs in CelebA", 202_599, "section 2.1"),
        ("photographs in CelebA", 202_595, "section 2.1, the next sentence"),
        ("photographs used for training", 70_000, "section 2.1"),
        ("latent dimension", 100, "section 2.2, step 4"),
        ("latent dimension of the best run", 200, "section 3.1"),
        ("variations of the latent dimension", 3, "section 3.1 (four are listed)"),
    ],
    columns=["claim", "value", "place"],
)
