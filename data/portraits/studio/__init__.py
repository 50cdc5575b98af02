"""The portrait studio: renders photographs of people who do not exist.

The data flow, one module a step:

    streams   random numbers, one stream a feature
    people    who someone is: age, build, skin, hair, eyes
    sitting   what changes from photo to photo: smile, pose, hairdo, glasses
    mesh      the head mesh and its morph targets, from files
    shape     a person's face, then an expression, as mesh vertices
    regions   where on the face brows, beard, hairline and lips are
    skin      colour, roughness and wrinkles of every vertex
    grooms, hair, short_hair    strands: head hair, brows, lashes, beards
    eyes, accessories, clothes  everything else that is modelled
    scene, materials, light     handing it over to Blender's Cycles
    camera    CelebA's framing, and where the landmarks fall in the picture
    develop   exposure, background, tone curve, grain
    portrait  one photograph from start to end
    catalogue, sheet, collect   the tables, contact sheets, the way into the data set
    shooting, __main__          many photographs in a row, the command line
"""
