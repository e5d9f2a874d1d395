"""Pictures as HTML in a browser: pointing at a point shows its image; the console stays silent."""

from __future__ import annotations

import numpy as np
import pytest
from browser import becomes, browser, console, open_page, requests  # noqa: F401

from fmnist_fast import plots

pytestmark = pytest.mark.once

NAMES = ("<b>&", "second")
IMAGES = np.arange(8 * 16, dtype=np.uint8).reshape(8, 4, 4)
POINTS = np.array([[k, k * k] for k in range(8)], float)

POSITION = """
    const root = Object.values(Bokeh.index)[0];
    const figure = root.child_views ? root.child_views[0] : root;
    const box = figure.el.getBoundingClientRect();
    return [box.x + figure.frame.x_scale.compute(2), box.y + figure.frame.y_scale.compute(4)];
"""
TOOLTIP = """
    const inside = (node) => [node, ...node.querySelectorAll("*")].flatMap(
        (child) => child.shadowRoot ? inside(child.shadowRoot) : [child]);
    const images = inside(document).filter((node) => node.localName === "img");
    return images.map((image) => [image.naturalWidth, image.parentElement.innerText]);
"""


@pytest.fixture(scope="module")
def projection():
    for library in ("bokeh", "PIL.Image"):
        pytest.importorskip(library)
    index = np.arange(8)
    sample = plots.Sample("eight", IMAGES, index % 2, index, NAMES, 0)
    return plots.Projection(sample, POINTS, "PCA", "none", ("first", "second"))


@pytest.mark.parametrize("count", [1, 2])
def test_image_under_the_pointer(browser, projection, tmp_path, count):  # noqa: F811
    path = tmp_path / "plot.html"
    path.write_text(plots.projection_html([projection] * count), "utf-8")
    open_page(browser, path)
    becomes([[4, "<b>&\nimage 2"]], pointed_at, browser)
    assert console(browser) == []
    assert requests(browser) == []


def pointed_at(driver):
    """What the page shows of the third point when the pointer moves to where that is now.

    The plot takes its final place, and begins to listen, some time after the page is loaded.
    """
    try:
        x, y = driver.execute_script(POSITION)
    except Exception as error:
        if type(error).__name__ != "JavascriptException":
            raise
        return None  # what the script looks at is not there yet
    for shift in (3, 0):
        event = {"type": "mouseMoved", "x": x + shift, "y": y + shift}
        driver.execute_cdp_cmd("Input.dispatchMouseEvent", event)
    return driver.execute_script(TOOLTIP)


def test_sheet(browser, tmp_path):  # noqa: F811
    pytest.importorskip("jinja2")
    pillow = pytest.importorskip("PIL.Image")
    png = tmp_path / "sheet.png"
    pillow.fromarray(IMAGES[0]).save(png)
    path = tmp_path / "sheet.html"
    path.write_text(plots.picture_html(png.read_bytes(), '"<&'), "utf-8")
    open_page(browser, path)
    script = "const image = document.images[0]; return [document.title, image.alt, image.naturalWidth]"
    assert browser.execute_script(script) == ['"<&', '"<&', 4]
    assert console(browser) == []
