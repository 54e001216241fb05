"""Words that an answer shows, held to its document: a field that shows a code names its list."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from shared.domain import CODE_LIST_KEYWORD
from shared.reference.code_lists import shipped

Json = Mapping[str, Any]
CODE = re.compile(r"[a-z][a-z_]{1,39}")
# Fields whose words look like codes and have no list.
FREE = {
    "BotView.name": "a bot of the stage",
    "CardCheckView.offer_id": "an id",
    "OutletView.offer_id": "an id",
    "CodeListView.name": "the name of a list itself",
    "CodeView.code": "a code of any list, with its labels",
    "CodeView.label_en": "a label",
    "ExternalRef.system": "a system of others",
    "RequestView.external_system": "a system of others",
    "FieldProblem.code": "a refusal, whose words stand beside it",
    "FieldProblemIn": "a part of the request",
    "NamedPair.code": "a refusal, whose words stand beside it",
    "Problem.code": "a refusal, whose words stand beside it",
    "RowProblem.code": "a refusal, whose words stand beside it",
    "MessageView.doubts": "a provider",
    "MessageView.provider": "a provider",
    "OpenedMedia.upload_fields": "a field of the file store",
    "Receipt.id": "an id, or what has a name instead of one",
    "Receipt.links": "names of ids; `urgent` is a mark",
    "AnswerView.answers": "a question and a choice, which the questionnaire has words for",
    "AnswerView.words": "a question, which the questionnaire has words for",
    "QuestionView.choices": "a choice, with its words",
    "QuestionView.code": "a question, with its words",
    "QuestionKind": "how a question is answered",
    "QuestionnaireView.code": "a questionnaire, with its words",
    "AnswerForm": "a question, which the questionnaire has words for",
    "AnswerView.form": "a questionnaire",
    "FormView.form": "a questionnaire",
    "LinesView.values": "a line of every message",
    "Remark.variant": "a variant of a text",
    "DraftedWording.previews": "a variant of a text",
    "DraftedWording.sms": "a variant of a text",
    "TemplateView.previews": "a variant of a text",
    "TemplateView.shipped_texts": "a variant of a text",
    "TemplateView.sms": "a variant of a text",
    "TemplateView.texts": "a variant of a text",
    "WordingView.previews": "a variant of a text",
    "WordingView.sms": "a variant of a text",
    "WordingView.texts": "a variant of a text",
    "TemplateView.values": "what a text is filled with",
    "MessageView.template": "a text",
    "TemplateRow.name": "a text",
    "TemplateView.name": "a text",
    "WordingRow.template": "a text",
    "WordingView.template": "a text",
    "WorkItemView.done_by": "an account, as its region names it",
    "WorkItemView.template": "a text",
    "WorkItemView.reference": "an id of another service",
    "Tokens.token_type": "a word of OAuth",
}


@dataclass
class Spot:
    """A place of an answer: which lists its words are of, and what lies below it."""

    place: str
    lists: set[str] = field(default_factory=set)
    free: bool = False
    fields: dict[str, "Spot"] = field(default_factory=dict)
    keys: "Spot | None" = None
    values: "Spot | None" = None

    def faults(self, value: Any) -> Iterator[str]:
        """The codes in a value that no list of their field has."""
        if isinstance(value, str):
            if self.free and CODE.fullmatch(value) and not self._known(value):
                yield f"{self.place} shows {value!r} of {sorted(self.lists) or 'no list'}"
        elif isinstance(value, list):
            for each in value if self.values else ():
                yield from self.values.faults(each) if self.values else ()
        elif isinstance(value, dict):
            for name, each in value.items():
                if name in self.fields:
                    yield from self.fields[name].faults(each)
                elif self.keys and self.values:
                    yield from self.keys.faults(name)
                    yield from self.values.faults(each)

    def _known(self, code: str) -> bool:
        lists = [shipped()[name] for name in self.lists]
        known = any(code in each.codes for each in lists)
        added = any(each.open for each in lists) and _added(code)
        return known or added or self.place in FREE


@cache
def _added(code: str) -> bool:
    """Whether no list that ships has the code: a stage has added it."""
    return not any(code in each.codes for each in shipped().values())


class Reader:
    """The spots of a document's schemas, each made once."""

    def __init__(self, document: Json) -> None:
        self._schemas = document["components"]["schemas"]
        self._made: dict[str, Spot] = {}

    def spot(self, schema: Json, place: str = "") -> Spot:
        """Return the spot of a schema, which is at that place."""
        name = schema.get("$ref", "").rpartition("/")[2]
        if name and CODE_LIST_KEYWORD not in schema:
            if name not in self._made:
                self._made[name] = made = Spot(name)
                self._fill(made, self._schemas[name], name)
            return self._made[name]
        made = Spot(place)
        self._fill(made, schema, place)
        return made

    def _fill(self, made: Spot, schema: Json, place: str) -> None:
        if CODE_LIST_KEYWORD in schema:
            made.lists.add(schema[CODE_LIST_KEYWORD])
            made.free = "enum" not in schema and "$ref" not in schema
        elif schema.get("type") == "string" and not {"format", "const"} & {*schema}:
            made.free = True
        for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            self._merge(made, self.spot(each, place))
        for name, each in schema.get("properties", {}).items():
            made.fields[name] = self.spot(each, f"{place}.{name}")
        items = schema.get("items") or schema.get("additionalProperties")
        for each in (items, *schema.get("patternProperties", {}).values()):
            if isinstance(each, dict):
                made.values = self.spot(each, place)
                made.keys = self.spot({"type": "string", **schema.get("propertyNames", {})}, place)

    @staticmethod
    def _merge(made: Spot, one: Spot) -> None:
        made.lists |= one.lists
        made.free |= one.free
        made.fields |= one.fields
        made.keys, made.values = made.keys or one.keys, made.values or one.values
        made.place = made.place or one.place


def answers_of(document: Json) -> dict[tuple[str, str, int], Spot]:
    """Return the spot of each answer in JSON that a document promises."""
    reader, shared = Reader(document), document["components"]["responses"]
    found = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                told = shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
                for kind, content in told.get("content", {}).items():
                    if "json" in kind:
                        at = (method.upper(), path, int(status))
                        found[at] = reader.spot(content["schema"])
    return found
