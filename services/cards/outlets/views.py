"""What managers see of a new store key."""

from datetime import datetime

from shared.api.models import View


class IssuedKey(View):
    """A store key, shown this once: the service keeps only its hash."""

    key_id: str
    outlet_id: str
    store_key: str
    expires_at: datetime
    version: int
