"""Who the 240 invented people are: what stays the same in all ten photographs of a person.

Everything is assigned from the person's number so that the set is balanced by construction: half women, half men, and within each
of the eight cells (woman or man, times four ranges of ancestry) the same spread of ages, skin tones and hairdos.
The words are those of the assets and of CelebA's table; they describe how a face is drawn, and nobody's self-description.
"""
from dataclasses import dataclass

import numpy as np

from .streams import pick, spread, stream

PEOPLE = 240
CELL = PEOPLE // 8

# The base mesh has three sets of shape targets. A range of ancestry is a Dirichlet distribution over them, a range of melanin
# (0 palest, 1 darkest skin) and what hair textures are usual. Real variation is continuous, so the ranges overlap.
SHAPE_TARGETS = ("caucasian", "asian", "african")
RANGES = [
    dict(shape=(9, 0.8, 0.4), melanin=(0.04, 0.26), texture=dict(straight=5, wavy=4, curly=1.5), light_eyes=True),
    dict(shape=(0.8, 9, 0.4), melanin=(0.10, 0.34), texture=dict(straight=8, wavy=2), light_eyes=False),
    dict(shape=(0.6, 0.5, 9), melanin=(0.60, 0.95), texture=dict(coily=6, curly=3, wavy=1), light_eyes=False),
    dict(shape=(5, 2.5, 2.5), melanin=(0.28, 0.62), texture=dict(straight=3, wavy=4, curly=3), light_eyes=False),
]
HAIRDOS = {
    True: [dict(crop=5, short=5, side_part=4, swept_back=3, curls=2, receding=0.6, bald=0.6),
           dict(crop=4, short=3, side_part=3, swept_back=3, receding=4, bald=2)],
    False: [dict(long=6, side_long=6, bob=3, fringe=2, tied=3, short_bob=1),
            dict(long=3, side_long=4, bob=5, fringe=1, tied=2, short_bob=3)],
}
SECOND_HAIRDO = dict(long="tied", side_long="tied", fringe="tied", tied="side_long", side_part="swept_back",
                     swept_back="side_part", short="side_part")


@dataclass(frozen=True)
class Person:
    number: int             # 1 ... 240
    male: bool
    age: float              # years
    shape_mix: tuple        # weights of SHAPE_TARGETS, sum 1
    melanin: float          # skin, 0 ... 1
    muscle: float           # 0 ... 1, 0.5 average
    weight: float           # 0 ... 1, 0.5 average
    hair_colour: str
    hair_texture: str       # straight, wavy, curly, coily
    hairdo: str
    second_hairdo: str
    eye_colour: str
    beard: str              # none, shadow, stubble, moustache, goatee, short, full
    glasses_share: float    # in which share of the photographs glasses are worn
    makeup: float           # 0 none ... 1 heavy, on a usual day
    partition: str          # train, validation, test

    @property
    def ageing(self):
        """0 up to 25 years, 1 at 80."""
        return float(np.clip((self.age - 25) / 55, 0, 1))


def by_rank(weights, rank):
    """Return the key of ``weights`` in whose share of (0, 1) the rank falls."""
    share = np.cumsum(list(weights.values()))
    return list(weights)[int(np.searchsorted(share / share[-1], rank))]


def person(number):
    """Return person ``number`` (1 ... 240); always the same."""
    if not 1 <= number <= PEOPLE:
        raise ValueError(f"person {number}: the numbers go from 1 to {PEOPLE}")
    index = number - 1
    cell, place = index % 8, index // 8
    male, ancestry = cell % 2 == 1, RANGES[cell // 2]
    rank = lambda feature: spread(feature, cell, place, CELL)
    age = float(np.interp(rank("age"), [0, 0.42, 0.78, 1], [18, 35, 55, 80]))
    shape_mix = stream("ancestry", number).dirichlet(ancestry["shape"])
    melanin = float(np.interp(rank("melanin"), [0, 1], ancestry["melanin"]))
    body = stream("body", number)
    texture = by_rank(ancestry["texture"], rank("texture"))
    hairdo = by_rank(HAIRDOS[male][age > 50], rank("hairdo"))
    return Person(
        number=number, male=male, age=age, shape_mix=tuple(shape_mix), melanin=melanin,
        muscle=float(np.clip(body.normal(0.58 if male else 0.36, 0.10), 0.1, 0.9)),
        weight=float(np.clip(body.normal(0.47 + 0.002 * (age - 40), 0.16), 0.12, 0.9)),
        hair_colour=hair_colour(number, age, ancestry["light_eyes"]), hair_texture=texture, hairdo=hairdo,
        second_hairdo=SECOND_HAIRDO.get(hairdo, hairdo), eye_colour=eye_colour(number, ancestry["light_eyes"], melanin),
        beard=beard(rank("beard")) if male else "none",
        glasses_share=0.8 if rank("glasses") < 0.10 + 0.10 * (age > 45) else 0.0,
        makeup=0.0 if male else float(np.clip(rank("makeup") * 0.8 + 0.32 - 0.002 * (age - 40), 0, 1)),
        partition=partition(place, cell))


def partition(place, cell):
    """70 % train, 15 % validation, 15 % test of the identities in every cell (30 do not split evenly, so cells take turns)."""
    rank = spread("partition", cell, place, CELL) * CELL
    validation = 4 + cell // 2 % 2
    return "train" if rank < 21 else "validation" if rank < 21 + validation else "test"


def hair_colour(number, age, varied):
    """Grey becomes usual between 42 and 75; ``varied`` is for ancestries with fair hair."""
    generator = stream("hair colour", number)
    if generator.random() < np.interp(age, [42, 75], [0, 0.85]):
        return "grey"
    if varied:
        return pick(generator, dict(black=1, dark_brown=5, brown=5, auburn=1.5, dark_blond=4, blond=4))
    return pick(generator, dict(black=6, dark_brown=3, brown=1))


def eye_colour(number, light, melanin):
    """Light eyes need both the ancestry and pale skin."""
    if light and melanin < 0.24:
        return pick(stream("eye colour", number), dict(brown=3, hazel=2, green=1.5, blue=3, grey=1.5))
    return pick(stream("eye colour", number), dict(brown=1, dark_brown=1))


def beard(rank):
    """Return a man's beard by his rank in (0, 1)."""
    return by_rank(dict(none=3.5, shadow=3, stubble=2.2, moustache=0.8, goatee=1.2, short=2.2, full=1.0), rank)
