"""E-mail addresses: valid ones out of what is written around them; slips told, never mended."""

import pytest

from convo.understanding.emails import understand_email

EVERYWHERE = ("en", "zh", "es", "fr", "de", "pt", "ja", "ko", "ar", "hi")

VALID = (
    "a@b.co|1@qq.com|first.last+tag@sub.example.org|o'brien@example.ie|x_y-z@example.museum|"
    "用户@例子.广告|müller@bücher.example|अ@उदाहरण.कॉम|a@xn--bcher-kva.example"
)
INVALID = (
    "a@b|a@b.c|a.@b.co|.@b.co|a..b@c.co|a@b..co|a@-b.co|a@b_c.co|@b.co|a@|a@@b.co|a@localhost|"
    "a@example.invalid|a@[127.0.0.1]|a@b.co@c.co|a@1.2.3.4|a b@|@|a/b@|" + "a" * 65 + "@b.co"
)


@pytest.mark.parametrize("address", VALID.split("|"))
def test_a_valid_address_is_kept_as_it_is(address: str) -> None:
    found = understand_email(f" {address}!", EVERYWHERE)
    assert found is not None
    assert found.meant is None
    assert found.address == address.replace("xn--bcher-kva", "bücher")


@pytest.mark.parametrize("text", INVALID.split("|"))
def test_what_no_mail_could_go_to_is_none(text: str) -> None:
    assert understand_email(text, EVERYWHERE) is None


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.cm", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("hotmai.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("yaho.com", "yahoo.com"),
        ("iclould.com", "icloud.com"),
        ("gmail.com", None),
        ("ymail.com", None),
        ("email.com", None),
        ("yahoo.ca", None),
        ("hotmail.fr", None),
        ("gmbh.com", None),
        ("hotel.com", None),
    ],
)
def test_one_letter_beside_a_domain_that_everybody_has_is_told(
    domain: str, meant: str | None
) -> None:
    found = understand_email(f"anna@{domain}", ("en",))
    assert found is not None
    assert found.address == f"anna@{domain}"
    assert found.meant == (meant and f"anna@{meant}")


def test_at_alone_makes_no_address() -> None:
    assert understand_email("me at example.com", ("en",)) is None
    for text in ("me (at) example.com", "me at example dot com", "Me At Example Dot Com"):
        found = understand_email(text, ("en",))
        assert found is not None
        assert found.address.casefold() == "me@example.com"


def test_a_sign_is_said_in_the_languages_of_the_flow_only() -> None:
    assert understand_email("ana arroba ejemplo punto es", ("es", "en")) is not None
    assert understand_email("ana arroba ejemplo punto es", ("en",)) is None


def test_letters_keep_their_accents_where_the_signs_are_said() -> None:
    found = understand_email("uwe ät müller punkt example", ("de",))
    assert found is not None
    assert found.address == "uwe@müller.example"
