"""Rows of subjects: `WORK_SUBJECT#<id of the case, match, card …>`; they stay, without a person."""

from services.notifications.work_subjects.domain import WorkSubject
from shared.storage.repository import Repository
from shared.storage.rows import Row


class WorkSubjects(Repository[WorkSubject]):
    """The subjects that work was ever about."""

    model = WorkSubject
    prefix = "WORK_SUBJECT"
    id_field = "subject_id"

    def row(self, aggregate: WorkSubject) -> Row:
        """Return the subject, due while it has finished items to close."""
        return self._row(aggregate, due_at=aggregate.due_at)

    def of(self, subject_id: str) -> WorkSubject:
        """Return the subject, new when no work was ever about it."""
        return self.find(subject_id) or WorkSubject(subject_id=subject_id)
