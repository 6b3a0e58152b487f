"""Files of exclusive codes: one code a line, no two alike."""

from pathlib import Path

MAX_CODES = 1_000_000
LONGEST_CODE = 40
"""Characters: a code is typed off a phone."""


class BadPool(ValueError):
    """The file cannot be used; which line is said, never which code."""


def read_pool(path: Path) -> tuple[str, ...]:
    """The codes in their order, which decides who gets which. Raises `BadPool`."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise BadPool(f"it cannot be read ({error.strerror}). Write one code a line.") from None
    except UnicodeDecodeError:
        raise BadPool("it is not UTF-8. Save it as UTF-8.") from None
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        code = line.strip()
        if not code:
            continue
        if not code.isprintable() or " " in code or len(code) > LONGEST_CODE:
            raise BadPool(
                f"line {number} is no code: up to {LONGEST_CODE} characters without a blank."
            )
        first = lines.setdefault(code, number)
        if first != number:
            raise BadPool(f"line {number} is the same as line {first}: two would have one code.")
    if not lines:
        raise BadPool("there is no code in it. Write one code a line.")
    if len(lines) > MAX_CODES:
        raise BadPool(f"it has more than {MAX_CODES:,} codes.")
    return tuple(lines)
