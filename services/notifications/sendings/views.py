"""What goes out about calls."""

from typing import Annotated

from shared.api.models import View
from shared.domain import CodeOf


class NewsView(View):
    """Words to say for one message; `form_link` opens the questions, for the caller to fill in.

    The first of a call greets. Who belongs to the guardian that is asked about gets no link.
    """

    message_id: str
    title: str
    text: str
    form_link: str | None


class CallView(View):
    """The person to call and the words to say; each look is audited.

    The words are Russian: `language` is the one that the person speaks. `refused` says why the
    owner of the contact does not give it, or that no news holds any more: then no call is made.
    """

    first_name: str | None
    phone: str | None
    language: Annotated[str, CodeOf("language")] | None
    refused: Annotated[str, CodeOf("message_failure_reason")] | None
    news: list[NewsView]
