"""A person's face as base-mesh vertices: macro targets, individual features, signs of age, then an expression."""
import numpy as np

from .mesh import target
from .people import SHAPE_TARGETS
from .streams import stream

# Signed sliders: file stem, names of the negative and the positive end, and how far people vary (standard deviation).
CENTRE_SLIDERS = [
    ("head/head-scale-depth", "decr", "incr", 0.10), ("head/head-scale-horiz", "decr", "incr", 0.10),
    ("head/head-scale-vert", "decr", "incr", 0.10), ("head/head-fat", "decr", "incr", 0.14),
    ("forehead/forehead-nubian", "decr", "incr", 0.12), ("forehead/forehead-temple", "decr", "incr", 0.12),
    ("forehead/forehead-scale-vert", "decr", "incr", 0.12),
    ("nose/nose-hump", "decr", "incr", 0.22), ("nose/nose-curve", "concave", "convex", 0.20),
    ("nose/nose-volume", "decr", "incr", 0.20), ("nose/nose-greek", "decr", "incr", 0.18),
    ("nose/nose-width1", "decr", "incr", 0.20), ("nose/nose-width2", "decr", "incr", 0.20),
    ("nose/nose-width3", "decr", "incr", 0.20), ("nose/nose-point-width", "decr", "incr", 0.20),
    ("nose/nose-point", "down", "up", 0.20), ("nose/nose-scale-horiz", "decr", "incr", 0.20),
    ("nose/nose-scale-vert", "decr", "incr", 0.20), ("nose/nose-scale-depth", "decr", "incr", 0.20),
    ("nose/nose-base", "down", "up", 0.18), ("nose/nose-flaring", "decr", "incr", 0.18),
    ("mouth/mouth-scale-horiz", "decr", "incr", 0.18), ("mouth/mouth-trans", "down", "up", 0.18),
    ("mouth/mouth-upperlip-volume", "decr", "incr", 0.20), ("mouth/mouth-lowerlip-volume", "decr", "incr", 0.20),
    ("mouth/mouth-upperlip-height", "decr", "incr", 0.20), ("mouth/mouth-lowerlip-height", "decr", "incr", 0.20),
    ("mouth/mouth-cupidsbow", "decr", "incr", 0.20), ("mouth/mouth-angles", "down", "up", 0.12),
    ("chin/chin-width", "decr", "incr", 0.18), ("chin/chin-height", "decr", "incr", 0.15),
    ("chin/chin-prominent", "decr", "incr", 0.18), ("chin/chin-jaw-drop", "decr", "incr", 0.15),
    ("chin/chin-bones", "decr", "incr", 0.18), ("chin/chin-prognathism", "decr", "incr", 0.06),
    ("eyebrows/eyebrows-trans", "down", "up", 0.18), ("eyebrows/eyebrows-angle", "down", "up", 0.18),
    ("neck/neck-scale-horiz", "decr", "incr", 0.18),
]
PAIRED_SLIDERS = [
    ("eyes/{}-eye-scale", "decr", "incr", 0.08), ("eyes/{}-eye-height1", "decr", "incr", 0.14),
    ("eyes/{}-eye-height2", "decr", "incr", 0.14), ("eyes/{}-eye-height3", "decr", "incr", 0.14),
    ("eyes/{}-eye-corner1", "down", "up", 0.16), ("eyes/{}-eye-corner2", "down", "up", 0.16),
    ("eyes/{}-eye-push1", "in", "out", 0.14), ("eyes/{}-eye-trans", "in", "out", 0.07),
    ("eyes/{}-eye-eyefold", "down", "up", 0.18), ("cheek/{}-cheek-bones", "decr", "incr", 0.20),
    ("cheek/{}-cheek-inner", "decr", "incr", 0.18), ("cheek/{}-cheek-volume", "decr", "incr", 0.20),
    ("cheek/{}-cheek-trans", "down", "up", 0.18), ("ears/{}-ear-scale", "decr", "incr", 0.20),
    ("ears/{}-ear-wing", "decr", "incr", 0.15), ("ears/{}-ear-lobe", "decr", "incr", 0.25),
]
# What sets women's and men's average faces apart beyond the macro targets.
FEMALE = {"chin/chin-width": -0.5, "chin/chin-height": -0.12, "chin/chin-bones": -0.35, "chin/chin-jaw-drop": -0.1,
          "nose/nose-scale-horiz": -0.2, "nose/nose-volume": -0.3, "nose/nose-scale-vert": -0.1, "nose/nose-point": 0.15,
          "mouth/mouth-upperlip-volume": 0.4, "mouth/mouth-lowerlip-volume": 0.4, "mouth/mouth-upperlip-height": 0.15,
          "mouth/mouth-scale-horiz": -0.1, "neck/neck-scale-horiz": -0.5, "eyebrows/eyebrows-trans": 0.35,
          "forehead/forehead-nubian": 0.15, "eyes/{}-eye-scale": 0.45, "eyes/{}-eye-height2": 0.15,
          "cheek/{}-cheek-bones": 0.15, "head/head-oval": 0.35, "head/head-scale-horiz": -0.08}
MALE = {"chin/chin-width": 0.32, "chin/chin-height": 0.25, "chin/chin-bones": 0.35, "chin/chin-prominent": 0.1,
        "nose/nose-scale-horiz": 0.1, "mouth/mouth-scale-horiz": -0.15, "mouth/mouth-angles": 0.1,
        "neck/neck-scale-horiz": 0.2, "eyebrows/eyebrows-trans": -0.15, "eyes/{}-eye-scale": 0.30, "eyes/{}-eye-height2": 0.25,
        "head/head-rectangular": 0.2, "head/head-square": 0.1}
AGEING = {"mouth/mouth-upperlip-volume": -0.35, "mouth/mouth-lowerlip-volume": -0.2, "mouth/mouth-angles": -0.15,
          "eyes/{}-eye-bag": 0.6, "eyes/{}-eye-eyefold": -0.4, "nose/nose-point": -0.15, "ears/{}-ear-lobe": 0.3,
          "mouth/mouth-laugh-lines": 0.4, "eyes/{}-eye-height3": -0.15}
ENDS = {stem: (low, high) for stem, low, high, _ in CENTRE_SLIDERS + PAIRED_SLIDERS}
ENDS.update({"eyes/{}-eye-bag": ("decr", "incr"), "mouth/mouth-laugh-lines": ("in", "out")})
EXAGGERATE = {True: 1.2, False: 1.22}   # how far past the average man's (True) or woman's face the macro targets go


def add(vertices, name, weight):
    """Add ``weight`` times a morph target to the vertices, in place."""
    if abs(weight) > 1e-4:
        numbers, shift = target(name)
        vertices[numbers] += weight * shift


def slide(vertices, stem, weight):
    """Move one slider; a stem with ``{}`` moves both sides of the face alike."""
    if stem not in ENDS:
        return add(vertices, stem, max(weight, 0))
    end = ENDS[stem][weight > 0]
    for side in "lr" if "{}" in stem else [""]:
        add(vertices, f"{stem.format(side)}-{end}", abs(weight))


def neutral_face(person, head):
    """Return the base-mesh vertices (b, 3), decimetres, of a person at rest."""
    vertices = head.base.copy()
    old = person.ageing * (0.95 if person.male else 0.8)    # the old woman's target is drawn older than 80
    own_sex, other_sex = ("male", "female") if person.male else ("female", "male")
    sexes = {own_sex: EXAGGERATE[person.male], other_sex: 1 - EXAGGERATE[person.male]}
    for sex, share in sexes.items():
        for age, part in {"young": 1 - old, "old": old}.items():
            for kind, weight in zip(SHAPE_TARGETS, person.shape_mix):
                add(vertices, f"macrodetails/{kind}-{sex}-{age}", share * part * weight)
            for muscle, m in thirds(person.muscle).items():
                for weight, w in thirds(person.weight).items():
                    add(vertices, f"macrodetails/universal-{sex}-{age}-{muscle}muscle-{weight}weight", share * part * m * w)

    own = stream("shape", person.number)
    weights = {stem: float(np.clip(own.normal(0, spread), -2 * spread, 2 * spread))
               for stem, _, _, spread in CENTRE_SLIDERS + PAIRED_SLIDERS}
    for table, strength in ((MALE if person.male else FEMALE, own.uniform(0.8, 1.1)), (AGEING, person.ageing)):
        for stem, weight in table.items():
            weights[stem] = weights.get(stem, 0) + strength * weight
    for outline in ("round", "square", "triangular", "diamond", "invertedtriangular"):
        weights[f"head/head-{outline}"] = max(0, own.normal(-0.15, 0.16))
    for stem, weight in weights.items():
        slide(vertices, stem, weight)
    if person.weight > 0.6:
        add(vertices, "neck/neck-double-incr", (person.weight - 0.6) * own.uniform(0.5, 1.2))
    return vertices + asymmetry(vertices, own)


def thirds(value):
    """Split 0 ... 1 into the weights of the targets called min, average and max."""
    low, high = max(0, 1 - 2 * value), max(0, 2 * value - 1)
    return {"min": low, "average": 1 - low - high, "max": high}


def asymmetry(vertices, own):
    """No face is symmetric: one side is up to a millimetre higher and wider than the other, smoothly across the face."""
    x, y, z = vertices.T
    lift, widen = own.normal(0, 0.006, 2)
    inside = (y > 6) & (np.abs(x) < 0.9)
    slope = np.tanh(x / 0.3) * inside
    return np.stack([widen * slope * np.sign(x) * np.clip(np.abs(x) / 0.5, 0, 1), lift * slope, np.zeros_like(x)], 1)


def with_expression(vertices, sitting):
    """Return the vertices with the sitting's face units added, and the upper lids following the gaze."""
    moved = vertices.copy()
    for unit, weight in sitting.units.items():
        add(moved, f"expression/{unit}", weight)
    for side in ("Left", "Right"):
        add(moved, f"expression/eyeLookDown{side}", np.clip(sitting.gaze[1] / 30, 0, 0.4))
        add(moved, f"expression/eyeLookUp{side}", np.clip(-sitting.gaze[1] / 20, 0, 0.6))
    return moved
