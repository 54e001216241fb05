"""Who may do what: the rules of the decision itself, on a small policy of every kind."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Forbidden, Invalid, NotFound
from shared.identity.claims import principal_from_authorizer_context
from shared.identity.partitions import Partition, whole_own_list
from shared.identity.policy import Policy, PolicyFault, Resource
from shared.principal import Principal, system
from shared.storage.list_keys import UNASSIGNED, org_key, person_key, region_key
from tests.support import policy_matrix

SAMPLE = """
@id("hq sees and works its region")
permit (principal in Role::"regional_hq", action in [Action::"view", Action::"list",
        Action::"triage", Action::"submit"], resource is Request)
when { principal.regions.contains(resource.region) };

@id("an office sees its district")
permit (principal in Role::"district_office", action in [Action::"view", Action::"list"],
        resource is Request)
when { principal.regions.contains(resource.region)
       && principal.districts.contains(resource.district) };

@id("a guardian sees its own")
permit (principal in Role::"guardian_rep", action in [Action::"view", Action::"list"],
        resource is Request)
when { principal.org == resource.org };

@id("a family sees its own")
permit (principal in Role::"family", action in [Action::"view", Action::"list",
        Action::"withdraw"], resource is Request)
when { principal.acts_for == resource.person };

@id("federal sees what has no region yet")
permit (principal in Role::"federal_hq", action in [Action::"view", Action::"list"],
        resource is Request)
when { principal.nationwide && resource.unassigned };

@id("the erased are nobody's")
forbid (principal, action, resource is Request) when { resource.status == "erased" };
"""
POLICY = Policy(SAMPLE)
ACTIONS = ("view", "list", "triage", "submit", "withdraw")


def person(role: str, **claims: object) -> Principal:
    return Principal(id=f"usr_{role}", kind="person", role=role, roles=(role,), **claims)  # type: ignore[arg-type]


HQ = person("regional_hq", regions=("ZR",))
OFFICE = person("district_office", regions=("ZR",), districts=("D05",))
GUARDIAN = person("guardian_rep", org="gua_1")
FEDERAL = person("federal_hq", regions=("*",))
FAMILY = Principal(id="lnk_1", kind="link", role="family", roles=("family",), on_behalf_of="fam_1")


def listed(caller: Principal, partition: Partition) -> str:
    more = {"unassigned": partition.key == UNASSIGNED}
    return POLICY.require_list(caller, "list", "Request", partition, more)


def request(**attributes: object) -> Resource:
    given_ = {"region": "ZR", "district": "D05", "org": "gua_1", "person": "fam_1"} | attributes
    return Resource(type="Request", id="req_1", more={"unassigned": False}, **given_)  # type: ignore[arg-type]


@pytest.mark.requirement("X-05")
def test_a_thing_of_a_foreign_territory_does_not_exist() -> None:
    with pytest.raises(NotFound) as refused:
        POLICY.require(HQ, "view", request(region="YY"))
    assert refused.value.facts == {"what": "request"}


@pytest.mark.requirement("X-05")
def test_a_visible_thing_refuses_what_is_not_the_callers() -> None:
    with pytest.raises(Forbidden):
        POLICY.require(OFFICE, "triage", request())


def test_what_may_not_be_seen_may_not_be_probed_by_another_action() -> None:
    with pytest.raises(NotFound):
        POLICY.require(OFFICE, "triage", request(district="D07"))


def test_the_allowed_passes() -> None:
    POLICY.require(HQ, "triage", request())
    POLICY.require(FAMILY, "withdraw", request())


def test_a_forbid_wins_over_every_permit() -> None:
    with pytest.raises(NotFound):
        POLICY.require(HQ, "view", request(status="erased"))


def test_two_strangers_without_an_organisation_do_not_share_one() -> None:
    assert not POLICY.allows(person("guardian_rep"), "view", request(org=None))


def test_a_rule_that_cannot_be_evaluated_is_a_fault_and_never_a_permit() -> None:
    broken = Policy(
        "permit (principal, action, resource); forbid (principal, action, resource)"
        " when { resource.nonsense };"
    )
    with pytest.raises(PolicyFault):
        broken.allows(HQ, "view", request())


def test_a_decision_is_kept_for_its_caller_action_and_resource_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decide = Mock(wraps=cedarpy.is_authorized)
    monkeypatch.setattr(cedarpy, "is_authorized", decide)
    policy = Policy(SAMPLE)

    assert policy.allows(HQ, "view", request()) and policy.allows(HQ, "view", request())
    assert decide.call_count == 1
    assert not policy.allows(HQ, "view", request(status="erased"))
    assert not policy.allows(HQ, "withdraw", request())
    assert not policy.allows(GUARDIAN, "view", request(org="gua_2"))
    assert decide.call_count == 4


def test_creating_on_foreign_territory_is_hidden_and_on_own_territory_refused() -> None:
    POLICY.require_create(HQ, "submit", request())
    with pytest.raises(NotFound) as hidden:
        POLICY.require_create(HQ, "submit", request(region="YY"))
    assert hidden.value.pointer == "/region"
    with pytest.raises(Forbidden):
        POLICY.require_create(OFFICE, "submit", request())
    with pytest.raises(Forbidden):
        POLICY.require_create(OFFICE, "submit", replace(request(), region=None))


@pytest.mark.parametrize(
    ("rule", "target", "pointer"),
    [
        (
            "principal.districts.contains(resource.district)",
            replace(request(), district="D07"),
            "/district_id",
        ),
        (
            "resource.open && principal.districts.containsAll(resource.districts)",
            replace(request(), more={"districts": ("D05", "D07"), "open": True}),
            "/district_ids",
        ),
    ],
)
def test_who_may_make_it_in_an_own_district_and_names_another_is_told_the_own_ones(
    rule: str, target: Resource, pointer: str
) -> None:
    policy = Policy(f'permit (principal, action == Action::"submit", resource) when {{ {rule} }};')
    with pytest.raises(Invalid) as wrong:
        policy.require_create(OFFICE, "submit", target)
    assert (wrong.value.code, wrong.value.pointer) == ("district_not_yours", pointer)
    assert str(wrong.value.facts["own"]).endswith("(D05)")
    with pytest.raises(Forbidden):
        policy.require_create(OFFICE, "close", target)


@pytest.mark.requirement("X-05")
def test_a_list_is_decided_on_a_partition_of_the_claims() -> None:
    assert listed(HQ, Partition.of_region(HQ)) == "REGION#ZR"
    office = Partition.of_district(OFFICE)
    assert (listed(OFFICE, office), office.district) == ("REGION#ZR", "D05")
    guardian = Partition.of_org(GUARDIAN)
    assert listed(GUARDIAN, guardian) == "ORG#gua_1"
    family = Partition.of_person(FAMILY)
    assert listed(FAMILY, family) == "PERSON#fam_1"
    nowhere = Partition.unassigned(FEDERAL)
    assert listed(FEDERAL, nowhere) == "FEDERAL#unassigned"
    with pytest.raises(Forbidden):
        listed(OFFICE, Partition.of_region(OFFICE))


def test_no_partition_reaches_past_the_claims() -> None:
    with pytest.raises(NotFound) as absent:
        Partition.of_region(HQ, "YY", pointer="/region")
    assert absent.value.pointer == "/region"
    with pytest.raises(NotFound) as absent:
        Partition.of_district(OFFICE, "D07", pointer="/district_id")
    assert absent.value.pointer == "/district_id"
    with pytest.raises(Forbidden):
        Partition.of_org(HQ)
    with pytest.raises(Forbidden):
        Partition.unassigned(HQ)
    with pytest.raises(NotFound):
        Partition.everywhere(HQ)
    everywhere = Partition.everywhere(FEDERAL)
    assert (everywhere.key, everywhere.region) == ("REGION#ALL", "ALL")
    cases: tuple[tuple[Callable[[], object], str, str], ...] = (
        (lambda: Partition.of_region(FEDERAL), "region_required", "region"),
        (
            lambda: Partition.of_region(replace(HQ, regions=("ZR", "YY"))),
            "region_required",
            "region",
        ),
        (lambda: Partition.of_region(replace(HQ, regions=())), "region_required", "region"),
        (lambda: Partition.of_region(FEDERAL, "QQ"), "unknown_region", "region"),
        (lambda: Partition.of_region(FEDERAL, pointer="/region"), "region_required", "/region"),
        (lambda: Partition.of_district(HQ), "district_required", "district_id"),
        (lambda: whole_own_list("ZR"), "own_list_has_no_region", "region"),
        (lambda: whole_own_list(None, status="open"), "own_list_has_no_filter", "status"),
    )
    for refused, code, pointer in cases:
        with pytest.raises(Invalid) as wrong:
            refused()
        assert (wrong.value.code, wrong.value.pointer) == (code, pointer)
    whole_own_list(None, status=None)
    named = Partition.of_district(HQ, "D07")
    assert (named.key, named.district) == ("REGION#ZR", "D07")
    assert Partition.of_region(FEDERAL, "YY").key == "REGION#YY"


regions = st.sampled_from(["ZR", "YY"])
districts = st.sampled_from(["D05", "D07"])
orgs = st.sampled_from(["gua_1", "gua_2", None])
people = st.sampled_from(["fam_1", "fam_2", None])
callers = st.builds(
    lambda role, region, district, org, family: Principal(
        id="usr_1",
        kind="person",
        role=role,
        roles=(role,),
        regions=("*",) if role == "federal_hq" else (region,),
        districts=(district,) if role == "district_office" else (),
        org=org,
        on_behalf_of=family,
    ),
    st.sampled_from(["regional_hq", "district_office", "guardian_rep", "family", "federal_hq"]),
    regions,
    districts,
    orgs,
    people,
)
rows = st.builds(
    lambda region, district, org, family: Resource(
        type="Request",
        id="req_2",
        region=region,
        district=district,
        org=org,
        person=family,
        more={"unassigned": region is None},
    ),
    st.one_of(st.none(), regions),
    districts,
    orgs,
    people,
)


def keys_of(row: Resource) -> set[str]:
    """The partitions a repository files this row under."""
    keys = {region_key(row.region) if row.region else UNASSIGNED}
    if row.org:
        keys.add(org_key(row.org))
    if row.person:
        keys.add(person_key(row.person))
    return keys


@settings(max_examples=150)
@given(caller=callers, row=rows, region=regions, district=districts)
def test_every_row_of_a_list_that_is_allowed_may_also_be_viewed(
    caller: Principal, row: Resource, region: str, district: str
) -> None:
    builds: tuple[Callable[[], Partition], ...] = (
        lambda: Partition.of_region(caller, region),
        lambda: Partition.of_district(caller, district, region),
        lambda: Partition.of_org(caller),
        lambda: Partition.of_person(caller),
        lambda: Partition.unassigned(caller),
    )
    for build in builds:
        try:
            partition = build()
            key = listed(caller, partition)
        except (Forbidden, NotFound, Invalid):
            continue
        if key in keys_of(row) and partition.district in (None, row.district):
            assert POLICY.allows(caller, "view", row)


def test_a_person_of_several_roles_acts_in_the_one_they_name() -> None:
    claims = {
        "principalId": "usr_1",
        "kind": "person",
        "roles": "foster_parent,community_leader",
        "regions": "ZR",
        "districts": "D05",
        "org": "",
        "scopes": "",
    }
    leader = principal_from_authorizer_context(claims, "community_leader")
    assert (leader.role, leader.roles) == (
        "community_leader",
        ("foster_parent", "community_leader"),
    )
    with pytest.raises(Invalid):
        principal_from_authorizer_context(claims)
    with pytest.raises(Forbidden):
        principal_from_authorizer_context(claims, "federal_hq")
    with pytest.raises(Forbidden):
        principal_from_authorizer_context(claims, None, "fam_01J00000000000000000000000")


def test_a_bot_may_carry_the_act_of_a_family_it_has_proved() -> None:
    claims = {"principalId": "bot_1", "kind": "machine", "roles": "bot", "scopes": "act_for_family"}
    acting = principal_from_authorizer_context(claims, None, "fam_01J00000000000000000000000")
    assert (acting.role, acting.acts_for) == ("family", "fam_01J00000000000000000000000")
    assert (acting.id, acting.evidence) == ("bot_1", "bot:bot_1")
    with pytest.raises(Invalid):
        principal_from_authorizer_context(claims, None, "Мария")
    with pytest.raises(Forbidden):
        principal_from_authorizer_context(claims | {"scopes": "x"}, None, acting.acts_for)
    with pytest.raises(Forbidden):
        principal_from_authorizer_context(claims | {"kind": "person"}, None, acting.acts_for)


def test_hq_acts_for_a_family_and_stays_itself() -> None:
    acting = HQ.acting_for("fam_1", "paper_signed")
    assert (acting.id, acting.acts_for, acting.evidence) == (HQ.id, "fam_1", "paper_signed")
    assert acting.role == "regional_hq"


def test_claims_survive_the_authorizers_context() -> None:
    caller = Principal(
        id="usr_1",
        kind="person",
        role="a",
        roles=("a",),
        regions=("ZR", "YY"),
        districts=("D01",),
        org="gua_1",
        scopes=("x", "y"),
    )
    context = {"principalId": caller.id, **caller.context()}
    assert principal_from_authorizer_context(context) == caller
    with pytest.raises(ValueError, match="persons and machines"):
        principal_from_authorizer_context(context | {"kind": "system"})


def test_the_system_is_a_principal_too() -> None:
    assert system("intake").role == "system"


def test_the_sample_policy_is_sound_and_its_matrix_is_the_golden_one() -> None:
    assert policy_matrix.faults(POLICY, {"Request": {"unassigned": True}}, ACTIONS) == ""
    situations = {
        "regional_hq, own region": (HQ, request()),
        "regional_hq, other region": (HQ, request(region="YY")),
        "district_office, own district": (OFFICE, request()),
        "guardian_rep, own": (GUARDIAN, request()),
        "family by link, own": (FAMILY, request()),
        "family by link, other": (FAMILY, request(person="fam_2")),
    }
    text = policy_matrix.render(POLICY, ACTIONS, situations)
    policy_matrix.matches_golden(text, Path(__file__).with_name("sample_matrix.txt"))


def test_a_misspelt_attribute_is_found_without_an_example() -> None:
    wrong = Policy(
        "permit (principal, action, resource) when { principal.regoins == resource.id };"
    )
    assert "regoins" in policy_matrix.faults(wrong, {"Request": {}}, ("view",))


def test_a_policy_lies_beside_its_service(tmp_path: Path) -> None:
    (tmp_path / "policy.cedar").write_text(SAMPLE, encoding="utf-8")
    assert Policy.beside(str(tmp_path / "app.py")).allows(HQ, "view", request())
