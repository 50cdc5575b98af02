"""The hairdos: how long hair is, where it is combed, how it falls. Few, and each tuned by eye.

Directions are in head coordinates, metres: x to the person's left, y to the back, z up.
"""
from dataclasses import dataclass, replace

import numpy as np

from .regions import step
from .streams import stream


@dataclass(frozen=True)
class Groom:
    comb: str               # name of a direction field below
    length: float           # metres
    strands: int
    lift: float             # 0 lies flat, 1 stands up at the root
    gravity: float          # 0 keeps its direction, 1 falls
    clearance: float        # metres of volume above the scalp
    clump: float            # 0 ... 1, how much tips gather in locks
    wave: tuple = (0.001, 30)   # amplitude in metres, turns a metre (radians)
    stiff: float = 0.45     # 0 follows the comb at once, 1 keeps its direction
    tapered: bool = False   # shorter at the sides and neck
    cut: float = 0.0        # metres below the top of the head where the hair is cut off; 0 for none
    hug: float = 0.5        # how strongly hair is drawn back to the head
    covers_ears: bool = False
    part: float = 0.0       # metres from the middle


GROOMS = dict(
    crop=Groom("forward", 0.014, 13000, 0.55, 0.05, 0.001, 0.2, tapered=True),
    short=Groom("forward", 0.036, 14000, 0.50, 0.12, 0.002, 0.55, (0.0015, 90), tapered=True),
    side_part=Groom("aside", 0.046, 14000, 0.30, 0.20, 0.005, 0.5, (0.0015, 60), 0.3, tapered=True, hug=0.9, part=0.035),
    swept_back=Groom("back", 0.055, 14000, 0.45, 0.15, 0.006, 0.5, (0.0015, 60), 0.35, tapered=True, hug=0.7),
    curls=Groom("outward", 0.055, 11000, 0.65, 0.15, 0.003, 0.7, (0.005, 190), tapered=True),
    receding=Groom("back", 0.026, 11000, 0.35, 0.15, 0.001, 0.4, tapered=True),
    bald=Groom("forward", 0.004, 4000, 0.6, 0.0, 0.0, 0.0),
    long=Groom("parted", 0.36, 15000, 0.22, 0.8, 0.008, 0.6, (0.003, 26), 0.5, covers_ears=True),
    side_long=Groom("parted", 0.34, 15000, 0.25, 0.8, 0.009, 0.6, (0.005, 34), 0.5, covers_ears=True, part=0.032),
    bob=Groom("parted", 0.27, 15000, 0.25, 0.8, 0.009, 0.5, (0.002, 24), 0.5, covers_ears=True, part=0.03, cut=0.205),
    fringe=Groom("fringed", 0.34, 16000, 0.22, 0.8, 0.008, 0.55, (0.002, 26), 0.5, covers_ears=True),
    tied=Groom("knot", 0.20, 15000, 0.15, 0.0, 0.007, 0.5, (0.0010, 30), 0.2, hug=0.2),
    short_bob=Groom("parted", 0.20, 15000, 0.28, 0.8, 0.011, 0.5, (0.002, 24), 0.5, covers_ears=True, part=0.03, cut=0.170),
    afro=Groom("outward", 0.075, 15000, 0.9, 0.0, 0.002, 0.3, (0.006, 260)),
    natural=Groom("outward", 0.028, 15000, 0.85, 0.0, 0.001, 0.3, (0.004, 300), tapered=True),
)
# Loose strands that frame the face beside a tied-back hairdo.
TENDRILS = Groom("parted", 0.18, 1300, 0.12, 0.85, 0.002, 0.85, (0.003, 40), 0.4, hug=0.6)
COILY = dict(short="natural", side_part="natural", swept_back="natural", curls="natural", short_bob="afro", bob="afro")


def groom_of(person, sitting):
    """Return the Groom of a sitting: the hairdo, changed by the hair's texture and by the person's own measures."""
    own = stream("groom", person.number)
    name, texture = sitting.hairdo, person.hair_texture
    if texture == "coily":
        name = COILY.get(name, name)
    groom = GROOMS[name]
    amplitude, turns = groom.wave
    if groom.comb == "knot":
        amplitude, turns = dict(curly=(0.0016, 120), coily=(0.0022, 220)).get(texture, groom.wave)
    elif groom.length > 0.03 and name not in COILY.values():
        extra = dict(straight=(0, 1), wavy=(0.006, 1.35), curly=(0.009, 3.0), coily=(0.010, 4.0))[texture]
        amplitude, turns = min(amplitude + extra[0] * min(1, groom.length / 0.15), 0.2 * groom.length), turns * extra[1]
    full = dict(straight=1, wavy=1.25, curly=1.6, coily=1.8)[texture] if groom.length > 0.03 else 1
    side = own.choice([-1, 1])
    return replace(groom, wave=(amplitude, turns), length=groom.length * float(np.exp(own.normal(0, 0.1))),
                   clearance=groom.clearance * full, part=groom.part * side + (own.normal(0, 0.004) if groom.part else 0))


def directions(groom, place, root, rest, frame):
    """Return the (n, 3) direction in which strands at ``place`` with roots at ``root`` are combed.

    ``rest`` are the roots' rest coordinates; ``frame`` holds ``centre`` (skull's middle), ``knot`` and ``swirl`` (n, 3 noise).
    """
    count = len(place)
    front = step(0.75, 1.35, rest[:, 2])[:, None]
    top = step(7.75, 8.15, rest[:, 1])[:, None]
    side = np.tanh((root[:, :1] - groom.part + frame["split"]) / 0.003)
    out = np.sign(rest[:, :1])
    if groom.comb in ("parted", "fringed"):
        flow = side * [1.0, 0, 0] + front * [0, 1.0, 0.15] + np.array([0, 0.12, -0.3])
        if groom.comb == "fringed":
            flow = np.where(fringe(rest)[:, None], root[:, :1] * [2.5, 0, 0] + [0, -0.75, -0.35], flow)
    elif groom.comb == "knot":
        flow = frame["knot"] - place
    elif groom.comb == "back":
        flow = top * [0.15 * np.sign(groom.part + 1e-6), 1.0, 0.25] + (1 - top) * [0, 0.55, -0.8]
    elif groom.comb == "aside":
        way = -np.sign(groom.part)
        over = np.where(side * way > 0, [[way, -0.05, 0.0]], [[-way, 0.25, -0.4]])
        flow = top * (over + front * [0, 0.25, 0.2]) + (1 - top) * (out * [0.1, 0, 0] + [0, 0.35, -1.0])
    elif groom.comb == "forward":
        flow = top * [0.35 * np.sign(groom.part + 0.5), -0.45, 0.05] + (1 - top) * (out * [0.15, 0, 0] + [0, 0.1, -1.0])
    else:
        flow = (place - frame["centre"]) / 0.1
    flow = np.broadcast_to(flow, (count, 3)) + frame["swirl"]
    return flow / np.maximum(np.linalg.norm(flow, axis=1, keepdims=True), 1e-9)


def fringe(rest):
    """Which roots belong to a fringe."""
    return (rest[:, 2] > 0.95) & (np.abs(rest[:, 0]) < 0.52)


def temples(rest):
    """Density, 0 or 1, of the roots of loose strands before the ears."""
    x, y, z = np.abs(rest[:, 0]), rest[:, 1], rest[:, 2]
    return ((x > 0.50) & (z > 0.55) & (y > 7.3) & (y < 7.95)).astype(float)
