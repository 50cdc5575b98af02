"""One photograph, from the numbers of a person and a photo to a picture and its ground truth.

This module imports Blender (bpy, GPL-3.0); like the rest of the project it is under the MIT licence, which is compatible.
"""
import functools
import math
import os

import bpy
import numpy as np
from mathutils import Matrix

from . import accessories, clothes, eyes, materials, scene
from .camera import ground_truth, place_camera
from .develop import develop
from .grooms import groom_of
from .hair import Surface, grow
from .light import add_light
from .mesh import fit, load_head, to_metres
from .people import person as get_person
from .regions import step
from .shape import neutral_face, with_expression
from .short_hair import LidRims, beard, brows
from .sitting import HEIGHT, WIDTH
from .sitting import sitting as get_sitting
from .skin import paint
from .streams import stream


@functools.lru_cache(maxsize=None)
def lid_rims():
    """The eyelids' rims, found once for all people."""
    return LidRims(load_head())


class Pose:
    """Turns head and neck against the body: each point by its own share of the head's rotation."""

    def __init__(self, sitting, pivot):
        turn = lambda yaw, pitch, roll: (Matrix.Rotation(math.radians(yaw), 3, "Z") @ Matrix.Rotation(math.radians(pitch), 3, "X")
                                         @ Matrix.Rotation(math.radians(roll), 3, "Y"))
        self.body = turn(sitting.body_yaw, 0, sitting.body_roll)
        axis, self.angle = (self.body.inverted() @ turn(sitting.yaw, sitting.pitch, sitting.roll)).to_quaternion().to_axis_angle()
        self.axis, self.body, self.pivot = np.array(axis), np.array(self.body), pivot

    def __call__(self, points, share=1.0):
        """(..., 3) metres and shares 0 ... 1 (scalar or per point) to posed metres; Rodrigues' formula."""
        shape = points.shape
        p = points.reshape(-1, 3) - self.pivot
        angle = (self.angle * np.broadcast_to(share, shape[:-1]).reshape(-1))[:, None]
        along = (p @ self.axis)[:, None] * self.axis
        turned = p * np.cos(angle) + np.cross(self.axis, p) * np.sin(angle) + along * (1 - np.cos(angle))
        return (turned @ self.body.T + self.pivot).reshape(shape)


def render(number, photo, path, scale=1.5, samples=8, threads=2, quality=88):
    """Render photograph ``photo`` of person ``number`` to the JPEG ``path``; returns the ground truth in pixels.

    ``scale`` is the size of the rendering against the picture, ``samples`` the light paths a pixel.
    """
    head, who = load_head(), get_person(number)
    sitting = get_sitting(who, photo)
    stage = scene.empty_scene()
    base = with_expression(neutral_face(who, head), sitting)
    base_points = to_metres(base)
    points = head.refine @ base_points
    if groom_of(who, sitting).covers_ears:
        points = tuck_ears(points, head)
    albedo, roughness, depth = paint(who, sitting, head, lid_rims().line)
    surface = Surface(head, points)
    surface.points = points = points - surface.normals * depth[:, None]
    pose = Pose(sitting, base_points[head.groups["joint-neck"]].mean(0) + [0, 0, 0.02])
    posed = pose(points, head.head_weight)
    scene.add_mesh("skin", posed, head.quads, materials.skin(who), dict(albedo=albedo, roughness=roughness, rest=head.rest * 0.1))

    centres = add_eyes(who, sitting, base_points, head, pose)
    add_mouth(who, base, head, surface, pose)
    add_hair(who, sitting, surface, base_points, head, pose)
    add_clothes(who, photo, head, posed)
    if sitting.glasses:
        add_glasses(who, base_points, points, head, pose)
    if sitting.earrings and not groom_of(who, sitting).covers_ears:
        parts, colour = accessories.earrings(who, points, head)
        for vertices, faces in parts:
            scene.add_mesh("earring", pose(vertices), faces, materials.plain("earring", colour, Roughness=0.2, Metallic=1.0))
    view = place_camera(stage, who, photo, centres)
    truth = ground_truth(view, head, posed, centres)
    panorama = add_light(stage, who, photo, centres.mean(0))
    picture = trace(stage, f"{path}.exr", scale, samples, threads, seed=10 * number + photo)
    box = [truth[f"face_{side}"] for side in "xywh"]
    develop(picture, panorama, who, photo, box).save(path, format="JPEG", quality=quality)
    return truth


def tuck_ears(points, head):
    """Press the ears to the head, so that the hair over them lies smooth."""
    x, y, z = head.rest.T
    ear = step(0.64, 0.72, np.abs(x)) * (y > 6.75) * (y < 7.5) * (z < 0.85)
    inward = np.maximum(np.abs(points[:, 0]) - 0.070, 0) * 0.75 * ear
    return points - np.stack([np.sign(x) * inward, 0 * x, 0 * x], 1)


def add_eyes(who, sitting, base_points, head, pose):
    """Add both eyeballs; returns their posed centres (2, 3), left and right eye of the person."""
    # A face of dark skin is exposed longer, and a full reflection would burn out on its eyes.
    material = materials.plain("eye", painted=True, Roughness=0.3, Coat_Weight=0.45 - 0.3 * who.melanin, Coat_Roughness=0.03, Specular_IOR_Level=0.0)
    posed = []
    for (centre, radius), inward in zip(eyes.eye_centres(base_points, head), (-1.2, 1.2)):
        yaw, pitch = math.radians(sitting.gaze[0] + inward), math.radians(sitting.gaze[1])
        gaze = np.array([math.sin(yaw) * math.cos(pitch), -math.cos(yaw) * math.cos(pitch), -math.sin(pitch)])
        vertices, quads, colours = eyes.eyeball(centre, radius, gaze, who)
        scene.add_mesh("eye", pose(vertices), quads, material, dict(albedo=colours))
        posed.append(pose(centre))
    return np.array(posed)


def add_mouth(who, base, head, surface, pose):
    """Add teeth and tongue."""
    own = stream("teeth colour", who.number)
    enamel = np.array([0.74, 0.69, 0.60]) * own.uniform(0.82, 1.0) * np.exp(-np.array([0, 0.05, 0.16]) * who.ageing)
    # The mouth is a dark cave; a little glow stands for the light that lips and gums would scatter onto the teeth.
    material = materials.plain("teeth", tuple(enamel), Roughness=0.3, Emission_Color=(0.80, 0.74, 0.64), Emission_Strength=0.035)
    vertices, quads = eyes.teeth(base, head, who, surface.points)
    scene.add_mesh("teeth", pose(vertices), quads, material)
    tongue = to_metres(fit(head.tongue, base))
    scene.add_mesh("tongue", pose(tongue), head.tongue[1], materials.plain("tongue", (0.35, 0.09, 0.08), Roughness=0.3))


def add_hair(who, sitting, surface, base_points, head, pose):
    """Add head hair, brows, beard and lashes."""
    chin = surface.points[(head.rest[:, 1] > 6.2) & (head.rest[:, 1] < 6.3) & (head.rest[:, 2] > 1)][:, 2].mean()
    material = materials.hair(who, "hair", who.hair_colour)
    for strands, radius in grow(who, sitting, surface):
        # Above the chin hair turns with the head, below it hangs more and more with the body; never back again.
        share = np.minimum.accumulate(step(pose.pivot[2] - 0.02, chin, strands[..., 2]), axis=1)
        for _ in range(2):
            share[:, 1:-1] = (share[:, :-2] + share[:, 1:-1] + share[:, 2:]) / 3
        scene.add_strands("hair", pose(strands, share), radius, material)
    brow_colour = dict(grey="brown", blond="dark_blond", dark_blond="brown").get(who.hair_colour, who.hair_colour)
    if who.hair_colour == "grey" and who.age > 62 and who.male:
        brow_colour = "grey"
    for name, grown, colour in (("brow", brows(who, surface), brow_colour), ("beard", beard(who, surface), who.hair_colour)):
        if grown:
            scene.add_strands(name, pose(grown[0]), grown[1], materials.hair(who, name, colour, 1.1))
    lashes, radius = lid_rims().lashes(who, sitting, base_points, head)
    scene.add_strands("lash", pose(lashes), radius, materials.plain("lash", (0.012, 0.009, 0.008), Roughness=0.5))


def add_clothes(who, photo, head, posed):
    """Add the garment, and a collar or scarf where the garment has one."""
    normals = Surface(head, posed).normals
    kind, vertices, quads, albedo, inside, colours = clothes.dress(who, photo, head, posed, normals)
    material = materials.fabric(who.number, photo)
    scene.add_mesh("clothes", vertices, quads, material, dict(albedo=albedo, inside=inside, rest=head.rest * 0.1))
    if kind in ("shirt", "scarf"):
        extra, faces = (clothes.collar(head, posed) if kind == "shirt"
                        else clothes.scarf(head, posed, stream("scarf", who.number, photo)))
        colour = np.tile(colours[0 if kind == "shirt" else 1], (len(extra), 1))
        scene.add_mesh(kind, extra, faces, material, dict(albedo=colour, inside=np.ones(len(extra)), rest=extra))


def add_glasses(who, base_points, points, head, pose):
    """Add frames and lenses."""
    frames, lenses, colour, metal = accessories.glasses(who, eyes.eye_centres(base_points, head), points, head)
    material = materials.plain("frame", colour, Roughness=0.25, Metallic=1.0 if metal else 0.0)
    for parts, stuff in ((frames, material), (lenses, materials.lens_glass())):
        for vertices, faces in parts:
            scene.add_mesh("glasses", pose(vertices), faces, stuff)


def trace(stage, path, scale, samples, threads, seed):
    """Path-trace the scene on the CPU; returns (h, w, 4) linear, transparent behind the person."""
    stage.render.engine = "CYCLES"
    cycles = stage.cycles
    cycles.device, cycles.samples, cycles.use_adaptive_sampling, cycles.seed = "CPU", samples, False, seed
    cycles.use_light_tree = False       # built for many lamps; here it only costs a tenth of the time
    cycles.use_denoising, cycles.denoiser, cycles.denoising_prefilter = True, "OPENIMAGEDENOISE", "FAST"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces, cycles.transmission_bounces = 6, 2, 2, 4
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect, cycles.sample_clamp_direct = 4, 20
    stage.cycles_curves.shape = "RIBBONS"
    settings = stage.render
    settings.threads_mode, settings.threads = "FIXED", threads
    settings.resolution_x, settings.resolution_y, settings.film_transparent = int(WIDTH * scale), int(HEIGHT * scale), True
    settings.image_settings.file_format, settings.image_settings.color_mode = "OPEN_EXR", "RGBA"
    settings.filepath = path
    with scene.silence():
        bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(path)
    pixels = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(pixels)
    os.remove(path)
    return pixels.reshape(image.size[1], image.size[0], 4)[::-1]
