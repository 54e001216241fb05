"""Rows of preferences: `PREFERENCES#<person>`, made when something is set for the first time."""

from services.notifications.messages.repository import Messages
from services.notifications.preferences.domain import Preferences
from services.notifications.templates.values import Audience
from shared.errors import NotFound
from shared.storage.repository import Repository


class PreferencesRepository(Repository[Preferences]):
    """One row for each person who has said anything."""

    model = Preferences
    prefix = "PREFERENCES"
    id_field = "person_id"

    def of(self, person_id: str) -> Preferences | None:
        """Return what a person prefers, by whichever record of its family; None: nothing yet."""
        found = self.find(person_id)
        if found is not None and found.points_to is not None:
            found = self.find(found.points_to) or found
        if found is None or not found.records:
            return found
        return found.joined_with(self.get_many(found.records))

    def records_of(self, person_id: str) -> tuple[str, ...]:
        """Return the ids of all records of a person: a merged family has several."""
        found = self.find(person_id)
        whole = self.find(found.points_to) if found and found.points_to else found
        return (whole.person_id, *whole.records) if whole and whole.records else (person_id,)

    def of_record(self, person_id: str, region: str) -> Preferences:
        """Return the row of one record of a family, from nothing when it has none."""
        return self.find(person_id) or Preferences(
            person_id=person_id, region=region, audience=Audience.FAMILY, reference=person_id
        )

    def load(self, person_id: str, messages: Messages) -> Preferences:
        """Return what a person prefers, who is known by its messages; raises NotFound."""
        found = self.find_known(person_id, messages)
        if found is None:
            raise NotFound("preferences", person_id)
        return found

    def find_known(self, person_id: str, messages: Messages) -> Preferences | None:
        """Return what a person prefers; None where it was sent nothing since it was forgotten."""
        found = self.of(person_id) or Preferences(person_id=person_id)
        last = (messages.last_to(record) for record in self.records_of(person_id))
        sent = [each for each in last if each and not found.was_forgotten_after(each.raised.at)]
        if not sent:
            return None
        latest = max(sent, key=lambda each: each.created_at)
        known = {
            "region": latest.region,
            "audience": latest.audience,
            "reference": latest.about,  # news of a shop, which has its own, may be none any more
        }
        return found.model_copy(update=known)
