"""What things are made of: node trees for Cycles."""
import bpy
import numpy as np

from .streams import stream

# Cycles' principled hair: melanin amount and redness.
HAIR_MELANIN = dict(black=(0.94, 0.35), dark_brown=(0.83, 0.5), brown=(0.66, 0.6), auburn=(0.55, 1.0), dark_blond=(0.38, 0.75),
                    blond=(0.20, 0.65))


def new(name):
    """Return (material, node tree, its output socket)."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    return material, tree, tree.nodes.new("ShaderNodeOutputMaterial").inputs[0]


def attribute(tree, name, socket):
    """Return the output of a node that reads a mesh attribute."""
    node = tree.nodes.new("ShaderNodeAttribute")
    node.attribute_name = name
    return node.outputs[socket]


def principled(tree, output, **values):
    """Add a principled shader; keywords are its sockets' names with underscores."""
    node = tree.nodes.new("ShaderNodeBsdfPrincipled")
    for name, value in values.items():
        colour = name.endswith("Color")
        node.inputs[name.replace("_", " ")].default_value = (*value, 1) if colour else value
    tree.links.new(node.outputs[0], output)
    return node


def skin(person):
    """Skin with subsurface scattering; colour and roughness come from the mesh, bumps are made here."""
    material, tree, output = new("skin")
    # Dark skin holds less light below the surface, and its highlights stand out more: both go down with melanin.
    shader = principled(tree, output, Subsurface_Weight=0.75, Subsurface_Radius=(1.0, 0.36, 0.2), IOR=1.42,
                        Subsurface_Scale=0.0028 - 0.001 * person.melanin, Specular_IOR_Level=0.46 - 0.16 * person.melanin)
    shader.subsurface_method = "RANDOM_WALK"
    tree.links.new(attribute(tree, "albedo", "Color"), shader.inputs["Base Color"])
    tree.links.new(attribute(tree, "roughness", "Fac"), shader.inputs["Roughness"])
    rest, normal = attribute(tree, "rest", "Vector"), None
    for scale, strength, distance in ((900, 0.30, 0.0006), (300, 0.30, 0.0010), (70, 0.18, 0.0030)):   # pores, texture, unevenness
        texture, bump = tree.nodes.new("ShaderNodeTexNoise"), tree.nodes.new("ShaderNodeBump")
        texture.inputs["Scale"].default_value, texture.inputs["Detail"].default_value = scale, 2
        bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = strength, distance
        tree.links.new(rest, texture.inputs["Vector"])
        tree.links.new(texture.outputs["Fac"], bump.inputs["Height"])
        if normal:
            tree.links.new(normal, bump.inputs["Normal"])
        normal = bump.outputs[0]
    tree.links.new(normal, shader.inputs["Normal"])
    return material


def plain(name, colour=None, painted=False, **values):
    """One principled shader; ``painted`` takes its colour from the mesh's attribute ``albedo``."""
    material, tree, output = new(name)
    shader = principled(tree, output, **values)
    if painted:
        tree.links.new(attribute(tree, "albedo", "Color"), shader.inputs["Base Color"])
    else:
        shader.inputs["Base Color"].default_value = (*colour, 1)
    return material


def fabric(person, photo):
    """Cloth that ends where the mesh's attribute ``inside`` turns negative."""
    material, tree, output = new("fabric")
    mix, above = tree.nodes.new("ShaderNodeMixShader"), tree.nodes.new("ShaderNodeMath")
    above.operation = "GREATER_THAN"
    above.inputs[1].default_value = 0.0
    tree.links.new(attribute(tree, "inside", "Fac"), above.inputs[0])
    tree.links.new(above.outputs[0], mix.inputs[0])
    tree.links.new(tree.nodes.new("ShaderNodeBsdfTransparent").outputs[0], mix.inputs[1])
    shader = principled(tree, mix.inputs[2], Roughness=0.85, Sheen_Weight=0.2)
    tree.links.new(attribute(tree, "albedo", "Color"), shader.inputs["Base Color"])
    weave, bump = tree.nodes.new("ShaderNodeTexNoise"), tree.nodes.new("ShaderNodeBump")
    weave.inputs["Scale"].default_value = stream("fabric", person, photo).choice([150, 400])
    bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 0.4, 0.002
    tree.links.new(attribute(tree, "rest", "Vector"), weave.inputs["Vector"])
    tree.links.new(weave.outputs["Fac"], bump.inputs["Height"])
    tree.links.new(bump.outputs[0], shader.inputs["Normal"])
    tree.links.new(mix.outputs[0], output)
    return material


def hair(person, name, colour, darker=1.0):
    """Hair of a named colour; ``darker`` multiplies its melanin."""
    material, tree, output = new(name)
    shader = tree.nodes.new("ShaderNodeBsdfHairPrincipled")
    own = stream("hair shade", person.number)
    values = {"Roughness": 0.36, "Radial Roughness": 0.5, "Coat": 0.0, "Random Roughness": 0.2}
    if colour == "grey":
        # Little melanin would be blond: grey hair is without colour.
        shader.parametrization = "COLOR"
        shade = own.choice([0.16, 0.28, 0.42, 0.55])
        values |= {"Color": (shade, shade * 0.98, shade * 0.95, 1)}
    else:
        shader.parametrization = "MELANIN"
        melanin, redness = HAIR_MELANIN[colour]
        melanin = float(np.clip(melanin * darker + own.normal(0, 0.03), 0.03, 1))
        values |= {"Melanin": melanin, "Melanin Redness": redness, "Random Color": 0.3}
    for socket, value in values.items():
        shader.inputs[socket].default_value = value
    tree.links.new(shader.outputs[0], output)
    return material


def lens_glass():
    """Thin lenses: mostly transparent, with a reflection that grows at the edge."""
    material, tree, output = new("lens")
    mix, angle = tree.nodes.new("ShaderNodeMixShader"), tree.nodes.new("ShaderNodeFresnel")
    angle.inputs["IOR"].default_value = 1.25
    gloss = tree.nodes.new("ShaderNodeBsdfGlossy")
    gloss.inputs["Roughness"].default_value = 0.10
    tree.links.new(angle.outputs[0], mix.inputs[0])
    tree.links.new(tree.nodes.new("ShaderNodeBsdfTransparent").outputs[0], mix.inputs[1])
    tree.links.new(gloss.outputs[0], mix.inputs[2])
    tree.links.new(mix.outputs[0], output)
    return material
