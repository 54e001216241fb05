"""The page behind a sticker in headless Chromium on the screen of an old phone, asked by axe."""

from tests.cards.api_client import MANAGER, CardsClient
from tests.support.phone import Phone


def test_the_page_behind_a_sticker_hinders_nobody(client: CardsClient, phone: Phone) -> None:
    partner, _ = client.active_partner(title="Сеть «Достопримечательностестроительная»")
    for _ in range(2):
        client.key(partner, client.outlet(partner))
    public = client.world.api("cards")
    path = f"/v1/public/partners/{partner}/page"

    assert (phone.open(public, f"{path}?limit=2"), phone.findings()) == (200, [])
    (more,) = phone.reached()
    assert more == "Показать ещё магазины"
    phone.page.get_by_role("link").press("Enter")
    phone.page.wait_for_url("**after=*")
    assert phone.findings() == []

    client.done(MANAGER, f"/v1/partners/{partner}/pause")
    assert (phone.open(public, path), phone.findings()) == (404, [])
