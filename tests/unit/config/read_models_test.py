"""A column that only renames a field is that field from the beginning, so that no rule is passed by a name."""

import shutil
from pathlib import Path

from pardotflow.config.load import load_project
from pardotflow.config.project import Policy

CASE = Path(__file__).parents[2] / "cases" / "plans" / "read_model"


def test_a_renamed_consent_field_is_one(tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(CASE, root)
    model, sync = root / "models/contacts_plus.sql", root / "syncs/people.yml"
    model.write_text("select Id, HasOptedOutOfEmail as no_mail from {{ source('contacts') }}", "utf-8")
    text = sync.read_text("utf-8")
    sync.write_text(text[: text.index("fields:")] + "fields: [{salesforce: no_mail, pardot: optedOut}]\n", "utf-8")
    loaded = load_project(root, None, {}, environ={})
    assert loaded.project is not None, loaded.diagnostics
    (mapping,) = loaded.project.syncs[0].fields
    assert mapping.a is not None
    assert (mapping.a.label, mapping.policy) == ("HasOptedOutOfEmail", Policy.CONSENT)
