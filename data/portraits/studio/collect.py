"""Putting finished people into the data folder: photographs, the table, and the list of checksums."""
import csv
import hashlib
import os
import shutil
from pathlib import Path

from .catalogue import photo_name, photo_row, write_table
from .people import PEOPLE
from .shooting import finished
from .sitting import PHOTOS


def collect(out, data):
    """Copy the people of ``out`` whose ten photographs are all there into ``data``; what ``data`` holds of others stays.

    Returns how many people were copied. Raises ValueError if nobody is complete.
    """
    out, data = Path(out), Path(data)
    truths = finished(out)
    whole = [number for number in range(1, PEOPLE + 1) if all((number, photo) in truths for photo in range(1, PHOTOS + 1))]
    if not whole:
        raise ValueError(f"nobody under {out} has all {PHOTOS} photographs; render on")
    (data / "photos").mkdir(parents=True, exist_ok=True)
    rows = {}
    if (data / "list_attr.csv").exists():
        with open(data / "list_attr.csv", newline="") as file:
            rows = {row["image_id"]: row for row in csv.DictReader(file)}
    for number in whole:
        for photo in range(1, PHOTOS + 1):
            name = photo_name(number, photo)
            shutil.copy(out / "photos" / name, data / "photos" / name)
            rows[name] = photo_row(number, photo, truths[number, photo])
    write_table(data / "list_attr.csv", [rows[name] for name in sorted(rows)])
    files = ["list_attr.csv", *(f"photos/{name}" for name in sorted(rows))]
    part = data / "SHA256SUMS.part"
    part.write_text("".join(f"{hashlib.sha256((data / file).read_bytes()).hexdigest()}  {file}\n" for file in files))
    os.replace(part, data / "SHA256SUMS")
    return len(whole)
