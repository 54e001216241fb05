"""The sealed words about a mediation."""

from services.matching.mediation.domain import Mediation
from shared.privacy.vault import Vault
from shared.storage.rows import RawWrite


def without_left_out(before: Mediation, after: Mediation, vault: Vault) -> list[RawWrite]:
    """Return the rows that remove the words about what is kept no more."""
    left_out = sorted(before.records - after.records)
    return [row for record in left_out for row in vault.forget(before.family_id, record)]
