"""What every store must do with consent: a STOP of one programme, and a history of every act."""

from dataclasses import replace

from convo.core.consent_acts import ConsentAct
from convo.core.contacts import Origin
from convo.core.events import OptedOutElsewhere
from convo.ports import Arrival
from tests.stores.contract_desk import ANN, BEN, Desk, consent, message, text, turn

FOUND = Origin(how="law", said="STOP", channel="main", provider_id="SM1")


def stop(words: str = "STOP", key: str = "") -> Arrival:
    act = ConsentAct(act="stop", proof=words, narrow=True, origin=FOUND)
    return replace(text(words, law="stop", key=key), consent=act)


def start() -> Arrival:
    return replace(
        text("START", law="start"), consent=ConsentAct(act="start", proof="START", narrow=True)
    )


async def sent(desk: Desk, id: str, programme: str) -> None:
    """A message of this programme that has reached the provider."""
    await desk.say(message(id, programme=programme), consents=(consent(programme, "given", 1),))
    await desk.settle((await desk.claims())[id])


class ConsentsContract:
    async def test_a_narrow_stop_ends_the_programme_of_what_was_sent_last(self, desk: Desk) -> None:
        await sent(desk, "a", "news")
        await sent(desk, "b", "offers")
        await desk.accept(stop())
        assert await desk.state("offers") == "withdrawn"
        assert await desk.state("news") == "given"
        assert await desk.state() is None

    async def test_a_second_narrow_stop_ends_everything(self, desk: Desk) -> None:
        await sent(desk, "a", "news")
        await desk.accept(stop(key="1"), stop(key="2"), stop(key="3"))
        pending = (await desk.look()).events
        assert [getattr(each.event, "acted", None) for each in pending] == [True, True, False]
        assert await desk.state() == "withdrawn"

    async def test_what_was_never_sent_and_law_s_own_answers_are_not_what_a_stop_is_about(
        self, desk: Desk
    ) -> None:
        await sent(desk, "a", "news")
        await desk.say(message("b", purpose="law"))
        await desk.settle((await desk.claims())["b"])
        await desk.say(message("c", programme="offers"), consents=(consent("offers", "given", 1),))
        await desk.accept(stop())
        assert await desk.state("news") == "withdrawn"
        assert await desk.state("offers") == "given"

    async def test_a_narrow_stop_after_nothing_or_a_text_of_no_programme_ends_everything(
        self, desk: Desk
    ) -> None:
        await desk.accept(replace(stop(), event=replace(text("STOP").event, contact=BEN)))
        assert await desk.state(contact=BEN) == "withdrawn"
        await sent(desk, "a", "news")
        await desk.say(message("b"))
        await desk.settle((await desk.claims())["b"])
        await desk.accept(stop(key="2"))
        assert await desk.state() == "withdrawn"

    async def test_a_narrow_start_gives_back_what_a_stop_took_and_nothing_else(
        self, desk: Desk
    ) -> None:
        await sent(desk, "a", "news")
        await desk.accept(stop())
        order = (await desk.look()).events[-1].order + 1
        await desk.say(consents=(consent("offers", "withdrawn", order),))
        await desk.accept(start())
        assert await desk.state("news") == "given"
        assert await desk.state("offers") == "withdrawn"

    async def test_a_start_does_not_give_what_was_only_asked_for(self, desk: Desk) -> None:
        await desk.say(message("a", programme="news"), consents=(consent("news", "given", 1),))
        await desk.settle((await desk.claims())["a"])
        pending = await desk.pending()
        await desk.advance(
            turns=[turn(pending, consents=(consent("news", "asked", pending.order),))]
        )
        await desk.accept(stop(), start())
        assert await desk.state("news") == "withdrawn"

    async def test_a_stop_of_one_programme_leaves_the_others(self, desk: Desk) -> None:
        await sent(desk, "a", "news")
        await sent(desk, "b", "offers")
        left = OptedOutElsewhere(contact=ANN, channel="", source="link", programme="news")
        act = ConsentAct(act="stop", proof="the page", programme="news")
        await desk.accept(*(Arrival(event=left, dedupe=key, consent=act) for key in "12"))
        assert await desk.state("news") == "withdrawn"
        assert await desk.state("offers") == "given"
        assert [each.state for each in await desk.store.acts(ANN)].count("withdrawn") == 1

    async def test_unsent_messages_of_the_programme_do_not_leave(self, desk: Desk) -> None:
        await sent(desk, "a", "news")
        await desk.say(message("b", programme="news"))
        await desk.accept(stop())
        assert await desk.claim() == []

    async def test_every_act_is_kept_with_how_it_came_about(self, desk: Desk) -> None:
        await sent(desk, "a", "news")
        asked = replace(
            consent("offers", "asked", 9),
            proof="Offers? Reply YES.",
            origin=Origin(flow="offers", version="v1", said="join", provider_id="SM0"),
        )
        await desk.say(consents=(asked, consent("offers", "unknown", 9)))
        await desk.accept(stop(key="1"), stop(key="2"))
        history = await desk.store.acts(ANN)
        assert [(each.programme, each.state) for each in history] == [
            ("news", "given"),
            ("offers", "asked"),
            ("offers", "unknown"),
            ("news", "withdrawn"),
            ("", "withdrawn"),
        ]
        assert history[1] == asked
        assert history[1].origin == asked.origin
        assert history[3].origin == FOUND
        assert history[3].proof == "STOP"
        assert await desk.store.acts(BEN) == ()

    async def test_an_act_that_came_too_late_to_count_is_in_the_history_all_the_same(
        self, desk: Desk
    ) -> None:
        pending = await desk.pending("YES")
        await desk.accept(text("STOP", law="stop"))
        await desk.advance(turns=[turn(pending, consents=(consent("", "given", pending.order),))])
        assert [each.state for each in await desk.store.acts(ANN)] == ["withdrawn", "given"]
        assert await desk.state() == "withdrawn"

    async def test_a_duplicate_is_no_act(self, desk: Desk) -> None:
        await desk.accept(stop(key="1"), stop(key="1"))
        assert len(await desk.store.acts(ANN)) == 1
