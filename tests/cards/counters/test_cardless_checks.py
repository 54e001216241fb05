"""A check is kept for 400 days without its card."""

from datetime import timedelta

from services.cards.counters.repository import cardless_check
from shared import clock
from shared.events.cards import CardChecked
from shared.storage.rows import epoch
from tests.cards.api_client import CardsClient
from tests.cards.counters.test_daily_sums import hear, refused
from tests.support.world import at


def test_the_kept_row_names_neither_card_nor_visitor() -> None:
    event = CardChecked(
        region="ZR", check_id="chk_1", partner_id="par_1", outlet_id="out_1", offer_id="ofr_1",
        discount_percent=7, method="typed", month="2026-10", visitor="v" * 32, key_id="key_1",
    )  # fmt: skip

    write = cardless_check(event)

    assert (write.key.pk, write.key.sk) == ("CHECK#chk_1", "CHECK")
    assert dict(write.attributes or {}).keys() == {
        "partner_id", "outlet_id", "key_id", "method", "month", "offer_id", "reason",
        "percent", "kopecks", "expires_at",
    }  # fmt: skip
    kept = (write.attributes or {})["expires_at"]
    assert isinstance(kept, int)
    assert abs(kept - epoch(clock.wall() + timedelta(days=400))) < 60


def test_a_check_that_was_refused_is_kept_too(client: CardsClient) -> None:
    told = refused()
    hear(client, told, at=at("2026-10-05 10:00"))

    row = client.world.dynamodb.rows("cards-data")[f"CHECK#{told.check_id}", "CHECK"]
    assert row["reason"] == {"S": told.result}
