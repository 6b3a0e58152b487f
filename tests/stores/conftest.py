"""Makes the contracts' asserts tell what they compared."""

import pytest

for part in ("arrivals", "turns", "messages", "desk", "ledger", "decisions", "suspects"):
    pytest.register_assert_rewrite(f"tests.stores.contract_{part}")
