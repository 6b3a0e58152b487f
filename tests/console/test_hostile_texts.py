"""Texts that would like to run, to hide or to be something else: all in one page, as they are."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from convo.runtime.intake import clean
from tests.console.browser import developing, sitting

TEXTS: list[dict[str, str]] = json.loads(
    Path(__file__).with_name("hostile_texts.json").read_text("ascii")
)
GUEST = """
flow: guest
about: Asks a name, and says it again
class: service
languages: [en]
expires: {after: 24h, go: end}
start: {words: [guest]}
answers: {name: text}
steps:
  who: {ask: "Your name?", expect: text, save: name}
  again: {ask: "Thank you, {{ name }}", expect: text, go: end}
"""
#: Texts them, each from a number of its own and a few at once, and tells what there is at the end.
SEND = """async (texts) => {
  const post = (path, asked) =>
    fetch(path, {method: "POST", headers: {"Content-Type": "application/json"},
                 body: JSON.stringify(asked)}).then((answer) => answer.json());
  const shown = (phone, whose, n) => phone.querySelectorAll(`.${whose} .said`)[n]?.textContent;
  const rest = () => new Promise((go) => setTimeout(go, 20));
  const patience = Date.now() + 120_000;
  const until = async (there) => {
    while (!there()) {
      if (Date.now() > patience) throw new Error("It never came.");
      await rest();
    }
  };
  const told = new Array(texts.length);
  const sent = new Map();
  const events = new EventSource("/try/happenings");
  events.addEventListener("text", ({ data }) => {
    const { number, mine, text } = JSON.parse(data);
    if (!mine) sent.set(number, [...(sent.get(number) ?? []), text]);
  });
  const one = async (n) => {
    const { number } = await post("/try/phone", { country: "GB", number: `+44740${1000000 + n}` });
    await post("/try/text", { number, text: "guest" });
    await until(() => document.querySelector(`[aria-label="Phone ${number}"] .ours`));
    const phone = document.querySelector(`[aria-label="Phone ${number}"]`);
    const { wrong } = await post("/try/text", { number, text: texts[n] });
    await until(() => shown(phone, "ours", 1) !== undefined && sent.get(number)?.length === 2);
    const stands = await fetch(`/try/standing?${new URLSearchParams({ number })}`);
    const { sessions } = await stands.json();
    told[n] = { number, wrong, mine: shown(phone, "mine", 1), ours: shown(phone, "ours", 1),
                sent: sent.get(number)[1], answers: sessions.at(-1)?.answers ?? null };
  };
  let next = 0;
  const worker = async () => { while (next < texts.length) await one(next++); };
  await Promise.all(Array.from({ length: 24 }, worker));
  events.close();
  const beside = () => [...document.querySelectorAll("#standing .answer")].at(-1)?.textContent;
  for (const { number, answers } of told) {
    if (!answers) continue;
    document.querySelector(`[aria-label="Phone ${number}"] textarea`).focus();
    await until(() => beside() === answers.name);
  }
  return told;
}"""


def test_there_are_a_hundred_of_them_and_no_two_alike() -> None:
    assert len(TEXTS) >= 100
    assert len({each["text"] for each in TEXTS}) == len(TEXTS)


def test_hostile_texts_are_shown_as_they_are_and_nothing_runs(
    browser: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "shop"
    with developing(folder, {"guest": GUEST}) as dev, sitting(browser, dev, "en-GB") as desk:
        page = desk.page
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        page.evaluate(
            "document.addEventListener('securitypolicyviolation',"
            " (broken) => console.error('policy', broken.violatedDirective))"
        )
        title, address = page.title(), page.url
        told: list[dict[str, Any]] = page.evaluate(SEND, [each["text"] for each in TEXTS])
        repeated = 0
        for each, seen in zip(TEXTS, told, strict=True):
            text = clean(each["text"]).strip()
            assert seen["wrong"] == "", each
            # As a text, and in a text of ours, to the letter.
            assert seen["mine"] == each["text"], each
            assert seen["ours"] == seen["sent"], each
            if seen["ours"] == f"Thank you, {text}":
                repeated += 1
                # As an answer beside the flow, where it was seen too.
                assert seen["answers"] == {"name": text}, each
        # The rest are folded to cheaper letters, or too long to be said again.
        assert repeated >= 100
        assert dialogs == []
        assert (page.title(), page.url) == (title, address)
        made = page.locator(".phone, #standing, #why").locator(
            "script, img, iframe, svg, style, link, meta, base, a, object, video, math, dialog"
        )
        assert made.count() == 0
