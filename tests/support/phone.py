"""A phone: headless Chromium on a small screen, which opens the pages of an `Api` in process.

No socket is opened: the browser's requests are answered by the app itself. `make browser` installs
what drives it; Chromium is the machine's own, or the one that `CHROMIUM` names.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.support.api import Api

# WCAG 2.2, 1.4.10: what fits 320 pixels needs no scrolling in two directions.
SCREEN: Any = {"width": 320, "height": 568}
NAMES = ("chromium", "chromium-browser", "google-chrome")
NO_CHROMIUM = "there is no Chromium (apt install chromium; then make browser)"
NO_DRIVER = "Chromium is here, Playwright and axe are not (make browser)"
# Beyond axe's own choice, for eyes that are no longer young, and fingers that miss: WCAG 2.2 AAA.
ALSO = ("target-size", "color-contrast-enhanced")
FINGER = 44
_FOCUSED = """() => {
    const at = document.activeElement
    return at === document.body ? "" : at.name || at.innerText
}"""


def chromium() -> str | None:
    """Return the path of this machine's Chromium; None when there is none."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def missing() -> str | None:
    """Return in one line what is missing on this machine; None when a phone can be opened."""
    if chromium() is None:
        return NO_CHROMIUM
    try:
        import axe_playwright_python.sync_playwright  # noqa: F401
    except ImportError:
        return NO_DRIVER
    return None


class Phone:
    """One page of a browser in front of an app."""

    def __init__(self, page: Any) -> None:
        from axe_playwright_python.sync_playwright import Axe

        self.page = page
        self.complaints: list[str] = []
        self._axe = Axe()
        self._api: Api | None = None
        page.on("console", self._hear)
        page.route("**/*", self._serve)

    def open(self, api: Api, path: str) -> int:
        """Open a page of an app; return its status."""
        self._api = api
        base = f"https://ryadom.test/{api.app.app_name}{api.app.base}"
        return int(self.page.goto(base + path.removeprefix(api.app.base)).status)

    def findings(self) -> list[str]:
        """Return what hinders people on the page that is open, in one line each."""
        found = self._axe.run(
            self.page, options={"rules": {rule: {"enabled": True} for rule in ALSO}}
        )
        lines = [
            f"{each['id']}: {node['target'][0]} {node['html'][:80]}"
            for kind in ("violations", "incomplete")
            for each in found.response[kind]
            for node in each["nodes"]
        ]
        if self.page.evaluate("document.documentElement.scrollWidth") > SCREEN["width"]:
            lines.append("wider than the screen")
        touched = self.page.locator("button, a, label:has(input)").all()
        sizes = [(each.bounding_box() or {"height": 0})["height"] for each in touched]
        lines += [f"too small for a finger: {size}" for size in sizes if size < FINGER]
        if self.page.locator("script, link, img, iframe").count():
            lines.append("runs or loads something")
        return lines + self.complaints

    def reached(self) -> list[str]:
        """Return the names of what a person reaches by keys alone, in order."""
        names: list[str] = []
        for _ in range(20):
            self.page.keyboard.press("Tab")
            name = self.page.evaluate(_FOCUSED)
            if not name or name in names:
                break
            names.append(name)
        return names

    def _hear(self, message: Any) -> None:
        # That an answer is a refusal is what a test opens it for.
        if not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _serve(self, route: Any) -> None:
        request = route.request
        parts = urlsplit(request.url)
        assert self._api is not None
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = {"Content-Type": request.headers.get("content-type", "text/plain")}
        answer = self._api.call(request.method, path, request.post_data, headers=headers)
        route.fulfill(status=answer.status, headers=answer.headers, body=answer.text)


@contextmanager
def phone() -> Iterator[Phone]:
    """Return a phone; it is switched off afterwards."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # Root in a container has no sandbox, and what is opened is our own.
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        context = browser.new_context(viewport=SCREEN, is_mobile=True, has_touch=True, locale="ru")
        context.set_default_timeout(5000)
        yield Phone(context.new_page())
        browser.close()
