"""Small pages for people's browsers: plain HTML that runs nothing and loads nothing.

All that a page says is escaped; its one style is named by its hash in the page's own policy.
"""

import base64
import hashlib
from html import escape
from string import Template

from shared.domain import ValueObject

_SHELL = Template("""<!doctype html>
<html lang="ru">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>$title</title>
<style>$style</style>
</head>
<body>
$body
</body>
</html>
""")


class Html(str):
    """A text that is HTML already, because `fill` made it."""

    __slots__ = ()


class HtmlPage(ValueObject):
    """An answer that is a page; `body` is what `fill` made."""

    title: str
    style: str
    body: str
    status: int = 200
    fresh_seconds: int | None = None
    posts: bool = False

    @property
    def text(self) -> str:
        """The whole document."""
        return _SHELL.substitute(title=escape(self.title), style=self.style, body=self.body)

    @property
    def policy(self) -> str:
        """The `Content-Security-Policy`: the page's own style, and its own form if it `posts`."""
        target = "'self'" if self.posts else "'none'"
        digest = base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode()
        return (
            f"default-src 'none'; style-src 'sha256-{digest}'; "
            f"base-uri 'none'; form-action {target}; frame-ancestors 'none'"
        )


class PlainText(ValueObject):
    """An answer of words alone, as a webhook's caller wants it."""

    text: str


def fill(template: str, **values: str) -> Html:
    """Return a piece of HTML in which every value is escaped that is no piece itself."""
    texts = {n: value if isinstance(value, Html) else escape(value) for n, value in values.items()}
    return Html(Template(template).substitute(texts))


def join(*pieces: Html) -> Html:
    """Return pieces one after the other."""
    return Html("\n".join(pieces))
