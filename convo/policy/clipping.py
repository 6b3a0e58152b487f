"""Cutting a text short, never within what a reader sees as one character."""

ENDS = "..."
"""What stands for the rest: three letters of GSM-7, where the one sign for it is none."""


def clipped(text: str, most: int, ends: str = ENDS) -> str:
    """`text` if it has at most `most` characters, else as much of it as leaves room for `ends`.

    Flags, families, accents on letters and Indian syllables stay whole (Unicode's UAX #29).
    """
    if len(text) <= most:
        return text
    # Hardly any text is ever cut: the others should not pay for the tables.
    import regex  # noqa: PLC0415

    room = max(0, most - len(ends))
    end = 0
    for cluster in regex.finditer(r"\X", text):
        if cluster.end() > room:
            break
        end = cluster.end()
    return (text[:end].rstrip() + ends)[:most]
