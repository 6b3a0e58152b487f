"""What leaves: one signature, one way out of marketing, and no dear sign that a plain one saves."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.core.approved import Gaps, Template
from convo.core.business import Channel, MessageClass
from convo.core.parts import parts_of
from convo.policy.clipping import clipped
from convo.policy.gsm_folding import PLAIN, folded
from convo.policy.law_words import law_word
from convo.policy.leaving import LEAVING_RULES, LONGEST, Leaving, Refused, leaving, signed
from convo.policy.opt_out import promised, stands_once

CLASSES: tuple[MessageClass, ...] = get_args(MessageClass)


def channel(signature: str = "", *more: str, at: str = "front", name: str = "main") -> Channel:
    return Channel(
        name=name,
        provider="console",
        address=None,
        signature=signature,
        signatures=more,
        sign_at="end" if at == "end" else "front",
    )


def stops_in(country: str | None):
    return lambda word: law_word(word, country) == "stop"


def left(
    text: str,
    on: Channel | None = None,
    kind: MessageClass = "service",
    *,
    others: tuple[Channel, ...] = (),
    phrase: str = "Reply STOP to opt out",
    country: str | None = "CN",
) -> str:
    """What leaves, or the rule by which nothing does in angle brackets."""
    found = leaving(
        text,
        channel=on or channel(),
        others=others,
        kind=kind,
        phrase=phrase,
        stops=stops_in(country),
    )
    if isinstance(found, Refused):
        assert LEAVING_RULES[found.rule]
        return f"<{found.rule}>"
    assert found == Leaving(text=found.text, parts=parts_of(found.text))
    return found.text


def test_what_goes_with_pictures_is_signed_ended_once_and_not_made_plain() -> None:
    found = leaving(
        "“New” colours!",
        media=("https://salon.example/a.jpg",),
        channel=channel("Mei: "),
        others=(),
        kind="marketing",
        phrase="Reply STOP to opt out",
        stops=stops_in("US"),
    )
    assert isinstance(found, Leaving)
    assert found.text == "Mei: “New” colours! Reply STOP to opt out"
    assert (found.parts, found.media) == (
        parts_of(found.text, mms=True),
        ("https://salon.example/a.jpg",),
    )


# --- signatures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signature", "text", "expected"),
    [
        ("", "Hello", "Hello"),
        ("   ", "Hello", "Hello"),
        ("Salon Mei: ", "Hello", "Salon Mei: Hello"),
        ("Salon Mei: ", "Salon Mei: Hello", "Salon Mei: Hello"),
        ("Salon Mei: ", " Salon Mei:Hello", "Salon Mei: Hello"),
        ("Salon Mei: ", "Salon Mei: Salon Mei: Hello", "<signature-twice>"),
        ("Mei ", "Meiling waits", "Mei Meiling waits"),
        ("Mei ", "Mei waits", "Mei waits"),
        ("【美发】", "您好", "【美发】您好"),
        ("【美发】", "【美发】您好", "【美发】您好"),
        ("【美发】", "您好【美发】", "【美发】您好"),
        ("【美发】", "【美发】 【美发】您好", "<signature-twice>"),
        ("【美发】", "【美发】您好【美发】", "<signature-twice>"),
        ("【美发】", "【别家】您好", "<signature-unlisted>"),
        ("【美发】", "【美发】【别家】您好", "<signature-unlisted>"),
        ("【美发】", "您好【别家】", "<signature-unlisted>"),
        ("【美发】", "请看【价目】再来", "【美发】请看【价目】再来"),
        ("Salon Mei: ", "【公告】您好", "Salon Mei: 【公告】您好"),
        ("美发店", "美发店您好", "美发店您好"),
    ],
)
def test_a_text_is_signed_once_and_never_as_somebody_else(
    signature: str, text: str, expected: str
) -> None:
    assert left(text, channel(signature)) == expected


def test_an_author_may_write_any_signature_that_the_channel_lists() -> None:
    listed = channel("【美发】", "【会员】")
    assert left("【会员】您好", listed) == "【会员】您好"
    assert left("您好", listed) == "【美发】您好"
    assert left("【会员】【美发】您好", listed) == "<signature-twice>"
    assert left("您好", channel("", "【会员】")) == "【会员】您好"


def test_a_signature_stands_at_the_end_where_the_provider_wants_it() -> None:
    listed = channel("【美发】", "【会员】", at="end")
    assert left("您好", listed) == "您好【美发】"
    assert left("【会员】您好", listed) == "您好【会员】"
    assert left("您好", listed, "marketing", phrase="回T退订") == "您好\n回T退订【美发】"
    assert left("Hi.", channel(" - Mei", at="end")) == "Hi. - Mei"
    assert left("Hi. - Mei", channel(" - Mei", at="end")) == "Hi. - Mei"


def test_the_signature_of_another_channel_is_refused() -> None:
    spa = channel("Mei Spa: ", name="spa")
    assert left("Mei Spa: Hello", channel("Salon Mei: "), others=(spa,)) == "<signature-unlisted>"
    assert left("Mei Spa: Hello", channel(), others=(spa,)) == "Mei Spa: Hello"


# --- the way out ----------------------------------------------------------------------------------

EN, ZH = "Reply STOP to opt out", "回T退订"


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("A sale.", EN, "A sale. Reply STOP to opt out"),
        ("A sale", EN, "A sale\nReply STOP to opt out"),
        ("1 Cut\n2 Dye.", EN, "1 Cut\n2 Dye.\nReply STOP to opt out"),
        ("A sale. reply stop to OPT OUT!", EN, "A sale. reply stop to OPT OUT!"),
        ("Reply STOP to opt out. A sale.", EN, "A sale. Reply STOP to opt out"),
        ("Reply STOP to opt out. Or: Reply STOP to opt out.", EN, "Or: Reply STOP to opt out."),
        ("Reply STOP to opt out", EN, "Reply STOP to opt out"),
        ("A sale. STOP to end.", EN, "A sale. STOP to end."),
        ("A sale. Text STOP to unsubscribe.", EN, "A sale. Text STOP to unsubscribe."),
        ("A sale. To opt out, reply STOP", EN, "A sale. To opt out, reply STOP"),
        ("A sale. Txt STOP 2 end", EN, "A sale. Txt STOP 2 end"),
        ("A sale. Unsubscribe: reply STOP.", EN, "A sale. Unsubscribe: reply STOP."),
        ("A sale. STOP=end", EN, "A sale. STOP=end"),
        ("A sale. STOP ends it at any time.", EN, "A sale. STOP ends it at any time."),
        ('A sale. Reply "STOP" to quit.', EN, 'A sale. Reply "STOP" to quit.'),
        ("A sale. Reply BOOK to come", EN, "A sale. Reply BOOK to come\nReply STOP to opt out"),
        ("Nothing will stop us.", EN, "Nothing will stop us. Reply STOP to opt out"),
        ("STOP at nothing!", EN, "STOP at nothing! Reply STOP to opt out"),
        ("We end.", EN, "We end. Reply STOP to opt out"),
        ("Rebajas. Envíe STOP para darse de baja.", EN, "Rebajas. Envíe STOP para darse de baja."),
        ("Soldes. Répondez STOP", EN, "Soldes. Répondez STOP"),
        ("促销开始。", ZH, "促销开始。回T退订"),
        ("促销开始", ZH, "促销开始\n回T退订"),
        ("促销。回T退订", ZH, "促销。回T退订"),
        ("促销。回复TD退订", ZH, "促销。回复TD退订"),
        ("促销。拒收请回复R", ZH, "促销。拒收请回复R"),
        ("促销，退订回T", ZH, "促销，退订回T"),
        ("促销。退订请回复“退订”。", ZH, "促销。退订请回复“退订”。"),
        ("促销。如需退出，随时回复“退订”。", ZH, "促销。如需退出，随时回复“退订”。"),
        ("促销。回复“退订”可随时停止。", ZH, "促销。回复“退订”可随时停止。"),
        ("促销。预约请回复Y", ZH, "促销。预约请回复Y\n回T退订"),
        ("回T退订。促销", ZH, "促销\n回T退订"),
    ],
)
def test_marketing_ends_with_one_way_out(text: str, phrase: str, expected: str) -> None:
    assert left(text, kind="marketing", phrase=phrase) == expected


def test_only_marketing_ends_with_a_way_out() -> None:
    for kind in CLASSES:
        assert (left("A sale.", kind=kind) == "A sale.") == (kind != "marketing")


def test_a_way_out_that_stops_nothing_where_they_live_is_none() -> None:
    assert (
        left("促销。回T退订", kind="marketing", phrase="退订请回复“退订”", country="US")
        == "促销。回T退订\n退订请回复“退订”"
    )
    assert left("A sale. Reply HALT to end", kind="marketing") == (
        "A sale. Reply HALT to end\nReply STOP to opt out"
    )


def test_marketing_without_a_way_out_does_not_leave() -> None:
    assert left("A sale.", kind="marketing", phrase="") == "<no-opt-out-phrase>"
    assert left("A sale. STOP to end.", kind="marketing", phrase="") == "A sale. STOP to end."


WORDS = st.sampled_from(
    [
        *"aü你。. \n!？【】“",
        "Reply STOP to opt out",
        "STOP to end",
        "回T退订",
        "【美发】",
        "Mei: ",
        "👍🏽",
    ]
)
TEXTS = st.lists(WORDS, max_size=12).map("".join)
CHANNELS = st.builds(
    channel,
    st.sampled_from(["", "【美发】", "Mei: "]),
    st.sampled_from(["【会员】", "Spa: "]),
    at=st.sampled_from(["front", "end"]),
)


@given(TEXTS, CHANNELS, st.sampled_from([EN, ZH]))
def test_whatever_is_written_leaves_signed_once_and_with_one_way_out_or_not_at_all(
    text: str, on: Channel, phrase: str
) -> None:
    stops = stops_in("CN")
    found = leaving(text, channel=on, others=(), kind="marketing", phrase=phrase, stops=stops)
    if isinstance(found, Refused):
        return
    marks = [each.strip() for each in (on.signature, *on.signatures) if each.strip()]
    body = found.text
    if on.sign_at == "front":
        mark = next(each for each in marks if body.startswith(each))
        body = body.removeprefix(mark)
    else:
        mark = next(each for each in marks if body.endswith(each))
        body = body.removesuffix(mark)
    assert stands_once(body.strip(), phrase, stops)
    assert not any(body.strip().startswith(each) for each in marks)
    again = leaving(found.text, channel=on, others=(), kind="marketing", phrase=phrase, stops=stops)
    assert again == found
    assert found.parts == parts_of(found.text)


def test_what_is_too_long_loses_its_end_and_keeps_the_way_out() -> None:
    text = left("很好" * 900, channel("【美发】"), "marketing", phrase=ZH)
    assert len(text) <= LONGEST
    assert text.startswith("【美发】很好")
    assert text.endswith("...\n回T退订") or text.endswith("... 回T退订")
    assert len(left("long " * 400)) <= LONGEST


def test_every_form_in_the_table_of_phrases_is_recognised() -> None:
    assert promised(EN, stops_in(None))
    assert promised(ZH, stops_in("CN"))
    assert not promised(ZH, stops_in("US"))
    assert promised("退订请回复“退订”", stops_in("US"))


# --- folding and cutting --------------------------------------------------------------------------


def test_dear_signs_are_folded_where_that_makes_the_text_gsm() -> None:
    assert folded("“Hi” – it’s us…\u00a0now") == '"Hi" - it\'s us... now'
    assert parts_of(folded("It’s " + "a" * 150)).count == 1


def test_dear_signs_stay_where_folding_saves_nothing() -> None:
    for text in ("“您好”…", "it’s 👍", "naïve “ő”"):
        assert folded(text) == text
    assert folded("It’s “us”", around="【美发】") == "It’s “us”"


def test_no_letter_is_ever_folded() -> None:
    for text in ("façade", "Erdős", "Łódź", "niño ção"):
        assert folded(text) == text
    assert not any(sign.isalpha() for sign in PLAIN if sign != "\u02bc")


@given(st.text(max_size=80))
def test_folding_never_costs_a_part(text: str) -> None:
    assert parts_of(folded(text)).count <= parts_of(text).count


@pytest.mark.parametrize("whole", ["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "e\u0301", "नि", "각", "1️⃣", "\r\n"])
def test_what_looks_like_one_character_is_not_cut_in_two(whole: str) -> None:
    text = "a" * 10 + whole * 10
    for most in range(3, len(text) + 1):
        cut = clipped(text, most)
        assert len(cut) <= most
        kept = cut.removesuffix("...") if most < len(text) else cut
        assert (kept + " ").replace(whole, "").strip("a \r\n") == ""


def test_what_fits_is_not_cut() -> None:
    assert clipped("abcdef", 6) == "abcdef"
    assert clipped("abcdefg", 6) == "abc..."
    assert clipped("abcdefg", 2) == ".."


APPROVED = replace(
    channel("【美发】"),
    templates=tuple(
        Template(id=wording, wording=wording, gaps=Gaps(before="${", after="}"))
        for wording in ("已预约${day}。", "${offer}八折，拒收请回复R")
    ),
)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("已预约周五。", "service", "【美发】已预约周五。"),
        ("【美发】已预约周五。", "service", "【美发】已预约周五。"),
        ("已预约周五！", "service", "<no-template>"),
        ("", "service", "<no-template>"),
        # The way out is part of what was approved, whoever wrote it.
        ("剪发八折，拒收请回复R", "marketing", "【美发】剪发八折，拒收请回复R"),
        ("剪发八折，", "marketing", "【美发】剪发八折，拒收请回复R"),
    ],
)
def test_a_channel_of_templates_sends_what_was_approved(
    text: str, kind: MessageClass, expected: str
) -> None:
    assert left(text, APPROVED, kind, phrase="拒收请回复R") == expected


def test_a_signature_is_taken_off_again() -> None:
    assert signed("【美发】您好", APPROVED) == ("您好", "【美发】")
    at_end = channel(" - Mei", at="end")
    assert signed("Hello - Mei", at_end) == ("Hello", " - Mei")
    assert signed("Hello", at_end) == ("Hello", "")


@pytest.mark.parametrize(
    "text",
    [
        "Rebajas hasta el lunes. Responda STOP para salir",
        "Rebajas hasta el lunes. Para darse de baja responda BAJA",
        "Rebajas hasta el lunes. Envíe BAJA para no recibir más.",
        "Soldes : -20 %. Répondez STOP pour vous désabonner",
        "Soldes : -20 %. Désinscription : STOP",
        "Alles muss raus. Abmelden mit STOP",
        "Alles muss raus. Abmeldung: STOP",
        "Alles muss raus. STOP antworten",
        "Liquida até domingo. Responda SAIR para sair",
        "Liquida até domingo. Para sair envie STOP.",
    ],
)
def test_a_way_out_is_seen_in_the_languages_of_the_west(text: str) -> None:
    stops = {"stop", "baja", "sair"}
    assert promised(text, lambda word: word.casefold() in stops)
    assert not promised(text, lambda _: False)


@pytest.mark.parametrize(
    "text", ["Vuelva con su amiga para la cena", "Antworten Sie mit JA", "Répondez OUI pour venir"]
)
def test_what_stops_nothing_is_no_way_out(text: str) -> None:
    assert not promised(text, lambda word: word.casefold() in {"stop", "baja", "sair"})
