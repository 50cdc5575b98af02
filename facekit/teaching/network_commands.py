"""The commands from photographs to verdicts.

`unpack`, `extract`, `train`, `sweep`, `experiment`, `classify`, `examine`.
"""

import os
from argparse import Namespace
from pathlib import Path
from typing import Any

import facekit as fk

from ..core.paths import build, display
from .command_line import command, condition, positive


def _archive(add):
    add("archive", help="img_align_celeba.zip, or the archive from Kaggle")
    add("--out", default="celeba", help="the folder that receives the photographs (celeba)")


@command(_archive)
def unpack(options: Namespace) -> None:
    """Check an archive of CelebA that you downloaded, and unpack it."""
    states = fk.faces.celeba.unpack(options.archive, options.out)
    print(states.to_string(index=False))
    if not states["state"][1].startswith("missing"):
        print(f"python -m facekit extract --source celeba --root {options.out}")


def _faces(add):
    """Which photographs, and how their faces are cut out."""
    source = os.environ.get("FACEKIT_SOURCE", "portraits")
    add("--source", default=source, help="portraits (or FACEKIT_SOURCE), celeba or folder")
    add("--root", help="the folder of celeba or folder (FACEKIT_ROOT)")
    add("--photos", type=positive, help="take only so many photographs, drawn at random")
    text = "take only these: Male=no, partition=train; may be given again"
    add("--select", type=condition, action="append", default=[], metavar="COLUMN=VALUE", help=text)
    text = "the npz of faces; read if it holds these photographs' faces, else written anew"
    add("--out", default=build() / "faces.npz", help=f"{text} (build/faces.npz)")
    add("--workers", type=positive, help="threads that look for faces (one a core)")
    add("--margin", type=float, default=0.0, help="share of the face's size added around it (0)")
    # "stretched" is the first edition's word for the paper's.
    shapes, text = ("aligned", "square", "paper", "stretched"), "how a face is cut out (aligned)"
    add("--shape", choices=shapes, default="aligned", metavar="{aligned,square,paper}", help=text)
    which, text = ("largest", "most confident", "all"), "which face of a photograph with several"
    add("--choose", choices=which, default=which[0], help=f"{text} (largest)")


@command(_faces)
def extract(options: Namespace) -> int:
    """Find the faces of photographs and write them to an npz; go on where it was stopped."""
    faces = _extracted(options)
    print(faces.summary().to_string())
    if len(faces.rejects):
        print(faces.rejects.to_string(index=False, max_rows=20))
    print(f"faces {faces.images.shape} {faces.images.dtype} are in {options.out}")
    return 0 if len(faces) else 1


def _run_dir(name):
    return lambda add: add("--run-dir", default=build() / name, help=f"results (build/{name})")


def _recorded(add):
    add("--seed", type=int, default=0)
    add("--measure", action="store_true", help="measure the kernel distance after each epoch")


def _epochs(add):
    add("--epochs", type=positive, default=20, help="those of earlier calls included (20)")
    add("--architecture", choices=("compact", "light", "paper"), default="compact")


def _train(add):
    add("--samples", type=positive, default=64, help="images of one step, half of them real (64)")
    add("--latent-dim", type=positive, default=100)
    text = "begin with what another training learned, or with weights that ship: portraits, celeba"
    add("--start", metavar="RUN_DIR", help=text)
    text = "how strongly the discriminator's images are changed, 0 to 1 (1); less for the end"
    add("--augmentation", type=float, default=1.0, help=text)
    text = "weight of the R1 penalty on the discriminator's gradients (0.2)"
    add("--r1", type=float, default=0.2, help=text)
    text, rates = "Adam's, of the discriminator and of the generator (0.0005 both)", (5e-4, 5e-4)
    add("--learning-rates", type=float, nargs=2, metavar=("D", "G"), default=rates, help=text)
    add("--falling", action="store_true", help="let the rates fall to nothing over the epochs")
    add("--bfloat16", action="store_true", help="half the digits, a third faster with AVX512-BF16")


@command(_faces, _epochs, _run_dir("run"), _recorded, _train)
def train(options: Namespace) -> None:
    """Train an LSGAN on faces; go on where it was stopped."""
    fk.core.distribution.strategy()  # before TensorFlow does anything else
    settings = _named(options, *vars(fk.gan.training.Settings()))
    fk.gan.training.Settings(**settings)  # impossible ones are refused before faces are looked for
    run = Path(options.run_dir)
    if fk.core.distribution.first_machine():  # the others share its folder
        with fk.core.writing.exclusive(run, "training"):
            pass  # it can be written, and nobody is at work in it
    faces = _extracted(options)
    if options.bfloat16:
        fk.core.backend.keras.config.set_dtype_policy("mixed_bfloat16")
    settings |= _record(options)
    try:
        fk.gan.training.train(faces, run, start=options.start, **settings)
    except KeyboardInterrupt:
        if (run / "generator.keras").is_file():
            print(f"\nwhat was learned so far is kept as generator.keras in {display(run)};")
            print("the same command goes on after the last whole epoch")
        raise
    print(f"losses.csv, run.json, sheets and generator.keras are in {display(run)}")


@command(_faces, _epochs, _run_dir("sweep"), _recorded)
def sweep(options: Namespace) -> None:
    """Train the four combinations of the paper's Table 1, and compare their losses."""
    fk.core.distribution.strategy()
    sweeps, settings = fk.analysis.sweeps, _named(options, "epochs", "architecture")
    runs = sweeps.sweep(_extracted(options), options.run_dir, **settings, **_record(options))
    print(sweeps.compare(runs).to_string())
    latent_dim, samples = sweeps.best(runs)
    print(f"smallest sum of the three averages: latent {latent_dim} and samples {samples}")
    print(f"the runs are in {display(options.run_dir)}")


def _experiment(add):
    add("names", nargs="+", metavar="NAME", help="such as plain; an unknown one lists them all")
    add("--iterations", type=positive, default=1000, help="steps of each (1000: 1 to 2 minutes)")


@command(_faces, _run_dir("experiments"), _recorded, _experiment)
def experiment(options: Namespace) -> None:
    """Train small GANs that each answer one question."""
    fk.analysis.experiments.check(options.names)
    faces, record = _extracted(options), _record(options)
    for name in options.names:
        folder = Path(options.run_dir) / name
        fk.analysis.experiments.run(name, faces, folder, options.iterations, **record)
        run = fk.analysis.history.load(folder)
        print(f"{run.about['question']}\n{run.losses.iloc[[0, -1]].round(3).to_string()}")
        print(f"losses.csv, run.json and sheets are in {display(folder)}")


def _iterations(add):
    add("--iterations", type=positive, default=200, help="steps of each (200: half a minute)")


def _classify(add):
    add("--generator", default="portraits", help="a generator.keras of `train`, or shipped weights")
    add("--method", choices=("supcon", "pairwise", "cross-entropy"), default="supcon")
    add("--run-dir", help="a folder for score.csv and the classifier (contrastive.pretrained)")


@command(_faces, _classify, _iterations)
def classify(options: Namespace) -> None:
    """Train a real/fake classifier against a generator and score it on unseen faces."""
    examination = fk.contrastive.examination
    train, test = examination.train_test_split(_extracted(options))
    generator = fk.gan.checkpoints.load(options.generator)
    fakes = examination.fakes(generator, len(train), seed=1)
    classifier = fk.contrastive.train(train.images, fakes, options.method, options.iterations)
    print("on people and latent points that it has not seen:")
    score = classifier.score(test.images, examination.fakes(generator, 2000, seed=2))
    print(score.round(4).to_string())
    if options.run_dir:
        folder = Path(options.run_dir)
        about = _named(options, "method", "iterations", "source") | {"real": len(train)}
        fk.contrastive.classifier.export(classifier, folder / "classifier", **about)
        with fk.core.writing.atomic(folder / "score.csv") as part:
            score.round(6).to_csv(part, index_label="kind")
        print(f"score.csv and the classifier are in {display(folder)}")


def _examine(add):
    text = "names of weights that ship, or generator.keras files of `train`, called as their folder"
    add("generators", nargs="+", metavar="GENERATOR", help=text)


@command(_faces, _examine, _run_dir("examination"), _iterations)
def examine(options: Namespace) -> None:
    """Compare methods, and test classifiers on generators and corruptions not seen in training."""
    names = [_generator_name(generator) for generator in options.generators]
    if len(set(names)) < len(names):
        raise ValueError(f"two of these generators have one name ({', '.join(names)}): rename one")
    faces = _extracted(options)
    generators = dict(zip(names, map(fk.gan.checkpoints.load, options.generators)))
    methods, transfer = fk.contrastive.examination.examine(faces, generators, options.iterations)
    about = _named(options, "source", "iterations") | {"faces": len(faces), "generators": names}
    fk.contrastive.examination.save(options.run_dir, methods, transfer, **about)
    print(methods.round(4).to_string(), transfer.round(3).to_string(), sep="\n\n")
    print(f"methods.csv, transfer.csv and run.json are in {display(options.run_dir)}")


def _generator_name(generator):
    """Return the name of shipped weights, or the folder of a file of weights."""
    return Path(generator).resolve().parent.name if generator.endswith(".keras") else generator


def _extracted(options):
    """Return the faces of the photographs that the options choose."""
    if options.root and options.source == "portraits":
        raise ValueError(f"--root {options.root} goes with --source folder or --source celeba")
    wanted = dict(options.select)
    if len(wanted) < len(options.select):
        raise ValueError("--select names a column twice: one value of a column can be wanted")
    photos = fk.faces.photos.load(options.source, options.root)
    chosen = photos.select(**wanted)
    for name, value in wanted.items():
        values = photos.attributes[name]
        if not (values == value).any():
            words = {True: "yes", False: "no"}
            known = ", ".join(words.get(known, str(known)) for known in values.unique()[:8])
            raise ValueError(f"--select {name}={value}: no photograph has it; there are {known}")
    if options.photos:
        chosen = chosen.sample(options.photos, seed=0)
    settings = _named(options, "workers", "margin", "shape", "choose")
    return fk.faces.extract(chosen, options.out, **settings)


def _record(options) -> dict[str, Any]:
    """Return what each training records beside its losses: its seed, source and distances."""
    source = "celeba" if options.source == "celeba" else "portraits"
    descriptor = fk.metrics.descriptor.load(source) if options.measure else None
    return {"seed": options.seed, "source": options.source, "descriptor": descriptor}


def _named(options, *names) -> dict[str, Any]:
    return {name: getattr(options, name) for name in names}
