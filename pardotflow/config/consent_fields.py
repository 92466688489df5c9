"""Which mappings speak of consent: by their policy, or because one of their fields is where people say no."""

from pardotflow.config.project import FieldMapping, Policy

CONSENT_FIELDS = frozenset(
    {"hasoptedoutofemail", "hasoptedoutoffax", "donotcall", "optedout", "isdonotemail", "isdonotcall", "donotsell"}
)
"""The standard fields, in lower case."""


def is_about_consent(mapping: FieldMapping) -> bool:
    """True where somebody says no in these fields, whatever the policy of the mapping."""
    names = (name.lower() for ref in (mapping.a, mapping.b) if ref for name in ref.by_object.values())
    return mapping.policy is Policy.CONSENT or not CONSENT_FIELDS.isdisjoint(names)
