"""The course as a whole: run its notebooks, store their outputs afresh, and check an installation."""

import os
import re
import sys
import time
from pathlib import Path

from ..core import paths, profiles, writing
from ..core.profiles import only_portraits
from . import outputs

LESSONS = ("01_preprocessing", "02_lsgan", "03_loss_analysis", "04_contrastive_classification")


def tour(out=None, only=None):
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
        If a cell fails: the lesson, its section and the error. What was run up to there is written.
    ValueError
        If the photographs are those of a folder, which have no labels.
    """
    import nbformat
    from nbconvert import HTMLExporter

    if os.environ.get("FACEKIT_SOURCE") == "folder":
        raise ValueError(
            "the lessons need photographs with labels: FACEKIT_SOURCE can be portraits or celeba; a folder is for `extract` and `train`"
        )
    profile = profiles.current()
    out = Path(out or paths.build() / "tour")
    out.mkdir(parents=True, exist_ok=True)
    for name in _chosen(only, LESSONS):
        notebook, failure = execute(name)
        nbformat.write(notebook, out / f"{name}.ipynb")
        (out / f"{name}.html").write_text(
            HTMLExporter().from_notebook_node(notebook)[0], encoding="utf-8"
        )
        if failure:
            raise RuntimeError(failure)
    pages = {
        name: nbformat.read(out / f"{name}.ipynb", as_version=4)
        for name in LESSONS
        if (out / f"{name}.html").is_file()
    }
    entries = "\n".join(
        f'<li><a href="{name}.html">{_title(notebook)}</a></li>' for name, notebook in pages.items()
    )
    index = out / "index.html"
    index.write_text(_INDEX.format(profile=profile.name, entries=entries), encoding="utf-8")
    print(f"Open {paths.display(index)} in a browser.")
    return index


def refresh(only=None):
    """Run the notebooks on the portraits in the lesson profile and store their outputs in `notebooks/`, so that a diff shows what changed."""
    import nbformat

    os.environ["FACEKIT_PROFILE"] = "lesson"
    only_portraits()  # what is stored shows nobody's photographs
    for name in _chosen(only, [*LESSONS, "app"]):
        notebook, failure = execute(name)
        if failure:
            raise RuntimeError(failure)
        outputs.normalise(notebook)
        with writing.atomic(notebooks() / f"{name}.ipynb") as part:
            nbformat.write(notebook, part)


def execute(name):
    """Run one lesson in a fresh kernel, with a bar over its cells and a line a section.

    Returns
    -------
    (notebook, str or None)
        The executed notebook, and if a cell failed, what and where.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from tqdm import tqdm

    notebook = nbformat.read(notebooks() / f"{name}.ipynb", as_version=4)
    sections, failure = _sections(notebook), None
    section = {"title": None, "since": time.time()}
    print(_title(notebook))
    # No estimate of the time left: one cell of a lesson may take longer than all others together.
    bar = tqdm(
        total=sum(cell.cell_type == "code" for cell in notebook.cells),
        desc=name,
        file=sys.stdout,
        bar_format="{desc} {bar:20} {n_fmt}/{total_fmt} cells, {elapsed}{postfix}",
    )

    def before_cell(cell, cell_index):
        if cell.cell_type == "code" and sections[cell_index] != section["title"]:
            close_section()
            section.update(title=sections[cell_index], since=time.time())

    def close_section():
        if section["title"]:
            bar.write(
                f"   {time.time() - section['since']:6.1f} s  {section['title']}", file=sys.stdout
            )

    def after_cell(cell, cell_index):
        bar.set_postfix_str("", refresh=False)
        bar.update()
        if cell_index == last_code:
            close_section()

    class Watched(NotebookClient):
        def process_message(self, msg, cell, cell_index):
            """Show the bar of a long cell behind the bar of the notebook: nobody has to wait in silence."""
            inner = (
                re.findall(r"(\w+): +(\d+%)\|", msg["content"].get("text", ""))
                if msg["msg_type"] == "stream"
                else []
            )
            if inner:
                bar.set_postfix_str(" ".join(inner[-1]))
            return super().process_message(msg, cell, cell_index)

    last_code = max(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    client = Watched(
        notebook,
        timeout=None,
        kernel_name="python3",
        store_widget_state=False,
        extra_arguments=["--log-level=ERROR"],
        coalesce_streams=True,
        resources={"metadata": {"path": str(notebooks())}},
        on_cell_start=before_cell,
        on_cell_complete=after_cell,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        failure = f"{name}, section “{section['title']}”: {error.ename}: {error.evalue}"
    except DeadKernelError:
        failure = f"{name}, section “{section['title']}”: the kernel died, most likely because the computer's memory was full"
    bar.close()
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        outputs.normalise_output(output)
    return notebook, failure


def notebooks():
    """Return the folder of the lessons.

    Raises
    ------
    FileNotFoundError
        If the package was installed without them.
    """
    folder = paths.REPOSITORY / "notebooks"
    if not folder.is_dir():
        raise FileNotFoundError(
            "the notebooks are not beside the package: clone the repository and run the command there"
        )
    return folder


def _chosen(only, names):
    chosen = [name for name in names if name.startswith(only or "")]
    if not chosen:
        raise ValueError(f"no notebook starts with {only!r}: choose one of {', '.join(names)}")
    return chosen


def _sections(notebook):
    """Return for each cell the heading it stands under."""
    current, sections = None, []
    for cell in notebook.cells:
        headings = (
            re.findall(r"^#{1,2} (.+)$", cell.source, re.MULTILINE)
            if cell.cell_type == "markdown"
            else []
        )
        current = headings[-1] if headings else current
        sections.append(current)
    return sections


def _title(notebook):
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")


_INDEX = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>facekit: the tour</title>
<style>
  body {{ font: 18px/1.6 system-ui, sans-serif; max-width: 38rem; margin: 4rem auto; padding: 0 1rem; color: #222; background: #fff }}
  a {{ color: #0072B2 }} small {{ color: #666 }} li {{ margin: .4rem 0 }}
  @media (prefers-color-scheme: dark) {{ body {{ color: #ddd; background: #181818 }} a {{ color: #56B4E9 }} small {{ color: #999 }} }}
</style>
<h1>facekit</h1>
<p>From a folder of photographs to faces that nobody has, and to a classifier that unmasks them.
Run with the profile <em>{profile}</em>.</p>
<ol style="list-style: none; padding: 0">
{entries}
</ol>
</html>
"""
