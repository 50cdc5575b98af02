"""Light: one of the CC0 panoramas that come with Blender, turned at random, and a few soft lamps."""
import math
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector

from .streams import pick, stream

PANORAMAS = dict(city=2, courtyard=2, forest=1.5, interior=2, studio=2, sunrise=0.5)


def panorama(name):
    """Return (Blender image, pixels (h, w, 3) linear)."""
    folder = Path(bpy.utils.system_resource("DATAFILES")) / "studiolights/world"
    image = bpy.data.images.load(str(folder / f"{name}.exr"))
    pixels = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(pixels)
    pixels = pixels.reshape(image.size[1], image.size[0], 4)
    # Cameras balance most of a place's tint away.
    tint = pixels[..., :3].mean((0, 1))
    pixels[..., :3] *= (tint.mean() / tint) ** 0.75
    # A low sun would still paint whole faces orange: take part of the colour out of every direction.
    grey = pixels[..., :3] @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    pixels[..., :3] += 0.4 * (grey[..., None] - pixels[..., :3])
    image.pixels.foreach_set(pixels.ravel())
    image.update()
    return image, pixels[..., :3]


def mean_brightness(pixels):
    """Mean luminance over the sphere, with the sun's disc held down."""
    rows = np.cos((np.arange(pixels.shape[0]) + 0.5) / pixels.shape[0] * np.pi - np.pi / 2)[:, None]
    luminance = np.minimum(pixels @ [0.2126, 0.7152, 0.0722], 60)
    return float((luminance * rows).sum() / (rows.sum() * pixels.shape[1]))


def add_light(scene, person, photo, aim):
    """Light the scene around the point ``aim`` (metres); returns the panorama's pixels for the background."""
    own = stream("light", person.number, photo)
    image, pixels = panorama(pick(own, PANORAMAS))
    world = bpy.data.worlds.new("world")
    scene.world = world
    world.use_nodes = True
    tree = world.node_tree
    texture, mapping = tree.nodes.new("ShaderNodeTexEnvironment"), tree.nodes.new("ShaderNodeMapping")
    texture.image = image
    mapping.inputs["Rotation"].default_value = (0, 0, own.uniform(0, 2 * math.pi))
    tree.links.new(tree.nodes.new("ShaderNodeTexCoord").outputs["Generated"], mapping.inputs[0])
    tree.links.new(mapping.outputs[0], texture.inputs[0])
    tree.links.new(texture.outputs[0], tree.nodes["Background"].inputs[0])
    # The panorama's own brightness does not matter (the picture is exposed for the face), its share against the lamps does.
    tree.nodes["Background"].inputs[1].default_value = own.uniform(0.40, 0.70) / mean_brightness(pixels)
    warm = lambda: tuple(np.clip(np.array([1, 0.94, 0.88]) + own.normal(0, 1) * np.array([0, 0.03, 0.08]), 0.5, 1.1))
    # A soft key light from the front and above, nearer the side now and then.
    add_lamp(scene, aim, np.clip(own.normal(0, 32), -65, 65), own.uniform(15, 50), 1.6, own.choice([0.4, 0.8, 1.2]), own.uniform(8, 22), warm())
    if own.random() < 0.4:     # from behind, on the hair
        add_lamp(scene, aim, own.choice([-1, 1]) * own.uniform(120, 160), own.uniform(15, 50), 1.5, 0.4, own.uniform(6, 18), warm())
    if own.random() < 0.15:    # a flash on the camera
        add_lamp(scene, aim, 0, 6, 1.3, 0.12, 9, (1, 1, 1))
    return pixels


def add_lamp(scene, aim, azimuth, elevation, distance, size, power, colour):
    """A square lamp; azimuth 0 is the camera's side, positive the picture's right; degrees, metres, watts."""
    lamp = bpy.data.lights.new("lamp", "AREA")
    lamp.size, lamp.energy, lamp.color = size, power, colour
    azimuth, elevation = math.radians(azimuth), math.radians(elevation)
    way = Vector((math.sin(azimuth) * math.cos(elevation), -math.cos(azimuth) * math.cos(elevation), math.sin(elevation)))
    thing = bpy.data.objects.new("lamp", lamp)
    thing.location = Vector(aim) + way * distance
    thing.rotation_euler = (-way).to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(thing)
