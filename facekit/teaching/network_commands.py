"""The commands over photographs: `unpack`, `extract`, `train`, `sweep`, `experiment`, …."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

import facekit as fk

from .command_line import command, condition, positive


def _archive(add):
    add("archive", help="img_align_celeba.zip, or the archive from Kaggle")
    add("--out", default="celeba", help="the folder that receives the photographs (celeba)")


@command("check an archive of CelebA that you downloaded, and unpack it", _archive)
def unpack(options: Namespace) -> None:
    """Unpack CelebA, and say which of its files are there."""
    states = fk.faces.celeba.unpack(options.archive, options.out)
    print(states.to_string(index=False))
    if not states["state"][1].startswith("missing"):
        print(f"python -m facekit extract --source celeba --root {options.out}")


def _faces(add):
    """Which photographs, and how their faces are cut out."""
    source = os.environ.get("FACEKIT_SOURCE", "portraits")
    text = "portraits, celeba or folder (FACEKIT_SOURCE, else portraits)"
    add("--source", default=source, help=text)
    add("--root", help="the folder of celeba or folder (FACEKIT_ROOT)")
    add("--photos", type=positive, help="take only so many photographs, drawn at random")
    text = "take only these: Male=no, partition=train; may be given again"
    add("--select", type=condition, action="append", default=[], metavar="COLUMN=VALUE", help=text)
    text = "the npz of faces; read if it holds these photographs' faces, else written anew"
    add("--out", default=_build("faces.npz"), help=f"{text} (build/faces.npz)")
    add("--workers", type=positive, help="threads that look for faces (one a core)")
    text = "how far the crop reaches beyond the face, as a share of it (0)"
    add("--margin", type=float, default=0.0, help=text)
    shapes, text = ("stretched", "square", "aligned"), "how a face is cut out"
    add("--shape", choices=shapes, default=shapes[0], help=f"{text} (stretched, as in the paper)")
    which, text = ("largest", "most confident", "all"), "which face of a photograph with several"
    add("--choose", choices=which, default=which[0], help=f"{text} (largest)")


@command(
    "find the faces of photographs and write them to an npz; go on where it was stopped", _faces
)
def extract(options: Namespace) -> None:
    """Find faces, and list the photographs without one."""
    faces = _extracted(options)
    print(faces.summary().to_string())
    if len(faces.rejects):
        print(faces.rejects.to_string(index=False, max_rows=20))
    print(f"faces {faces.images.shape} {faces.images.dtype} are in {options.out}")


def _epochs(add):
    text = "passes over the faces, those of earlier calls included (20)"
    add("--epochs", type=positive, default=20, help=text)
    add("--architecture", choices=("compact", "paper"), default="compact")


def _run(folder):
    """What is learned, and where it goes."""

    def arguments(add):
        add("--seed", type=int, default=0)
        text = f"the folder of what is learned (build/{folder})"
        add("--run-dir", default=_build(folder), help=text)
        text = "measure the kernel distance of the fakes to the faces after each epoch, "
        add("--measure", action="store_true", help=f"{text}on the source's descriptor")

    return arguments


def _train(add):
    text = "images of one iteration, half real and half fake (32)"
    add("--samples", type=positive, default=32, help=text)
    add("--latent-dim", type=positive, default=100)
    text = "begin with what another training has learned, such as one of all faces before one of "
    text += "a selection; or with weights that ship: portraits, celeba"
    add("--start", metavar="RUN_DIR", help=text)
    text = "how strongly the images that the discriminator sees are changed, 0 to 1 (1): "
    add("--augmentation", type=float, default=1.0, help=f"{text}less for a training's end")
    text, rates = "Adam's, of the discriminator and of the generator (0.0002 both)", (2e-4, 2e-4)
    add("--learning-rates", type=float, nargs=2, metavar=("D", "G"), default=rates, help=text)
    text = "half the digits where it does no harm: a third faster on processors with AVX512-BF16"
    add("--bfloat16", action="store_true", help=text)


@command(
    "train an LSGAN on faces; go on where it was stopped", _faces, _epochs, _run("run"), _train
)
def train(options: Namespace) -> None:
    """Train a GAN, and keep what it learned, also when it is interrupted."""
    fk.core.distribution.strategy()  # before TensorFlow does anything else
    faces, run = _extracted(options), Path(options.run_dir)
    if options.bfloat16:
        fk.core.backend.keras.config.set_dtype_policy("mixed_bfloat16")
    names = ("latent_dim", "samples", "epochs", "architecture", "augmentation", "learning_rates")
    settings = {name: getattr(options, name) for name in (*names, "start")}
    try:
        fk.gan.training.train(faces, run, **settings, **_recorded(options))
    except KeyboardInterrupt:
        if (run / "generator.keras").is_file():
            print(
                f"\nwhat was learned so far is kept as generator.keras in {_shown(run)}; "
                "the same command goes on after the last whole epoch"
            )
        raise
    print(f"losses.csv, run.json, sheets and generator.keras are in {_shown(run)}")


@command(
    "train the four combinations of the paper's Table 1 and compare their losses; "
    "go on where it was stopped",
    *(_faces, _epochs, _run("sweep")),
)
def sweep(options: Namespace) -> None:
    """Train four GANs, and name the one with the smallest losses."""
    fk.core.distribution.strategy()
    length = {"epochs": options.epochs, "architecture": options.architecture}
    runs = fk.analysis.sweeps.sweep(
        _extracted(options), options.run_dir, **length, **_recorded(options)
    )
    print(fk.analysis.sweeps.compare(runs).to_string())
    latent_dim, samples = fk.analysis.sweeps.best(runs)
    print(f"smallest sum of the three averages: latent {latent_dim} and samples {samples}")
    print(f"the runs are in {_shown(options.run_dir)}")


def _experiment(add):
    text = "such as plain or collapse; a name that is none lists them all"
    add("names", nargs="+", metavar="NAME", help=text)
    text = "training steps of each (1000: one or two minutes)"
    add("--iterations", type=positive, default=1000, help=text)


@command("train small GANs that each answer one question", _faces, _run("experiments"), _experiment)
def experiment(options: Namespace) -> None:
    """Train small GANs, and print each one's question, first and last losses."""
    fk.analysis.experiments.check(options.names)
    faces, recorded = _extracted(options), _recorded(options)
    for name in options.names:
        folder = Path(options.run_dir) / name
        fk.analysis.experiments.run(name, faces, folder, options.iterations, **recorded)
        run = fk.analysis.history.load(folder)
        print(f"{run.about['question']}\n{run.losses.iloc[[0, -1]].round(3).to_string()}")
        print(f"losses.csv, run.json and sheets are in {_shown(folder)}")


def _iterations(add):
    text = "training steps of a classifier (200: half a minute)"
    add("--iterations", type=positive, default=200, help=text)


def _classify(add):
    text = "a generator.keras of `train`, or the name of weights that ship"
    add("--generator", default="portraits", help=text)
    add("--method", choices=("supcon", "pairwise", "cross-entropy"), default="supcon")
    text = "a folder that receives the score as score.csv, and the classifier, "
    add("--run-dir", help=f"{text}which contrastive.pretrained(folder) reads")


@command(
    "train a real/fake classifier against a generator and score it on unseen faces",
    *(_faces, _classify, _iterations),
)
def classify(options: Namespace) -> None:
    """Train a classifier, and print how many unseen faces it has right."""
    train, test = fk.contrastive.examination.train_test_split(_extracted(options))
    generator = fk.gan.checkpoints.load(options.generator)
    fakes = fk.contrastive.examination.fakes(generator, len(train), seed=1)
    classifier = fk.contrastive.train(train.images, fakes, options.method, options.iterations)
    print("on people and latent points that it has not seen:")
    score = classifier.score(test.images, fk.contrastive.examination.fakes(generator, 2000, seed=2))
    print(score.round(4).to_string())
    if options.run_dir:
        folder = Path(options.run_dir)
        about = {"method": options.method, "iterations": options.iterations}
        about |= {"real": len(train), "source": options.source}
        fk.contrastive.classifier.export(classifier, folder / "classifier", **about)
        with fk.core.writing.atomic(folder / "score.csv") as part:
            score.round(6).to_csv(part, index_label="kind")
        print(f"score.csv and the classifier are in {_shown(folder)}")


def _examine(add):
    text = "names of weights that ship, or generator.keras files of `train`, called as their folder"
    add("generators", nargs="+", metavar="GENERATOR", help=text)
    text = "the folder of the tables (build/examination)"
    add("--run-dir", default=_build("examination"), help=text)


@command(
    "compare methods, and test classifiers on generators and corruptions that they have not seen",
    *(_faces, _examine, _iterations),
)
def examine(options: Namespace) -> None:
    """Write and print the two tables of an examination."""
    names = [_generator_name(generator) for generator in options.generators]
    if len(set(names)) < len(names):
        raise ValueError(
            f"two of these generators have one name ({', '.join(names)}): "
            "a generator is called as its folder, so rename one"
        )
    faces = _extracted(options)
    generators = dict(zip(names, map(fk.gan.checkpoints.load, options.generators)))
    tables = fk.contrastive.examination.examine(faces, generators, options.iterations)
    about = {"source": options.source, "faces": len(faces)}
    about |= {"generators": names, "iterations": options.iterations}
    fk.contrastive.examination.save(Path(options.run_dir), *tables, **about)
    methods, transfer = tables
    print(methods.round(4).to_string(), transfer.round(3).to_string(), sep="\n\n")
    print(f"methods.csv, transfer.csv and run.json are in {_shown(options.run_dir)}")


def _extracted(options):
    """Return the faces of the photographs that the options choose."""
    if options.root and options.source == "portraits":
        raise ValueError(f"--root {options.root} goes with --source folder or --source celeba")
    wanted = dict(options.select)
    if len(wanted) < len(options.select):
        raise ValueError("--select names a column twice: one value of a column can be wanted")
    chosen = fk.faces.photos.load(options.source, options.root).select(**wanted)
    if options.photos:
        chosen = chosen.sample(options.photos, seed=0)
    crop = {name: getattr(options, name) for name in ("margin", "shape", "choose")}
    return fk.faces.extract(chosen, options.out, workers=options.workers, **crop)


def _recorded(options):
    """Return what each training records beside its losses: its seed, source and distances."""
    source = "celeba" if options.source == "celeba" else "portraits"
    descriptor = fk.metrics.descriptor.load(source) if options.measure else None
    return {"seed": options.seed, "source": options.source, "descriptor": descriptor}


def _generator_name(generator):
    """Return the name of shipped weights, or the folder of a file of weights."""
    return Path(generator).resolve().parent.name if generator.endswith(".keras") else generator


def _build(name):
    return fk.core.paths.build() / name


def _shown(folder):
    return fk.core.paths.display(Path(folder))
