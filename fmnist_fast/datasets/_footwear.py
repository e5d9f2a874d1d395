"""Shoes and bags, drawn from the side like those of Fashion-MNIST: toes point left.

The functions keep the promise of :mod:`fmnist_fast.datasets._garments`.
"""

from __future__ import annotations

import numpy as np

from ._draw import Field, Pen, X, Y, between, inside, knots, line_at, ring, soften

Drawing = tuple[Field, Field]


def sandal(pen: Pen) -> Drawing:
    """Sandal: a thin sole, flat or with a heel, and a few straps that follow a foot that is not there."""
    high = pen.chance(0.3)
    toe, back = pen.between(0.4, 1.6), pen.between(26.2, 27.6)
    ground = pen.between(18.0, 20.5) + 6.0 * high
    rise = pen.between(0.2, 1.6) + high * pen.between(5.0, 9.0)
    thick = pen.between(1.8, 4.0)
    bed = ground - thick - soften(knots(X, [toe + 7, toe + 16, back - 3], [0 * rise, 0.7 * rise, rise]), 2)
    sole = between(bed, Y, bed + thick) * between(toe, X, back)
    heel = back - pen.between(2.0, 4.0) + 0.1 * (Y - ground)
    post = between(heel, X, back - 0.4) * between(bed, Y, ground) * high
    wedge = between(bed, Y, ground) * between(toe, X, back) * pen.chance(0.15)
    cover = np.maximum(np.maximum(sole, post), wedge)
    width, ankle = pen.between(2.0, 4.2), pen.between(6.0, 10.0)
    instep = [pen.between(1.5, 3), pen.between(3.5, 6), ankle, ankle + 0.5]
    height = knots(X, [toe, toe + 5, toe + 15, back], instep)
    foot = between(bed - soften(height, 2), Y, bed) * between(toe, X, back)
    straps = np.zeros_like(cover)
    for place in (5.0, 9.5, 14.0):
        slope = X + pen.between(-0.6, 1.4) * (Y - bed)
        strap = inside(0.5 * width - np.abs(slope - toe - pen.between(place - 1.5, place + 1.5)))
        straps = np.maximum(straps, strap * pen.chance(0.8))
    collar = inside(bed - ankle + width - Y) * inside(X - toe - 13 + 0.5 * (Y - bed + ankle))
    cuff = np.maximum(collar, inside(X - back + pen.between(1.6, 4.5)))
    straps = np.maximum(straps, cuff * pen.chance(0.75)) * foot
    ink = 1 - 0.25 * line_at(Y, bed + thick, 0.7) + pen.between(-0.3, 0.4) * straps
    return np.maximum(cover, straps), ink


def _shoe(
    pen: Pen,
    *,
    ground: Field,
    toe: Field,
    vamp: Field,
    ankle: Field,
    sole: Field,
    bend: Field,
    climb: Field,
    dip: float,
) -> Drawing:
    """Draw a closed shoe, as an outline over the columns from the toe (left) to the heel (right).

    `toe`, `vamp` and `ankle` are heights above the sole at the toe, at the tongue and at the heel; the
    upper climbs to the tongue from column `bend` on, over `climb` columns, and `dip` is how far the opening
    sinks behind it.
    """
    front, back = pen.between(0.3, 1.4), pen.between(26.4, 27.7)
    tongue = bend + climb
    height = knots(
        X,
        [front, front + 3, bend, tongue, tongue + 4, back - 1],
        [0.5 * toe, toe, toe + 1.5, vamp, np.minimum(vamp, ankle) - dip, ankle],
    )
    base = ground - sole
    height = soften(height, 2)
    upper = between(base - height, Y, base) * between(front, X, back - 0.02 * (Y - base + 4) ** 2 * (dip > 0))
    tread = between(base - 0.3, Y, ground - 0.6 * inside(front + 1.5 - X)) * between(
        front - 0.3, X, back + 0.2
    )
    shade = 0.25 * (Y - base + height) / np.maximum(height, 1)
    ink = 1 - shade * inside(base - Y) + pen.between(-0.45, 0.5) * inside(Y - base)
    ink = (
        ink
        - 0.35 * line_at(Y, base, 0.6)
        - 0.2 * line_at(X, front + pen.between(4, 7), 0.7) * inside(base - Y)
    )
    return np.maximum(upper, tread), ink


def sneaker(pen: Pen) -> Drawing:
    """Sneaker: low, long, a thick pale sole, laces and a stripe on the side."""
    ground, sole = pen.between(19.5, 24.0), pen.between(1.6, 3.2)
    bend = pen.between(7.0, 10.5)
    vamp = pen.mix(0.2, (9.0, 14.0), (6.6, 9.4))
    cover, ink = _shoe(
        pen,
        ground=ground,
        toe=pen.between(2.2, 4.0),
        vamp=vamp,
        ankle=vamp - pen.between(-0.4, 1.6),
        sole=sole,
        bend=bend,
        climb=pen.between(4.0, 7.0),
        dip=1.2,
    )
    laces = (
        np.sin((X + Y) * pen.between(1.8, 2.6))
        * between(bend - 1, X, bend + 6)
        * inside(ground - sole - 3.5 - Y)
    )
    lean = pen.between(-0.8, 0.8)
    stripe = line_at(X + lean * (Y - ground), pen.between(14, 20) + 0 * ground, 1.3) * inside(
        ground - sole - Y
    )
    return cover, ink * (1 + 0.25 * laces + pen.between(-0.55, 0.55) * stripe)


def bag(pen: Pen) -> Drawing:
    """Bag: a box with a flap, a clasp and, more often than not, a handle."""
    carried = pen.chance(0.72)
    top = carried * pen.between(9.0, 14.0) + (1 - carried) * pen.between(4.0, 9.0)
    bottom = pen.between(22.5, 26.8)
    half, taper = pen.between(10.0, 13.8), pen.between(-1.5, 2.2)
    u = np.abs(X - 14)
    corner = 2.0 * inside(top + 1.5 - Y) + 1.2 * inside(Y - bottom + 1.0)
    box = inside(half + taper * (Y - bottom) / 10 - corner - u) * between(top, Y, bottom)
    reach = np.minimum(half - 1.5, pen.between(4.5, 9.5))
    handle = ring(14 + 0 * top, top + 0.5, reach, top - pen.between(0.8, 3.5), pen.between(1.2, 2.2))
    cover = np.maximum(box, handle * inside(top + 1 - Y) * carried)
    flap = line_at(Y, top + pen.between(2.0, 8.0) - pen.between(-0.3, 0.1) * u, 0.7) * inside(half - 1 - u)
    clasp = between(top + 4, Y, top + 7) * inside(pen.between(0.8, 2.2) - u)
    edge = line_at(u, half - 1.6, 0.7)
    ink = 1 - pen.between(0.1, 0.45) * flap + pen.between(-0.5, 0.5) * clasp - 0.2 * edge
    return cover, ink * (1 - 0.012 * (Y - 14))


def ankle_boot(pen: Pen) -> Drawing:
    """Ankle boot: a shaft over the heel, a sole and sometimes a high heel or an elastic panel."""
    high = pen.chance(0.3)
    ground = pen.between(23.5, 27.4)
    sole = pen.between(1.2, 2.4)
    shaft = pen.mix(0.8, (15.0, 22.5), (10.5, 15.0))
    bend = pen.between(8.5, 12.0)
    cover, ink = _shoe(
        pen,
        ground=ground,
        toe=pen.between(3.5, 6.0),
        vamp=shaft,
        ankle=shaft - pen.between(-1.0, 1.5),
        sole=sole,
        bend=bend,
        climb=pen.between(2.0, 4.0),
        dip=0.0,
    )
    arch = high * pen.between(1.8, 3.6)
    air = between(bend - 1, X, pen.between(19.0, 22.5)) * inside(Y - ground + sole + arch - 0.4) * high
    panel = between(pen.between(15, 17), X, pen.between(19, 22)) * inside(ground - 9 - Y) * pen.chance(0.35)
    lace = (
        np.sin(Y * np.float32(2.1))
        * between(bend + 2, X, bend + 6)
        * inside(ground - 8 - Y)
        * pen.chance(0.4)
    )
    return cover * (1 - air), ink * (1 - 0.4 * panel + 0.2 * lace)
