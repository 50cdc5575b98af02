"""The camera, set to CelebA's framing, and the ground truth: where landmarks and the face box fall in the picture."""
import math
from dataclasses import dataclass

import bpy
import numpy as np

from .sitting import HEIGHT, WIDTH
from .streams import stream

EYES = (88.0, 110.0)        # the middle between the eyes, pixels
EYE_DISTANCE = 38.0         # pixels
# Rest heights and depths (decimetres) of the skin that a face detector's box encloses: mid-forehead to chin, cheek to cheek.
BOX_TOP, BOX_DEPTH = 7.98, 0.86


@dataclass
class View:
    """A pinhole camera looking along +y, turned by ``roll`` radians; pixels are those of the finished picture."""
    place: np.ndarray       # (3,) metres
    roll: float
    zoom: float             # focal length over sensor width
    shift: tuple            # the picture's middle, as a share of its width, right and up

    def project(self, points):
        """(n, 3) metres to (n, 2) pixels, x right and y down from the upper left corner."""
        x, depth, z = (points - self.place).T
        across = x * math.cos(self.roll) + z * math.sin(self.roll)
        up = z * math.cos(self.roll) - x * math.sin(self.roll)
        return np.stack([WIDTH / 2 + WIDTH * (self.zoom * across / depth - self.shift[0]),
                         HEIGHT / 2 - WIDTH * (self.zoom * up / depth - self.shift[1])], 1)


def place_camera(scene, person, photo, eyes):
    """Add the camera for eye centres (2, 3), left and right eye of the person, metres; returns its View."""
    own = stream("camera", person.number, photo)
    middle = eyes.mean(0)
    across = eyes[0] - eyes[1]
    # The sets' eyes are levelled. Turned heads keep part of their size: alignment also uses nose and mouth.
    roll = math.atan2(across[2], across[0]) + math.radians(own.normal(0, 1.2))
    seen, true = math.hypot(across[0], across[2]), float(np.linalg.norm(across))
    distance = own.uniform(1.2, 2.2)
    zoom = EYE_DISTANCE * np.exp(own.normal(0, 0.025)) / WIDTH * distance / math.sqrt(seen * true)
    shift = ((WIDTH / 2 - EYES[0] + own.normal(0, 0.9)) / WIDTH, (EYES[1] - HEIGHT / 2 + own.normal(0, 0.9)) / WIDTH)
    view = View(middle - [0, distance, 0], roll, zoom, shift)
    camera = bpy.data.cameras.new("camera")
    camera.sensor_width, camera.sensor_fit, camera.lens = 36, "HORIZONTAL", 36 * zoom
    camera.shift_x, camera.shift_y, camera.clip_start = *shift, 0.05
    thing = bpy.data.objects.new("camera", camera)
    thing.location = view.place
    thing.rotation_euler = (math.pi / 2, -roll, 0)
    scene.collection.objects.link(thing)
    scene.camera = thing
    return view


def ground_truth(view, head, skin_points, eyes):
    """Return a dictionary of pixels: face box x, y, w, h and five landmarks.

    As in CelebA and MTCNN, *left* is the picture's left, so the left eye is the person's right one.
    """
    rest = head.rest
    flat = view.project(skin_points)
    x, y, z = rest.T
    on_face = (y < BOX_TOP) & (z > BOX_DEPTH) & ((y > 6.5) | (z > 1.12)) & (y > 6.21) & (np.abs(x) < 0.70)
    low, high = flat[on_face].min(0), flat[on_face].max(0)
    nearest = lambda place: flat[np.argmin(((rest - place) ** 2).sum(1))]
    tip = flat[np.argmax(np.where(np.abs(x) < 0.05, z, -9))]
    right, left = view.project(eyes)
    points = {"lefteye": left, "righteye": right, "nose": tip, "leftmouth": nearest([-0.270, 6.635, 1.43]),
              "rightmouth": nearest([0.270, 6.635, 1.43])}
    truth = {"face_x": low[0], "face_y": low[1], "face_w": high[0] - low[0], "face_h": high[1] - low[1]}
    for name, (px, py) in points.items():
        truth[f"{name}_x"], truth[f"{name}_y"] = px, py
    return {name: round(float(value), 1) for name, value in truth.items()}
