"""How many of a thing, in words."""


def counted(count: int, what: str) -> str:
    """`1 flow`, `2 flows`: for things whose plural takes an s."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
