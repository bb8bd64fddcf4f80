"""What is generated from the table of rules, and where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from alerts import delivery, messages, provisioning, runbooks
from alerts.table import RULES
from alerts.thresholds import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PROVISIONED: Final = ROOT / "grafana" / "provisioning" / "alerting"
PAGES: Final = ROOT / "docs" / "runbooks"
SERVED: Final = ROOT / "grafana" / "runbooks"
_HEAD: Final = "# Generated from alerts/ by `python -m alerts`: change that, not this file.\n"


class _Readable(yaml.SafeDumper):
    """Writes texts of several lines as they read, and each list or mapping in full, without references."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class decides by it
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Readable.add_representer(str, _text)


def dumped(content: dict[str, Any]) -> str:
    """Return a file of Grafana's provisioning."""
    return _HEAD + yaml.dump(content, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=4096)


def files() -> dict[Path, str]:
    """Return all generated files with their text."""
    made = {
        PROVISIONED / "rules.yaml": dumped(provisioning.rules()),
        PROVISIONED / "contact-points.yaml": dumped(delivery.contact_points()),
        PROVISIONED / "policies.yaml": dumped(delivery.policies()),
        PROVISIONED / "mute-times.yaml": dumped(delivery.mute_times()),
        PROVISIONED / "templates.yaml": dumped(messages.templates()),
        PAGES / "README.md": runbooks.index(),
    }
    for rule in RULES:
        made[PAGES / f"{rule.uid}.md"] = runbooks.markdown(rule)
        made[SERVED / f"{rule.uid}.html"] = runbooks.page(rule)
    return made


def stale() -> list[Path]:
    """Return the files that differ from what the table says, or that it no longer has."""
    made = files()
    differ = [path for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    there = [path for folder in (PROVISIONED, PAGES, SERVED) for path in folder.glob("*.*")]
    return sorted(differ + [path for path in there if path not in made])


def write() -> list[Path]:
    """Bring the files up to date; returns those that changed."""
    changed = stale()
    made = files()
    for path in changed:
        if path in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[path], encoding="utf-8")
        else:
            path.unlink()
    return changed
