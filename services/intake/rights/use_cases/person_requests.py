"""What a family asks about its own data, in writing or aloud, and how headquarters answers.

The answer is due 10 working days later, by the calendar of the family's region.
"""

from services.intake.cases.repository import Cases
from services.intake.codes.values import PersonAnswer, PersonRequestKind
from services.intake.families.policy import load_authorised, stamp
from services.intake.families.repository import Families
from services.intake.families.values import FamilyId
from services.intake.rights.commands import AnswerPerson, AskAsPerson
from services.intake.rights.domain import answer, ask
from services.intake.rights.policy import load_for_family
from shared.errors import Invalid
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt

WORKING_DAYS = 10


def ask_as_person(
    family_id: FamilyId,
    body: AskAsPerson,
    context: CommandContext,
    families: Families,
    cases: Cases,
) -> Receipt:
    """Ask for your data, its correction or erasure, or object; answered in 10 working days."""
    family = load_for_family(family_id, "ask_as_person", context, body.evidence, families)
    now = stamp(context).at
    today = calendar.local_date(regions.zone(family.region), now)
    due_on = regions.add_working_days(family.region, today, WORKING_DAYS)
    return cases.save_family(context, family, ask(family, body.kind, now, due_on), ())


def answer_person(
    family_id: FamilyId,
    kind: PersonRequestKind,
    body: AnswerPerson,
    context: CommandContext,
    families: Families,
    cases: Cases,
) -> Receipt:
    """Say that a family got what it asked about its data, or why it does not."""
    family = load_authorised(family_id, "answer_person", context.actor, families)
    if (body.answer is PersonAnswer.REFUSED) != (body.reason is not None):
        raise Invalid("refusal_needs_reason", "/reason")
    context.reason = body.reason
    after = answer(family, kind, body.answer, body.reason, stamp(context).at)
    return cases.save_family(context, family, after, ())
