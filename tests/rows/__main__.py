"""`make rows`: every row, the chats and tests that show it, its switch, and what is missing."""

import sys

from tests.rows.table import Row, rows


def main() -> int:
    """The table, then the rows that lack something; 1 if there are any."""
    known = rows()
    for row in known:
        print(f"{row.name}  {row.about}")
        for path in row.shown_by:
            print(f"       {path}")
        if row.switched:
            print(f"       switched off by tests/rows/switches/{row.name}.toml")
    missing = [row for row in known if row.lacks]
    if missing:
        print("\nMissing:")
        print("\n".join(_told(row) for row in missing))
    print(f"\n{len(known) - len(missing)} of {len(known)} rows are shown and can be switched off.")
    return 1 if missing else 0


def _told(row: Row) -> str:
    return f"  {row.name}  {' and '.join(row.lacks)}"


if __name__ == "__main__":
    sys.exit(main())
