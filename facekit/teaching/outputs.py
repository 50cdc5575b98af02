"""What a notebook stores: outputs that are the same at every run, and a digest of their code."""

import base64
import hashlib
import io
import json
import re

import nbformat
from PIL import Image

#: Time and rate at the end of one of tqdm's bars, and what follows them, such as losses.
_TIMES = re.compile(r" \[[\d:]+<[\d:?]+, [^,\]]+(?:, ([^\]]+))?\]")
_WIDGET = "application/vnd.jupyter.widget-view+json"
_STILL = 'class="facekit-still"'
_PICTURE = re.compile(r'src="data:image/png;base64,([^"]+)"')
_LARGE = 150_000  # letters of a picture's base64; a chart has fewer, photographs have more


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Keep of an executed notebook what the next run gives as well, and note its code's digest."""
    title = {name: text for name, text in notebook.metadata.items() if name == "title"}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata = title | {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook.metadata["facekit"] = {"code": code_digest(notebook)}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)


def normalise_cell(cell: nbformat.NotebookNode) -> None:
    """Keep of a cell's outputs what is the same at every run, and what is seen without a kernel."""
    for output in cell.get("outputs", []):
        normalise_output(output)
    if "outputs" in cell:
        cell.outputs = [output for output in cell.outputs if output.get("data", True)]


def normalise_output(output: nbformat.NotebookNode) -> None:
    """Keep of an output what is the same at every run.

    Widgets become the picture or table that they leave; progress bars lose all but their last
    state, and the time it took. Pictures of photographs become JPEG, a tenth of the size: every
    version stays in the history.
    """
    if output.output_type == "stream":
        last = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in output.text.split("\n")]
        output.text = _TIMES.sub(lambda bar: f" [{bar[1]}]" if bar[1] else "", "\n".join(last))
    data = output.get("data", {})
    data.pop(_WIDGET, None)
    if _STILL in data.get("text/html", ""):  # what controls leave: a picture, or a table
        page = data["text/html"].partition("</style>")[2]
        if found := _PICTURE.search(page):
            data["image/png"] = found[1]
            del data["text/html"]
        else:
            data["text/html"] = page
    if len(data.get("image/png", "")) > _LARGE:
        buffer = io.BytesIO()
        with Image.open(io.BytesIO(base64.b64decode(data["image/png"]))) as picture:
            picture.convert("RGB").save(buffer, "JPEG", quality=88)
        jpeg = base64.b64encode(buffer.getvalue()).decode()
        if 2 * len(jpeg) < len(data["image/png"]):  # a photograph; a drawing stays sharp
            data["image/jpeg"] = jpeg
            del data["image/png"]


def code_digest(notebook: nbformat.NotebookNode) -> str:
    """Return twelve hexadecimal digits that change with the code cells and their order only."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()[:12]
