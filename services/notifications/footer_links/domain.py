"""The links and phones that messages end with, as operations have set them."""

import re
from collections.abc import Mapping
from typing import Self

from shared.domain import Aggregate

# The address of the page with the feedback questions: it is part of a text, not of its footer.
FEEDBACK_PAGE = "feedback_page"
PAGE = re.compile(r"https://\S+")


class FooterLinks(Aggregate):
    """The links and phones of one region, or of all (`ALL`), by their code."""

    region: str
    values: Mapping[str, str] = {}

    def replace(self, values: Mapping[str, str]) -> Self:
        """Replace the whole set; new messages use it from now on."""
        return self._with(values=dict(values))
