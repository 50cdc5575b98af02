"""The skin of every vertex: colour (linear RGB albedo), roughness, and wrinkles as a depth in metres.

Colours change by absorption: ``albedo * exp(-amount * coefficients)``, so blood, shadow under the eyes or freckles darken pale and dark
skin in proportion.
"""
import numpy as np

from .regions import beard_parts, bell, brow, noise, scalp, step
from .streams import stream

# Melanin 0 ... 1 -> sRGB of the skin, between measured-looking landmarks from very pale to very dark.
TONES = np.array([[0.0, 231, 192, 172], [0.15, 217, 171, 146], [0.3, 198, 148, 116], [0.5, 164, 113, 82],
                  [0.7, 121, 78, 54], [0.85, 91, 57, 40], [1.0, 68, 42, 30]], float)
HAIR_ALBEDO = dict(black=(.010, .008, .007), dark_brown=(.022, .013, .008), brown=(.055, .028, .014), auburn=(.07, .022, .01),
                   dark_blond=(.16, .10, .05), blond=(.32, .22, .11), grey=(.30, .29, .28))
LIPSTICK = [(168, 60, 66), (186, 96, 98), (146, 58, 70), (190, 112, 104)]
BLOOD = np.array([0.05, 0.34, 0.29])
SHADE = np.array([0.20, 0.30, 0.29])


def linear(srgb):
    """sRGB 0 ... 255 to linear 0 ... 1."""
    c = np.asarray(srgb, float) / 255
    return np.where(c < 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def paint(person, sitting, head, lash_line):
    """Return (albedo (n, 3), roughness (n,), depth (n,) in metres); ``lash_line`` (n,) is 1 on the rims of the eyelids."""
    own = stream("skin", person.number)
    points = head.rest
    x, y, z = points.T
    across = np.abs(x)
    lips = np.clip(head.masks["lips"] * 1.1, 0, 1) * (z > 1.0)
    inside = step(0.4, 0.9, head.masks["inside-mouth"]) * (1 - lips)
    tone = np.array([np.interp(person.melanin, TONES[:, 0], linear(TONES[:, k])) for k in (1, 2, 3)])
    tone = tone * np.exp(own.normal(0, 0.05, 3) * [0.4, 0.6, 1])
    albedo = np.tile(tone, (len(points), 1))

    def absorb(amount, coefficients):
        nonlocal albedo
        albedo = albedo * np.exp(-np.asarray(amount)[:, None] * np.asarray(coefficients))

    absorb(flush(own, head) * (1 - 0.55 * person.melanin), BLOOD)
    absorb(step(7.6, 7.9, y) * (z > 0.6), [0, 0, 0.06])                       # foreheads are a little yellower
    absorb(bell(across, 0.28, 0.12) * bell(y, 7.10, 0.06) * (z > 1.1) * own.uniform(0.1, 0.45 + 0.5 * person.ageing), SHADE)
    absorb(bell(across, 0.30, 0.15) * bell(y, 7.37, 0.05) * (z > 1.1) * own.uniform(0.2, 0.6), SHADE)
    absorb(mottling(own, person, points) * (1 - 0.5 * sitting.makeup), [0.11, 0.20, 0.21])
    absorb(spots(own, person, points), [0.35, 0.6, 0.75])
    if not person.male:
        albedo = made_up(albedo, person, sitting, points)
    albedo = painted_lips(albedo, lips, tone, own, person, sitting, points)
    albedo = blend(albedo, inside, (0.16, 0.035, 0.03))
    absorb(lash_line * (0.25 if person.male else 0.8 + 1.2 * sitting.makeup), [0.8, 1.0, 1.0])

    lines = wrinkles(person, points)
    absorb(np.clip(lines, 0, 1), [0.16, 0.24, 0.25])
    albedo = under_hair(albedo, person, sitting, head)

    roughness = 0.47 + 0.06 * person.melanin + 0.08 * (noise(points, 11, person.number, 4) - 0.5) + own.normal(0, 0.02)
    roughness = roughness - 0.07 * bell(x, 0, 0.25) * (z > 1) - 0.10 * lips * (0.5 + sitting.makeup)
    roughness = np.where(inside > 0.5, 0.3, roughness)
    return np.clip(albedo, 0.004, 0.9), np.clip(roughness, 0.28, 0.7), lines * 0.0007


def blend(albedo, share, colour):
    """Mix a share (n,) of one colour into the albedo."""
    share = np.clip(share, 0, 1)[:, None]
    return albedo * (1 - share) + np.asarray(colour) * share


def flush(own, head):
    """Where blood shows: cheeks, nose, ears, chin, around the eyes."""
    x, y, z = head.rest.T
    across = np.abs(x)
    cheeks = 0.55 * bell(across, 0.46, 0.17) * bell(y, 6.95, 0.19) * (z > 0.8) * own.uniform(0.3, 1.1)
    nose = 0.5 * bell(x, 0, 0.14) * bell(y, 6.9, 0.14) * (z > 1.35) * own.uniform(0.3, 1.1)
    ears = 0.6 * step(0.3, 0.7, head.masks["ears"])
    chin = 0.3 * bell(x, 0, 0.2) * bell(y, 6.25, 0.12) * (z > 1.1)
    return cheeks + nose + ears + chin + 0.25 * bell(across, 0.33, 0.2) * bell(y, 7.3, 0.16) * (z > 1)


def mottling(own, person, points):
    """Uneven colour at three sizes, more of it with the years, around 0."""
    uneven = sum(size * (noise(points, scale, person.number, int(scale)) - 0.5) for scale, size in ((6, 0.8), (17, 0.6), (45, 0.8)))
    return uneven * own.uniform(0.6, 1.1) * (1 + 0.5 * person.ageing)


def spots(own, person, points):
    """Freckles of some young pale people, faint age spots of the old, a mole or two."""
    x, y, z = points.T
    freckled = own.uniform(0.2, 0.5) if own.random() < 0.25 and person.melanin < 0.22 else 0.0
    aged = 0.13 * step(55, 80, person.age)
    freckles = step(0.68, 0.80, noise(points, 36, person.number, 3)) * bell(y, 7.0, 0.3)
    blotches = step(0.60, 0.90, noise(points, 16, person.number, 5)) * step(6.3, 7.2, y)
    amount = (freckled * freckles + aged * blotches) * (z > 0.5)
    for _ in range(own.choice([0, 0, 1, 2])):
        centre = own.uniform(-0.55, 0.55), own.uniform(6.3, 7.7)
        amount = amount + own.uniform(0.8, 2) * bell(np.hypot(x - centre[0], y - centre[1]), 0, 0.012) * (z > 0.6)
    return amount


def made_up(albedo, person, sitting, points):
    """Eye shadow and blush."""
    style = stream("makeup style", person.number)
    x, y, z = points.T
    strength = step(0.25, 1.0, sitting.makeup)
    lid = bell(np.abs(x), 0.33, 0.16) * bell(y, 7.39, 0.06) * (z > 1.15) * strength
    cheek = bell(np.abs(x), 0.54, 0.13) * bell(y, 6.98, 0.13) * (z > 0.6) * strength
    colour = np.array([(0.5, 0.7, 0.75), (0.6, 0.6, 0.5), (0.75, 0.8, 0.7)][style.integers(3)])
    return albedo * np.exp(-0.8 * lid[:, None] * colour - 0.5 * cheek[:, None] * np.array([0.05, 0.45, 0.35]))


def painted_lips(albedo, lips, tone, own, person, sitting, points):
    """Colour the lips: redder than the skin, and with lipstick if it is worn."""
    colour = tone * ([0.86, 0.62, 0.64] if person.melanin < 0.5 else [0.86, 0.66, 0.70]) * np.exp(own.normal(0, 0.06, 3))
    if person.male:
        colour = colour * 0.5 + tone * 0.45
    else:
        colour = colour * [1.0, 0.80, 0.86]
        wanted = linear(LIPSTICK[stream("makeup style", person.number).integers(len(LIPSTICK))]) * (1 - 0.55 * person.melanin)
        share = (0.85 - 0.2 * person.melanin) * step(0.35, 0.75, sitting.makeup)
        colour = colour * (1 - share) + wanted * share
    folds = np.exp((noise(points * [4, 1, 1], 12, person.number, 8) - 0.5) * 0.3)
    share = 0.9 * lips[:, None]
    return albedo * (1 - share) + colour * folds[:, None] * share


def wrinkles(person, points):
    """Depth 0 ... about 1 of forehead lines, crow's feet, folds from nose to mouth and mouth to chin, lines under the eyes."""
    own = stream("wrinkles", person.number)
    x, y, z = points.T
    across = np.abs(x)
    wobble = 0.03 * np.sin(x * own.uniform(4, 8) + own.uniform(0, 6)) + 0.03 * (noise(points, 5, person.number, 20) - 0.5)
    broken = 0.4 + 0.6 * noise(points, 8, person.number, 21)
    forehead = sum(bell(y + wobble, height + own.normal(0, 0.015), 0.013) for height in (7.70, 7.79, 7.88)) * step(0.5, 0.25, across) * broken
    from_corner, angle = np.hypot(across - 0.55, y - 7.25), np.arctan2(y - 7.25, across - 0.55)
    feet = step(0.02, 0.06, from_corner) * step(0.24, 0.12, from_corner) * (across > 0.53) * np.clip(np.cos(angle * 8 + own.uniform(0, 6)), 0, 1) ** 4
    fold_at = 0.24 + 0.42 * np.clip(6.93 - y, 0, 0.45)
    fold = bell(across, fold_at, 0.022) * step(6.50, 6.62, y) * step(6.98, 6.86, y)
    marionette = bell(across, 0.33 + 0.1 * (6.55 - y), 0.02) * step(6.28, 6.38, y) * step(6.58, 6.5, y)
    bag = bell(y, 7.10 - 0.35 * (across - 0.3) ** 2 + 0.2 * np.maximum(across - 0.35, 0), 0.014) * step(0.14, 0.22, across) * step(0.48, 0.38, across)
    amount = step(28, 72, person.age) * own.uniform(0.8, 1.15) * (1 if person.male else 0.65)
    front = (z > 0.75) * amount
    return front * (0.8 * forehead + 0.7 * feet + 1.1 * fold + 0.8 * marionette * amount + 0.9 * bag)


def under_hair(albedo, person, sitting, head):
    """Darken the skin below brows, head hair and beard, so that no bare skin shines between the strands."""
    hair = np.array(HAIR_ALBEDO[person.hair_colour])
    brow_hair = np.array([0.08, 0.055, 0.04]) if person.hair_colour in ("grey", "blond") else hair
    albedo = blend(albedo, brow(head, person) * (0.32 if person.male else 0.20), brow_hair)
    cover = dict(bald=0.3, receding=0.7).get(sitting.hairdo, 0.85) * (0.5 if person.hair_colour == "grey" else 1)
    # The paint starts behind the first hairs: a painted edge in front of them is what makes a wig.
    albedo = blend(albedo, step(0.35, 1.0, scalp(head, person, sitting.hairdo, 0.16)) * cover, hair * 0.5)
    full, goatee, moustache = beard_parts(head)
    amount = dict(none=0.12, shadow=0.30, stubble=0.5, short=0.7, full=0.75).get(person.beard, 0.12) * full
    if person.beard == "goatee":
        amount = np.maximum(amount, 0.65 * goatee)
    if person.beard == "moustache":
        amount = np.maximum(amount, 0.6 * moustache)
    if not person.male:
        return albedo
    stubble = dict(grey=(0.20, 0.19, 0.18), blond=(0.15, 0.085, 0.05), dark_blond=(0.09, 0.052, 0.034), auburn=(0.07, 0.035, 0.025))
    colour = stubble.get(person.hair_colour, (0.05, 0.045, 0.045))
    return blend(albedo, np.clip(amount * (0.7 + 0.6 * noise(head.rest, 55, person.number, 9)), 0, 0.9), colour)
