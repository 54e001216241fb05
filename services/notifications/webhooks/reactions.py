"""What a provider let us know is worked on from the queue."""

from services.notifications.webhooks.repository import StoredUpdates
from services.notifications.webhooks.use_cases import handle_update

DEADLINES = {StoredUpdates.prefix: handle_update}
