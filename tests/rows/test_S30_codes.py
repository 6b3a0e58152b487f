"""S30: a thousand ask at once for three hundred codes; then each code is redeemed, once."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.end_to_end.serving import soon
from tests.rows.crowd import PEOPLE, Crowd, crowd

pytestmark = pytest.mark.anyio

CODES = [f"SPRING-{n:04d}" for n in range(300)]
SOLD_OUT = "All codes are given. Text SPRING for our other offer."


async def redeem(business: Crowd, code: str, key: str, pool: str = "spring") -> int:
    body = {"pool": pool, "code": code, "key": key}
    status, _ = await business.post("/v1/codes/redeem", body)
    return status


@pytest.mark.parametrize("dies", [False, True], ids=["in one go", "killed in the middle"])
async def test_no_two_have_one_code_nobody_has_two_and_each_is_redeemed_once(
    tmp_path: Path, dies: bool
) -> None:
    file = "\n".join(CODES)
    with crowd(tmp_path / "shop", {}, {"spring": file}) as business:
        if dies:
            await business.all_text_and_it_dies("code")
        else:
            await business.all_text("code")
        soon(business.ended, len(PEOPLE))
        said = dict(business.serving.rows("SELECT contact, text FROM message"))
        assert len(said) == len(PEOPLE)
        given = {
            contact: found[0]
            for contact, text in said.items()
            if (found := re.findall(r"SPRING-\d+", text))
        }
        assert sorted(given.values()) == CODES
        others = {text for contact, text in said.items() if contact not in given}
        assert others == {SOLD_OUT}

        # Who asks again has the same code, and who had none gets none.
        lucky, unlucky = next(iter(given)), next(iter(said.keys() - given.keys()))
        for contact in (lucky, unlucky):
            await business.text(contact, "优惠码")
        soon(business.ended, len(PEOPLE) + 2)
        again = "SELECT count(*) FROM message WHERE contact = ? AND text LIKE ?"
        assert business.serving.rows(again, lucky, f"%{given[lucky]}%")[0][0] == 2
        assert business.serving.rows(again, unlucky, "%SPRING-%")[0][0] == 0

        # Ten tills at once try every code: one of them gets it, and may ask again.
        for code in CODES[:30]:
            tills = [redeem(business, code, f"till {n}") for n in range(10)]
            statuses = await asyncio.gather(*tills)
            assert sorted(statuses) == [200, *[409] * 9]
            assert await redeem(business, code, f"till {statuses.index(200)}") == 200
        assert await redeem(business, "SPRING-9999", "till 1") == 404
        assert await redeem(business, CODES[0], "till 1", pool="sprnig") == 400
        log = business.serving.log.read_text("utf-8")
    assert not re.search(r"SPRING-\d", log)
