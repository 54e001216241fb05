"""Who is let in, as the deployed template says it: switching one of these off is noticed."""

import json
import re
from typing import Any

from infra.services import ROOT
from shared.reference import code_lists
from tests.infra.stack_reader import Stack, actions, targets

Stacks = dict[str, Stack]

RIGHTS = {"custom:regions", "custom:districts", "custom:org"}


def _one(stacks: Stacks, kind: str, stage: str = "aws") -> dict[str, Any]:
    (found,) = stacks["platform"].of_type(kind, stage=stage).values()
    return found


def test_nobody_signs_up_by_himself(stacks: Stacks) -> None:
    for stage in ("aws", "local"):
        pool = _one(stacks, "AWS::Cognito::UserPool", stage)
        assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}


def test_the_second_factor_is_asked_of_everybody(stacks: Stacks) -> None:
    pool = _one(stacks, "AWS::Cognito::UserPool")
    assert pool["MfaConfiguration"] == "ON"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    # Remembered devices, codes by mail and triggers of our own are ways around it.
    assert pool.keys() == {
        "AdminCreateUserConfig", "DeletionProtection", "EnabledMfas", "MfaConfiguration",
        "Policies", "Schema", "UsernameConfiguration", "UserPoolName", "UserPoolTier",
    }  # fmt: skip


def test_a_name_is_the_same_in_small_and_large_letters(stacks: Stacks) -> None:
    """Left out, Cognito takes `hq-7` and `HQ-7` for two people, and a pool can never be changed."""
    pool = _one(stacks, "AWS::Cognito::UserPool")
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}


def test_a_password_is_long_and_a_token_short(stacks: Stacks) -> None:
    (policy,) = _one(stacks, "AWS::Cognito::UserPool")["Policies"].values()
    assert policy["MinimumLength"] >= 14
    assert all(policy[f"Require{each}"] for each in ("Lowercase", "Uppercase", "Numbers"))
    client = _one(stacks, "AWS::Cognito::UserPoolClient")
    lives = {each: client[f"{each}Validity"] for each in ("AccessToken", "IdToken", "RefreshToken")}
    assert lives == {"AccessToken": 60, "IdToken": 60, "RefreshToken": 12}
    units = {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours"}
    assert client["TokenValidityUnits"] == units
    assert client["EnableTokenRevocation"] is True
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_nobody_writes_their_own_rights(stacks: Stacks) -> None:
    """The emulator does not hold anybody to this list, so the template is all that can be asked."""
    for stage in ("aws", "local"):
        pool = _one(stacks, "AWS::Cognito::UserPool", stage)
        # What cannot be changed an operator could never correct, and never make changeable.
        assert [each | {"Name": f"custom:{each['Name']}"} for each in pool["Schema"]] == [
            {"Name": name, "AttributeDataType": "String", "Mutable": True}
            for name in ("custom:regions", "custom:districts", "custom:org")
        ]
        client = _one(stacks, "AWS::Cognito::UserPoolClient", stage)
        assert set(client["ReadAttributes"]) == RIGHTS
        # an empty list would let all standard attributes be written
        assert client["WriteAttributes"] == ["locale"]
        assert client["AllowedOAuthScopes"] == ["openid"]  # not aws.cognito.signin.user.admin


def test_roles_are_groups_and_only_the_account_fills_those(stacks: Stacks) -> None:
    for stack in stacks.values():
        for _, statement in stack.statements():
            asked = {each for each in actions(statement) if each.startswith("cognito")}
            assert asked <= {"cognito-idp:AdminGetUser"}, statement


def test_every_role_of_a_policy_is_a_group_that_gives_nothing_else(stacks: Stacks) -> None:
    """An operator can give a person a role only if there is a group of that very name."""
    policies = "".join(each.read_text("utf-8") for each in ROOT.glob("services/*/policy.cedar"))
    groups = stacks["platform"].of_type("AWS::Cognito::UserPoolGroup").values()
    names = {each["GroupName"] for each in groups}
    # Others act without an account, and a machine by its token.
    roles = code_lists.shipped()["acting_role"].codes.keys() - {"bot", "public", "system"}
    assert roles <= names
    assert set(re.findall(r'Role::"(\w+)"', policies)) - {"public"} <= names
    assert all(each.keys() == {"GroupName", "UserPoolId"} for each in groups)


def test_people_log_in_on_a_page_by_code_and_proof_of_key(stacks: Stacks) -> None:
    client = _one(stacks, "AWS::Cognito::UserPoolClient")
    assert client["AllowedOAuthFlowsUserPoolClient"] is True
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["GenerateSecret"] is False  # a page keeps none, so it must prove itself by PKCE
    assert client["SupportedIdentityProviders"] == ["COGNITO"]
    assert client["CallbackURLs"] == [{"Fn::Sub": "${PublicUrl}/signed-in"}]
    developed = {"platform": stacks["platform"].where(LocalCallbackUrl="http://localhost:1/in")}
    callbacks = _one(developed, "AWS::Cognito::UserPoolClient")["CallbackURLs"]
    assert callbacks[1:] == [{"Ref": "LocalCallbackUrl"}]
    assert client["LogoutURLs"] == [{"Ref": "PublicUrl"}]
    # No password leaves the page; who is in stays in, without a new login each hour.
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]


def test_the_login_page_is_there_and_has_its_branding(stacks: Stacks) -> None:
    pool, client = {"Ref": "UserPool"}, {"Ref": "UserPoolClient"}
    assert _one(stacks, "AWS::Cognito::UserPoolDomain") == {
        "UserPoolId": pool,
        "Domain": {"Fn::Sub": "${AWS::StackName}-${AWS::AccountId}"},
        "ManagedLoginVersion": 2,
    }
    assert _one(stacks, "AWS::Cognito::ManagedLoginBranding") == {
        "UserPoolId": pool,
        "ClientId": client,
        "UseCognitoProvidedValues": True,
    }
    assert _one(stacks, "AWS::Cognito::UserPoolClient")["UserPoolId"] == pool
    groups = stacks["platform"].of_type("AWS::Cognito::UserPoolGroup").values()
    assert all(each["UserPoolId"] == pool for each in groups)
    assert _one(stacks, "AWS::Cognito::UserPool")["UserPoolTier"] in ("ESSENTIALS", "PLUS")
    elsewhere = stacks["platform"].where(Issuer="https://id.example.org")
    for resources in (stacks["platform"].resources("local"), elsewhere.resources()):
        kinds = {each["Type"] for each in resources.values()}
        assert not [each for each in kinds if each.endswith(("ManagedLoginBranding", "PoolDomain"))]


def test_whoever_is_disabled_or_revoked_is_out_within_a_minute(stacks: Stacks) -> None:
    """The authorizer asks each time and keeps nothing; the gateway keeps its answer for so long."""
    waits = []
    for stack in stacks.values():
        for api in stack.of_type("AWS::ApiGateway::RestApi").values():
            schemes = api["Body"].get("securityDefinitions", {}).values()
            asked = [each.get("x-amazon-apigateway-authorizer", {}) for each in schemes]
            waits += [each["authorizerResultTtlInSeconds"] for each in asked if each]
    assert waits and max(waits) <= 60
    (authorizer,) = stacks["platform"].functions().values()
    told = stacks["platform"].environment(authorizer)
    assert told["USER_POOL_ID"] == {"Ref": "UserPool"}
    assert told["MACHINE_TOKENS_TABLE"] == {"Ref": "MachineTokensTable"}


def test_the_authorizer_believes_the_one_issuer_of_the_stage(stacks: Stacks) -> None:
    """The emulator's key set lies elsewhere, and no test has an issuer of somebody else's."""
    pool = "https://cognito-idp.${AWS::Region}.amazonaws.com/${UserPool}"
    own = {
        "ISSUER": {"Fn::Sub": pool},
        "AUDIENCE": {"Ref": "UserPoolClient"},
        "JWKS_URL": {"Fn::Sub": f"{pool}/.well-known/jwks.json"},
        "USER_POOL_ID": {"Ref": "UserPool"},
        "CLAIMS": {"Ref": "Claims"},
    }
    others = {
        "ISSUER": {"Ref": "Issuer"},
        "AUDIENCE": {"Ref": "Audience"},
        "JWKS_URL": {"Ref": "JwksUrl"},
        "CLAIMS": {"Ref": "Claims"},
    }
    for issuer, told in (("", own), ("https://id.example.org", others)):
        platform = stacks["platform"].where(Issuer=issuer)
        (authorizer,) = platform.functions().values()
        found = platform.environment(authorizer)
        assert {name: found[name] for name in own.keys() & found.keys()} == told
        output = platform.decided(platform.template["Outputs"]["Issuer"]["Value"])
        assert output == told["ISSUER"]


def test_the_authorizer_may_ask_and_do_nothing_else(stacks: Stacks) -> None:
    allowed = {
        action: json.dumps(targets(statement))
        for role, statement in stacks["platform"].statements()
        for action in actions(statement)
        if role == "AuthorizerRole" and not action.startswith("logs:")
    }
    assert allowed == {
        "kms:GetPublicKey": '[{"Fn::GetAtt": ["MachineKey", "Arn"]}, '
        '{"Fn::GetAtt": ["CardsPeopleKey", "Arn"]}, {"Fn::GetAtt": ["IntakePeopleKey", "Arn"]}, '
        '{"Fn::GetAtt": ["MatchingPeopleKey", "Arn"]}]',
        "dynamodb:GetItem": '[{"Fn::GetAtt": ["MachineTokensTable", "Arn"]}]',
        "cognito-idp:AdminGetUser": '[{"Fn::GetAtt": ["UserPool", "Arn"]}]',
    }


def test_nothing_deployed_can_sign_a_machine_token(stacks: Stacks) -> None:
    signing = [
        (name, role, json.dumps(targets(statement)))
        for name, stack in stacks.items()
        for role, statement in stack.statements()
        if "kms:Sign" in actions(statement)
    ]
    # The key of a service's own people, which the deployer names.
    assert [(name, target) for name, _, target in signing] == [
        (name, '[{"Ref": "PeopleKeyArn"}]') for name in ("cards", "intake", "matching")
    ]
    signers = {"MachineKey", "CardsPeopleKey", "IntakePeopleKey", "MatchingPeopleKey"}
    keys = stacks["platform"].of_type("AWS::KMS::Key")
    for name in signers:
        assert (keys[name]["KeySpec"], keys[name]["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")


def test_the_list_of_machine_tokens_is_kept_like_every_table(stacks: Stacks) -> None:
    table = stacks["platform"].of_type("AWS::DynamoDB::Table")["MachineTokensTable"]
    assert table["SSESpecification"]["SSEEnabled"] is True
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["DeletionProtectionEnabled"] is True


def test_the_pool_is_not_deleted_by_a_slip(stacks: Stacks) -> None:
    assert _one(stacks, "AWS::Cognito::UserPool")["DeletionProtection"] == "ACTIVE"
