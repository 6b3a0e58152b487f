"""Convo: two-way conversational SMS. These are the names for authors of handlers."""

from convo.authoring import Action, Call, Failed, Keyword, Person, Reply, action, keyword

__version__ = "0.1.0"

__all__ = ["Action", "Call", "Failed", "Keyword", "Person", "Reply", "action", "keyword"]
