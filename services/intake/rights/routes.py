"""The ways in to what a family may see and decide."""

from services.intake.rights import queries
from services.intake.rights.use_cases import (
    case_wishes,
    contacts,
    disclosures,
    family_links,
    family_wishes,
    person_requests,
)
from shared.api.routes import Routes

CASE, FAMILY = "/cases/{case_id}", "/families/{family_id}"
BOTH = "person|machine"

routes = Routes()
routes.get(f"{CASE}/contact", queries.get_contact, caller="person")
routes.get(f"{CASE}/own", queries.get_own_case, caller=BOTH)
routes.get("/own-cases", queries.list_own_cases, caller=BOTH)
routes.get(f"{FAMILY}/export", queries.export_person, caller=BOTH)
routes.get(f"{FAMILY}/access-log", queries.list_readings, caller=BOTH)

# the family's own wishes, by its token, or carried by headquarters or a bot
routes.post(f"{CASE}/corrections", case_wishes.correct_needs, caller=BOTH, status=200)
routes.post(f"{CASE}/withdraw", case_wishes.withdraw_case, caller=BOTH, status=200)
routes.post(f"{CASE}/reopen", case_wishes.reopen_case, caller=BOTH, status=200)
routes.post(f"{FAMILY}/consents", family_wishes.change_consent, caller=BOTH, status=200)
routes.post(f"{FAMILY}/contact", contacts.replace_contact, caller=BOTH, status=200)
routes.post(f"{FAMILY}/erase", family_wishes.erase_person, caller=BOTH, status=200)

ask, answer = person_requests.ask_as_person, person_requests.answer_person
routes.post(f"{FAMILY}/person-requests", ask, caller=BOTH, status=200)
routes.post(f"{FAMILY}/person-requests/{{kind}}/answer", answer, caller="person", status=200)

# headquarters, without the family's consent
routes.post(f"{FAMILY}/disclosures", disclosures.disclose_to_office, caller="person", status=200)
routes.post(f"{FAMILY}/disclosures/end", disclosures.end_disclosure, caller="person", status=200)

# the family itself, through its link
routes.post(
    f"{CASE}/links",
    family_links.issue_family_link,
    caller="person",
    status=200,
    answer=family_links.link_view,
)
routes.post("/own-case", family_links.open_own_case, caller="public")
routes.post("/own-case/export", family_links.export_own_case, caller="public")
routes.post("/own-case/access-log", family_links.list_own_readings, caller="public")
routes.post("/own-case/corrections", family_links.correct_own_needs, caller="public", status=200)
routes.post("/own-case/consents", family_links.change_own_consent, caller="public", status=200)
routes.post("/own-case/withdraw", family_links.withdraw_own_case, caller="public", status=200)
