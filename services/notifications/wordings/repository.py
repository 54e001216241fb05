"""Rows of wordings and of what is in force; a template that was never edited has no row."""

from services.notifications.templates.domain import Template
from services.notifications.templates.repository import Templates
from services.notifications.templates.wording import fault
from services.notifications.wordings.domain import Wording, WordingInForce
from services.notifications.wordings.values import WordingStatus
from shared.clock import iso
from shared.observability import count
from shared.storage.list_keys import UNASSIGNED
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

DRAFTS = "wording#draft#"
IN_FORCE = "wording#in_force#"


class Wordings(Repository[Wording]):
    """by_owner: `FEDERAL#unassigned` / `wording#<template>#<time>` · by_region: drafts, by time."""

    model = Wording
    prefix = "WORDING"
    id_field = "wording_id"

    def row(self, aggregate: Wording) -> Row:
        """Return the wording in the list of its template; a draft waits in a list of its own."""
        sort = f"{iso(aggregate.drafted_at)}#{aggregate.wording_id}"
        own = (UNASSIGNED, template_prefix(aggregate.template) + sort)
        lists: dict[Index, tuple[str, str]] = {"by_owner": own}
        if aggregate.status is WordingStatus.DRAFT:
            lists["by_region"] = (UNASSIGNED, DRAFTS + sort)
        return self._row(aggregate, lists=lists)

    def worded(self, template: Template, wording_id: str | None) -> Template:
        """Return a template with the words of one wording, or those of the release."""
        return template if wording_id is None else _worded(template, self.find(wording_id))


class WordingsInForce(Repository[WordingInForce]):
    """by_region: `FEDERAL#unassigned` / `wording#in_force#<template>`, of edited ones."""

    model = WordingInForce
    prefix = "WORDING_IN_FORCE"
    id_field = "template"

    def row(self, aggregate: WordingInForce) -> Row:
        """Return what is in force, listed while it is an edited wording."""
        listed = (UNASSIGNED, f"{IN_FORCE}{aggregate.template}")
        return self._row(aggregate, lists={"by_region": listed} if aggregate.wording_id else {})

    def load(self, template: str) -> WordingInForce:
        """Return what is in force for a template; without a row its release's words."""
        return self.find(template) or WordingInForce(template=template)

    def worded(self, template: Template) -> Template:
        """Return a template with the words in force at this moment."""
        return _worded(template, self.find(template.name))

    def wording_id(self, template: Template) -> str | None:
        """Return the wording in force; none where the words of the release are."""
        return self.worded(template).wording_id

    def all_worded(self, templates: Templates) -> Templates:
        """Return all templates with the words in force, by one query."""
        rows = self.list_all("by_region", UNASSIGNED, prefix=IN_FORCE, most=len(templates.by_name))
        found = {each.template: each for each in rows}
        worded = [
            _worded(template, found.get(name)) for name, template in templates.by_name.items()
        ]
        return Templates(worded, templates.phrases) if found else templates


def template_prefix(template: str) -> str:
    """Return the sort prefix of all wordings of a template."""
    return f"wording#{template}#"


def _worded(template: Template, edited: Wording | WordingInForce | None) -> Template:
    """Return a template with edited words; those that a release has outdated are left out."""
    if edited is None or edited.wording_id is None:
        return template
    if fault(template, edited.subject, edited.texts) is not None:
        count("wording_outdated")
        return template
    return template.with_words(edited.subject, edited.texts, edited.wording_id)
