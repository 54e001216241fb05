"""What comes in about a table of trainings, and what a row of it says."""

from services.matching.organisations.commands import Inn
from services.matching.preparation.commands import RecordTraining
from shared.api.models import Command
from shared.domain import RegionCode


class OpenTrainingTable(Command):
    """A table to come; a dry run records nothing of its lines."""

    region: RegionCode
    dry_run: bool = True


class TrainingRow(RecordTraining):
    """A row: whose people took the training, which one, when, and the certificate."""

    inn: Inn
