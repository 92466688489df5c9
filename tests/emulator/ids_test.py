"""Record ids of both lengths."""

import pytest

from pardotflow.emulator.ids import is_id, mint_id, to_18

VECTORS = [
    "001D000000Kv3g5IAB",
    "00Q4S000002sSacUAE",
    "0034S000005YJYcQAO",
    "005ak000005hvjJAAQ",
    "750ak000009BkrxAAC",
    "00v4S000001VKQ1QAO",
    "7014S00000097HcQAI",
    "012000000000000AAA",
]


@pytest.mark.parametrize("known", VECTORS)
def test_known_ids(known: str) -> None:
    assert to_18(known[:15]) == known == to_18(known)
    assert is_id(known) and is_id(known[:15])


@pytest.mark.parametrize("known", VECTORS)
def test_lost_case_is_mended_by_the_checksum(known: str) -> None:
    assert to_18(known.lower()) == known
    assert to_18(known.upper()) == known


@pytest.mark.parametrize(
    "text", ["", "abc", "001D000000Kv3g", "001D000000Kv3g5I", "001D000000Kv3g5IA9", "001D000000Kv3g-"]
)
def test_what_is_no_id(text: str) -> None:
    assert to_18(text) is None and not is_id(text)


def test_made_ids_are_ids_and_differ() -> None:
    made = [mint_id("003", number) for number in range(1, 5000)]
    assert len({text.lower() for text in made}) == len(made)
    assert all(is_id(text) and len(text) == 18 and text.startswith("003") for text in made)
