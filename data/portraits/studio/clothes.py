"""Clothes: a shell around neck and shoulders with a neckline, sometimes with a collar, a jacket over it or a scarf."""
import numpy as np

from .regions import noise, step
from .skin import linear
from .streams import pick, stream

WOMEN = dict(crew=3, v_neck=3, wide=3, shirt=2, jacket=2, high=1.5, scarf=0.7)
MEN = dict(crew=4, v_neck=1, shirt=4, jacket=3, high=1, scarf=0.4)
MUTED = [(236, 234, 228), (30, 32, 38), (52, 60, 82), (96, 104, 112), (120, 62, 60), (70, 92, 78), (150, 128, 102), (176, 152, 160),
         (98, 120, 150), (60, 48, 44), (190, 186, 176), (128, 112, 140), (164, 108, 76), (84, 36, 44), (176, 190, 204), (206, 190, 150)]
NECK_HEIGHT = dict(crew=6.00, v_neck=6.00, wide=5.92, shirt=5.98, jacket=5.98, high=6.10, scarf=5.98)


def neckline(kind, rest):
    """Return (n,) decimetres below the edge of the garment: positive is covered."""
    x, y, z = rest.T
    across, front = np.abs(x), step(-0.2, 0.8, z)
    edge = NECK_HEIGHT[kind] + 0.10 * (1 - front)
    if kind in ("crew", "wide"):
        edge = edge - (0.20 if kind == "crew" else 0.34) * front * np.clip(1 - (across / (0.75 if kind == "crew" else 1.1)) ** 2, 0, 1)
    elif kind in ("v_neck", "shirt", "jacket"):
        edge = edge - (0.50 if kind != "shirt" else 0.42) * np.clip(1 - across / 0.45, 0, 1) * front
    return edge - y


def dress(person, photo, head, points, normals):
    """Return (kind, vertices, quads, albedo (n, 3), inside (n,), the two colours) of the shell; ``points`` are posed, metres."""
    own = stream("clothes", person.number, photo)
    kind = pick(own, MEN if person.male else WOMEN)
    rest = head.rest
    inside = neckline(kind, rest)
    colours = linear(np.array(MUTED)[own.permutation(len(MUTED))[:2]]) * np.exp(own.normal(0, 0.15, (2, 1)))
    albedo = np.tile(colours[0], (len(rest), 1))
    lift = 0.0015 + 0.005 * np.clip(inside / 0.06, 0, 1)
    if kind == "jacket":
        across, y = np.abs(rest[:, 0]), rest[:, 1]
        lapel = step(0.0, 0.02, across - 0.10 - 0.75 * np.clip(y - 5.2, 0, 2) * (rest[:, 2] > 0))
        lapel = np.maximum(lapel, (rest[:, 2] < 0.1) * (inside > 0.04))
        albedo = albedo + (colours[1] * 0.6 - albedo) * lapel[:, None]
        lift = lift + 0.005 * lapel
    folds = noise(rest, 5, person.number, photo) * 0.004 + noise(rest, 12, person.number, photo) * 0.0015
    quads = head.quads[(inside[head.quads] > -0.08).any(1)]
    return kind, points + normals * (lift + folds * np.clip(inside / 0.1, 0, 1))[:, None], quads, albedo, inside, colours


def collar(head, points):
    """A shirt collar around the posed neck: rises, folds over and falls to two points in front. Returns vertices, quads, rest."""
    columns, rows = 72, 9
    around = np.linspace(np.radians(7), np.radians(353), columns)     # 0 is the front: open there
    neck = np.flatnonzero((np.abs(head.rest[:, 1] - 6.0) < 0.12) & (np.abs(head.rest[:, 0]) < 0.75) & (head.rest[:, 2] < 1.0))
    ring = points[neck]
    middle = ring.mean(0)
    bearing = np.arctan2(ring[:, 0] - middle[0], -(ring[:, 1] - middle[1])) % (2 * np.pi)
    reach = np.linalg.norm((ring - middle)[:, :2], axis=1)
    radius = np.array([np.percentile(reach[np.abs(np.angle(np.exp(1j * (bearing - a)))) < 0.25], 75) for a in around])
    radius = np.convolve(np.pad(radius, 4, mode="edge"), np.ones(9) / 9, mode="valid")
    front = np.exp(-((np.minimum(around, 2 * np.pi - around) / 0.45) ** 2))
    profile = np.linspace(0, 1, rows)
    rise = np.where(profile < 0.4, profile / 0.4, 1 - (profile - 0.4) / 0.6 * 1.35)
    outward = np.where(profile < 0.4, 0.004, 0.004 + (profile - 0.4) / 0.6 * 0.016)
    height = (0.020 - 0.010 * front)[:, None] * rise[None] - 0.012 * front[:, None] - (0.016 * front)[:, None] * np.clip(profile - 0.4, 0, 1)[None]
    r = radius[:, None] + outward[None] + 0.004 * front[:, None]
    vertices = np.stack([middle[0] + r * np.sin(around)[:, None], middle[1] - r * np.cos(around)[:, None],
                         np.broadcast_to(middle[2] + height, r.shape)], -1).reshape(-1, 3)
    return vertices, grid_quads(columns, rows)


def scarf(head, points, own):
    """A soft ring of cloth around the neck."""
    columns, rows = 80, 20
    neck = points[(np.abs(head.rest[:, 1] - 6.0) < 0.1) & (np.abs(head.rest[:, 0]) < 0.7) & (head.rest[:, 2] < 1.0)]
    middle, size = neck.mean(0), np.ptp(neck[:, :2], axis=0) / 2
    around, small = np.meshgrid(np.linspace(0, 2 * np.pi, columns), np.linspace(0, 2 * np.pi, rows), indexing="ij")
    bumps = 1 + 0.15 * np.sin(7 * small + 3 * np.sin(around + own.uniform(0, 6))) + 0.1 * np.sin(3 * around + own.uniform(0, 6))
    thick = 0.024 * bumps
    across = size.mean() + 0.014 + thick * np.cos(small)
    vertices = np.stack([middle[0] + across * np.sin(around), middle[1] - 1.05 * across * np.cos(around),
                         middle[2] - 0.012 + 1.1 * thick * np.sin(small) - 0.015 * np.cos(around)], -1)
    return vertices.reshape(-1, 3), grid_quads(columns, rows)


def grid_quads(columns, rows):
    """Quads of a grid whose vertices are numbered column by column."""
    column, row = np.meshgrid(np.arange(columns - 1) * rows, np.arange(rows - 1), indexing="ij")
    return np.stack([column + row, column + row + 1, column + rows + row + 1, column + rows + row], -1).reshape(-1, 4)
