"""Glasses and earrings, fitted to eyes, nose and ears: swept tubes for rims and temples, fans for lenses."""
import numpy as np

from .streams import stream

STYLES = [  # half width, half height (metres), squareness (2 round, higher boxier), rim radius, metal
    (0.0240, 0.0215, 2.2, 0.0008, True), (0.0265, 0.0180, 3.2, 0.0018, False), (0.0260, 0.0165, 3.0, 0.0008, True),
    (0.0262, 0.0205, 2.7, 0.0020, False)]
PLASTIC = [(0.012, 0.011, 0.012), (0.05, 0.022, 0.010), (0.03, 0.03, 0.04), (0.12, 0.05, 0.02), (0.10, 0.015, 0.02)]
METAL = [(0.55, 0.44, 0.26), (0.45, 0.45, 0.47), (0.05, 0.05, 0.05)]


def tube(path, radius, closed=False, sides=8):
    """Sweep a circle along (k, 3) points; returns vertices and quads."""
    ahead = np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    across = np.cross(ahead, [0.05, 0.1, 1.0])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    third = np.cross(ahead, across)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.cos(angle)[None, :, None] * across[:, None] + np.sin(angle)[None, :, None] * third[:, None]
    vertices = (path[:, None] + radius * ring).reshape(-1, 3)
    rings = len(path)
    row, column = np.meshgrid(np.arange(rings if closed else rings - 1), np.arange(sides), indexing="ij")
    after, beside = (row + 1) % rings, (column + 1) % sides
    quads = np.stack([row * sides + column, row * sides + beside, after * sides + beside, after * sides + column], -1)
    return vertices, quads.reshape(-1, 4)


def glasses(person, eyes, skin_points, head):
    """Return (frame parts, lens parts, colour, metal): lists of (vertices, faces) in unposed metres.

    ``eyes`` are (centre, radius) of the left and right eye. A person always wears the same pair.
    """
    own = stream("glasses style", person.number)
    half_width, half_height, squareness, rim, metal = STYLES[own.integers(len(STYLES))]
    colour = (METAL if metal else PLASTIC)[own.integers(len(METAL if metal else PLASTIC))]
    size = np.mean([abs(centre[0]) for centre, _ in eyes]) / 0.0310
    half_width, half_height = half_width * size, half_height * size
    nearest = lambda place: skin_points[np.argmin(((head.rest - place) ** 2).sum(1))]
    bridge = nearest([0.0, 7.27, 1.5])
    centre, radius = eyes[0]
    middle = max(abs(centre[0]) + 0.0005, 0.0085 * size + half_width)
    height = centre[2] - 0.002
    front = min(centre[1] - radius - 0.009, bridge[1] - 0.0005)

    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    power = 2 / squareness
    outline = np.stack([half_width * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power,
                        half_height * np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power], 1)
    frames, lenses = [], []
    for side in (1, -1):
        x = side * (middle + outline[:, 0])
        z = height + outline[:, 1] * (1 + 0.05 * outline[:, 0] / half_width)
        y = front + 0.10 * outline[:, 0] + 0.12 * outline[:, 1] + 0.6 * outline[:, 0] ** 2 / 0.05   # wrapped and tilted
        ring = np.stack([x, y, z], 1)
        frames.append(tube(ring, rim, closed=True))
        fan = np.stack([np.arange(48), np.roll(np.arange(48), -1), np.full(48, 48)], 1)
        lenses.append((np.vstack([ring, ring.mean(0) + [0, -0.0012, 0]]), fan))
        ear = nearest([side * 0.72, 7.33, 0.55]) + [side * 0.003, 0, 0.002]
        hinge = ring[np.argmax(np.abs(ring[:, 0]))] + [side * 0.003, 0.001, 0.4 * half_height]
        along = np.linspace(0, 1, 12)[:, None]
        temple = hinge + (ear - hinge) * along + np.array([side * 0.006, 0, 0]) * np.sin(np.pi * along)
        drop = ear + np.array([[0, 0.012, -0.003], [-side * 0.004, 0.024, -0.016]])
        frames.append(tube(np.vstack([hinge - [side * 0.003, 0, 0], temple, drop]), max(rim, 0.0012)))
    inner = middle - half_width
    arch = np.linspace(-1, 1, 9)
    frames.append(tube(np.stack([arch * inner, np.full(9, front - 0.0005) - 0.001 * (1 - arch ** 2),
                                 height + 0.25 * half_height + 0.003 * (1 - arch ** 2)], 1), max(rim, 0.0010)))
    return frames, lenses, colour, metal


def earrings(person, skin_points, head):
    """Return (parts, colour): studs or hoops at the lobes, unposed metres. A person has one pair."""
    own = stream("earrings style", person.number)
    colour, hoop = METAL[own.integers(2)], own.random() < 0.5
    size = own.uniform(0.008, 0.014) if hoop else own.uniform(0.0022, 0.0034)
    parts = []
    for side in (1, -1):
        ear = np.flatnonzero((head.masks["ears"] > 0.5) & (side * head.rest[:, 0] > 0))
        lobe = skin_points[ear[np.argmin(head.rest[ear, 1])]] + [side * 0.002, -0.001, 0.003]
        angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)[:, None]
        if hoop:
            ring = lobe + size * (np.cos(angle) * [0, 0.8, 0] + np.sin(angle) * [0, 0, 1]) + [side * 0.001, 0, -size]
            parts.append(tube(ring, 0.0011, closed=True))
        else:
            parts.append(tube(lobe + np.linspace(-0.6, 0.6, 7)[:, None] * [size, 0, 0], size))
    return parts, colour
