"""What is kept for a time only goes by itself when that is over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.cards.announcements.domain import Announcement
from services.cards.announcements.repository import Announcements
from services.cards.contact_changes.domain import ContactChange
from services.cards.contact_changes.repository import ContactChanges
from services.cards.counters.domain import TillDay
from services.cards.counters.repository import TillDays
from services.cards.imports.domain import Batch
from services.cards.imports.repository import Batches
from services.cards.imports.values import ImportedBy
from services.cards.paper_codes.domain import PaperCodes
from services.cards.paper_codes.repository import PaperLists
from services.cards.printing.domain import Print
from services.cards.printing.repository import Prints
from shared import clock

NOON = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
CLERK = ImportedBy(id="DO-02", role="district_office", regions=("ZR",), districts=("D02",))
ASKED: Any = {"region": "ZR", "role": "district_office"}


@pytest.mark.parametrize(
    ("rows", "kept", "days"),
    [
        (Announcements, Announcement(
            id="ann_1", region="ZR", partner_id="par_1", news="left", day=date(2026, 10, 5),
            districts=("D02",), moved_at=NOON,
        ), 60),
        (Batches, Batch(
            id="bat_1", region="ZR", clerk=CLERK, dry_run=True, opened_at=NOON,
        ), 30),
        (ContactChanges, ContactChange(
            id="cch_1", region="ZR", holder_id="hld_1", contact="index"
        ), 1),
        (PaperLists, PaperCodes(id="bat_1", asked_by="DO-02", asked_at=NOON, **ASKED), 30),
        (Prints, Print(
            id="prt_1", ordered_by="DO-02", card_ids=("crd_1",), ordered_at=NOON, **ASKED
        ), 1),
    ],
)  # fmt: skip
def test_a_row_that_is_needed_for_a_time_is_gone_after_it(rows: Any, kept: Any, days: int) -> None:
    left = rows(None).row(kept).expires_at - clock.wall()

    assert timedelta(days=days, minutes=-1) < left <= timedelta(days=days)


def test_a_day_at_the_tills_is_kept_for_400_days_after_its_sum() -> None:
    day = date(2026, 10, 5)
    begun = TillDay(id="par_1.day", region="ZR", partner_id="par_1", day=day, closes_at=NOON)

    rows: Any = TillDays
    assert rows(None).row(begun.sum_up(NOON)).expires_at == NOON + timedelta(days=400)
    assert rows(None).row(begun).expires_at is None
