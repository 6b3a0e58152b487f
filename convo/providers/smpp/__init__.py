"""SMPP 3.4: straight to a carrier's SMSC, by a connection that is always there."""

from convo.providers.smpp.line import Smpp, connect
from convo.providers.smpp.options import Options

__all__ = ["Options", "Smpp", "connect"]
