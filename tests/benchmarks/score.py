"""How far fakes are from faces of people whom nobody trained on, by the features of dlib's face recognition: a row of a table each.

    KERAS_BACKEND=jax python tests/benchmarks/score.py FACES.npz RUN… --csv data/runs/designs.csv

FACES.npz is a file of `faces.extract`; of its faces those outside the training partition are the real ones, and `floor` says how far
as many faces of the training partition are from them. A RUN is a folder of `designs.py`. The Fréchet face distance is the Fréchet
distance of dlib's 128 numbers, times 1000, of 500 faces against 500; its spread is that over halves of both sets. It wants the packages
dlib (or dlib-bin) and face-recognition-models, which are no part of the kit.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from scipy import linalg

FACES, HALVES = 500, 10


def descriptor():
    """Return a function from uint8 faces (n, 80, 80, 3) to features (n, 128)."""
    import dlib
    import face_recognition_models

    network = dlib.face_recognition_model_v1(
        face_recognition_models.face_recognition_model_location()
    )

    def embed(faces):
        sized = [np.asarray(Image.fromarray(f).resize((150, 150), Image.BICUBIC)) for f in faces]
        return np.array([network.compute_face_descriptor(face) for face in sized])

    return embed


def frechet(one, other):
    """Return the Fréchet distance of two sets of features, as if both were Gaussian."""
    covariances = [np.cov(rows, rowvar=False) for rows in (one, other)]
    cross = linalg.sqrtm(covariances[0] @ covariances[1]).real
    apart = ((one.mean(axis=0) - other.mean(axis=0)) ** 2).sum()
    return apart + np.trace(covariances[0] + covariances[1] - 2 * cross)


def distance(real, fake):
    """Return the distance times 1000, and its standard deviation over halves as one expects it of the whole."""
    random = np.random.default_rng(0)

    def half(rows):
        return rows[random.choice(len(rows), len(rows) // 2, replace=False)]

    halves = [frechet(half(real), half(fake)) for _ in range(HALVES)]
    return 1000 * frechet(real, fake), 1000 * np.std(halves) / 2**0.5


def fakes(folder):
    """Return 500 faces of a folder of `designs.py`, and its record."""
    import designs

    record = json.loads((folder / "run.json").read_text())
    generator = designs.build_generator(designs.DESIGNS[record["design"]])
    with np.load(folder / "weights.npz") as file:
        generator.set_weights([file[name] for name in file.files if name.startswith("generator")])
    latent = np.random.default_rng(5).standard_normal((FACES, designs.LATENT), np.float32)
    images = [np.asarray(generator(part, training=False)) for part in np.array_split(latent, 10)]
    return designs.to_uint8(np.concatenate(images)), record


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("faces")
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--csv", type=Path)
    options = parser.parse_args()
    with np.load(options.faces) as file:
        images, train = file["images"], file["attributes/partition"] == "train"
    embed, random = descriptor(), np.random.default_rng(0)
    real, known = (embed(random.permutation(images[part])[:FACES]) for part in (~train, train))
    rows = [{"design": "floor", **dict(zip(("distance", "spread"), distance(real, known)))}]
    for folder in options.runs:
        faces, record = fakes(folder)
        rows.append(record | dict(zip(("distance", "spread"), distance(real, embed(faces)))))
        print(pd.DataFrame(rows[-1:]).round(1).to_string(index=False, header=False), flush=True)
    table = pd.DataFrame(rows).round({"distance": 1, "spread": 1})
    print(table.to_string(index=False))
    if options.csv:
        table.to_csv(options.csv, index=False)


if __name__ == "__main__":
    main()
