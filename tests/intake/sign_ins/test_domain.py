"""Where a family is signed in, and what a code proves, as plain rules."""

from datetime import timedelta

from services.intake.codes.values import ContactProof
from services.intake.sign_ins.domain import is_signed_in, prove_contact
from tests.intake.families.builders import START, contact, family

SOON = START + timedelta(minutes=1)


def test_a_code_proves_the_contact_that_it_came_to_and_no_other() -> None:
    known = family(contacts=(contact(1), contact(2)))

    proved = prove_contact(known, "index-2", START)

    assert [each.proof for each in proved.contacts] == [
        ContactProof.SPOKEN,
        ContactProof.PROVEN_BY_CODE,
    ]
    assert prove_contact(proved, "index-2", SOON) is proved


def test_who_is_signed_out_everywhere_is_so_from_that_moment_back() -> None:
    out = family(signed_out_at=START)

    assert not is_signed_in(out, "fam_1", START)
    assert is_signed_in(out, "fam_1", SOON)


def test_of_a_merged_record_its_own_word_and_the_familys_count() -> None:
    """What signed one of the others out while it was a family of its own is no word of this one."""
    others = (family(family_id="fam_2", signed_out_at=SOON), family(family_id="fam_3"))
    whole = family().model_copy(update={"others": others})
    assert [is_signed_in(whole, f"fam_{each}", START) for each in (1, 2, 3)] == [True, False, True]

    out = whole.model_copy(update={"signed_out_at": SOON})
    assert not any(is_signed_in(out, f"fam_{each}", START) for each in (1, 2, 3))
