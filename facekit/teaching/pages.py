"""Lessons as pages to read in a browser, without a network: formulas are MathML."""

import copy
import html
import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

import nbformat
from jinja2 import FileSystemLoader
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from ..core import paths

_ASSETS = Path(__file__).with_name("assets")


def page(
    notebook: nbformat.NotebookNode, title: str, previous: str = "", following: str = ""
) -> str:
    """Return an executed notebook as one page of HTML that asks no server for anything.

    Parameters
    ----------
    notebook
        Its pictures and formulas become part of the page.
    title : str
    previous, following : str
        Files that the page links to; without one, no link.
    """
    near = {"previous": previous, "following": following, "sections": sections(notebook)}
    return _export(_described(notebook), title, "page.html.j2", near)


def deck(notebook: nbformat.NotebookNode, title: str) -> str:
    """Return an executed notebook as slides, one file of HTML that asks no server for anything.

    Jupyter's slideshow metadata say where a slide begins and which cells are left out. Of a cell
    that draws, only the picture is shown.

    Raises
    ------
    ValueError
        If no cell begins a slide.
    """
    notebook = _described(notebook)
    shown = [cell for cell in notebook.cells if _slide_type(cell) in ("slide", "-")]
    if "slide" not in map(_slide_type, shown):
        raise ValueError(f"{title!r} has no slides: no cell has the slide type 'slide'")
    for cell in shown:
        outputs = [
            output for output in cell.get("outputs", []) if "█" not in output.get("text", "")
        ]
        if any(output.get("data", {}).get("text/html") for output in outputs):
            cell.metadata.tags = [*cell.metadata.get("tags", []), "picture"]
        if cell.cell_type == "code":
            cell.outputs = outputs  # without bars of progress
    notebook.cells = shown
    return _export(notebook, title, "deck.html.j2", {})


def _slide_type(cell):
    return cell.metadata.get("slideshow", {}).get("slide_type", "skip")


def _export(notebook, title, template, more):
    exporter = HTMLExporter(template_file=template, extra_loaders=[FileSystemLoader(_ASSETS)])
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    exporter.register_filter("markdown2html", _markdown)
    resources = {"metadata": {"name": title}, "facekit": more}
    text, _ = exporter.from_notebook_node(notebook, resources=resources)
    return text.replace('href="TEACHING.md#', 'href="glossary.html#')


def glossary() -> str:
    """Return the page of the terms that the lessons link to."""
    text = (paths.REPOSITORY / "notebooks" / "TEACHING.md").read_text(encoding="utf-8")
    terms = nbformat.v4.new_markdown_cell("# Glossary\n" + text.partition("\n## Glossary\n")[2])
    return page(nbformat.v4.new_notebook(cells=[terms]), "Glossary")


def index(folder: Path, names: Sequence[str], profile: str) -> str:
    """Return the page that leads to those lessons whose notebook and page are in a folder."""
    cards = ""
    for name in names:
        if (folder / f"{name}.html").is_file():
            cards += _card(name, nbformat.read(folder / f"{name}.ipynb", as_version=4))
    template = Template((_ASSETS / "index.html").read_text(encoding="utf-8"))
    return template.substitute(profile=profile, cards=cards)


def sections(notebook: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """Return a lesson's sections: the anchor that a heading gets, and its text."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for heading in re.findall(r"^## (.+)$", cell.source, re.MULTILINE):
                text = re.sub(r"[`*$]", "", heading)
                found.append((text.replace(" ", "-"), text))
    return found


class _Renderer(IPythonRenderer):
    """Markdown to HTML, with formulas that a browser draws by itself."""

    def block_math(self, body: str) -> str:
        return _mathml(body, "block")

    def inline_math(self, body: str) -> str:
        return _mathml(body, "inline")


def _mathml(formula: str, display: str) -> str:
    """Return a formula; browsers leave `mathvariant` to the letter itself."""
    blackboard = '<mi mathvariant="double-struck">E</mi>'
    return convert(formula, display=display).replace(blackboard, "<mi>𝔼</mi>")


def _markdown(text: str) -> str:
    return MarkdownWithMath(renderer=_Renderer(escape=False)).render(text)


def _described(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy whose pictures have their caption, or their section, as alternative text."""
    notebook, section = copy.deepcopy(notebook), ""
    for cell, after in itertools.pairwise([*notebook.cells, nbformat.v4.new_markdown_cell()]):
        if cell.cell_type == "markdown":
            section = (re.findall(r"^##? (.+)$", cell.source, re.MULTILINE) or [section])[-1]
        caption = re.match(r"\*([^*].+?)\*(\s|$)", after.source, re.DOTALL)
        text = html.escape(re.sub(r"[`*$]", "", caption[1] if caption else f"Figure: {section}"))
        for output in cell.get("outputs", []):
            kind, data = _picture(output)
            if data:
                output.data["text/html"] = f'<img alt="{text}" src="data:{kind};base64,{data}">'
    return notebook


def _card(name: str, notebook: nbformat.NotebookNode) -> str:
    """Return a lesson's link with its title, minutes, opening and first picture of faces."""
    title, *text = notebook.cells[0].source.split("\n\n")[:3]  # then minutes, and the question
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = [picture for picture in map(_picture, outputs) if picture[1]]
    kind, data = min(pictures, key=lambda picture: picture[0], default=("", ""))  # JPEG: faces
    picture = f'<img alt="" src="data:{kind};base64,{data}">' if data else ""
    words = f"<h2>{html.escape(title.lstrip('# '))}</h2>" + "".join(map(_markdown, text[::-1]))
    return f'<a class="card" href="{name}.html">{picture}<div>{words}</div></a>\n'


def _picture(output: dict[str, Any]) -> tuple[str, str]:
    data = output.get("data", {})
    kind = next((kind for kind in ("image/png", "image/jpeg") if kind in data), "")
    return kind, data.get(kind, "")
