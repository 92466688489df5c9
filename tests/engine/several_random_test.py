"""Whatever several values two sides hold: what is applied settles them, and says nothing twice."""

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.several import MANY, Setup, contact, opened, stored

SETS = st.lists(st.sampled_from("abc"), max_size=3, unique=True)


def as_set(text: str | None) -> frozenset[str]:
    """What a side holds, from its stored form."""
    if not text:
        return frozenset()
    return frozenset(json.loads(text) if text.startswith("[") else text.split(";"))


# An example is two cycles of real commands over HTTP: an eighth of those that others have.
@settings(max_examples=max(3, settings.default.max_examples // 8 if settings.default else 3))
@given(
    crm=st.lists(SETS, min_size=8, max_size=8),
    unit=st.lists(SETS, min_size=8, max_size=8),
    edits=st.lists(st.tuples(st.sampled_from("su"), st.integers(0, 7), SETS), max_size=6),
    direction=st.sampled_from(("to_pardot", "to_salesforce", "two_way")),
    form=st.sampled_from(("array", "joined")),
)
def test_an_apply_settles_every_set(
    crm: list[list[str]], unit: list[list[str]], edits: list[tuple[str, int, list[str]]], direction: str, form: str
) -> None:
    mapping = {**MANY, "direction": direction}
    if direction == "two_way":
        mapping["on_link"] = "salesforce"
    setup = Setup(
        crm=[";".join(values) or None for values in crm],
        unit=[json.dumps(values) if values else None for values in unit],
        fields=[mapping],
        switches={"array_write_form": form},
        several_values=form,
    )
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "w", setup) as world:
        for edited in ([], edits):
            for side, number, values in edited:
                if side == "s":
                    world.emulator.set(f"Contact/{contact(number)}", Many__c=";".join(values) or None)
                else:
                    world.emulator.set(f"prospect/{100 + number}", many__c=values or None)
            world.tick(120)
            assert world.apply(world.plan()).report.refused == 0
            world.tick(120)
            assert not world.plan().sendable
            for held_crm, held_unit in stored(world).values():
                assert as_set(held_crm) == as_set(held_unit)
