"""Ten garments as families of shapes, in the label order of Fashion-MNIST.

Each function takes a `Pen` and returns two arrays of shape ``(n, 28, 28)``: how much of each pixel the
garment covers, and a factor around 1 that carries its seams, soles, buttons and shadows. The families
overlap on purpose: a long T-shirt is almost a dress, and a shirt may look like anything with sleeves.
"""

from __future__ import annotations

import numpy as np

from ._draw import Field, Pen, X, Y, between, inside, knots, line_at

Drawing = tuple[Field, Field]


def _upper(
    pen: Pen,
    *,
    bottom: Field,
    shoulder: Field,
    waist: Field,
    hem: Field,
    neck: Field,
    depth: Field,
    sleeve: Field,
    spread: Field,
    cuff: Field,
) -> tuple[Field, Field, Field, Field]:
    """Draw what hangs from two shoulders; also returns the distance from the middle line and the top row.

    `sleeve` is the drop of the cuff below the shoulder in rows (0: none), `spread` how far the cuff stands
    out beyond the shoulder, `cuff` its width.
    """
    top = pen.between(0.3, 2.8)
    drop = pen.between(1.2, 2.6)
    middle = pen.between(12.6, 15.4) + (Y - 14) * pen.between(-0.09, 0.09)
    u = np.abs(X - middle)
    arm = top + drop
    pit = arm + pen.between(5.0, 7.0)
    chest = shoulder - pen.between(-0.4, 0.8)
    half = knots(Y, [top, arm, pit, pit + 5, bottom], [neck + 0.4, shoulder, chest, waist, hem])
    sag = bottom - pen.between(-0.4, 0.8) * (u / 8) ** 2
    body = inside(half - u) * inside(Y - top) * inside(sag - Y)
    wrist = arm + sleeve
    outer = knots(Y, [arm, arm + 0.3 * sleeve, wrist], [shoulder, shoulder + 0.5 * spread, shoulder + spread])
    inner = knots(Y, [pit - 1, np.maximum(wrist, pit)], [chest - 0.4, shoulder + spread - cuff])
    slant = wrist + 0.35 * (shoulder + spread - u)
    limbs = between(inner, u, outer) * inside(Y - arm) * inside(slant - Y) * (sleeve > 0)
    hole = inside(neck * np.sqrt(np.clip(1 - (Y - top) / depth, 0, 1)) - u) * inside(top + depth - Y)
    cover = np.maximum(body, limbs) * (1 - hole)
    seam = line_at(u, chest - 0.2, 0.8) * inside(pit - Y) * inside(Y - arm) * (sleeve > 0)
    slit = line_at(u, half + 0.3, 0.8) * inside(Y - pit) * (sleeve > 12)
    collar = line_at(np.hypot(u / neck, (Y - top) / depth), 1.15, 0.2) * inside(depth + 1.2 + top - Y)
    ink = 1 - 0.22 * seam - 0.6 * slit - pen.between(-0.25, 0.3) * collar - 0.12 * (u / 12) ** 2
    return cover, ink, u, top


def t_shirt(pen: Pen) -> Drawing:
    """T-shirt/top: short sleeves or none, round or deep neck, straight body."""
    bare = pen.chance(0.16)
    cover, ink, u, top = _upper(
        pen,
        bottom=pen.between(23.5, 27.8),
        shoulder=pen.between(6.8, 9.0) - 1.6 * bare,
        waist=pen.between(7.0, 8.8),
        hem=pen.between(7.0, 9.2),
        neck=pen.between(2.4, 4.2),
        depth=pen.between(1.6, 4.5) + 1.5 * bare,
        sleeve=pen.between(5.5, 10.5) * (1 - bare),
        spread=pen.between(3.0, 4.8),
        cuff=pen.between(3.4, 5.0),
    )
    badge = between(top + 7, Y, top + pen.between(9, 15)) * inside(pen.between(1.5, 4.5) - u)
    badge = badge * pen.chance(0.4)
    lettering = np.sign(np.sin(X * pen.between(1.2, 3.0) + Y * pen.between(0, 2.0)))
    return cover, ink * (1 + badge * pen.between(-0.45, 0.45) + 0.25 * badge * lettering)


def trouser(pen: Pen) -> Drawing:
    """Trouser: waistband, two legs and the dark line between them."""
    middle = 14 + (Y - 14) * pen.between(-0.06, 0.06)
    u = np.abs(X - middle)
    crotch = pen.between(7.0, 10.5)
    waist, hip = pen.between(3.6, 5.0), pen.between(4.8, 6.4)
    ankle = pen.between(4.4, 6.8)
    widths = [0 * crotch, pen.between(0.2, 0.7), pen.between(0.5, 2.8)]
    gap = np.where(crotch > Y, np.float32(-2), knots(Y, [crotch, crotch + 3, pen.between(24, 27)], widths))
    top, end = pen.between(0.2, 1.0), pen.mix(0.04, (17, 22), (26.6, 27.8))
    outer = knots(Y, [top, crotch - 2, crotch + 9, end], [waist, hip, 0.5 * (hip + ankle), ankle])
    cover = inside(outer - u) * inside(u - gap) * between(top, Y, end)
    band = line_at(Y, top + 2.2, 0.6)
    fly = line_at(u, 0, 0.7) * inside(crotch - Y) * inside(Y - top - 2)
    leg = (u - 0.5 * (outer + gap)) / np.maximum(outer - gap, 1)
    crease = line_at(leg, 0, 0.16) * inside(Y - crotch)
    return cover, 1 - 0.25 * band - 0.3 * fly + pen.between(-0.2, 0.25) * crease - 0.35 * leg * leg


def pullover(pen: Pen) -> Drawing:
    """Pullover: long sleeves, close neck, ribbed hem and cuffs."""
    bottom = pen.between(23.5, 27.8)
    sleeve = pen.between(17.0, 22.5)
    cover, ink, u, top = _upper(
        pen,
        bottom=bottom,
        shoulder=pen.between(6.6, 8.2),
        waist=pen.between(6.4, 8.2),
        hem=pen.between(6.2, 8.2),
        neck=pen.between(1.9, 3.6),
        depth=pen.between(1.2, 3.2),
        sleeve=sleeve,
        spread=pen.between(4.0, 5.6),
        cuff=pen.between(2.8, 3.8),
    )
    rib = np.maximum(inside(Y - bottom + 2.4) * inside(8.6 - u), inside(Y - top - sleeve) * inside(u - 8.6))
    grain = 0.1 * np.sin(X * np.float32(2.6)) - pen.between(-0.1, 0.25)
    cardigan = line_at(u, 0, 0.6) * pen.chance(0.15) * pen.between(0.1, 0.5)
    return cover, ink * (1 + rib * grain - cardigan)


def dress(pen: Pen) -> Drawing:
    """Dress: narrow top, a waist, and a skirt that may flare."""
    bottom = pen.between(26.0, 27.9)
    shoulder = pen.between(4.4, 6.8)
    sleeve = pen.mix(0.25, (15.0, 19.0), (4.5, 7.5)) * pen.chance(0.55)
    hem = pen.mix(0.55, (4.8, 7.0), (7.0, 11.0))
    cover, ink, u, top = _upper(
        pen,
        bottom=bottom,
        shoulder=shoulder,
        waist=shoulder - pen.between(0.0, 1.5),
        hem=hem,
        neck=pen.between(1.6, 3.2),
        depth=pen.between(1.5, 5.0),
        sleeve=sleeve,
        spread=pen.between(1.8, 3.4),
        cuff=pen.between(2.0, 3.2),
    )
    belt = line_at(Y, top + pen.between(9.5, 12.5), 0.8) * pen.chance(0.6)
    pleat = np.cos(u * pen.between(1.0, 1.8)) * inside(Y - top - 12) * pen.between(0, 0.2)
    return cover, ink * (1 - pen.between(-0.3, 0.45) * belt + pleat)


def coat(pen: Pen) -> Drawing:
    """Coat: long sleeves, long and wide body, lapels and an opening from neck to hem."""
    bottom = pen.between(24.5, 27.9)
    cover, ink, u, top = _upper(
        pen,
        bottom=bottom,
        shoulder=pen.between(6.2, 8.0),
        waist=pen.between(6.2, 8.2),
        hem=pen.between(6.4, 9.2),
        neck=pen.between(1.8, 3.2),
        depth=pen.between(1.0, 3.0),
        sleeve=pen.between(18.0, 23.0),
        spread=pen.between(3.4, 5.2),
        cuff=pen.between(2.8, 3.9),
    )
    opening = line_at(u, 0, 0.6) * inside(Y - top - 2)
    lapel = line_at(u, np.maximum(3.2 - 0.4 * (Y - top), 0), 0.7) * inside(top + pen.between(5, 9) - Y)
    pocket = line_at(Y, top + pen.between(14, 18), 0.6)
    pocket = pocket * between(pen.between(2.0, 3.0), u, pen.between(5.0, 6.2)) * pen.between(0, 0.35)
    quilt = np.sin(Y * pen.between(1.4, 2.2)) * pen.chance(0.25) * 0.15
    return cover, ink * (1 - pen.between(0.0, 0.55) * opening - pen.between(0, 0.25) * lapel - pocket + quilt)


def shirt(pen: Pen) -> Drawing:
    """Shirt: any sleeve, collar points and a row of buttons on the placket."""
    sleeve = pen.mix(0.6, (15.5, 22.5), (5.5, 10.5)) * pen.chance(0.92)
    cover, ink, u, top = _upper(
        pen,
        bottom=pen.between(24.0, 27.8),
        shoulder=pen.between(6.6, 8.6),
        waist=pen.between(6.4, 8.6),
        hem=pen.between(6.2, 9.0),
        neck=pen.between(1.8, 3.6),
        depth=pen.between(1.2, 4.5),
        sleeve=sleeve,
        spread=pen.between(3.4, 5.4),
        cuff=pen.between(2.8, 3.9),
    )
    buttoned = pen.chance(0.6)
    placket = line_at(u, 0.9, 0.5) * inside(Y - top - 3) * buttoned
    button = line_at(u, 0, 0.7) * inside(np.sin(Y * np.float32(1.6)) - 0.3) * buttoned
    points = line_at(u, 1 + 0.7 * (Y - top), 0.7) * inside(top + 4 - Y)
    return cover, ink * (1 - 0.15 * placket - 0.35 * button - 0.2 * points)
