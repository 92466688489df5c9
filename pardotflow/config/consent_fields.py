"""Which mappings speak of consent: by their policy, or because one of their fields is where people say no."""

from collections.abc import Iterable

from pardotflow.config.project import FieldMapping, FieldRef, Policy

CONSENT_FIELDS = frozenset(
    {"hasoptedoutofemail", "hasoptedoutoffax", "donotcall", "optedout", "isdonotemail", "isdonotcall", "donotsell"}
)
"""The standard fields, in lower case."""


def names_consent(refs: Iterable[FieldRef]) -> bool:
    """True where one of the fields is where people say no."""
    return any(name.lower() in CONSENT_FIELDS for ref in refs for name in ref.by_object.values())


def is_about_consent(mapping: FieldMapping) -> bool:
    """True where somebody says no in these fields, whatever the policy of the mapping."""
    return mapping.policy is Policy.CONSENT or names_consent(ref for ref in (mapping.a, mapping.b) if ref)
