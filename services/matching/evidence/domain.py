"""Until when an organisation has proved what its legal form requires."""

from collections.abc import Iterable
from datetime import date, timedelta

from services.matching.codes import RequirementCode
from services.matching.evidence.values import Check, ParticipationAgreement, Training
from services.matching.organisations.domain import RULES, TRAINING, TRAINING_DAYS, UNASKED_DAYS
from services.matching.organisations.values import LegalForm
from shared.domain import ValueObject


class Proof(ValueObject):
    """A requirement with the last day on which it is proved; None when it is not."""

    code: RequirementCode
    valid_until: date | None = None

    def holds(self, on: date) -> bool:
        """Return whether the requirement is proved on a day."""
        return self.valid_until is not None and on <= self.valid_until


def latest(checks: Iterable[Check]) -> dict[str, Check]:
    """Return the check of each code that counts: the one recorded last."""
    return {check.code.value: check for check in checks}


def proofs_of_checks(legal_form: LegalForm, checks: Iterable[Check]) -> tuple[Proof, ...]:
    """Return every check that is required, and until when it is proved.

    The legal form requires some, and one that has failed is required from then on.
    """
    made = tuple(checks)
    found, failed = latest(made), [each.code for each in made if not each.passed]
    proofs = []
    for code in dict.fromkeys((*RULES[legal_form].checks, *failed)):
        check = found.get(code.value)
        days = _days_of(legal_form, code.value)
        until = check.checked_on + timedelta(days=days) if check and check.passed else None
        proofs.append(Proof(code=code.value, valid_until=until))
    return tuple(proofs)


def has_failed(checks: Iterable[Check]) -> bool:
    """Return whether a check that counts did not pass, whether it was required or not."""
    return any(not check.passed for check in latest(checks).values())


def missing(legal_form: LegalForm, checks: Iterable[Check], on: date) -> tuple[str, ...]:
    """Return the checks that the legal form requires and that do not hold on a day."""
    proofs = proofs_of_checks(legal_form, checks)
    return tuple(proof.code for proof in proofs if not proof.holds(on))


def proof_of_training(training: Training | None) -> Proof:
    """Return until when the training of the guardian's people is valid."""
    until = training.completed_on + timedelta(days=TRAINING_DAYS) if training else None
    return Proof(code=TRAINING, valid_until=until)


def agreement_on(
    begun: ParticipationAgreement | None, region: str, version: str, text_hash: str
) -> ParticipationAgreement:
    """Return what was begun about this text in this region, else a fresh agreement."""
    if begun is not None and (begun.region, begun.text_hash) == (region, text_hash):
        return begun
    return ParticipationAgreement(region=region, template_version=version, text_hash=text_hash)


def oldest_day(legal_form: LegalForm, code: str, today: date) -> date:
    """Return the first day of a check or training that still proves something today."""
    if code == TRAINING:
        return today - timedelta(days=TRAINING_DAYS)
    return today - timedelta(days=_days_of(legal_form, code))


def _days_of(legal_form: LegalForm, code: str) -> int:
    days = {each.value: days for each, days in RULES[legal_form].checks.items()}
    return days.get(code, UNASKED_DAYS)
