"""The routes of partners and their offers; those of their outlets and tills are in `stores`."""

from services.cards.partners import queries, use_cases
from shared.api.routes import Routes

ONE = "/partners/{partner_id}"
STAY = ONE + "/withdraw-notice"
BAD_DAYS = ("offer_not_in_future", "offer_after_last_day")

routes = Routes()
routes.post("/partners", use_cases.propose_partner, caller="person")
routes.get("/partners", queries.list_partners, caller="person")
routes.get(ONE, queries.get_partner, caller="person")
routes.put(ONE, use_cases.edit_partner, caller="person", problems=("district_has_outlets",))
routes.get(ONE + "/contact", queries.get_partner_contact, caller="person")
routes.put(ONE + "/contact", use_cases.change_partner_contact, caller="person")
routes.get(ONE + "/access-log", queries.list_contact_readings, caller="person")
routes.get(ONE + "/offers", queries.list_offers, caller="person")
routes.post(ONE + "/take", use_cases.take_lead, caller="person", status=200)
routes.post(ONE + "/decline", use_cases.decline_partner, caller="person", status=200)
routes.post(ONE + "/agreement", use_cases.record_agreement, caller="person", status=200)
routes.post(
    ONE + "/publish",
    use_cases.publish_partner,
    caller="person",
    status=200,
    problems=("agreement_missing", "outlet_missing", "key_missing", "offer_missing"),
)
routes.post(ONE + "/pause", use_cases.pause_partner, caller="person", status=200)
routes.post(ONE + "/resume", use_cases.resume_partner, caller="person", status=200)
routes.post(
    ONE + "/notice",
    use_cases.give_notice,
    caller="person",
    status=200,
    problems=("notice_too_short",),
)
routes.post(STAY, use_cases.withdraw_notice, caller="person", status=200, problems=("no_notice",))
routes.post(ONE + "/end", use_cases.end_partner, caller="person", status=200)
routes.post(
    ONE + "/offers",
    use_cases.propose_offer,
    caller="person",
    location="/v1/partners/{id}",
    problems=("discount_not_fixed", "one_discount_only", "too_many_offers", *BAD_DAYS),
)
routes.post(
    ONE + "/offers/{offer_id}/publish",
    use_cases.publish_offer,
    caller="person",
    status=200,
    problems=("offer_overlaps", *BAD_DAYS),
)
routes.post(
    ONE + "/offers/{offer_id}/withdraw", use_cases.withdraw_offer, caller="person", status=200
)
