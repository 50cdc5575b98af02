"""The tables: one row a photograph with CelebA's attributes and the ground truth, one row a person for the datasheet."""
import csv
import os
from dataclasses import asdict
from pathlib import Path

from .grooms import COILY, groom_of
from .people import PEOPLE, SHAPE_TARGETS, person
from .sitting import OPEN, PHOTOS, SMILES, sitting

BOX = ["face_x", "face_y", "face_w", "face_h"]
# *Left* is the left of the picture, as in CelebA's and MTCNN's landmarks.
LANDMARKS = [f"{part}_{axis}" for part in ("lefteye", "righteye", "nose", "leftmouth", "rightmouth") for axis in "xy"]


def photo_name(number, photo):
    """File name of a person's photograph: they are numbered through, ten a person."""
    return f"{(number - 1) * PHOTOS + photo:06d}.jpg"


def attributes(who, seat):
    """Return CelebA's attribute names -> True or False, as far as the studio decides them."""
    style, texture = seat.hairdo, who.hair_texture
    if texture == "coily":
        style = COILY.get(style, style)
    bald = style == "bald"
    made_up = not who.male
    return {
        "Bags_Under_Eyes": who.age > 55, "Bald": bald, "Bangs": style == "fringe",
        "Black_Hair": who.hair_colour == "black" and not bald, "Blond_Hair": who.hair_colour in ("blond", "dark_blond") and not bald,
        "Brown_Hair": who.hair_colour in ("dark_brown", "brown", "auburn") and not bald, "Eyeglasses": seat.glasses,
        "Goatee": who.beard == "goatee", "Gray_Hair": who.hair_colour == "grey" and not bald,
        "Heavy_Makeup": made_up and seat.makeup > 0.6, "Male": who.male, "Mouth_Slightly_Open": seat.expression in OPEN,
        "Mustache": who.beard in ("moustache", "goatee", "full"),
        "No_Beard": who.beard in ("none", "shadow", "moustache"), "Pale_Skin": who.melanin < 0.09,
        "Receding_Hairline": style == "receding", "Smiling": seat.expression in SMILES,
        "Straight_Hair": texture == "straight" and not bald, "Wavy_Hair": texture in ("wavy", "curly") and not bald,
        "Wearing_Earrings": seat.earrings and not groom_of(who, seat).covers_ears,
        "Wearing_Lipstick": made_up and seat.makeup > 0.5, "Young": who.age < 45}


def photo_row(number, photo, truth):
    """Return the table's row of one photograph; ``truth`` are the pixels that ``portrait.render`` returned."""
    who = person(number)
    signs = {name: 1 if value else -1 for name, value in attributes(who, sitting(who, photo)).items()}
    return {"image_id": photo_name(number, photo), "identity": number, "partition": who.partition, **signs,
            **{name: truth[name] for name in BOX + LANDMARKS}}


def person_row(number):
    """Return the datasheet's row of one person."""
    row = asdict(person(number))
    mix = row.pop("shape_mix")
    row.pop("second_hairdo")
    row["sex"] = "male" if row.pop("male") else "female"
    for name, weight in zip(SHAPE_TARGETS, mix):
        row[f"shape_targets_{name}"] = weight
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in row.items()}


def write_tables(out, truths):
    """Write ``list_attr.csv`` and ``people.csv``; ``truths`` maps (number, photo) of finished photographs to their pixels."""
    rows = [photo_row(number, photo, truth) for (number, photo), truth in sorted(truths.items())]
    if not rows:
        raise ValueError(f"no finished photographs under {out}; render some first")
    write_table(Path(out) / "list_attr.csv", rows)
    write_table(Path(out) / "people.csv", [person_row(number) for number in range(1, PEOPLE + 1)])


def write_table(path, rows):
    """Write dictionaries as CSV, under a temporary name first."""
    part = path.with_suffix(".part")
    with open(part, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(part, path)
