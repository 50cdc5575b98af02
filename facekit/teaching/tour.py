"""The lessons in a row: run them and write pages, or store their outputs afresh."""

import os
from collections.abc import Sequence
from pathlib import Path

import nbformat

from ..core import paths, profiles, writing
from . import environment, execution, outputs

LESSONS = ("01_preprocessing", "02_lsgan", "03_loss_analysis", "04_contrastive_classification")


def tour(out: str | Path | None = None, only: str | None = None) -> Path:
    """Run the four lessons in order and write executed notebooks and pages with an index.

    Parameters
    ----------
    out : path, optional
        `build/tour` by default.
    only : str, optional
        The start of a lesson's name, such as "02".

    Returns
    -------
    Path
        The index page.

    Raises
    ------
    RuntimeError
        If a cell fails: the lesson, its section and the error. What was run is written.
    ValueError
        If the photographs are those of a folder, which have no labels.
    """
    from . import pages

    if os.environ.get("FACEKIT_SOURCE") == "folder":
        known = "portraits or celeba; a folder is for `extract` and `train`"
        raise ValueError(f"the lessons need photographs with labels: FACEKIT_SOURCE can be {known}")
    profile = profiles.current()
    out = Path(out or paths.build() / "tour")
    out.mkdir(parents=True, exist_ok=True)
    files = ["", *(f"{name}.html" for name in LESSONS), ""]
    for name in _chosen(only, LESSONS):
        notebook, failure = execution.execute(notebooks() / f"{name}.ipynb")
        nbformat.write(notebook, out / f"{name}.ipynb")
        before, after = LESSONS.index(name), LESSONS.index(name) + 2
        page = pages.page(notebook, execution.title(notebook), files[before], files[after])
        (out / f"{name}.html").write_text(page, encoding="utf-8")
        if failure:
            raise RuntimeError(failure)
    (out / "glossary.html").write_text(pages.glossary(), encoding="utf-8")
    index = out / "index.html"
    index.write_text(pages.index(out, LESSONS, profile.name), encoding="utf-8")
    print(f"Open {paths.display(index)} in a browser.")
    return index


def slides(out: str | Path | None = None, only: str | None = None) -> list[Path]:
    """Write each lesson, with the outputs that are stored in it, as slides.

    Parameters
    ----------
    out : path, optional
        `build/slides` by default.
    only : str, optional
        The start of a lesson's name, such as "02".

    Returns
    -------
    list of Path
        The pages.

    Raises
    ------
    ValueError
        If a notebook has no slides.
    """
    from . import pages

    out = Path(out or paths.build() / "slides")
    out.mkdir(parents=True, exist_ok=True)
    (out / "glossary.html").write_text(pages.glossary(), encoding="utf-8")
    written = []
    for name in _chosen(only, LESSONS):
        notebook = nbformat.read(notebooks() / f"{name}.ipynb", as_version=4)
        written.append(out / f"{name}.html")
        deck = pages.deck(notebook, execution.title(notebook))
        written[-1].write_text(deck, encoding="utf-8")
    return written


def refresh(only: str | None = None) -> None:
    """Run the notebooks and store their outputs in `notebooks/`, so that a diff shows what changed.

    They run in the lesson profile and on the portraits: what is stored shows nobody's photographs.

    Parameters
    ----------
    only : str, optional
        The start of a notebook's name, such as "02".

    Raises
    ------
    RuntimeError
        If a cell fails; that notebook stays as it was.
    """
    for name in _chosen(only, [*LESSONS, "app"]):
        file = notebooks() / f"{name}.ipynb"
        with environment.changed(FACEKIT_PROFILE="lesson", FACEKIT_SOURCE=None, FACEKIT_ROOT=None):
            notebook, failure = execution.execute(file)
        if failure:
            raise RuntimeError(failure)
        outputs.normalise(notebook)
        with writing.atomic(file) as part:
            nbformat.write(notebook, part)


def notebooks() -> Path:
    """Return the folder of the lessons.

    Raises
    ------
    FileNotFoundError
        If the package was installed without them.
    """
    folder = paths.REPOSITORY / "notebooks"
    if not folder.is_dir():
        raise FileNotFoundError("no notebooks beside the package: run this in a clone of it")
    return folder


def _chosen(only: str | None, names: Sequence[str]) -> list[str]:
    chosen = [name for name in names if name.startswith(only or "")]
    if not chosen:
        raise ValueError(f"no notebook starts with {only!r}: choose one of {', '.join(names)}")
    return chosen
