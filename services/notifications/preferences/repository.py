"""Rows of preferences: `PREFERENCES#<person>`, made when something is set for the first time."""

from services.notifications.messages.repository import Messages
from services.notifications.preferences.domain import Preferences
from shared.errors import NotFound
from shared.storage.repository import Repository


class PreferencesRepository(Repository[Preferences]):
    """One row for each person who has said anything."""

    model = Preferences
    prefix = "PREFERENCES"
    id_field = "person_id"

    def of(self, person_id: str) -> Preferences | None:
        """Return what a person prefers, by whichever record of its family; None: nothing yet."""
        speaker = self._speaker_of(person_id)
        return speaker and self._whole(speaker)

    def records_of(self, person_id: str) -> tuple[str, ...]:
        """Return the ids of all records of a person: a merged family has several."""
        speaker = self._speaker_of(person_id)
        return (speaker.person_id, *speaker.records) if speaker else (person_id,)

    def of_record(self, person_id: str) -> Preferences:
        """Return the row of a person, or of one record of a family, from nothing when new."""
        return self.find(person_id) or Preferences(person_id=person_id)

    def load(self, person_id: str, messages: Messages) -> Preferences:
        """Return what a person prefers, who is known by its messages; raises NotFound."""
        found = self.find_known(person_id, messages)
        if found is None:
            raise NotFound("preferences")
        return found

    def find_known(self, person_id: str, messages: Messages) -> Preferences | None:
        """Return what a person prefers; None where it was sent nothing since it was forgotten."""
        speaker = self._speaker_of(person_id) or Preferences(person_id=person_id)
        last = (messages.last_to(each) for each in (speaker.person_id, *speaker.records))
        sent = [each for each in last if each and not speaker.was_forgotten_after(each.raised.at)]
        if not sent:
            return None
        latest = max(sent, key=lambda each: each.created_at)
        known = {
            "region": latest.region,
            "audience": latest.audience,
            "reference": latest.about,  # news of a shop, which has its own, may be none any more
        }
        return self._whole(speaker).model_copy(update=known)

    def _speaker_of(self, person_id: str) -> Preferences | None:
        """Return the row of the record that speaks for a family, its own or another."""
        found = self.find(person_id)
        return self.find(found.points_to) if found and found.points_to else found

    def _whole(self, speaker: Preferences) -> Preferences:
        return speaker.joined_with(self.get_many(speaker.records))
