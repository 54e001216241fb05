"""What is asked about families by staff."""

from services.intake.families.values import HolderRef
from shared.api.models import Command


class JoinCardHolder(Command):
    """The personal file number under which cards know a member of the family."""

    holder_ref: HolderRef
