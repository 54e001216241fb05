"""What is read of the vetting: its evidence and its history, and the words of its talks."""

from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianId
from services.matching.vetting.vault_records import words_of
from services.matching.vetting.views import EvidenceView, TalkView, evidence_view, talk_view
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page


def view_evidence(guardian_id: GuardianId, caller: Principal, guardians: Guardians) -> EvidenceView:
    """Show every check, meeting, consent and assignment of a guardian, and who recorded it."""
    return evidence_view(load_authorised(guardian_id, "view_evidence", caller, guardians))


def list_talks(
    guardian_id: GuardianId, caller: Principal, guardians: Guardians, vault: Vault
) -> Page[TalkView]:
    """Show the talks with an organisation, with their words; each look is audited."""
    guardian = load_authorised(guardian_id, "view_talks", caller, guardians)
    sealed = words_of(guardian_id, len(guardian.talks))
    opened = vault.open_many(sealed, caller, "guardian_talks")
    asked, answered = opened[::2], opened[1::2]
    found = zip(guardian.talks, asked, answered, strict=True)
    return Page[TalkView](items=[talk_view(*each) for each in found])
