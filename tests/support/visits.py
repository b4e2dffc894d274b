"""Pages in a browser: what they say on the console, and what they ask for."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
SERIOUS = ("serious", "critical")


class Visit:
    """A page that was opened, with what it said and what it asked for."""

    def __init__(self, context: Any, path: Path) -> None:
        self.page = context.new_page()
        self.console: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())

    def drawn(self) -> Any:
        self.page.wait_for_selector("html[data-drawn]", timeout=60_000, state="attached")
        return self.page


def wait_until(page: Any, expression: str) -> None:
    """Wait until an expression holds; `wait_for_function` evaluates texts in the page, which forbids it."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)


def serious(response: dict[str, Any]) -> list[tuple[str, str]]:
    """Give the serious ones of axe's findings: rule and place."""
    return [
        (rule["id"], rule["nodes"][0]["html"][:200])
        for rule in response["violations"]
        if rule["impact"] in SERIOUS
    ]
