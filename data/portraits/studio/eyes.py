"""Eyeballs, painted by the angle from the gaze direction, and the teeth and tongue."""
import numpy as np

from .mesh import fit, to_metres
from .regions import bell, step
from .streams import stream

IRIS = dict(brown=(.040, .018, .008), dark_brown=(.020, .010, .006), hazel=(.15, .095, .038), green=(.13, .16, .08),
            blue=(.12, .21, .31), grey=(.20, .24, .26))


def eyeball(centre, radius, gaze, person):
    """Return vertices (k, 3), quads and colours of an eye at ``centre`` looking along the unit vector ``gaze`` (metres)."""
    own = stream("eyes", person.number)
    around = 72
    polar = np.concatenate([np.linspace(0, 0.75, 40), np.linspace(0.78, np.pi, 24)])
    theta, phi = np.meshgrid(polar, np.linspace(0, 2 * np.pi, around, endpoint=False), indexing="ij")
    bulge = 1 + 0.065 * np.clip(1 - (theta / 0.54) ** 2, 0, 1) ** 0.8     # the cornea
    local = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], -1) * bulge[..., None]
    right = np.cross([0, 0, 1.0], gaze)
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(gaze, right), gaze])
    vertices = (local @ axes) * radius + centre

    limbus = 0.455 * own.uniform(0.97, 1.03)
    pupil = own.uniform(0.10, 0.15)
    ring = (theta - pupil) / (limbus - pupil)
    streaks = 0.7 + 0.6 * own.random((1, around))
    iris = np.array(IRIS[person.eye_colour]) * np.exp(own.normal(0, 0.1, 3))
    iris = iris * (streaks * (1.15 - 0.3 * ring) * (1 + 0.3 * bell(ring, 0.15, 0.15)) * (1 - 0.75 * step(0.72, 1.02, ring)))[..., None]
    white = np.array([0.44, 0.395, 0.365]) * np.exp(-step(0.65, 1.3, theta)[..., None] * np.array([0.08, 0.28, 0.30]))
    white = white * np.exp(-np.array([0, 0.05, 0.16]) * person.ageing)
    colours = np.where((theta < pupil)[..., None], 0.003, iris)
    edge = step(limbus - 0.04, limbus + 0.05, theta)[..., None]
    colours = colours * (1 - edge) + white * edge

    row, column = np.meshgrid(np.arange(len(polar) - 1) * around, np.arange(around), indexing="ij")
    ahead = (column + 1) % around
    quads = np.stack([row + column, row + ahead, row + around + ahead, row + around + column], -1)
    return vertices.reshape(-1, 3), quads.reshape(-1, 4), colours.reshape(-1, 3)


def eye_centres(base_metres, head):
    """Return [(centre, radius)] of the person's left and right eye from the helper spheres."""
    found = []
    for side in "lr":
        ball = base_metres[head.groups[f"helper-{side}-eye"]]
        found.append(((ball.max(0) + ball.min(0)) / 2, np.ptp(ball[:, 0]) / 2 * 0.985))
    return found


def teeth(base, head, person, skin_points):
    """Return vertices (metres) and quads of the teeth, set a fixed way behind the lips wherever these are: they never poke out."""
    part = head.teeth[stream("teeth", person.number).integers(len(head.teeth))]
    vertices = to_metres(fit(part, base))
    lips = skin_points[(head.masks["lips"] > 0.5) & (np.abs(head.rest[:, 0]) < 0.1)]
    incisors = vertices[np.abs(vertices[:, 0]) < 0.01]
    vertices[:, 1] += lips[:, 1].min() + 0.0085 - incisors[:, 1].min()
    upper = vertices[:, 2] > to_metres(base[head.groups["helper-upper-teeth"]])[:, 2].min() - 0.001
    vertices[:, 2] -= 0.0022 * upper
    vertices[:, 1] += 0.004 * ~upper       # the lower lip is thinner where it meets the chin
    return vertices, part[1]
