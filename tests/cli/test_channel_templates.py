"""`convo templates`: what is to be registered, and what is."""

import json
from pathlib import Path

from tests.cli.conftest import Convo

FLOW = """
flow: hello
languages: [zh]
start: {words: [你好]}
answers: {day: date}
steps:
  day:
    ask: {zh: 哪天？}
    expect: date
    save: day
    silent: [{after: 1h, go: end}]
  over:
    say: {zh: "{{ day }}见！"}
    go: end
"""
CHANNEL = """
[channels.cn]
provider = "aliyun"
signature = "【沙龙】"
access_key_id = "key"
access_key_secret = "secret"
path_token = "a-secret-of-sixteen-letters"
"""
APPROVED = '[channels.cn.templates]\nSMS_1 = "哪天？"\nSMS_2 = "${day}见！"\n'


def salon(shop: Path, more: str = "") -> None:
    for flow in (shop / "flows").glob("*.yaml"):
        flow.unlink()
    for chat in (shop / "flows" / "tests").glob("*.chat"):
        chat.unlink()
    (shop / "flows" / "hello.yaml").write_text(FLOW, "utf-8")
    with (shop / "convo.toml").open("a", encoding="utf-8") as settings:
        settings.write(CHANNEL + more)


def test_what_is_missing_is_listed_as_the_company_wants_it(convo: Convo, shop: Path) -> None:
    salon(shop)
    told = convo("-C", shop, "templates", "cn")
    assert told.exit_code == 1
    lines = told.output.splitlines()
    at = lines.index("    ${day}见！")
    assert (lines[at - 1], lines[at + 1]) == ("missing", "  hello: steps.over.say (zh)")
    assert lines[-1].endswith(" missing.")
    checked = convo("-C", shop, "check")
    assert checked.exit_code == 1
    assert "`convo templates cn` shows what to register" in checked.output


def test_once_all_is_approved_only_ours_are_missing(convo: Convo, shop: Path) -> None:
    salon(shop, APPROVED)
    told = convo("-C", shop, "templates", "cn")
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert lines[lines.index("    ${day}见！") - 1] == "SMS_2"
    missing = convo("-C", shop, "templates", "cn", "--missing").output
    assert "见！" not in missing
    assert "  Convo: fallback (" in missing
    assert convo("-C", shop, "check").exit_code == 0


def test_programs_get_an_object_a_line(convo: Convo, shop: Path) -> None:
    salon(shop, APPROVED)
    told = [
        json.loads(line)
        for line in convo("-C", shop, "templates", "cn", "--json").output.splitlines()
    ]
    assert {"id": "SMS_1", "text": "哪天？", "places": ["hello: steps.day.ask (zh)"]} in told


def test_a_channel_of_any_text_needs_none(convo: Convo, shop: Path) -> None:
    salon(shop)
    assert '"main" sends any text' in convo("-C", shop, "templates", "main").output
    assert 'There is no channel "cm". One of: main, cn.' in (
        convo("-C", shop, "templates", "cm").output
    )
