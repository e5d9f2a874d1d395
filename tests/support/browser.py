"""Pages in a headless Chromium, driven by Selenium; tests that ask for it are skipped where there is none.

Under ``FMNIST_FAST_TEST_BROWSER=1`` they fail instead.

The fixture `browser` is imported where it is used: ``from browser import browser  # noqa: F401``.
"""

from __future__ import annotations

import importlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SWITCHES = ("--headless", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Yield a driver; the browser and its driver end with the session."""
    chromium = next(filter(None, map(shutil.which, _NAMES)), None)
    chromedriver = shutil.which("chromedriver")
    if os.environ.get("FMNIST_FAST_TEST_BROWSER") != "1":
        pytest.importorskip("selenium.webdriver", reason="Selenium is not installed")
        if chromium is None or chromedriver is None:
            pytest.skip("no Chromium with its chromedriver here")
    webdriver = importlib.import_module("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for switch in _SWITCHES:
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(chromedriver))
    try:
        yield driver
    finally:
        driver.quit()


def open_page(driver: Any, path: Path, *, width: int = 1280, height: int = 1000, dark: bool = False) -> None:
    """Load a file afresh in a window of this size; below 700 pixels the browser says it is a phone."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    driver.get("about:blank")
    console(driver)
    driver.get(path.as_uri())


def console(driver: Any) -> list[str]:
    """Return and forget the warnings and errors that the browser has logged."""
    entries = driver.get_log("browser")
    return [entry["message"] for entry in entries if entry["level"] in ("WARNING", "SEVERE")]


def requests(driver: Any) -> list[str]:
    """Return the addresses of everything the page has asked for beside itself."""
    script = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    return [name for name in driver.execute_script(script) if not name.startswith(("data:", "blob:"))]


def save_to(driver: Any, folder: Path) -> None:
    """Let the browser save downloads in a folder."""
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})


def texts(driver: Any, selector: str) -> list[str]:
    """Return the texts of what a selector finds on the open tab, all of one moment."""
    script = "return [...document.querySelectorAll(arguments[0])].map((found) => found.innerText.trim())"
    return driver.execute_script(script, f"section:not([hidden]) {selector}")


def cells(driver: Any, column: int) -> list[str]:
    """Return the texts of a column of the table on the open tab."""
    return texts(driver, f"tbody td:nth-child({column})")


def becomes(wanted: Any, look: Callable[..., Any], *args: Any) -> None:
    """Look until that is seen; pages sort, filter and draw some time after they were asked to."""
    end = time.monotonic() + 60
    while (found := look(*args)) != wanted:
        if time.monotonic() > end:
            pytest.fail(f"expected {wanted!r}, found {found!r}")
        time.sleep(0.05)
