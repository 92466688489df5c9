"""`pardotflow.yml`: the project's name, its defaults and its variables.

A default is what every mapping has unless it says something else; a file without `defaults:` has those of the docs.
"""

from dataclasses import dataclass, field

from pardotflow.config.nodes import MapNode
from pardotflow.config.project import Direction, Into, MostRecent, OnBlank, OnLink, Policy, Preset, TooLong
from pardotflow.config.retention import Retention


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a mapping has where it says nothing. `direction` and `policy` matter between the two vendors only."""

    direction: Direction = Direction.TWO_WAY
    policy: Policy = Policy.SALESFORCE
    on_blank: OnBlank = OnBlank.HOLD
    on_link: OnLink = OnLink.FILL
    into: Into = Into.ANY
    too_long: TooLong = TooLong.HOLD
    preset: Preset = Preset.NONE
    most_recent: MostRecent = MostRecent.RECORD


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """The file as values."""

    name: str
    default_environment: str = ""
    defaults: Defaults = field(default_factory=Defaults)
    retention: Retention = field(default_factory=Retention)


def build_project_file(node: MapNode) -> ProjectFile:
    """The values of a tree that follows the project schema."""
    return ProjectFile(
        name=node.text("name"),
        default_environment=node.text("default_environment"),
        defaults=_defaults(node.mapping("defaults")),
        retention=_retention(node.mapping("retention")),
    )


def _defaults(node: MapNode) -> Defaults:
    known = Defaults()
    return Defaults(
        direction=Direction(node.text("direction", known.direction)),
        policy=Policy(node.text("policy", known.policy)),
        on_blank=OnBlank(node.text("on_blank", known.on_blank)),
        on_link=OnLink(node.text("on_link", known.on_link)),
        into=Into(node.text("into", known.into)),
        too_long=TooLong(node.text("too_long", known.too_long)),
        preset=Preset(node.text("preset", known.preset)),
        most_recent=MostRecent(node.text("most_recent", known.most_recent)),
    )


def _retention(node: MapNode) -> Retention:
    known = Retention()

    def days(key: str, default: int | None) -> int | None:
        text = node.text(key, "" if default is None else str(default))
        return None if text in ("", "forever") else int(text)

    return Retention(
        journals=days("journals", known.journals),
        plans=days("plans", known.plans),
        snapshots=days("snapshots", known.snapshots),
        backups=days("backups", known.backups),
        least_plans=int(node.text("least_plans", str(known.least_plans))),
    )
