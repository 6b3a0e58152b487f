"""What a channel of templates must have approved: every branch, every language, our own texts."""

from dataclasses import replace

from convo.core.approved import Gaps, Template
from convo.core.business import Business, Channel
from convo.routing.loading import load
from convo.routing.playbook import Playbook
from convo.verification.approving import needed_by, needed_by_us

GAPS = Gaps(before="${", after="}")
NUMBERED = Gaps(before="{", after="}", numbered=True)
CN = Channel(name="cn", provider="aliyun", address=None, signature="【沙龙】", templates=())

FLOW = """
flow: visit
languages: [zh]
start: {words: [预约]}
answers: {what: option, when: datetime, vip: yes_no}
steps:
  which:
    choose: {zh: "{% if vip %}贵宾，{% endif %}要什么？"}
    options:
      cut: {zh: 剪发}
      colour: {zh: 染发}
    save: what
    silent: [{after: 1h, go: end}]
  when:
    ask: {zh: 哪天？}
    expect: datetime
    save: when
    silent: [{after: 1h, go: end}]
  over:
    say: {zh: "{{ what }}：{{ when | date }} {{ when | time }}，{{ when | date }}见"}
    go: end
"""


def playbook(flow: str = FLOW, channel: Channel = CN) -> Playbook:
    business = Business(
        name="沙龙",
        zone="Asia/Shanghai",
        country="CN",
        languages=("zh",),
        channels={channel.name: channel},
    )
    return load({"flows/visit.yaml": flow}, [], business).playbook


def wordings(channel: Channel = CN, gaps: Gaps = GAPS) -> dict[str, str | None]:
    """Every text of the flow, and the id of the template that covers it."""
    of = playbook(channel=channel)
    return {
        needed.wording(gaps): needed.template and needed.template.id
        for needed in needed_by(of.flows["visit"], channel, of.business)
    }


def test_every_branch_is_needed_with_its_list_and_without_the_signature() -> None:
    assert list(wordings()) == [
        "贵宾，要什么？\n1 剪发\n2 染发",
        "要什么？\n1 剪发\n2 染发",
        "哪天？",
        "${what}：${when} ${when_2}，${when}见",
    ]
    assert list(wordings(gaps=NUMBERED))[-1] == "{1}：{2} {3}，{2}见"


def test_what_is_approved_is_told_by_its_id() -> None:
    approved = [("A", "哪天？"), ("B", "${人}要什么？${list}"), ("C", "${x}：${a} ${b}，${c}见")]
    channel = replace(
        CN,
        templates=tuple(
            Template(id=id, wording=wording.replace("人", "who"), gaps=GAPS)
            for id, wording in approved
        ),
    )
    assert [*wordings(channel).values()] == ["B", None, "A", "C"]


def test_one_gap_for_two_values_covers_nothing() -> None:
    template = Template(id="C", wording="${x}：${a} ${a}，${a}见", gaps=GAPS)
    assert "C" not in wordings(replace(CN, templates=(template,))).values()


def ours(channel: Channel = CN, flow: str = FLOW) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for needed in needed_by_us(channel, playbook(flow, channel)):
        found.setdefault(str(needed.path[0]), []).append(needed.wording(GAPS))
    return found


def test_what_we_say_ourselves_is_needed_as_far_as_the_questions_make_it() -> None:
    found = ours()
    assert {name for name in found if name.startswith(("unclear.", "many.", "missing."))} == {
        "unclear.option",
        "unclear.datetime",
        "missing.day",
        "missing.time",
    }
    assert found["stop.confirmed"] == [
        "沙龙：已为您退订，不会再向您发送短信。如需恢复请回复 START。"
    ]
    several = FLOW.replace("    options:", "    many: true\n    options:")
    several = several.replace("{what: option,", "{what: options,")
    assert {"unclear.options", "many.least", "many.most"} <= set(ours(flow=several))


def test_a_late_answer_is_told_with_and_without_how_to_start_again() -> None:
    closed, again = ours()["late.today"]
    assert again.startswith(closed)
    assert again.endswith("请回复“${word}”。")


def test_what_the_company_says_itself_is_not_needed() -> None:
    found = ours(replace(CN, optout_reply="provider"))
    assert not {name for name in found if name.startswith(("stop.", "start."))}
    assert "help.anywhere" in found


def test_pages_and_pieces_are_no_texts() -> None:
    apart = ("yes", "no", "none", "opt_", "privacy.kinds", "privacy.comma", "late.again")
    assert not {name for name in ours() if name.startswith(apart)}
