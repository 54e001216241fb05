"""The expressions of DynamoDB that our code writes: conditions, and what an update does."""

import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

Item = dict[str, Any]
# Whether a row fulfils a condition, given the values and names that the request spells it with.
Condition = Callable[[Item, Item, Item], bool]

_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TOKEN = re.compile(r"\s*(<=|>=|<>|[=<>(),+]|[A-Za-z_#:][A-Za-z0-9_]*)")


@lru_cache(maxsize=512)
def condition(text: str) -> Condition:
    """Return what a text asks of a row."""
    return _Parser(text).condition()


def update(row: Item, text: str, values: Item, names: Item) -> None:
    """Change a row as a text says."""
    clauses = re.split(r"\b(SET|REMOVE|ADD)\b", text)[1:]
    for verb, body in zip(clauses[::2], clauses[1::2], strict=True):
        for part in re.split(r",(?![^(]*\))", body):
            _update_part(row, verb, part.strip(), values, names)


def _update_part(row: Item, verb: str, part: str, values: Item, names: Item) -> None:
    def name(word: str) -> str:
        return str(names[word]) if word.startswith("#") else word

    if verb == "REMOVE":
        row.pop(name(part), None)
    elif verb == "ADD":
        path, value = part.split()
        total = int(row.get(name(path), {"N": "0"})["N"]) + int(values[value]["N"])
        row[name(path)] = {"N": str(total)}
    else:
        path, value = (side.strip() for side in part.split("="))
        default = re.fullmatch(r"if_not_exists\((\w+), *(:\w+)\)", value)
        if default and default[1] in row:
            return
        row[name(path)] = deep_copy(values[default[2] if default else value])


@lru_cache(maxsize=512)
def unmatched(text: str, given: tuple[str, ...]) -> set[str]:
    """Return the names and values that are given and not used, or used and not given."""
    return {*given} ^ {token for token in _tokens(text) if token[0] in ":#"}


def deep_copy(value: Any) -> Any:
    """Copy maps, lists and sets, which is all that changes on the wire; `deepcopy` is slower."""
    if isinstance(value, dict):
        return {name: deep_copy(each) for name, each in value.items()}
    if isinstance(value, (list, set)):
        return type(value)(map(deep_copy, value))
    return value


class _Parser:
    """Recursive descent over the condition grammar we use: OR, AND, NOT, comparisons, functions."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))

    def condition(self) -> Condition:
        test = self._or()
        assert not self.tokens, f"left over: {self.tokens}"
        return test

    def _or(self) -> Condition:
        tests = [self._and()]
        while self._eat("OR"):
            tests.append(self._and())
        return tests[0] if len(tests) == 1 else lambda *asked: any(t(*asked) for t in tests)

    def _and(self) -> Condition:
        tests = [self._atom()]
        while self._eat("AND"):
            tests.append(self._atom())
        return tests[0] if len(tests) == 1 else lambda *asked: all(t(*asked) for t in tests)

    def _atom(self) -> Condition:
        if self._eat("NOT"):
            inner = self._atom()
            return lambda *asked: not inner(*asked)
        if self._eat("("):
            test = self._or()
            assert self._eat(")")
            return test
        word = self.tokens.pop(0)
        if self.tokens[:1] == ["("]:
            return self._function(word)
        return self._comparison(word)

    def _function(self, name: str) -> Condition:
        assert self._eat("(")
        word = self.tokens.pop(0)
        if name == "begins_with":
            assert self._eat(",")
            prefix = self.tokens.pop(0)
            assert self._eat(")")
            return lambda row, values, names: (
                row.get(names.get(word, word), {}).get("S", "\0").startswith(values[prefix]["S"])
            )
        assert self._eat(")")
        if name == "attribute_exists":
            return lambda row, _, names: names.get(word, word) in row
        assert name == "attribute_not_exists", name
        return lambda row, _, names: names.get(word, word) not in row

    def _comparison(self, word: str) -> Condition:
        sign, first = self.tokens.pop(0), self.tokens.pop(0)
        if sign == "BETWEEN":
            assert self._eat("AND")
            last = self.tokens.pop(0)

            def between(row: Item, values: Item, names: Item) -> bool:
                path = names.get(word, word)
                low, high = _plain(values[first]), _plain(values[last])
                return path in row and low <= _plain(row[path]) <= high

            return between
        compare = _SIGNS.get(sign)

        def test(row: Item, values: Item, names: Item) -> bool:
            right, path = values[first], names.get(word, word)
            if path not in row:
                return False
            left = row[path]
            if compare is None:
                return _plain(left) != _plain(right)
            return left.keys() == right.keys() and compare(_plain(left), _plain(right))

        return test

    def _eat(self, token: str) -> bool:
        if self.tokens[:1] == [token]:
            self.tokens.pop(0)
            return True
        return False


@lru_cache(maxsize=512)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text))


def _plain(value: Item) -> tuple[str, Any]:
    ((kind, content),) = value.items()
    return (kind, float(content)) if kind == "N" else (kind, content)
