"""What each command of `python -m facekit` does: one thin function of its parsed options, over the modules above."""

import subprocess
import sys
from pathlib import Path

import facekit as fk

_SELF = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws: wss:"


def tour(options):
    fk.teaching.tour.tour(options.out, options.only)


def refresh(options):
    fk.teaching.tour.refresh(options.only)


def exercises(options):
    for file in fk.teaching.grading.generate(options.out, options.grading):
        print(fk.core.paths.display(file))
    if options.grading:
        print(
            f"these are for the class; the folder to grade in, with solutions and hidden tests, is {fk.core.paths.display(Path(options.grading))}"
        )


def collect(options):
    print(fk.teaching.grading.collect(options.folder, options.grading).to_string(index=False))
    print(
        f"now, in {fk.core.paths.display(Path(options.grading))}: nbgrader autograde, and the exercise's name"
    )


def app(options):
    page = fk.teaching.tour.notebooks() / "app.ipynb"
    # Only this computer can reach the page unless --host says otherwise, and the page asks nobody else for anything. A file that is far too
    # large has to arrive, too, or the connection breaks before it can be refused. Voilà's command line cannot tell such settings.
    settings = {
        "websocket_max_message_size": 25 * fk.widgets.controls.LARGEST,
        "headers": {"Content-Security-Policy": _SELF},
    }
    serve = f"from voila.app import Voila; Voila.launch_instance(tornado_settings={settings!r})"
    # A visitor's kernel takes 1.5 GB: it ends a few minutes after the page was closed or loaded again.
    idle = [
        "--MappingKernelManager.cull_idle_timeout=120",
        "--MappingKernelManager.cull_interval=30",
    ]
    return subprocess.call(
        [
            sys.executable,
            "-c",
            serve,
            str(page),
            f"--Voila.ip={options.host}",
            f"--port={options.port}",
            *idle,
            *([] if options.browser else ["--no-browser"]),
        ]
    )


def doctor(options):
    return 1 if fk.teaching.doctor.doctor() else 0


def benchmark(options):
    figures, plan = fk.teaching.benchmarks.run(options.out, options.notebooks)
    print(
        f"\n{plan.to_string()}\nfigures.csv, plan.csv and run.json are in {fk.core.paths.display(Path(options.out))}"
    )


def unpack(options):
    states = fk.faces.celeba.unpack(options.archive, options.out)
    print(states.to_string(index=False))
    if not states["state"][1].startswith("missing"):
        print(f"python -m facekit extract --source celeba --root {options.out}")


def extract(options):
    faces = _faces(options)
    print(faces.summary().to_string())
    if len(faces.rejects):
        print(faces.rejects.to_string(index=False, max_rows=20))
    print(f"faces {faces.images.shape} {faces.images.dtype} are in {options.out}")


def train(options):
    fk.core.distribution.strategy()  # before TensorFlow does anything else
    faces, run = _faces(options), Path(options.run_dir)
    if options.bfloat16:
        fk.core.backend.keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        fk.gan.training.train(
            faces,
            run,
            options.latent_dim,
            options.samples,
            options.epochs,
            options.architecture,
            options.seed,
            _descriptor(options),
            options.start,
            options.augmentation,
            options.learning_rates,
            source=options.source,
        )
    except KeyboardInterrupt:
        if (run / "generator.keras").is_file():
            print(
                f"\nwhat was learned so far is kept as generator.keras in {fk.core.paths.display(run)}; the same command goes on after the last whole epoch"
            )
        raise
    print(f"losses.csv, run.json, sheets and generator.keras are in {fk.core.paths.display(run)}")


def sweep(options):
    fk.core.distribution.strategy()
    runs = fk.analysis.sweeps.sweep(
        _faces(options),
        options.run_dir,
        epochs=options.epochs,
        architecture=options.architecture,
        seed=options.seed,
        descriptor=_descriptor(options),
        source=options.source,
    )
    print(fk.analysis.sweeps.compare(runs).to_string())
    print(
        "smallest sum of the three averages: latent {} and samples {}".format(
            *fk.analysis.sweeps.best(runs)
        )
    )
    print(f"the runs are in {fk.core.paths.display(Path(options.run_dir))}")


def experiment(options):
    fk.analysis.experiments.check(options.names)
    faces = _faces(options)
    for name in options.names:
        run = Path(options.run_dir) / name
        fk.analysis.experiments.run(
            name,
            faces,
            run,
            options.iterations,
            seed=options.seed,
            descriptor=_descriptor(options),
            source=options.source,
        )
        recorded = fk.analysis.history.load(run)
        print(f"{recorded.about['question']}\n{recorded.losses.iloc[[0, -1]].round(3).to_string()}")
        print(f"losses.csv, run.json and sheets are in {fk.core.paths.display(run)}")


def _descriptor(options):
    """Return the descriptor that measures the kernel distance after each epoch, where that is wanted."""
    return (
        fk.metrics.descriptor.load("celeba" if options.source == "celeba" else "portraits")
        if options.measure
        else None
    )


def classify(options):
    train, test = fk.contrastive.examination.train_test_split(_faces(options))
    generator = fk.gan.checkpoints.load(options.generator)
    classifier = fk.contrastive.train(
        train.images,
        fk.contrastive.examination.fakes(generator, len(train), seed=1),
        options.method,
        options.iterations,
    )
    print("on people and latent points that it has not seen:")
    score = classifier.score(test.images, fk.contrastive.examination.fakes(generator, 2000, seed=2))
    print(score.round(4).to_string())
    if options.run_dir:
        folder = Path(options.run_dir)
        fk.contrastive.classifier.export(
            classifier,
            folder / "classifier",
            method=options.method,
            iterations=options.iterations,
            real=len(train),
            source=options.source,
        )
        with fk.core.writing.atomic(folder / "score.csv") as part:
            score.round(6).to_csv(part, index_label="kind")
        print(f"score.csv and the classifier are in {fk.core.paths.display(folder)}")


def examine(options):
    folder, names = (
        Path(options.run_dir),
        [
            Path(name).resolve().parent.name if name.endswith(".keras") else name
            for name in options.generators
        ],
    )
    if len(set(names)) < len(names):
        raise ValueError(
            f"two of these generators have one name ({', '.join(names)}): a generator is called as its folder, so rename one"
        )
    faces = _faces(options)
    generators = {
        name: fk.gan.checkpoints.load(file) for name, file in zip(names, options.generators)
    }
    tables = fk.contrastive.examination.examine(faces, generators, options.iterations)
    fk.contrastive.examination.save(
        folder,
        *tables,
        source=options.source,
        faces=len(faces),
        generators=names,
        iterations=options.iterations,
    )
    print(tables[0].round(4).to_string(), tables[1].round(3).to_string(), sep="\n\n")
    print(f"methods.csv, transfer.csv and run.json are in {fk.core.paths.display(folder)}")


def _faces(options):
    if options.root and options.source == "portraits":
        raise ValueError(f"--root {options.root} goes with --source folder or --source celeba")
    wanted = dict(options.select)
    if len(wanted) < len(options.select):
        raise ValueError("--select names a column twice: one value of a column can be wanted")
    chosen = fk.faces.photos.load(options.source, options.root).select(**wanted)
    if options.photos:
        chosen = chosen.sample(options.photos, seed=0)
    return fk.faces.extract(
        chosen,
        options.out,
        workers=options.workers,
        margin=options.margin,
        shape=options.shape,
        choose=options.choose,
    )
