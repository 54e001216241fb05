"""Pages that list the services list those that there are; `make docs` writes the lists."""

import pytest

from tools import service_links


def test_a_list_is_written_into_its_place_alone() -> None:
    page = "Of each: <!-- services -->old<!-- /services -->. <!-- services --><!-- /services -->"

    written = service_links.linked(page, "docs/a/b.md", ("intake", "cards"))

    links = "[intake](../../services/intake/README.md), [cards](../../services/cards/README.md)"
    place = f"<!-- services -->{links}<!-- /services -->"
    assert written == f"Of each: {place}. {place}"


def test_a_page_without_a_place_is_noticed() -> None:
    with pytest.raises(ValueError, match="marks no place"):
        service_links.linked("Of each.", "README.md", ("intake",))
