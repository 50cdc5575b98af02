"""Where things are on the face: soft masks over the rest coordinates (decimetres: x left, y up, z front), each 0 ... 1."""
import numpy as np

from .streams import stream

# Height of the hairline by azimuth around the head: 0 the forehead's middle, 90 the ear, 180 the nape (degrees, decimetres).
HAIRLINE_AZIMUTH = [0, 15, 32, 45, 58, 72, 84, 98, 112, 125, 150, 180]
HAIRLINE_HEIGHT = [7.98, 8.00, 7.98, 7.80, 7.62, 7.42, 7.12, 7.30, 7.25, 6.75, 6.45, 6.40]


def step(low, high, x):
    """A smooth step from 0 at ``low`` to 1 at ``high``."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def bell(x, centre, width):
    """A Gaussian of height 1."""
    return np.exp(-0.5 * ((x - centre) / width) ** 2)


def noise(points, scale, *seed):
    """Smooth noise in 0 ... 1 at (n, 3) points; ``scale`` is in bumps a unit of length."""
    lattice = stream("noise", *seed).random((32, 32, 32)).astype(np.float32)
    position = points * scale
    corner = np.floor(position).astype(int)
    t = position - corner
    t = t * t * (3 - 2 * t)
    share, place = (1 - t, t), (corner % 32, (corner + 1) % 32)
    total = 0
    for dx in (0, 1):
        for dy in (0, 1):
            for dz in (0, 1):
                weight = share[dx][:, 0] * share[dy][:, 1] * share[dz][:, 2]
                total = total + weight * lattice[place[dx][:, 0], place[dy][:, 1], place[dz][:, 2]]
    return total


def recession(person, hairdo):
    """How far the hairline has moved back, 0 ... 1."""
    own = stream("hairline", person.number)
    usual = own.uniform(0, 0.3) * step(25, 75, person.age) if person.male else 0.0
    return own.uniform(0.5, 0.85) if hairdo == "receding" else usual


def above_hairline(points, person, hairdo):
    """Decimetres above the person's own hairline; negative on the face and neck."""
    x, y, z = points.T
    azimuth = np.degrees(np.arctan2(np.abs(x), z - 0.35))
    back = recession(person, hairdo)
    height = np.interp(azimuth, HAIRLINE_AZIMUTH, HAIRLINE_HEIGHT)
    # Temples recede first; the forehead follows.
    height = height + back * np.interp(azimuth, [0, 15, 32, 45, 58, 72], [0.40, 0.55, 0.72, 0.5, 0.15, 0])
    own = stream("hairline shape", person.number)
    front = step(75, 45, azimuth)
    height = height + front * own.normal(0 if person.male else -0.02, 0.03)    # women's hairlines lie lower
    return y - height + 0.10 * (noise(points, 9, person.number) - 0.5) + 0.07 * (noise(points, 24, person.number) - 0.5)


def scalp(head, person, hairdo, softness):
    """Where head hair grows; ``softness`` in decimetres to either side of the hairline."""
    x, y, z = head.rest.T
    mask = step(-softness, softness, above_hairline(head.rest, person, hairdo))
    mask = mask * (1 - step(0.2, 0.6, head.masks["ears"])) * (np.abs(x) < 0.95) * (y > 6.2)
    if hairdo == "receding":
        crown = np.exp(-((x / 0.5) ** 2 + ((z - 0.2) / 0.75) ** 2)) * (y > 7.9)
        mask = mask * (1 - np.clip(crown * recession(person, hairdo) * 1.6, 0, 0.97))
    if hairdo == "bald":
        mask = mask * (y < 7.75) * (np.abs(np.degrees(np.arctan2(x, z - 0.35))) > 60) * 0.3
    return mask


def brow_height(across, male):
    """Middle line of the brow at a distance ``across`` from the face's middle; flatter and lower for men."""
    rise, fall = (0.004, 0.060) if male else (0.010, 0.065)
    return (7.475 if male else 7.500) + rise * step(0.12, 0.43, across) - fall * step(0.34, 0.60, across)


def brow(head, person):
    """Density of brow hair."""
    x, y, z = head.rest.T
    across = np.abs(x)
    own = stream("brow", person.number)
    thickness = (0.048 if person.male else 0.029) * np.exp(own.normal(0, 0.14))
    thickness = thickness * (1 - 0.55 * step(0.36, 0.64, across))
    inner = own.uniform(0.11, 0.15)
    middle = brow_height(across, person.male) + own.normal(0, 0.006)
    edge = 0.012 * (noise(head.rest, 30, person.number, 7) - 0.5)
    return np.exp(-(np.abs(y - middle + edge) / thickness) ** 2.5) * step(inner - 0.05, inner + 0.12, across) * step(0.60, 0.46, across) * (z > 0.9)


def beard_parts(head):
    """Return densities of a full beard, a goatee and a moustache."""
    x, y, z = np.abs(head.rest[:, 0]), head.rest[:, 1], head.rest[:, 2]
    lips = np.clip(head.masks["lips"] * 1.3, 0, 1) * (z > 1.0)
    jaw = step(6.62, 6.45, y) * step(0.28, 0.4, x) + (x <= 0.4) * step(6.45, 6.36, y)
    side = step(6.9, 6.5, y - 0.35 * step(0.5, 0.7, x)) * step(0.42, 0.58, x) * (z > 0.35)
    sideburn = step(0.6, 0.66, x) * step(7.25, 7.05, y) * (z > 0.32) * (z < 0.75)
    moustache = np.clip(bell(y, 6.69, 0.05) * step(0.34, 0.2, x) * (z > 1.2) * 1.2, 0, 1)
    chin = step(6.44, 6.36, y) * step(0.36, 0.24, x) * (y > 6.05)
    corner = bell(x, 0.36, 0.05) * (y < 6.68) * (y > 6.3) * (z > 1.0)
    skin = (1 - lips) * (1 - step(0.3, 0.6, head.masks["inside-mouth"])) * (1 - step(0.2, 0.5, head.masks["ears"]))
    neck = step(5.95, 6.12, y) * (z > 0.3)
    full = np.clip(np.maximum.reduce([jaw, side, sideburn, moustache, corner * 0.8]), 0, 1) * neck * skin
    goatee = np.clip(np.maximum.reduce([chin, moustache, corner * 0.9]), 0, 1) * neck * skin
    return full, goatee, moustache * skin
