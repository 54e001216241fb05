"""What headquarters says belongs to a family."""

from typing import Annotated

from services.intake.families.values import FamilyId
from shared.api.models import Command, FileNumber
from shared.reference.code_lists import Listed


class JoinCardHolder(Command):
    """The personal file number under which cards know a member of the family."""

    holder_ref: FileNumber


class MergeFamilies(Command):
    """Another record of the same family, and how that is known."""

    family_id: FamilyId
    reason: Annotated[str, Listed("family_merge_reason")]


class UndoMerge(Command):
    """A record that was merged and is of another family after all."""

    family_id: FamilyId
    reason: Annotated[str, Listed("family_separation_reason")]


class DifferentFamily(Command):
    """A record that looks alike and is of another family."""

    family_id: FamilyId
