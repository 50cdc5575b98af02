"""The command line: `python -m facekit tour`, `unpack`, `extract`, `train`, `sweep`, `experiment`, `classify`, `examine`, `app`, `doctor`, `refresh`, `exercises`, `collect`, `benchmark`."""

import argparse
import os
import sys
import warnings

from .core import paths
from .teaching import commands

_FOLDERS = ("FACEKIT_ROOT", "FACEKIT_BUILD", "FACEKIT_DATA")


def main(arguments=None):
    """Run one command and return its exit code; what is wrong is told in one sentence on standard error."""
    for name in _FOLDERS:  # a kernel begins in another folder
        if os.environ.get(name):
            os.environ[name] = os.path.abspath(os.path.expanduser(os.environ[name]))
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


def _positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: a whole number from 1 up is expected")
    return int(text)


def _condition(text):
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise argparse.ArgumentTypeError(
            f"{text}: a column and a value are expected, such as Male=no or partition=train"
        )
    return name, {"yes": True, "no": False}.get(value, int(value) if value.isdecimal() else value)


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m facekit", description="Faces that nobody has, and how to tell."
    )
    group = parser.add_subparsers(dest="command", required=True)

    def command(name, run, text):
        added = group.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    source = argparse.ArgumentParser(add_help=False)
    source.add_argument(
        "--source",
        default=os.environ.get("FACEKIT_SOURCE", "portraits"),
        help="portraits, celeba or folder (FACEKIT_SOURCE, else portraits)",
    )
    source.add_argument("--root", help="the folder of celeba or folder (FACEKIT_ROOT)")
    source.add_argument(
        "--photos", type=_positive, help="take only so many photographs, drawn at random"
    )
    source.add_argument(
        "--select",
        type=_condition,
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="take only these: Male=no, partition=train; may be given again",
    )
    source.add_argument(
        "--out",
        default=paths.build() / "faces.npz",
        help="the npz of faces; read if it holds these photographs' faces, else written anew (build/faces.npz)",
    )
    source.add_argument(
        "--workers", type=_positive, help="threads that look for faces (one a core)"
    )
    source.add_argument(
        "--margin",
        type=float,
        default=0.0,
        help="how far the crop reaches beyond the face, as a share of it (0)",
    )
    source.add_argument(
        "--shape",
        choices=("stretched", "square", "aligned"),
        default="stretched",
        help="how a face is cut out (stretched, as in the paper)",
    )
    source.add_argument(
        "--choose",
        choices=("largest", "most confident", "all"),
        default="largest",
        help="which face of a photograph with several (largest)",
    )

    tour = command("tour", commands.tour, "run the four notebooks and write pages to build/tour")
    tour.add_argument("--out", help="another folder")
    refresh = command(
        "refresh", commands.refresh, "run the notebooks and store their outputs in place"
    )
    for each in (tour, refresh):
        each.add_argument("--only", help="one notebook: 01, 02, 03 or 04")
    exercises = command(
        "exercises", commands.exercises, "write the exercises, without their solutions"
    )
    exercises.add_argument(
        "--out",
        default=paths.build() / "exercises",
        help="the folder for the class (build/exercises)",
    )
    exercises.add_argument(
        "--grading",
        nargs="?",
        const=paths.build() / "grading",
        help="for a teacher: also nbgrader's folder, with the solutions (build/grading)",
    )
    collect = command(
        "collect", commands.collect, "put what a class handed in where nbgrader grades it"
    )
    collect.add_argument("folder", help="one folder a student, with notebooks of any name")
    collect.add_argument(
        "--grading", default=paths.build() / "grading", help="nbgrader's folder (build/grading)"
    )
    app = command("app", commands.app, "open the page for people who do not code")
    app.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this computer only)"
    )
    app.add_argument("--port", type=int, default=8866)
    app.add_argument(
        "--no-browser", dest="browser", action="store_false", help="do not open a browser"
    )
    command("doctor", commands.doctor, "check the installation")
    benchmark = command(
        "benchmark",
        commands.benchmark,
        "measure how fast the kit is on this machine: eleven minutes in which it should do nothing else",
    )
    benchmark.add_argument(
        "--out",
        default=paths.build() / "benchmark",
        help="the folder of the tables (build/benchmark)",
    )
    benchmark.add_argument(
        "--no-notebooks",
        dest="notebooks",
        action="store_false",
        help="without the tour: three minutes",
    )
    unpack = command(
        "unpack", commands.unpack, "check an archive of CelebA that you downloaded, and unpack it"
    )
    unpack.add_argument("archive", help="img_align_celeba.zip, or the archive from Kaggle")
    unpack.add_argument(
        "--out", default="celeba", help="the folder that receives the photographs (celeba)"
    )

    for name, run, text in (
        (
            "extract",
            commands.extract,
            "find the faces of photographs and write them to an npz; go on where it was stopped",
        ),
        ("train", commands.train, "train an LSGAN on faces; go on where it was stopped"),
        (
            "sweep",
            commands.sweep,
            "train the four combinations of the paper's Table 1 and compare their losses; go on where it was stopped",
        ),
        ("experiment", commands.experiment, "train small GANs that each answer one question"),
        (
            "classify",
            commands.classify,
            "train a real/fake classifier against a generator and score it on unseen faces",
        ),
        (
            "examine",
            commands.examine,
            "compare methods, and test classifiers on generators and corruptions that they have not seen",
        ),
    ):
        group.add_parser(name, parents=[source], help=text, description=text).set_defaults(run=run)
    train, sweep, experiment, classify, examine = (
        group.choices[name] for name in ("train", "sweep", "experiment", "classify", "examine")
    )
    for each in (train, sweep):
        each.add_argument(
            "--epochs",
            type=_positive,
            default=20,
            help="passes over the faces, those of earlier calls included (20)",
        )
        each.add_argument("--architecture", choices=("compact", "paper"), default="compact")
    for each, folder in ((train, "run"), (sweep, "sweep"), (experiment, "experiments")):
        each.add_argument("--seed", type=int, default=0)
        each.add_argument(
            "--run-dir",
            default=paths.build() / folder,
            help=f"the folder of what is learned (build/{folder})",
        )
        each.add_argument(
            "--measure",
            action="store_true",
            help="measure the kernel distance of the fakes to the faces after each epoch, on the source's descriptor",
        )
    experiment.add_argument(
        "names",
        nargs="+",
        metavar="NAME",
        help="such as plain or collapse; a name that is none lists them all",
    )
    experiment.add_argument(
        "--iterations",
        type=_positive,
        default=1000,
        help="training steps of each (1000: one or two minutes)",
    )
    train.add_argument(
        "--samples",
        type=_positive,
        default=32,
        help="images of one iteration, half real and half fake (32)",
    )
    train.add_argument("--latent-dim", type=_positive, default=100)
    train.add_argument(
        "--start",
        metavar="RUN_DIR",
        help="begin with what another training has learned, such as one of all faces before one of a selection; or with weights that ship: portraits, celeba",
    )
    train.add_argument(
        "--augmentation",
        type=float,
        default=1.0,
        help="how strongly the images that the discriminator sees are changed, 0 to 1 (1): less for a training's end",
    )
    train.add_argument(
        "--learning-rates",
        type=float,
        nargs=2,
        metavar=("D", "G"),
        default=(0.0002, 0.0002),
        help="Adam's, of the discriminator and of the generator (0.0002 both)",
    )
    train.add_argument(
        "--bfloat16",
        action="store_true",
        help="half the digits where it does no harm: a third faster on processors with AVX512-BF16",
    )
    classify.add_argument(
        "--generator",
        default="portraits",
        help="a generator.keras of `train`, or the name of weights that ship",
    )
    classify.add_argument(
        "--method", choices=("supcon", "pairwise", "cross-entropy"), default="supcon"
    )
    classify.add_argument(
        "--run-dir",
        help="a folder that receives the score as score.csv, and the classifier, which contrastive.pretrained(folder) reads",
    )
    examine.add_argument(
        "generators",
        nargs="+",
        metavar="GENERATOR",
        help="names of weights that ship, or generator.keras files of `train`, called as their folder",
    )
    examine.add_argument(
        "--run-dir",
        default=paths.build() / "examination",
        help="the folder of the tables (build/examination)",
    )
    for each in (classify, examine):
        each.add_argument(
            "--iterations",
            type=_positive,
            default=200,
            help="training steps of a classifier (200: half a minute)",
        )
    return parser


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # a file's name can be any bytes
    sys.exit(main())
