"""What the bench of costs counts for a row is what DynamoDB takes for it."""

from bench.costs import Meter
from tests.support.world import World


def test_a_row_costs_its_units_and_those_of_its_indexes(world: World) -> None:
    meter, table = Meter(world), world.dynamodb
    row = {"pk": {"S": "A#1"}, "sk": {"S": "A"}, "doc": {"S": "x" * 1500}}
    listed = row | {"region_pk": {"S": "REGION#ZR"}, "region_sk": {"S": "a"}}
    found = []
    for step in (row, listed, listed | {"region_sk": {"S": "b"}}):
        table.put_item(TableName="intake-data", Item=step)
        found.append(meter.counts.pop("written"))
    table.transact_write_items(TransactItems=[{"Put": {"TableName": "intake-data", "Item": row}}])
    table.get_item(TableName="intake-data", Key={"pk": row["pk"], "sk": row["sk"]})

    # Its own two for 1.5 KB; the image in an index; both images where its place has changed.
    assert found == [2, 2 + 2, 2 + 4]
    assert (meter.counts["written"], meter.counts["read"]) == (2 * 2 + 2, 0.5)
