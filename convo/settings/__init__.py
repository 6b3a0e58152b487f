"""What the operator decides: convo.toml and the environment, read once, all complaints at once."""

from convo.settings.reading import read
from convo.settings.settled import Connection, Doubt, Settings

__all__ = ["Connection", "Doubt", "Settings", "read"]
