"""Brows, lashes and beards: short strands along directions painted on the face."""
import numpy as np
from scipy.spatial import cKDTree

from .hair import unit
from .regions import beard_parts, brow, brow_height, step
from .streams import stream

BEARDS = dict(moustache=(2, 1800, 0.007), goatee=(1, 3500, 0.008), short=(0, 9000, 0.0055), full=(0, 9000, 0.015))


def short_strands(root, normal, way, length, rise):
    """Return (n, 5, 3) strands that leave the skin by ``rise`` and bend into ``way``."""
    t = np.linspace(0, 1, 5)[None, :, None]
    start, end = unit(normal * rise + way), unit(normal * 0.08 + way)
    return root[:, None] + length[:, None, None] * (start[:, None] * t * (1 - 0.5 * t) + end[:, None] * t * t * 0.5)


def brows(person, surface):
    """Return (strands, radii). Hairs of the inner end point up, of the arch outwards, and all lie flat."""
    own = stream("brow hairs", person.number)
    density = brow(surface.head, person)
    root, normal, rest = surface.roots(density * (density > 0.06), 1700 if person.male else 1000, own)
    across, out = np.abs(rest[:, 0]), np.sign(rest[:, :1])
    upward = 0.75 - 1.15 * step(0.12, 0.42, across) - 0.8 * np.clip((rest[:, 1] - brow_height(across, person.male)) / 0.05, -1, 1)
    way = unit(np.concatenate([out, 0.25 * np.abs(out), upward[:, None]], 1) + own.normal(0, 0.14, (len(root), 3)))
    length = own.uniform(0.004, 0.0075, len(root)) * (1.1 if person.male else 0.9)
    return short_strands(root, normal, way, length, 0.12), np.linspace(1, 0.3, 5) * 0.00010


def beard(person, surface):
    """Return (strands, radii), or None for the clean-shaven."""
    if person.beard not in BEARDS:
        return None
    part, count, reach = BEARDS[person.beard]
    own = stream("beard hairs", person.number)
    density = beard_parts(surface.head)[part]
    root, normal, rest = surface.roots(density * (density > 0.1), count, own)
    out = np.sign(rest[:, 0]) * (np.abs(rest[:, 0]) > 0.04)
    way = unit(np.stack([0.3 * out, np.full(count, -0.1), np.full(count, -1.0)], 1) + own.normal(0, 0.25, (count, 3)))
    return short_strands(root, normal, way, reach * own.uniform(0.5, 1.1, count), 0.5), np.linspace(1, 0.4, 5) * 0.00012


class LidRims:
    """Where lashes grow: the base mesh has strips of helper vertices whose roots touch the eyelids."""

    def __init__(self, head):
        self.strips = {}
        tree = cKDTree(head.rest)
        for side in "lr":
            for lid, number in (("lower", 1), ("upper", 2)):
                strip = head.groups[f"helper-{side}-eyelashes-{number}"]
                touches = tree.query(head.base[strip])[0] < 0.017
                roots = strip[touches]
                self.strips[side, lid] = roots[np.argsort(head.base[roots, 0])], strip[~touches]
        rims = np.concatenate([head.base[roots] for roots, _ in self.strips.values()])
        distance, _ = cKDTree(rims).query(head.rest)
        self.line = np.exp(-((distance / 0.022) ** 2))      # (n,) 1 on the rims

    def lashes(self, person, sitting, base_points, head):
        """Return (strands, radius in metres) of all lashes; ``base_points`` are the base vertices in metres."""
        own = stream("lashes", person.number)
        grown = []
        for (side, lid), (roots, tips) in self.strips.items():
            count = 80 if lid == "upper" else 40
            _, near = cKDTree(head.base[tips]).query(head.base[roots], k=2)
            position = own.uniform(0, len(roots) - 1.001, count)
            low = position.astype(int)
            part = (position - low)[:, None]
            root_points, tip_points = base_points[roots], base_points[tips][near].mean(1)
            start = root_points[low] * (1 - part) + root_points[low + 1] * part
            aim = tip_points[low] * (1 - part) + tip_points[low + 1] * part - start
            up = 0.1 if lid == "upper" else -0.1
            way = unit(unit(aim) + [0, -0.6, up] + own.normal(0, 0.12, (count, 3)))
            length = own.uniform(0.0045, 0.007, count) * (1 if lid == "upper" else 0.55) * (0.85 if person.male else 1.05 + 0.35 * sitting.makeup)
            t = np.linspace(0, 1, 5)[None, :, None]
            bend = np.array([0, -0.1, 1.0 if lid == "upper" else -0.6])
            grown.append(start[:, None] + length[:, None, None] * (way[:, None] * t + 0.4 * bend * t * t))
        return np.concatenate(grown), np.linspace(1, 0.3, 5) * (0.00008 + 0.00007 * sitting.makeup)
