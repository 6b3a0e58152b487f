"""SMPP: nothing goes by HTTP, in neither direction; what goes is tried in test_smpp.py."""

from tests.providers.sheets import Sheet

PASSWORD = "secret08"
SHEET = Sheet(
    settings={"host": "127.0.0.1", "system_id": "convo", "password": PASSWORD},
    by_line=True,
    secrets=(PASSWORD,),
)
