"""`syncs/NAME.yml`: one sync a file, from a valid tree to a resolved value.

What other files or the outside systems hold is not asked here.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pardotflow.config.creates import build_creates, build_match, build_pick
from pardotflow.config.findings import Findings
from pardotflow.config.guards import build_guards
from pardotflow.config.mappings import SyncFile, build_mappings
from pardotflow.config.nodes import MapNode
from pardotflow.config.project import CreateRule, Model, MostRecent, OnGone, Preset, Side, Strength, Sync
from pardotflow.config.project_file import Defaults
from pardotflow.config.sides import build_sides
from pardotflow.config.unbuilt import report_unbuilt_sync
from pardotflow.config.write_rules import build_duplicate_rule
from pardotflow.core.values import System


def build_sync(
    node: MapNode, path: Path, root: Path, defaults: Defaults, models: Mapping[str, Model], findings: Findings
) -> Sync:
    """The values of a rendered tree that follows the sync schema; parts that cannot be understood are reported."""
    report_unbuilt_sync(node, findings)
    sides = build_sides(node.mapping("sides"), models, findings)
    defaults = replace(defaults, most_recent=MostRecent(node.text("most_recent", defaults.most_recent)))
    file = SyncFile(
        root=root, folder=path.parent, sides=sides, defaults=defaults, preset=_preset(node, sides, defaults, findings)
    )
    match = build_match(node.items("match"), sides, findings)
    create = build_creates(node.mapping("create"), file, match, findings)
    fields = build_mappings(node.mappings("fields"), file, findings)
    name = node.entry("sync")
    span = name.value.span if name else node.span
    return Sync(
        name=node.text("sync"),
        description=node.text("description"),
        strength=Strength(node.text("strength", Strength.APPLY)),
        a=sides[0],
        b=sides[1],
        match=match,
        create=create,
        fields=fields,
        pick=build_pick(node.mapping("pick"), sides, findings),
        deletes=_deletes(node.mapping("deletes"), sides, create, findings),
        guards=build_guards(node.mapping("guards"), sides, fields, span, findings),
        duplicate_rule=build_duplicate_rule(node),
        paused=node.flag("paused", default=False),
        urgent=node.flag("urgent", default=False),
        renamed_from=node.text("renamed_from"),
        span=span,
        spans=node.spans(),
    )


def _preset(node: MapNode, sides: tuple[Side, Side], defaults: Defaults, findings: Findings) -> Preset:
    """The rules of all mappings that say nothing else; the connector's are about the two vendors only."""
    written = node.scalar("preset")
    preset = Preset(written.text) if written else defaults.preset
    if written and preset is Preset.CONNECTOR and sides[0].system is System.WAREHOUSE:
        message = "the connector's rules are about Salesforce and Pardot; a warehouse is only read"
        findings.error("PF155", message, written.span, "Remove preset.")
        return Preset.NONE
    return preset


def _deletes(
    node: MapNode, sides: tuple[Side, Side], create: Mapping[System, CreateRule], findings: Findings
) -> dict[System, OnGone]:
    """What happens on each side's deletions; `keep` where nothing is said."""
    deletes = {side.system: OnGone.KEEP for side in sides}
    for key, value in node.scalars():
        system = System(key.text)
        other = next((s.system for s in sides if s.system is not system), system)
        if system not in deletes:
            findings.error("PF150", f"this sync has no {system} side", key.span, "Remove the line.")
        elif value.text == OnGone.ARCHIVE and other is System.WAREHOUSE:
            findings.error("PF166", "rows of a warehouse are only read", value.span, "Write keep or unlink.")
        elif value.text == OnGone.RECREATE and system not in create:
            help = f"Write create: {{{system}: …}}, or keep, unlink or archive here."
            findings.error("PF166", f"no create rule says how a record of {system} is made again", value.span, help)
        elif value.text in set(OnGone):
            deletes[system] = OnGone(value.text)
    return deletes
