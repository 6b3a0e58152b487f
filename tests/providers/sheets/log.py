"""A file: nothing comes in, and nothing goes out by HTTP."""

from tests.providers.sheets import Sheet

SHEET = Sheet(settings={"file": "push.jsonl"})
