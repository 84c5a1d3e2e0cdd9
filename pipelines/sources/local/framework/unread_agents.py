"""Coding agents that are known and not read: where they leave signs of themselves, and how their use enters.

Belongs here: an agent without a reader. Does not: one with a reader, which has a separate file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.sources.local.framework.agent import Machine

BY_BILL = "enter its bill manually, or import its provider's export"
BY_ACCOUNT = "list its account under `accounts`, or import its export of usage"


@dataclass(frozen=True)
class UnreadAgent:
    """An agent whose use is not read from this machine. `data` lies where programs keep data, the rest below home."""

    title: str
    folders: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    next_step: str = BY_BILL

    def found(self, machine: Machine) -> list[Path]:
        """Its folders that are on this machine."""
        config = machine.folder("XDG_CONFIG_HOME", ".config")
        places = [machine.user_home / folder for folder in self.folders]
        for below in self.data:
            places += [config / below, *machine.data_folders(below)]
        return [place for place in dict.fromkeys(places) if place.is_dir()]


def _extension(*names: str) -> tuple[str, ...]:
    """The folders in which VS Code and what is built on it keep data of an extension."""
    editors = ("Code", "Code - Insiders", "VSCodium")
    return tuple(f"{editor}/User/globalStorage/{name}" for editor in editors for name in names)


UNREAD_AGENTS = (
    UnreadAgent("Aider", (".aider",)),
    UnreadAgent("Antigravity", (".gemini/antigravity", ".gemini/antigravity-cli")),
    UnreadAgent("Cline", (".cline/data",), _extension("saoudrizwan.claude-dev")),
    UnreadAgent("Codebuff", (), ("manicode",)),
    UnreadAgent("Continue", (".continue/sessions",)),
    UnreadAgent("Crush", (), ("crush",)),
    UnreadAgent("Cursor", (), ("Cursor/User/globalStorage",), BY_ACCOUNT),
    UnreadAgent("GitHub Copilot Chat", (), _extension("github.copilot-chat"), BY_ACCOUNT),
    UnreadAgent("Grok Build", (".grok/sessions",)),
    UnreadAgent("Junie", (".junie",)),
    UnreadAgent("Kilo Code in VS Code", (), _extension("kilocode.kilo-code")),
    UnreadAgent("Kiro", (".kiro",)),
    UnreadAgent("Roo Code", (), _extension("rooveterinaryinc.roo-cline")),
    UnreadAgent("Windsurf", (".codeium/windsurf",)),
    UnreadAgent("ZCode", (".zcode",)),
    UnreadAgent("Zed", (), ("zed/threads", "Zed/threads")),
)
