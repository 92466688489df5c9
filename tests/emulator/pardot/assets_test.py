"""Deletes of marketing content, and assets that are in use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pardotflow.emulator.seeding import seed
from tests.emulator.running import Emulator, pardot_error, running

FILES = {
    "layout_templates.csv": "id,name\n1,Used\n2,Free\n3,Once used\n",
    "forms.csv": "id,name,layoutTemplateId,isDeleted\n1,Contact,1,false\n2,Old,3,true\n3,Plain,,false\n",
    "custom_redirects.csv": "id,name\n1,Link\n",
    "email_templates.csv": "id,name\n1,Mail\n",
    "files.csv": "id,name\n1,Paper\n",
    "form_handlers.csv": "id,name\n1,Handler\n",
    "form_handler_fields.csv": "id,name\n1,Field\n",
}


@pytest.fixture
def assets(tmp_path: Path) -> Iterator[Emulator]:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    assert not seed(tmp_path / "emulator.db", tmp_path).problems
    with running(tmp_path / "emulator.db") as made:
        yield made


def test_what_can_be_deleted(assets: Emulator) -> None:
    for name in FILES:
        path, record_id = name.removesuffix(".csv").replace("_", "-"), 1 if "layout" not in name else 2
        assert assets.pardot.delete(f"/objects/{path}/{record_id}").status_code == 204, path
        assert pardot_error(assets.pardot.get(f"/objects/{path}/{record_id}?fields=id")) == (404, 109)
        assert pardot_error(assets.pardot.post(f"/objects/{path}", json={"name": "x"})) == (405, 60)


def test_an_asset_in_use_stays(assets: Emulator) -> None:
    answer = assets.pardot.delete("/objects/layout-templates/1")
    assert answer.status_code == 405 and answer.json() == {
        "code": 108,
        "message": "This Asset cannot be deleted because it's being used in other places.",
    }
    assert assets.pardot.delete("/objects/layout-templates/3").status_code == 204
    assert assets.pardot.delete("/objects/forms/1").status_code == 204
    assert assets.pardot.delete("/objects/layout-templates/1").status_code == 204
