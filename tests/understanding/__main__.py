"""`make replies`: how the open table of replies is understood, by language, question and class."""

import sys
from collections.abc import Callable

from tests.understanding.reply_table import Row, judged, question_of, read_rows, summed

SHOWN = ("rows", "noise", "right", "again", "wrong")
GROUPS: dict[str, Callable[[Row], str]] = {
    "language": lambda row: row.language,
    "question": question_of,
    "class": lambda row: row.kind,
}


def main(arguments: list[str]) -> None:
    """Tables first; then every wrong action, and with --again what was asked again."""
    wanted = [each for each in arguments if not each.startswith("-")]
    rows = [judged(row) for row in read_rows() if not wanted or row.language in wanted]
    for title, group in {**GROUPS, "all": lambda _: "all"}.items():
        print(f"\n{title:<16}" + "".join(f"{name:>8}" for name in SHOWN))
        for name, counts in summed(rows, group).items():
            print(f"{name:<16}" + "".join(f"{counts[each]:>8}" for each in SHOWN))
    told = ("wrong", "again") if "--again" in arguments else ("wrong",)
    for verdict in told:
        for each in rows:
            if each.verdict == verdict:
                row = each.row
                print(
                    f"\n{verdict}: {row.language}.tsv:{row.line}: {row.question}: {row.reply!r} "
                    f"is {row.expected}, understood as {each.found} ({row.kind})",
                    end="",
                )
    print()


if __name__ == "__main__":
    main(sys.argv[1:])
