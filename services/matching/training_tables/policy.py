"""A table of trainings as `policy.cedar` sees it: trainings of guardians of its region."""

from services.matching.policy import POLICY
from services.matching.training_tables.domain import TrainingTable
from services.matching.training_tables.repository import TrainingTables
from shared.identity.policy import Resource
from shared.principal import Principal

ACTION = "record_training"


def resource(table: TrainingTable) -> Resource:
    """Return a table as a Cedar resource."""
    return Resource(type="Guardian", id=table.table_id, region=table.region)


def load_authorised(table_id: str, principal: Principal, tables: TrainingTables) -> TrainingTable:
    """Return the table when the caller may record trainings in its region."""
    table = tables.get(table_id)
    POLICY.require(principal, ACTION, resource(table))
    return table
