"""From linear light to a photograph: exposure for the face, a blurred background, tone curve, grain."""
import math

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates

from .sitting import HEIGHT, WIDTH
from .skin import linear
from .streams import pick, stream

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
WALLS = [(222, 220, 214), (186, 188, 190), (128, 132, 138), (74, 78, 84), (34, 36, 40), (150, 160, 172), (196, 184, 168), (120, 104, 92),
         (96, 108, 120), (168, 176, 166), (200, 206, 212), (88, 72, 66), (60, 72, 92)]
# Melanin -> luminance of a well exposed face, linear.
FACE_LIGHT = ([0, 0.3, 0.6, 1.0], [0.385, 0.32, 0.23, 0.165])


def srgb(light):
    """Linear 0 ... 1 to sRGB 0 ... 1."""
    return np.where(light < 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)


def develop(render, panorama, person, photo, face_box):
    """Return the finished PIL image of 178x218 pixels.

    ``render`` is (h, w, 4) linear, colour already multiplied by alpha; ``face_box`` x, y, w, h in finished pixels.
    """
    own = stream("develop", person.number, photo)
    height, width, _ = render.shape
    # Single hairs at the outline are thinner than a pixel and come out as dots: soften the half-transparent pixels.
    render = np.where(render[..., 3:] < 0.98, gaussian_filter(render, (0.8, 0.8, 0)), render)
    alpha, light = np.clip(render[..., 3:], 0, 1), render[..., :3]
    scale = width / WIDTH
    x, y, w, h = (int(value * scale) for value in face_box)
    face = light[max(0, y + h // 5): y + 9 * h // 10, max(0, x + w // 5): x + 4 * w // 5] @ LUMINANCE
    wanted = np.interp(person.melanin, *FACE_LIGHT) * np.exp(own.normal(0, 0.13))
    # Bright patches must not burn out, even if the rest gets a little darker for it.
    light = light * min(wanted / max(float(np.mean(face)), 1e-4), 1.2 / max(float(np.percentile(face, 97)), 1e-4))
    picture = light + background(panorama, person, photo, width, height) * (1 - alpha)
    picture = picture * np.exp(own.normal(0, 0.04) * np.array([1, 0, -1]) + own.normal(0, 0.01, 3))      # white balance
    picture = picture + 0.03 * gaussian_filter(picture, (width / 40, width / 40, 0))                      # a little bloom
    picture = np.clip(picture, 0, None)
    picture = picture * (1 + picture / 4.8) / (1 + 0.45 * picture)                                        # soft shoulder
    tones = np.clip(srgb(np.clip(picture, 0, 1)), 0, 1)
    # Contrast around the middle, easier on dark skin whose shadows would sink; never fully black.
    contrast = own.normal(0.30, 0.06) * (1 - 0.5 * person.melanin)
    tones = tones + contrast * (tones - 0.5) * 4 * tones * (1 - tones)
    grey = tones.mean(-1, keepdims=True)
    tones = grey + (tones - grey) * own.uniform(0.82, 1.02)
    image = Image.fromarray((np.clip(tones, 0, 1) * 255 + 0.5).astype(np.uint8)).resize((WIDTH, HEIGHT), Image.LANCZOS)
    pixels = np.asarray(image, float)
    pixels = pixels + own.uniform(0.4, 1.0) * (pixels - gaussian_filter(pixels, (1.0, 1.0, 0)))           # a camera's sharpening
    pixels = pixels + gaussian_filter(own.normal(0, 1, pixels.shape), (0.5, 0.5, 0)) * own.uniform(1, 4)
    return Image.fromarray(np.clip(pixels + 0.5, 0, 255).astype(np.uint8))


def background(panorama, person, photo, width, height):
    """Return (height, width, 3) linear: a blurred place from the panorama or a plain wall."""
    own = stream("background", person.number, photo)
    if pick(own, dict(place=6, wall=4)) == "place":
        rows, columns, _ = panorama.shape
        field = own.uniform(30, 60)
        across = (own.uniform(0, 360) + np.linspace(-0.5, 0.5, width) * field) / 360 * columns
        up = (90 + own.uniform(-6, 14) + np.linspace(0.5, -0.5, height) * field * height / width) / 180 * rows
        u, v = np.meshgrid(across % columns, np.clip(up, 0, rows - 1))
        place = np.stack([map_coordinates(panorama[..., c], [v, u], order=1, mode="grid-wrap") for c in range(3)], -1)
        place = np.minimum(place, 2 * np.percentile(place, 98))
        blur = own.uniform(1.5, 7) * width / WIDTH
        place = gaussian_filter(place, (blur, blur, 0))
        grey = (place @ LUMINANCE)[..., None]
        place = grey + 0.75 * (place - grey)        # far things are paler
        return np.clip(place, 0, None) * own.uniform(0.12, 0.45) / max(place.mean(), 1e-4)
    wall = linear(WALLS[own.integers(len(WALLS))]) * np.exp(own.normal(0, 0.06, 3))
    y, x = np.mgrid[0:height, 0:width]
    angle = own.uniform(0, 2 * math.pi)
    slope = (x / width - 0.5) * math.cos(angle) + (y / height - 0.5) * math.sin(angle)
    vignette = -0.5 * own.uniform(0, 1) * np.hypot(x / width - 0.5, y / height - 0.45) ** 2
    return wall * np.exp(own.normal(0, 0.35) * slope + vignette)[..., None]
