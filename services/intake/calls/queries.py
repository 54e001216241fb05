"""What an operator looks up while a caller is on the phone: by a number or a phone, in no list.

Each lookup is counted (60 an hour for an operator) and audited before anything is shown.
"""

from services.intake.calls.commands import FindCaller, FindRequests
from services.intake.calls.repository import Lookups
from services.intake.calls.views import CallerView, FamilyOfCaller, FoundRequests
from services.intake.cases.repository import Cases
from services.intake.families.policy import FAMILY
from services.intake.families.repository import MOST_SHARING, Families
from services.intake.families.vault_records import phone_key
from services.intake.policy import POLICY
from services.intake.requests.domain import Request
from services.intake.requests.policy import REQUEST, load_authorised
from services.intake.requests.queries import view_of
from services.intake.requests.repository import Requests
from services.intake.requests.values import RequestId
from services.intake.requests.vault_records import open_words
from services.intake.requests.views import RequestWords
from services.intake.telephony.repository import PHONE, PhoneCalls
from shared.api import inputs
from shared.errors import Invalid, NotFound, named_at
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault

# As many requests of a family are shown.
LATEST = 5


def find_caller(
    body: FindCaller,
    caller: Principal,
    request: inputs.Request,
    lookups: Lookups,
    families: Families,
    requests: Requests,
    cases: Cases,
    phone_calls: PhoneCalls,
    vault: Vault,
) -> CallerView:
    """See what is known of the phone that calls: open cases, earlier requests, the language."""
    if (body.phone is None) is (body.call_id is None):
        raise Invalid("phone_or_call", "/phone")
    region = _counted(caller, "find_caller", FAMILY, body.region, lookups)
    with named_at("/call_id"):
        phone = body.phone or _phone_of(body.call_id or "", region, caller, phone_calls, vault)
    holders = families.holders(phone_key(phone, vault)).of(region)
    known = families.living(holders)
    named = tuple(each.family_id for each in known)
    lookups.audit(caller, "find_caller", "phone", named, request.correlation_id)
    shown = [
        FamilyOfCaller.of_family(
            family,
            cases.open_of(family),
            requests.latest_of_family(family.record_ids, LATEST),
        )
        for family in known
    ]
    return CallerView(
        phone=phone,
        known=bool(shown),
        shared=len(shown) > 1,
        more=len(holders) > MOST_SHARING,
        families=tuple(shown),
    )


def find_requests(
    body: FindRequests,
    caller: Principal,
    request: inputs.Request,
    lookups: Lookups,
    families: Families,
    requests: Requests,
    cases: Cases,
    vault: Vault,
) -> FoundRequests:
    """Find the request whose number the caller reads aloud, or the latest ones of its phone."""
    if (body.number is None) is (body.phone is None):
        raise Invalid("number_or_phone", "/number")
    region = _counted(caller, "find_request", REQUEST, body.region, lookups)
    found, more = _found(body, region, families, requests, vault)
    sign = "phone" if body.number is None else "number"
    named = tuple(each.request_id for each in found)
    lookups.audit(caller, "find_request", sign, named, request.correlation_id)
    if not found and body.number is not None:
        raise NotFound(REQUEST.lower(), pointer="/number")
    views = (view_of(each, cases, caller) for each in found)
    return FoundRequests(items=tuple(views), more=more)


def read_back(
    request_id: RequestId,
    caller: Principal,
    lookups: Lookups,
    requests: Requests,
    vault: Vault,
) -> RequestWords:
    """Read back to the caller what was said in a request that a colleague took down."""
    request = load_authorised(request_id, "read_back", caller, requests)
    lookups.count(caller)
    return open_words(request, caller, vault)


def _counted(
    caller: Principal, action: str, kind: str, region: str | None, lookups: Lookups
) -> str:
    """Return the region in which a caller looks up, once it may and has not done so too often."""
    partition = Partition.of_region(caller, region, pointer="/region")
    POLICY.require_list(caller, action, kind, partition)
    lookups.count(caller)
    return partition.region or ""


def _found(
    body: FindRequests, region: str, families: Families, requests: Requests, vault: Vault
) -> tuple[list[Request], bool]:
    """Return the request of a region with this number, or the latest of those who have the phone.

    Of a phone also whether others have it, too.
    """
    if body.number is not None:
        one = requests.by_number(body.number)
        return [one] if one is not None and one.region == region else [], False
    holders = families.holders(phone_key(body.phone or "", vault)).of(region)
    known = families.living(holders)
    found = (r for f in known for r in requests.latest_of_family(f.record_ids, LATEST))
    latest = sorted(found, key=lambda each: each.received_at, reverse=True)
    return latest, len(holders) > MOST_SHARING


def _phone_of(
    call_id: str, region: str, caller: Principal, phone_calls: PhoneCalls, vault: Vault
) -> str:
    """Return the phone of a call of this region; the reading is recorded."""
    call = phone_calls.get(call_id)
    if call.region != region:
        raise NotFound("phone_call")
    return vault.open(call_id, call_id, [PHONE], caller, "answer_call")[PHONE]
