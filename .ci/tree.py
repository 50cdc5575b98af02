"""House rules of the tree that no other tool checks: sizes, pictures, paths of a machine."""

import pathlib
import re
import subprocess
import sys

LARGE = 5_000_000  # bytes, outside data/
PICTURE = re.compile(r"\.(png|jpe?g|gif|webp|npz)$")
PICTURES = re.compile(
    r"data/(portraits|runs|models/portraits)/|data/models/celeba/celeba[\w-]*\.npz$|\.github/images/"
)
MACHINE = re.compile(r"(?<![\w.])/(root|home|Users|tmp|work|opt|usr)/[\w.-]+")


def main():
    """Print what breaks a rule, and return how much does."""
    listed = subprocess.check_output(["git", "ls-files", "-z"], text=True).split("\0")
    wrong = []
    for name in filter(None, listed):
        file = pathlib.Path(name)
        if not file.is_file():
            continue
        if file.stat().st_size > LARGE and not name.startswith("data/"):
            wrong.append(f"{name}: over 5 MB outside data/")
        if PICTURE.search(name) and not PICTURES.match(name):
            wrong.append(f"{name}: a picture where none belongs")
        if name.endswith(".ipynb") and (found := MACHINE.search(file.read_text(encoding="utf-8"))):
            wrong.append(f"{name}: a path of a machine: {found.group()}")
    entries = {entry.name for entry in pathlib.Path("facekit").iterdir()} - {"__pycache__"}
    if len(entries) > 11:
        wrong.append(f"facekit/ has {len(entries)} entries: {', '.join(sorted(entries))}")
    print("\n".join(wrong) or "in order")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(bool(main()))
