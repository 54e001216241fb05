"""What the registry writes for the till, the till reads back."""

import boto3.dynamodb.types as dynamo

from services.cards import outlet_sets
from services.cards import till_read_model as rows


def _stored(attributes: rows.Attributes) -> dict[str, object]:
    serialise = dynamo.TypeSerializer().serialize
    return {name: serialise(value) for name, value in attributes.items()}


def test_each_row_reads_back_as_it_was_written() -> None:
    spans = [rows.OfferSpan("ofr_1", 7, 100, 200, "Ag"), rows.OfferSpan("ofr_2", 0, 1, 0, "", 5, 9)]
    partner = rows.PartnerTill("par_1", "active", "ZR", "Europe/Samara", offers=spans, closed="BA")
    key = rows.KeyTill(
        "par_1", "key_1", "out_1", rows.secret_hash("s"), "live", 900, False, "На площади", 3
    )
    card = rows.CardTill("HANDLE", "crd_1", "active", 2, 3)

    assert rows.read(rows.PartnerTill, _stored(rows.partner_attributes(partner))) == partner
    assert rows.read(rows.KeyTill, _stored(rows.key_attributes(key))) == key
    assert rows.read(rows.CardTill, _stored(rows.card_attributes(card))) == card


def test_the_offer_in_force_changes_at_the_exact_second() -> None:
    here = outlet_sets.write([1])
    seven = rows.OfferSpan("ofr_1", 7, 100, 200, here)
    nine = rows.OfferSpan("ofr_2", 9, 200, 0, here)
    partner = rows.PartnerTill("par_1", "active", "ZR", "Europe/Samara", offers=[seven, nine])

    answers = [partner.offer_at(1, second) for second in (99, 100, 199, 200, 10**10)]

    assert answers == [None, seven, seven, nine, nine]
    assert partner.offer_at(2, 150) is None


def test_a_closed_outlet_has_no_offer() -> None:
    seven = rows.OfferSpan("ofr_1", 7, 0, 0)
    closed = outlet_sets.write([2])
    partner = rows.PartnerTill("par_1", "active", "ZR", "Z", offers=[seven], closed=closed)

    assert [partner.offer_at(number, 1) for number in (1, 2, 3)] == [seven, None, seven]


def test_a_store_key_names_its_partner_and_itself() -> None:
    key = rows.StoreKeyParts("par_01ABC", "key_01DEF", rows.secret_text(bytes(32)), sandbox=False)

    assert rows.parse_store_key(rows.write_store_key(key)) == key


def test_what_is_no_store_key_is_refused() -> None:
    for text in (
        "",
        "ryadom_live_a_b",
        "ryadom_prod_a_b_c",
        "other_live_a_b_c",
        "ryadom_live_a__c",
    ):
        assert rows.parse_store_key(text) is None


def test_a_key_opens_with_its_secret_while_it_lives() -> None:
    key = rows.KeyTill("par_1", "key_1", "out_1", rows.secret_hash("s"), "live", 900)

    assert key.fits("s") and key.lives(899)
    assert not key.lives(900)
    assert not key.fits("t")
