"""What news are about, and the status of an announcement."""

from typing import Literal

from shared.domain import CodeEnum

News = Literal["joined", "discount", "withdrawn", "leaving", "staying", "left"]


class AnnouncementStatus(CodeEnum, of="partner_news_status"):
    """Whether all holders have their event."""

    RUNNING = "telling"
    DONE = "told"
