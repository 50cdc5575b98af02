"""What changes from photo to photo of one person: expression, pose, gaze, hairdo, glasses, make-up."""
from dataclasses import dataclass

import numpy as np

from .streams import pick, stream

PHOTOS = 10
WIDTH, HEIGHT = 178, 218    # pixels of a finished photograph
EXPRESSIONS = dict(neutral=2.5, slight_smile=2.2, closed_smile=1.6, open_smile=3.2, parted=0.7, serious=0.4)
SMILES = {"closed_smile", "open_smile"}
OPEN = {"open_smile", "parted"}


@dataclass(frozen=True)
class Sitting:
    person: int
    photo: int              # 1 ... 10
    expression: str
    units: dict             # face unit -> weight, see ``expression_units``
    yaw: float              # head, degrees, positive turns the face to the picture's right
    pitch: float            # head, degrees, positive looks down
    roll: float             # head, degrees
    body_yaw: float
    body_roll: float
    gaze: tuple             # eyes against the head: (yaw, pitch), degrees
    hairdo: str
    glasses: bool
    earrings: bool
    makeup: float           # 0 ... 1


def sitting(person, photo):
    """Return photograph ``photo`` (1 ... 10) of a Person; always the same."""
    if not 1 <= photo <= PHOTOS:
        raise ValueError(f"photo {photo}: the numbers go from 1 to {PHOTOS}")
    pose = stream("pose", person.number, photo)
    yaw = float(np.clip(pose.normal(0, 13), -30, 30))
    pitch = float(np.clip(pose.normal(-0.5, 3.5), -7, 6))
    eyes = stream("gaze", person.number, photo)
    # Mostly the eyes turn back to the camera; the wearer of a turned head does not quite manage it.
    meet = 0.9 if eyes.random() < 0.88 else 0.4
    gaze = (float(np.clip(-meet * yaw + eyes.normal(0, 1.5), -24, 24)), float(np.clip(-meet * pitch + eyes.normal(0, 1), -9, 9)))
    mood = stream("expression", person.number, photo)
    expression = pick(mood, EXPRESSIONS)
    hairdo = person.second_hairdo if stream("hairdo", person.number, photo).random() < 0.25 else person.hairdo
    # An average day's make-up, now and then more or less of it.
    makeup = float(np.clip(person.makeup + stream("makeup", person.number, photo).normal(0, 0.12), 0, 1)) if person.makeup > 0.2 else 0.0
    return Sitting(person=person.number, photo=photo, expression=expression, units=expression_units(expression, mood),
                   yaw=yaw, pitch=pitch, roll=float(np.clip(pose.normal(0, 2.5), -5, 5)),
                   body_yaw=float(yaw * pose.uniform(0.2, 0.8) + pose.normal(0, 7)), body_roll=float(pose.normal(0, 2.5)),
                   gaze=gaze, hairdo=hairdo, makeup=makeup,
                   earrings=bool(not person.male and stream("earrings", person.number).random() < 0.9
                                 and stream("earrings", person.number, photo).random() < 0.9),
                   glasses=bool(stream("glasses", person.number, photo).random() < person.glasses_share))


def expression_units(expression, mood):
    """Return face units (named after the ARKit blend shapes) and their weights.

    The ranges are narrow on purpose: outside them teeth come through the lips and smiles turn into smirks.
    """
    lid = mood.uniform(0.0, 0.07)     # nobody keeps the eyes wide open
    units = {"eyeBlinkLeft": lid, "eyeBlinkRight": lid}

    def both(name, low, high):
        weight = mood.uniform(low, high)
        for side in ("Left", "Right"):
            units[name + side] = weight * (1 + float(np.clip(mood.normal(0, 0.04), -0.1, 0.1)))

    if expression == "slight_smile":
        both("mouthSmile", 0.25, 0.45)
        both("cheekSquint", 0.1, 0.3)
    elif expression == "closed_smile":
        both("mouthSmile", 0.55, 0.8)
        both("cheekSquint", 0.3, 0.6)
        both("eyeSquint", 0.05, 0.2)
    elif expression == "open_smile":
        both("mouthSmile", 0.7, 0.95)
        both("cheekSquint", 0.4, 0.7)
        both("eyeSquint", 0.1, 0.25)
        both("mouthUpperUp", 0.5, 0.7)
        both("mouthLowerDown", 0.2, 0.4)
        units["jawOpen"] = mood.uniform(0.06, 0.16)
    elif expression == "parted":
        units["jawOpen"] = mood.uniform(0.05, 0.12)
        both("mouthUpperUp", 0.0, 0.1)
    elif expression == "serious":
        both("browDown", 0.05, 0.2)
        both("mouthPress", 0.1, 0.3)
        both("eyeSquint", 0.0, 0.1)
    else:
        both("mouthSmile", 0.04, 0.16)
    if mood.random() < 0.25 and expression != "serious":
        both("browOuterUp", 0.05, 0.25)
    return units
