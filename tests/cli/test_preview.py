"""`convo preview`: what contacts of the store would be sent."""

import asyncio
from pathlib import Path

from tests.cli.conftest import Convo
from tests.cli.test_answers import ANNA, held


def test_a_preview_shows_the_texts_of_each_contact_and_sends_nothing(
    convo: Convo, shop: Path
) -> None:
    flow = next((shop / "flows").glob("*.yaml"))
    flow.write_text(
        f"flow: {flow.stem}\nbusy: beside\nsteps:\n"
        '  a: {say: "It is {{ now | date }}.", go: end}\n',
        "utf-8",
    )

    async def read() -> str:
        store = await held(shop / "data" / "convo.db")
        try:
            words = ("preview", flow.stem)
            return await asyncio.to_thread(lambda: convo("-C", shop, *words).output)
        finally:
            await store.close()

    said = asyncio.run(read())
    assert ANNA.e164 in said
    assert "It is " in said


def test_a_preview_of_no_flow_says_so(convo: Convo, shop: Path) -> None:
    assert "There is no flow" in convo("-C", shop, "preview", "nothing").output


EVERY_TEXT = """
flow: {name}
languages: [en, zh]
answers: {{when: datetime}}
steps:
  day:
    ask: {{en: Which day?, zh: 哪天？}}
    expect: datetime
    save: when
    silent: [{{after: 1h, say: {{en: Still there?, zh: 还在吗？}}}}, {{after: 2h, go: end}}]
  booked:
    say: {{en: "See you on {{{{ when }}}}!", zh: "{{{{ when }}}} 见！"}}
    media: [https://salon.example/map.jpg]
    go: end
"""


def test_every_text_of_a_flow_is_shown_in_each_language_with_what_it_costs(
    convo: Convo, shop: Path
) -> None:
    flow = next((shop / "flows").glob("*.yaml"))
    flow.write_text(EVERY_TEXT.format(name=flow.stem), "utf-8")
    said = convo("-C", shop, "preview", flow.stem, "--texts").output.splitlines()
    places = [line for line in said if not line.startswith(" ")]
    assert places == [
        f"{place}  {language}"
        for place in ("day.ask", "day.silent.0.say", "booked.say")
        for language in ("en", "zh")
    ]
    english = said.index("booked.say  en")
    assert said[english + 1].endswith(": 1 part, GSM-7")
    assert said[english + 2 : english + 4] == [
        "    See you on Wed 23 Sept 2026, 10:30 pm!",
        "    https://salon.example/map.jpg",
    ]
    assert said[said.index("booked.say  zh") + 1].endswith("part, UCS-2")
