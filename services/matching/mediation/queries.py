"""What is read of mediations."""

from collections.abc import Sequence

from services.matching.matches.policy import load_authorised
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchId
from services.matching.mediation.repository import Mediations
from services.matching.mediation.values import (
    MediationId,
    MediationResult,
    RaisedConcern,
    mediated_match,
)
from services.matching.mediation.views import ConcernView, MediationResultView, MediationView
from shared.principal import Principal
from shared.privacy.vault import RecordFields, Vault

NOTE = "note"


def view_mediation(
    match_id: MatchId, caller: Principal, matches: Matches, mediations: Mediations, vault: Vault
) -> MediationView:
    """Show what worries the sides of a match, and what came of the talks."""
    match = load_authorised(match_id, "view_mediation", caller, matches)
    found = mediations.of(match).offered_with(match)
    words = _opened(match.family_id, (*found.concerns, *found.results), caller, vault)

    def noted(each: RaisedConcern | MediationResult) -> str | None:
        return words.get(each.record or "")

    return MediationView.of(
        found,
        concerns=[ConcernView.of(each, note=noted(each)) for each in found.concerns],
        results=[MediationResultView.of(each, note=noted(each)) for each in found.results],
    )


def open_mediation(
    mediation_id: MediationId,
    caller: Principal,
    matches: Matches,
    mediations: Mediations,
    vault: Vault,
) -> MediationView:
    """Show a mediation by its own id, which the work about it names."""
    return view_mediation(mediated_match(mediation_id), caller, matches, mediations, vault)


def _opened(
    family_id: str,
    said: Sequence[RaisedConcern | MediationResult],
    caller: Principal,
    vault: Vault,
) -> dict[str, str]:
    records = [each.record for each in said if each.record]
    wanted = [RecordFields(family_id, record, (NOTE,)) for record in records]
    opened = vault.open_many(wanted, caller, "mediation_notes")
    found = zip(records, opened, strict=True)
    return {record: fields[NOTE] for record, fields in found if fields}
