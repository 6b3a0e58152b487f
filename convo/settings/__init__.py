"""What the operator decides: convo.toml and the environment, read once, all complaints at once."""

from convo.settings.reading import read
from convo.settings.settled import Anytime, Connection, Doubt, Settings

__all__ = ["Anytime", "Connection", "Doubt", "Settings", "read"]
