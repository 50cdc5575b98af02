"""What a notebook stores: outputs that are the same at every run, and a digest of the code that they came from."""

import base64
import hashlib
import io
import json
import re
from pathlib import Path

from PIL import Image


def normalise(notebook):
    """Keep of an executed notebook what the next run would give as well, so that a diff shows what changed, and note the digest of its code."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "facekit": {"code": code_digest(notebook)},
    }
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)


def normalise_output(output):
    """Keep of an output what is the same at every run: no counters of widgets, of a progress bar only its last state, without the time it took.
    Pictures of photographs become JPEG, a tenth of the size: every stored version stays in the history."""
    if output.output_type == "stream":
        text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in output.text.split("\n"))
        output.text = re.sub(
            r" \[[\d:]+<[\d:?]+, [^,\]]+(?:, ([^\]]+))?\]",
            lambda bar: f" [{bar[1]}]" if bar[1] else "",
            text,
        )
    data = output.get("data", {})
    if data.pop("application/vnd.jupyter.widget-view+json", None) and re.match(
        r"\w+\(", data["text/plain"]
    ):  # not a table's own text
        data["text/plain"] = "Run this cell to get the controls."
    if len(data.get("image/png", "")) > 150_000:
        buffer = io.BytesIO()
        with Image.open(io.BytesIO(base64.b64decode(data.pop("image/png")))) as picture:
            picture.convert("RGB").save(buffer, "JPEG", quality=88)
        data["image/jpeg"] = base64.b64encode(buffer.getvalue()).decode()


def code_digest(notebook):
    """Return twelve hexadecimal digits that change with any edit of a notebook's code cells and with their order; its text does not count."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()[:12]


def stale(file):
    """Say in one sentence why the stored outputs of a notebook are not those of its code, and what to do; None if they are."""
    import nbformat

    notebook = nbformat.read(file, as_version=4)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if None in counts:
        reason = f"its code cell {counts.index(None) + 1} has not been run"
    elif counts != list(range(1, len(counts) + 1)):
        reason = f"its code cells were not run once each from top to bottom, but as {', '.join(map(str, counts))}"
    elif notebook.metadata.get("facekit", {}).get("code") != code_digest(notebook):
        reason = "its code was edited after its outputs were stored"
    else:
        return None
    return f"{Path(file).name}: {reason}; run `python -m facekit refresh --only {Path(file).stem.partition('_')[0]}`"
