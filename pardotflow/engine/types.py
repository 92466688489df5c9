"""What is written to a field of a type; `core/forms.py` says how a pair of fields is compared."""

from pardotflow.core.forms import Form
from pardotflow.core.values import FieldType, System


def written(form: Form, target: FieldType, system: System, raw: str, normal: str) -> str:
    """SQL for the text that is sent to a target field, from the source's raw text and its normal form."""
    if form in (Form.CHECKBOX, Form.BOOLEAN, Form.NUMBER, Form.SET):
        return normal
    zero = ".000+00:00" if system is System.SALESFORCE else "+00:00"
    if form is Form.DATE and target is FieldType.DATETIME:
        return f"({normal} || 'T00:00:00{zero}')"
    if form is Form.DATE:
        return normal
    if form is Form.DATETIME:
        return f"replace({normal}, 'Z', '{zero}')"
    if form is Form.EMAIL:
        return f"trim({raw})"
    return raw
