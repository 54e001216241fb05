"""The function that solves the assignment: who may ask it, what it may read, how long it has."""

import pytest

from services.matching.assignment.solver import PROGRAM_SECONDS
from shared import aws
from tests.infra.stack_reader import Stack, actions, targets

Stacks = dict[str, Stack]

ALIAS = {"Ref": "SolveAssignmentAliaslive"}


@pytest.mark.parametrize("stage", ["aws", "local"])
def test_the_api_and_jobs_ask_it_by_its_alias_and_nobody_else(stacks: Stacks, stage: str) -> None:
    matching = stacks["matching"]
    api = matching.functions(stage)["APIHandler"]
    jobs = matching.functions(stage)["OnJobs"]
    for asker in (api, jobs):
        assert matching.environment(asker)["ASSIGNMENT_FUNCTION"] == ALIAS
    policies = matching.of_type("AWS::IAM::Policy", stage=stage)
    (policy,) = [
        policy
        for policy in policies.values()
        for statement in policy["PolicyDocument"]["Statement"]
        if targets(statement) == [ALIAS]
    ]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (policy["Roles"], actions(statement)) == (
        [{"Ref": "ApiRole"}, {"Ref": "OnJobsRole"}],
        ["lambda:InvokeFunction"],
    )


def test_it_writes_its_log_and_reads_nothing(stacks: Stacks) -> None:
    matching = stacks["matching"]
    statements = [said for name, said in matching.statements() if name == "SolveAssignmentRole"]
    assert {action for said in statements for action in actions(said)} == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }
    policies = matching.of_type("AWS::IAM::Policy").values()
    assert {"Ref": "SolveAssignmentRole"} not in [
        role for policy in policies for role in policy["Roles"]
    ]


def test_it_ends_after_its_asker_who_still_has_time_to_say_so(stacks: Stacks) -> None:
    functions = stacks["matching"].functions()
    waits = aws.LONGER_READ_SECONDS["lambda"]
    assert PROGRAM_SECONDS + 2 <= waits < functions["SolveAssignment"]["Timeout"]
    assert waits + 2 < functions["APIHandler"]["Timeout"]
