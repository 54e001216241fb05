"""The keys of a shop's tills."""

from datetime import UTC, datetime, timedelta

from services.cards.outlets.domain import Outlet
from services.cards.outlets.values import StoreKey

NOW = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)


def test_old_keys_are_forgotten_two_months_after_their_year() -> None:
    def key(number: int, at: datetime) -> StoreKey:
        return StoreKey.made(f"key_{number}", "out_1", "hash", at, sandbox=False)

    shop = Outlet(
        id="out_1", partner_id="par_1", region="ZR", place=1, title="На площади",
        district_id="D01", address="Труда, 1", latitude=53.2, longitude=50.1,
    )  # fmt: skip
    much_later = NOW + timedelta(days=430)
    old = shop.issue_key(key(1, NOW))

    assert old.keyed_until(NOW) == int((NOW + timedelta(days=365)).timestamp())
    assert old.keyed_until(much_later) == 0
    assert [k.id for k in old.issue_key(key(2, much_later)).keys] == ["key_2"]
