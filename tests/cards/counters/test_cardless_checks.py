"""A check is kept for 400 days without its card."""

from services.cards.counters.repository import cardless_check
from shared.events.cards import CardChecked


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
