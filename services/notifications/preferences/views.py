"""What goes out about preferences."""

from datetime import datetime

from services.notifications.preferences.values import SetBy
from services.notifications.templates.values import OptionalNews
from shared.api.models import View
from shared.privacy.contact import Channel


class PreferencesView(View):
    """What a person prefers."""

    person_id: str
    version: int
    channels: tuple[Channel, ...]
    unwanted: tuple[OptionalNews, ...]
    together: bool
    set_at: datetime | None
    set_by: SetBy | None


class PreferencesLinkView(View):
    """A link to the page on which a person sets what it prefers, to be sent or read to it."""

    link: str
