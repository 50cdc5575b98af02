"""Handing numpy arrays to Blender: an empty scene, meshes with attributes, hair curves."""
import contextlib
import os
import sys

import bpy
import numpy as np


def empty_scene():
    """Throw everything away and return a fresh scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return bpy.context.scene


@contextlib.contextmanager
def silence():
    """Keep Blender's progress lines, which it writes past Python, from standard output."""
    sys.stdout.flush()
    kept, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)


def add_mesh(name, vertices, faces, material, attributes=None):
    """Add a smooth mesh: vertices (n, 3) metres, faces (m, 3 or 4); attributes map a name to (n,) or (n, 3) values."""
    mesh = bpy.data.meshes.new(name)
    faces = np.asarray(faces, np.int32)
    corners = faces.shape[1]
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", np.ascontiguousarray(vertices, np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.ravel())
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, corners, dtype=np.int32))
    mesh.update(calc_edges=True)
    mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), bool))
    for attribute, values in (attributes or {}).items():
        values = np.ascontiguousarray(values, np.float32)
        if values.ndim == 1:
            mesh.attributes.new(attribute, "FLOAT", "POINT").data.foreach_set("value", values)
        else:
            mesh.attributes.new(attribute, "FLOAT_VECTOR", "POINT").data.foreach_set("vector", values.ravel())
    thing = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(thing)
    mesh.materials.append(material)
    return thing


def add_strands(name, strands, radius, material):
    """Add hair: strands (n, k, 3) metres, radius broadcast to (n, k) metres."""
    count, length, _ = strands.shape
    curves = bpy.data.hair_curves.new(name)
    curves.add_curves([length] * count)
    curves.points.foreach_set("position", np.ascontiguousarray(strands, np.float32).ravel())
    radius = np.ascontiguousarray(np.broadcast_to(radius, (count, length)), np.float32)
    curves.points.foreach_set("radius", radius.ravel())
    thing = bpy.data.objects.new(name, curves)
    bpy.context.scene.collection.objects.link(thing)
    curves.materials.append(material)
    return thing
