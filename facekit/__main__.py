"""The command line: `python -m facekit tour`, `unpack`, `extract`, `train`, `sweep`, `experiment`, `classify`, `examine`, `app`, `doctor`, `refresh`, `exercises`."""

import argparse
import os
import subprocess
import sys
import warnings
from pathlib import Path


def main(arguments=None):
    """Run one command and return its exit code; what is wrong is told in one sentence on standard error."""
    options = _parser().parse_args(arguments)
    warnings.showwarning = lambda message, *_, **__: print(f"note: {message}", file=sys.stderr)
    try:
        return options.run(options) or 0
    except (ValueError, OSError, RuntimeError, ImportError, FloatingPointError) as error:
        print(f"facekit {options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"facekit {options.command}: interrupted", file=sys.stderr)
        return 130


def _tour(options):
    from . import course

    course.tour(options.out, options.only)


def _refresh(options):
    from . import course

    course.refresh(options.only)


def _exercises(options):
    from . import exercises, paths

    for file in exercises.generate(options.out, options.grading):
        print(paths.display(file))
    print(f"these are for the class; the folder to grade in, with solutions and hidden tests, is {paths.display(Path(options.grading))}")


def _app(options):
    from . import course

    page = course.notebooks() / "app.ipynb"
    # Only this computer can reach the page unless --host says otherwise.
    return subprocess.call([
        sys.executable, "-m", "voila", str(page), f"--Voila.ip={options.host}", f"--port={options.port}",
        *([] if options.browser else ["--no-browser"]),
    ])


def _doctor(options):
    from . import course

    return 1 if course.doctor() else 0


def _unpack(options):
    from . import downloads

    states = downloads.unpack(options.archive, options.out)
    print(states.to_string(index=False))
    if not states["state"][1].startswith("missing"):
        print(f"python -m facekit extract --source celeba --root {options.out}")


def _extract(options):
    faces = _faces(options)
    print(faces.summary().to_string())
    if len(faces.rejects):
        print(faces.rejects.to_string(index=False, max_rows=20))
    print(f"faces {faces.images.shape} {faces.images.dtype} are in {options.out}")


def _train(options):
    from . import backend, distribution, gan, paths

    distribution.strategy()  # before TensorFlow does anything else
    faces, run = _faces(options), Path(options.run_dir)
    if options.bfloat16:
        backend.keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        gan.train(faces, run, options.latent_dim, options.samples, options.epochs, options.architecture, options.seed, _descriptor(options), options.start, source=options.source)
    except KeyboardInterrupt:
        print(f"\nwhat was learned so far is kept as generator.keras in {paths.display(run)}; the same command goes on after the last whole epoch")
        raise
    print(f"losses.csv, run.json, sheets and generator.keras are in {paths.display(run)}")


def _sweep(options):
    from . import distribution, history, paths

    distribution.strategy()
    runs = history.sweep(_faces(options), options.run_dir, epochs=options.epochs, architecture=options.architecture, seed=options.seed,
                         descriptor=_descriptor(options), source=options.source)
    print(history.compare(runs).to_string())
    print("smallest sum of the three averages: latent {} and samples {}".format(*history.best(runs)))
    print(f"the runs are in {paths.display(Path(options.run_dir))}")


def _experiment(options):
    from . import experiments, history, paths

    faces = _faces(options)
    for name in options.names:
        run = Path(options.run_dir) / name
        experiments.play(name, faces, run, options.iterations, seed=options.seed, descriptor=_descriptor(options), source=options.source)
        recorded = history.load(run)
        print(f"{recorded.about['question']}\n{recorded.losses.iloc[[0, -1]].round(3).to_string()}")
        print(f"losses.csv, run.json and sheets are in {paths.display(run)}")


def _descriptor(options):
    """Return the descriptor that measures the kernel distance after each epoch, where that is wanted."""
    from . import descriptor

    return descriptor.load("celeba" if options.source == "celeba" else "portraits") if options.measure else None


def _classify(options):
    from . import contrastive, examination, gan, paths

    train, test = examination.parts(_faces(options))
    generator = gan.load(options.generator)
    classifier = contrastive.train(train.images, examination.fakes(generator, len(train), seed=1), options.method, options.iterations)
    print("on people and latent points that it has not seen:")
    score = classifier.score(test.images, examination.fakes(generator, 2000, seed=2))
    print(score.round(4).to_string())
    if options.run_dir:
        folder = Path(options.run_dir)
        contrastive.export(classifier, folder / "classifier", method=options.method, iterations=options.iterations, real=len(train), source=options.source)
        score.round(6).to_csv(folder / "score.csv", index_label="kind")
        print(f"score.csv and the classifier are in {paths.display(folder)}")


def _examine(options):
    from . import examination, gan, paths

    faces, folder = _faces(options), Path(options.run_dir)
    names = [Path(name).parent.name if name.endswith(".keras") else name for name in options.generators]
    generators = {name: gan.load(file) for name, file in zip(names, options.generators)}
    tables = examination.examine(faces, generators, options.iterations)
    examination.save(folder, *tables, source=options.source, faces=len(faces), generators=names, iterations=options.iterations)
    print(tables[0].round(4).to_string(), tables[1].round(3).to_string(), sep="\n\n")
    print(f"methods.csv, transfer.csv and run.json are in {paths.display(folder)}")


def _faces(options):
    from . import faces, photos

    if options.root and options.source == "portraits":
        raise ValueError(f"--root {options.root} goes with --source folder or --source celeba")
    chosen = photos.load(options.source, options.root).select(**dict(options.select))
    if options.photos:
        chosen = chosen.sample(options.photos, seed=0)
    return faces.extract(chosen, options.out, workers=options.workers, margin=options.margin, shape=options.shape, choose=options.choose)


def _positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: a whole number from 1 up is expected")
    return int(text)


def _condition(text):
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise argparse.ArgumentTypeError(f"{text}: a column and a value are expected, such as Male=no or partition=train")
    return name, {"yes": True, "no": False}.get(value, int(value) if value.isdecimal() else value)


def _parser():
    from . import paths

    parser = argparse.ArgumentParser(prog="python -m facekit", description="Faces that nobody has, and how to tell.")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, run, text):
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    source = argparse.ArgumentParser(add_help=False)
    source.add_argument("--source", default=os.environ.get("FACEKIT_SOURCE", "portraits"), help="portraits, celeba or folder (FACEKIT_SOURCE, else portraits)")
    source.add_argument("--root", default=os.environ.get("FACEKIT_ROOT"), help="the folder of celeba or folder (FACEKIT_ROOT)")
    source.add_argument("--photos", type=_positive, help="take only so many photographs, drawn at random")
    source.add_argument("--select", type=_condition, action="append", default=[], metavar="COLUMN=VALUE", help="take only these: Male=no, partition=train; may be given again")
    source.add_argument("--out", default=paths.build() / "faces.npz", help="the npz of faces; read if it holds these photographs' faces, else written anew (build/faces.npz)")
    source.add_argument("--workers", type=_positive, help="threads that look for faces (one a core)")
    source.add_argument("--margin", type=float, default=0.0, help="how far the crop reaches beyond the face, as a share of it (0)")
    source.add_argument("--shape", choices=("stretched", "square", "aligned"), default="stretched", help="how a face is cut out (stretched, as in the paper)")
    source.add_argument("--choose", choices=("largest", "most confident", "all"), default="largest", help="which face of a photograph with several (largest)")

    tour = command("tour", _tour, "run the four notebooks and write pages to build/tour")
    tour.add_argument("--out", help="another folder")
    refresh = command("refresh", _refresh, "run the notebooks and store their outputs in place")
    for each in (tour, refresh):
        each.add_argument("--only", help="one notebook: 01, 02, 03 or 04")
    exercises = command("exercises", _exercises, "write the exercises without their solutions, and a folder to grade them in")
    exercises.add_argument("--out", default=paths.build() / "exercises", help="the folder for the class (build/exercises)")
    exercises.add_argument("--grading", default=paths.build() / "grading", help="nbgrader's folder, for you alone (build/grading)")
    app = command("app", _app, "open the page for people who do not code")
    app.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this computer only)")
    app.add_argument("--port", type=int, default=8866)
    app.add_argument("--no-browser", dest="browser", action="store_false", help="do not open a browser")
    command("doctor", _doctor, "check the installation")
    unpack = command("unpack", _unpack, "check an archive of CelebA that you downloaded, and unpack it")
    unpack.add_argument("archive", help="img_align_celeba.zip, or the archive from Kaggle")
    unpack.add_argument("--out", default="celeba", help="the folder that receives the photographs (celeba)")

    for name, run, text in (
        ("extract", _extract, "find the faces of photographs and write them to an npz; go on where it was stopped"),
        ("train", _train, "train an LSGAN on faces; go on where it was stopped"),
        ("sweep", _sweep, "train the four combinations of the paper's Table 1 and compare their losses; go on where it was stopped"),
        ("experiment", _experiment, "train small GANs that each answer one question"),
        ("classify", _classify, "train a real/fake classifier against a generator and score it on unseen faces"),
        ("examine", _examine, "compare methods, and test classifiers on generators and corruptions that they have not seen"),
    ):
        commands.add_parser(name, parents=[source], help=text, description=text).set_defaults(run=run)
    train, sweep, experiment, classify, examine = (commands.choices[name] for name in ("train", "sweep", "experiment", "classify", "examine"))
    for each in (train, sweep):
        each.add_argument("--epochs", type=_positive, default=20, help="passes over the faces, those of earlier calls included (20)")
        each.add_argument("--architecture", choices=("compact", "paper"), default="compact")
    for each, folder in ((train, "run"), (sweep, "sweep"), (experiment, "experiments")):
        each.add_argument("--seed", type=int, default=0)
        each.add_argument("--run-dir", default=paths.build() / folder, help=f"the folder of what is learned (build/{folder})")
        each.add_argument("--measure", action="store_true", help="measure the kernel distance of the fakes to the faces after each epoch, on the source's descriptor")
    experiment.add_argument("names", nargs="+", metavar="NAME", help="such as plain or collapse; a name that is none lists them all")
    experiment.add_argument("--iterations", type=_positive, default=1000, help="training steps of each (1000: one or two minutes)")
    train.add_argument("--samples", type=_positive, default=32, help="images of one iteration, half real and half fake (32)")
    train.add_argument("--latent-dim", type=_positive, default=100)
    train.add_argument("--start", metavar="RUN_DIR", help="begin with what another training has learned, such as one of all faces before one of women")
    train.add_argument("--bfloat16", action="store_true", help="half the digits where it does no harm: a third faster on processors with AVX512-BF16")
    classify.add_argument("--generator", default="portraits", help="a generator.keras of `train`, or the name of weights that ship")
    classify.add_argument("--method", choices=("supcon", "pairwise", "cross-entropy"), default="supcon")
    classify.add_argument("--run-dir", help="a folder that receives the score as score.csv, and the classifier")
    examine.add_argument("generators", nargs="+", metavar="GENERATOR", help="names of weights that ship, or generator.keras files of `train`, called as their folder")
    examine.add_argument("--run-dir", default=paths.build() / "examination", help="the folder of the tables (build/examination)")
    for each in (classify, examine):
        each.add_argument("--iterations", type=_positive, default=200, help="training steps of a classifier (200: half a minute)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
