"""Parts of a text: against smsutil on thousands of texts, and by hand at every edge."""

import random

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from convo.core.parts import GSM_LINKED, UCS2_LINKED, Parts, gsm7_encodable, parts_of

SEED = 20_261_122
ALPHABETS = (
    "abcdefghij ABC 0123456789.,!?",
    "éùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¡ÄÖÑÜ§¿äöñüà@£$¥èé\n\r",
    "^{}[]~|\\€\f",
    "ab€",
    "ab€汉",
    "汉字短信预约明天",
    "汉字😀👍",
    "aé😀€ışçãñ“”—",
    "\x1b€a",
    "\x00\x01é",
)


def random_texts(count: int) -> list[str]:
    dice = random.Random(SEED)
    return [
        "".join(dice.choices(dice.choice(ALPHABETS), k=dice.randint(1, 700))) for _ in range(count)
    ]


def assert_equal_to_smsutil(text: str) -> None:
    theirs = smsutil.split(text)
    ours = parts_of(text)
    wide = theirs.encoding == "utf_16_be"
    encoding, width = ("UCS-2", 2) if wide else ("GSM-7", 1)
    expected = (encoding, len(theirs.parts), theirs.total_bytes // width)
    assert (ours.encoding, ours.count, ours.units) == expected


def test_five_thousand_random_texts_have_the_parts_smsutil_counts() -> None:
    for text in random_texts(5_000):
        assert_equal_to_smsutil(text)


@given(st.text(min_size=1, max_size=400))
def test_any_text_has_the_parts_smsutil_counts(text: str) -> None:
    assert_equal_to_smsutil(text)


@given(st.text(alphabet="a€^😀汉", min_size=120, max_size=400))
def test_texts_full_of_pairs_have_the_parts_smsutil_counts(text: str) -> None:
    assert_equal_to_smsutil(text)


@pytest.mark.parametrize(
    ("text", "encoding", "count", "units"),
    [
        ("", "GSM-7", 1, 0),
        ("a", "GSM-7", 1, 1),
        ("a" * 160, "GSM-7", 1, 160),
        ("a" * 161, "GSM-7", 2, 161),
        ("a" * 306, "GSM-7", 2, 306),
        ("a" * 307, "GSM-7", 3, 307),
        ("€" * 80, "GSM-7", 1, 160),
        ("€" * 80 + "a", "GSM-7", 2, 161),
        ("a" * 152 + "€" * 4 + "a" * 145, "GSM-7", 2, 305),
        ("a" * 152 + "€" + "a" * 151, "GSM-7", 2, 305),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3, 306),
        ("汉" * 70, "UCS-2", 1, 70),
        ("汉" * 71, "UCS-2", 2, 71),
        ("汉" * 134, "UCS-2", 2, 134),
        ("汉" * 135, "UCS-2", 3, 135),
        ("😀" * 35, "UCS-2", 1, 70),
        ("😀" * 36, "UCS-2", 2, 72),
        ("汉" * 66 + "😀" + "汉" * 65, "UCS-2", 2, 133),
        ("汉" * 66 + "😀" + "汉" * 66, "UCS-2", 3, 134),
        ("sí", "UCS-2", 1, 2),
        ("“quoted”", "UCS-2", 1, 8),
        ("a" * 70 + "汉", "UCS-2", 2, 71),
        ("ç", "UCS-2", 1, 1),
        ("Ç", "GSM-7", 1, 1),
        ("\t", "UCS-2", 1, 1),
        ("`", "UCS-2", 1, 1),
        ("\ud83d", "UCS-2", 1, 1),
    ],
)
def test_an_edge_is_counted_as_the_standard_says(
    text: str, encoding: str, count: int, units: int
) -> None:
    parts = parts_of(text)
    assert (parts.encoding, parts.count, parts.units) == (encoding, count, units)


def test_a_pair_is_never_split_over_a_boundary() -> None:
    for before in range(GSM_LINKED):
        text = "a" * before + "€" * 153
        assert_equal_to_smsutil(text)
    for before in range(UCS2_LINKED):
        text = "汉" * before + "😀" * 67
        assert_equal_to_smsutil(text)


def test_what_is_gsm_is_told_apart() -> None:
    assert gsm7_encodable("Hello, café? No: café.".replace("é", "è"))
    assert gsm7_encodable("€5 {ok} [x] ~ ^ | \\")
    assert gsm7_encodable("")
    assert not gsm7_encodable("您好")
    assert not gsm7_encodable("ok 👍")
    assert not gsm7_encodable("don\u2019t")


def test_two_counts_of_the_same_text_are_equal() -> None:
    assert parts_of("hello") == Parts(encoding="GSM-7", count=1, units=5)


@given(st.text(max_size=2_000))
def test_an_mms_is_one_part_whatever_it_says(text: str) -> None:
    assert parts_of(text, mms=True) == Parts(encoding="MMS", count=1, units=len(text))
