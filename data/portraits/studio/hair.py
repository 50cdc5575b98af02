"""Head hair: a few guide strands are combed and dropped around the head, many strands follow the guides near them."""
import numpy as np
from scipy.spatial import cKDTree

from .grooms import TENDRILS, directions, fringe, groom_of, temples
from .regions import above_hairline, scalp, step
from .streams import stream

GUIDES = 1600
DOWN = np.array([0, 0, -1.0])


def unit(vectors):
    """Scale (..., 3) vectors to length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


class Surface:
    """The unposed skin (metres) as a thing to grow from and to bump into."""

    def __init__(self, head, points):
        self.head, self.points = head, points
        quads = head.quads
        crossed = np.cross(points[quads[:, 2]] - points[quads[:, 0]], points[quads[:, 3]] - points[quads[:, 1]])
        normals = np.zeros_like(points)
        for corner in range(4):
            np.add.at(normals, quads[:, corner], crossed)
        self.normals, self.areas = unit(normals), np.linalg.norm(crossed, axis=1) / 2
        x, y, _ = np.abs(head.rest.T)
        self.solid = np.flatnonzero((head.masks["ears"] < 0.25) & (y > 6.0) & (x < 1.0))
        self.tree = cKDTree(points[self.solid], leafsize=32)     # a third faster than the default

    def roots(self, density, count, generator):
        """Scatter ``count`` roots by a per-vertex density; returns points, normals and rest coordinates."""
        quads = self.head.quads
        share = self.areas * density[quads].mean(1)
        face = quads[generator.choice(len(quads), count, p=share / share.sum())]
        u, v = generator.random((2, count, 1))
        mix = lambda values: (values[face[:, 0]] * (1 - u) * (1 - v) + values[face[:, 1]] * u * (1 - v)
                              + values[face[:, 2]] * u * v + values[face[:, 3]] * (1 - u) * v)
        return mix(self.points), unit(mix(self.normals)), mix(self.head.rest)

    def height(self, places, reach=0.04):
        """Return signed distance (reach where farther), normal and solid vertex number below each of (n, 3) places."""
        distance, index = self.tree.query(places, distance_upper_bound=reach)
        near = np.isfinite(distance)
        vertex = self.solid[np.where(near, index, 0)]
        normal = self.normals[vertex]
        return np.where(near, ((places - self.points[vertex]) * normal).sum(1), reach), normal, np.where(near, vertex, -1)


def grow(person, sitting, surface):
    """Return [(strands (n, k, 3), radii (n, k))], unposed, metres."""
    groom = groom_of(person, sitting)
    own = stream("hair", person.number, sitting.photo)
    grown = [coat(groom, person, sitting, surface, own)]
    if groom.comb == "knot":
        grown.append(bun(knot_of(person, surface), own, person.hair_texture))
        if person.hair_texture != "coily":
            grown.append(coat(TENDRILS, person, sitting, surface, own))
    return grown


def crown(surface):
    """The middle of the skull, metres."""
    return np.array([0, -0.035, surface.points[:, 2].max() - 0.088])


def knot_of(person, surface):
    """Where hair is tied: mostly on top, where it shows from the front; coily hair makes a puff there."""
    high = person.hair_texture == "coily" or stream("knot", person.number).random() < 0.8
    return crown(surface) + ((0, 0.062, 0.086) if high else (0, 0.105, 0.058))


def coat(groom, person, sitting, surface, own):
    """Return (strands (n, k, 3), radii (n, k)) of one hairdo, or of the loose strands beside a tied-back one."""
    head = surface.head
    density = scalp(head, person, sitting.hairdo, 0.14)
    if groom is TENDRILS:
        density = density * temples(head.rest)
    root, normal, rest = surface.roots(density, groom.strands, own)
    points = 22 if groom.length > 0.1 else 12 if groom.length > 0.02 else 6
    centre, knot = crown(surface), knot_of(person, surface)

    leaders = own.choice(len(root), min(GUIDES, len(root)), replace=False)
    above = above_hairline(rest, person, sitting.hairdo)
    length = lengths(groom, root, rest, above, knot, own)
    frame = dict(centre=centre, knot=knot, split=own.normal(0, 0.0025, (len(leaders), 1)),
                 swirl=own.normal(0, 0.5 if groom.comb == "outward" else 0.12 if groom.gravity < 0.3 else 0.05, (len(leaders), 3)))
    if groom.comb == "knot":
        frame["swirl"] *= 0.0
    guides = comb(groom, surface, root[leaders], normal[leaders], rest[leaders], length[leaders], points, frame, own)
    strands = follow(groom, guides, leaders, root, length, own)
    strands = curl(groom, strands, root, length, own)
    if groom.gravity > 0.5:
        strands = gather(strands, surface, stream("hair fall", person.number).uniform(0.12, 0.34))
    strands = settle(strands, surface)
    strands = off_the_face(strands, surface, groom)
    if groom.cut:
        strands = cut(strands, surface.points[:, 2].max() - groom.cut + own.normal(0, 0.004, len(strands)) - 0.05 * np.maximum(0, strands[:, 0, 1]))
    # Thin, short hairs at the hairline, and everywhere a taper to the tip.
    fine = 0.45 + 0.55 * step(-0.02, 0.14, above)
    return strands, 0.00027 * fine[:, None] * (1 - 0.65 * np.linspace(0, 1, points) ** 3)


def gather(strands, surface, share):
    """Draw falling hair towards the neck below the jaw by a share of its distance: it would hang like a tent."""
    drop = surface.points[:, 2].max() - strands[..., 2]
    inward = 1 - share * step(0.14, 0.32, drop)
    return np.stack([strands[..., 0] * inward, strands[..., 1], strands[..., 2]], -1)


def lengths(groom, root, rest, above, knot, own):
    """Return each strand's length: layered, shorter at the sides of short cuts, fine short hairs along the hairline."""
    count = len(root)
    length = groom.length * (1 - 0.3 * own.random(count) ** 2)
    if groom.comb == "knot":
        length = np.linalg.norm(knot - root, axis=1) * 1.12
    if groom.tapered:
        length = length * (0.28 + 0.72 * step(7.4, 8.1, rest[:, 1]))
    if groom.comb == "fringed":
        brow_to_root = np.clip(0.1 * (rest[:, 1] - 7.60) * 1.25 + 0.012, 0.02, 0.12)
        length = np.where(fringe(rest), brow_to_root * own.uniform(0.85, 1.05, count), length)
    edge = 1 - step(-0.05, 0.16, above)
    if groom.length < 0.1:
        return length * (1 - 0.6 * edge)
    return np.where(own.random(count) < 0.6 * edge, own.uniform(0.004, 0.018, count), length)


def comb(groom, surface, root, normal, rest, length, points, frame, own):
    """March the guides from their roots; returns (guides, points, 3)."""
    count = len(root)
    strands = np.empty((count, points, 3))
    place = root - 0.001 * normal
    strands[:, 0] = place
    way = unit(normal * groom.lift + directions(groom, root, root, rest, frame) * (1.1 - groom.lift))
    clearance = groom.clearance * own.random(count) ** 1.2 + 0.0008
    stride = (length / (points - 1))[:, None]
    for k in range(1, points):
        place = place + way * stride
        height, below, vertex = surface.height(place)
        needed = clearance * min(1, k / 4)
        place = place + below * (np.clip(needed - height, 0, 0.02) * (vertex >= 0))[:, None]
        strands[:, k] = place
        arc = k * stride[:, 0]
        falls = np.clip(groom.gravity * 1.3 * np.minimum(1, arc / 0.05 + 0.2), 0, 1)[:, None]
        combed = (1 - step(0.02, 0.08, arc) if groom.gravity > 0.5 else np.ones(count))[:, None]
        wanted = directions(groom, place, root, rest, frame) * combed + DOWN * falls
        # Close to the head a strand slides along it; a little above, falling hair is drawn back to it.
        into = (wanted * below).sum(1, keepdims=True)
        close = (height < needed + 0.006)[:, None]
        wanted = np.where(close & ((into < 0) | (groom.comb not in ("outward", "forward"))), wanted - below * into, wanted)
        if groom.comb != "outward":
            wanted = wanted - below * (groom.hug * np.clip((height - needed - 0.002) / 0.008, 0, 1) * (vertex >= 0))[:, None]
        way = unit(way * groom.stiff + wanted * (1 - groom.stiff))
    return strands


def follow(groom, guides, leaders, root, length, own):
    """Every strand takes the mean course of the three nearest guides, and its tip is drawn to the nearest: locks."""
    points = guides.shape[1]
    # Guides across the parting are far away: hair never crosses it.
    apart = lambda place: np.column_stack([place, 0.5 * np.sign(place[:, 0] - groom.part) * (groom.comb in ("parted", "fringed", "aside"))])
    distance, index = cKDTree(apart(root[leaders])).query(apart(root), k=3)
    share = 1 / (distance + 0.001)
    share /= share.sum(1, keepdims=True)
    course = guides - guides[:, :1]
    mean = (course[index] * share[:, :, None, None]).sum(1)
    t = np.linspace(0, 1, points)[None, :, None]
    nearest = guides[index[:, 0]]
    # The root's own place fades along the strand, so that a lock closes.
    spread = own.uniform(0.4, 1.0, (len(root), 1, 1))
    loose = root[:, None] + mean
    gathered = nearest + (root - guides[index[:, 0], 0])[:, None] * (1 - 0.75 * t)
    pull = groom.clump * t ** 1.2 * spread
    strands = loose * (1 - pull) + gathered * pull
    # Guides and strands differ in length near the hairline: cut the course to the strand's own length.
    guide_length = (length[leaders][index] * share).sum(1)
    keep = np.clip(length / guide_length, 0.05, 1)
    return resample(strands, keep)


def resample(strands, keep):
    """Keep the first share ``keep`` (n,) of each strand, with as many points as before."""
    count, points, _ = strands.shape
    at = np.linspace(0, 1, points)[None] * keep[:, None] * (points - 1)
    low = np.minimum(at.astype(int), points - 2)
    rest = (at - low)[..., None]
    row = np.arange(count)[:, None]
    return strands[row, low] * (1 - rest) + strands[row, low + 1] * rest


def curl(groom, strands, root, length, own):
    """Wind the strands around their course: waves to coils, in step within a lock."""
    count, points, _ = strands.shape
    amplitude, turns = groom.wave
    locks = max(60, count // 30)
    _, lock = cKDTree(root[own.choice(count, locks, replace=False)]).query(root)
    t = np.linspace(0, 1, points)[None, :, None]
    phase = own.uniform(0, 6.28, locks)[lock] + own.normal(0, 0.4, count)
    rate = (turns * np.exp(own.normal(0, 0.12, locks)))[lock]
    angle = t * (length * rate)[:, None, None] + phase[:, None, None]
    one = unit(own.normal(0, 1, (locks, 3)))
    two = unit(np.cross(one, own.normal(0, 1, (locks, 3))))
    grows = amplitude * np.clip(t * length[:, None, None] / 0.06, 0, 1)
    wound = strands + grows * (np.sin(angle) * one[lock][:, None] + np.cos(angle) * two[lock][:, None])
    # Single hairs stray, a few of them far.
    stray = np.where(own.random(count) < 0.05, 2.2, 1.0)[:, None, None] * np.minimum(1, length / 0.1)[:, None, None]
    return wound + np.cumsum(own.normal(0, 0.00045, strands.shape), axis=1) * (t > 0) * stray


def settle(strands, surface):
    """Lift what curling has pushed into the skin."""
    flat = strands[:, 1:].reshape(-1, 3)
    height, normal, vertex = surface.height(flat, 0.02)
    flat = flat + normal * (np.clip(0.0012 - height, 0, 0.02) * (vertex >= 0))[:, None]
    return np.concatenate([strands[:, :1], flat.reshape(len(strands), -1, 3)], axis=1)


def off_the_face(strands, surface, groom):
    """Strands that cross the face take the course of the nearest strand that does not."""
    height, _, vertex = surface.height(strands.reshape(-1, 3), 0.035)
    x, y, z = np.where((vertex >= 0)[:, None], surface.head.rest[vertex], 0).T
    limit = 7.52 if groom.comb == "fringed" else 7.62 if groom.length < 0.1 else 7.87
    width = 0.50 + 0.08 * step(6.9, 7.5, y)
    crossing = ((np.abs(x) < width) & (y < limit) & (y > 6.0) & (z > 0.75)).reshape(len(strands), -1).any(1)
    good, bad = np.flatnonzero(~crossing), np.flatnonzero(crossing)
    if not len(bad) or len(good) < 50:
        return strands
    nearest = good[cKDTree(strands[good, 0]).query(strands[bad, 0])[1]]
    moved = strands.copy()
    moved[bad] = strands[nearest] + (strands[bad, 0] - strands[nearest, 0])[:, None] * np.linspace(1, 0.3, strands.shape[1])[None, :, None]
    return moved


def cut(strands, floor):
    """Cut each strand where it first falls below the height ``floor`` (n,)."""
    below = strands[:, :, 2] < floor[:, None]
    first = np.where(below.any(1), below.argmax(1), strands.shape[1] - 1)
    return resample(strands, np.clip(first / (strands.shape[1] - 1), 0.1, 1))


def bun(knot, own, texture):
    """A knot of hair at the back or the top of the head."""
    count, size = 2500, 0.037 if texture != "coily" else 0.048
    one = unit(own.normal(0, 1, (count, 3)))
    two = unit(np.cross(one, own.normal(0, 1, (count, 3))))
    angle = np.linspace(0, 2.5, 14)[None, :, None]
    radius = size * own.uniform(0.8, 1.05, (count, 1, 1))
    strands = knot + [0, 0.01, 0.005] + radius * (one[:, None] * np.cos(angle) + two[:, None] * np.sin(angle))
    return strands, np.full((count, 14), 0.0003)
