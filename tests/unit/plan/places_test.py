"""Line 9 comes before line 10, whatever their texts say."""

import duckdb
import pytest

from pardotflow.plan.places import first_place, place_order

INORDER = ["", "a.yml", "a.yml:2", "a.yml:9", "a.yml:10", "a.yml:100", "b 10:1.yml:3", "b.yml:1"]


def test_places_are_ordered_by_file_and_number() -> None:
    order = f"select list(line order by {place_order('line')}) from (select unnest(?) as line)"
    assert duckdb.execute(order, [sorted(INORDER, reverse=True)]).fetchone() == (INORDER,)


@pytest.mark.parametrize(("lines", "first"), [(["x.yml:10", "x.yml:9"], "x.yml:9"), ([None, "x.yml:1"], "x.yml:1")])
def test_the_first_place_of_a_group(lines: list[str | None], first: str) -> None:
    found = duckdb.execute(f"select {first_place('line')} from (select unnest(?) as line)", [lines]).fetchone()
    assert found == (first,)
