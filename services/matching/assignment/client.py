"""The asking side: assignments are solved by a function whose libraries the API never loads."""

from typing import Any, Self

from services.matching import settings
from services.matching.assignment.problem import Problem, Solution
from shared import aws, functions
from shared.errors import Unavailable

RETRY_SECONDS = 30


class AssignmentSolver:
    """The function that solves assignments, reached by invoking it."""

    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    @classmethod
    def connect(cls) -> Self:
        """Return the solver that this container's environment names."""
        return cls(aws.client("lambda"), settings.assignment_function())

    def solve(self, problem: Problem) -> Solution:
        """Return the best assignment; raises Unavailable when the function does not answer."""
        unsolved = Unavailable("assignment_unavailable", retry_after=RETRY_SECONDS)
        return functions.ask(self._client, self._function, problem, Solution, unsolved)
