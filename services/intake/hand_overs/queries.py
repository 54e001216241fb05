"""What the next shift finds."""

from services.intake.families.vault_records import open_records
from services.intake.hand_overs.commands import ListNotes
from services.intake.hand_overs.policy import HAND_OVER, load_authorised
from services.intake.hand_overs.repository import NOTE, HandOvers, status_prefix
from services.intake.hand_overs.values import HandOverId
from services.intake.hand_overs.views import NoteRow, NoteView
from services.intake.policy import POLICY
from services.intake.requests.vault_records import HELP
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page


def list_notes(query: ListNotes, caller: Principal, hand_overs: HandOvers) -> Page[NoteRow]:
    """List the notes that earlier shifts of your region have left, the urgent ones first."""
    partition = Partition.of_region(caller, query.region)
    return hand_overs.page(
        "by_region",
        POLICY.require_list(caller, "list_notes", HAND_OVER, partition),
        NoteRow.of_note,
        caller=caller,
        query=query,
        prefix=status_prefix(query.status),
    )


def get_note(
    hand_over_id: HandOverId, caller: Principal, hand_overs: HandOvers, vault: Vault
) -> NoteView:
    """Read a note; the reading is recorded."""
    note = load_authorised(hand_over_id, "view", caller, hand_overs)
    wanted = {note.hand_over_id: [NOTE]}
    found = open_records([note.subject], wanted, caller, HELP, vault)
    return NoteView.with_words(note, found.get(note.hand_over_id, {}).get(NOTE))
