"""The sections of convo.toml as they are written; the reference page is made from these."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, SecretStr

from convo.core.business import FieldKind, Quiet
from convo.language.phrases import LANGUAGES
from convo.policy.profiles import PROFILES
from convo.settings import meanings
from convo.settings.console import ConsoleSection
from convo.settings.keeping import StoreSection
from convo.settings.places import PlaceList
from convo.settings.section import Section
from convo.settings.sending import (
    AccountSection,
    BreakerSection,
    DoubtsSection,
    RegistrationSection,
)
from convo.settings.speaking import CapsSection, HolidaysSection, HoursText, WindowSection

Word = Annotated[str, Field(min_length=1)]


class BusinessSection(Section):
    """Who you are, where and in which languages."""

    name: Word = Field(description="The name that people know you by.", examples=["Salon Mei"])
    zone: Annotated[str, AfterValidator(meanings.zone)] = Field(
        description="Your time zone by its IANA name. Times in answers are read in it.",
        examples=["Asia/Shanghai"],
    )
    country: Annotated[str, AfterValidator(meanings.country)] = Field(
        description="Two letters of ISO 3166. Numbers without a country code, and dates that "
        "could be read two ways, are read by it.",
        examples=["CN"],
    )
    currency: Annotated[str, AfterValidator(meanings.currency)] | None = Field(
        default=None,
        description="Three letters of ISO 4217: what `{{ price | money }}` is in. Your country's "
        "when left out.",
        examples=["CNY"],
    )
    languages: Annotated[
        tuple[str, ...], Field(min_length=1), AfterValidator(meanings.spoken_languages)
    ] = Field(
        description="The languages you speak, of those that Convo knows "
        f"({', '.join(LANGUAGES)}); the first when nothing better is known of a contact: "
        "neither what they write nor, abroad, their number's country.",
        examples=[["en", "zh"]],
    )


class ServerSection(Section):
    """Where webhooks and your own systems come in."""

    public_url: Annotated[str, AfterValidator(meanings.public_url)] | None = Field(
        default=None,
        description="The address that providers call and sign. Needed by every provider that "
        "signs; never guessed from a request.",
        examples=["https://sms.salon.example"],
    )
    bind: Annotated[str, AfterValidator(meanings.bind)] = Field(
        default="127.0.0.1:8000",
        description="Host and port to listen on.",
    )
    secret: Annotated[SecretStr, AfterValidator(meanings.long_secret)] | None = Field(
        default=None,
        description="Signs the links that Convo hands out, at least 32 characters. Without it "
        "one is made at the first start and kept in `data/secret`.",
        examples=["env:CONVO_SECRET"],
    )
    api_token: Annotated[
        tuple[SecretStr, ...],
        BeforeValidator(meanings.listed),
        AfterValidator(meanings.api_tokens),
    ] = Field(
        default=(),
        description="Lets your own systems start flows and give conversations back: at least 16 "
        "characters, one secret or a list of them while one is replaced. Without it nobody can; "
        "`convo doctor --token` prints a fresh one.",
        examples=["env:CONVO_API_TOKEN", ["env:NEW_TOKEN", "env:OLD_TOKEN"]],
    )
    texts_a_minute: int = Field(
        default=20,
        ge=0,
        description="Texts of one number that are taken within a minute. What is beyond is kept "
        "and not answered, so that a flood makes nobody wait; law words always pass. 0 takes all.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much is logged. Numbers are masked at every level."
    )


class ChannelSection(Section):
    """One of your numbers at one provider. Its own settings are listed by provider below."""

    provider: Word = Field(description="The company that carries it.", examples=["twilio"])
    address: Annotated[str, AfterValidator(meanings.our_address)] | None = Field(
        default=None,
        description="What you send from: a number in E.164, a short code of 3 to 8 digits, or a "
        "sender name of up to 11 letters.",
        examples=["+12025550100"],
    )
    rate: Annotated[str, AfterValidator(meanings.rate)] | None = Field(
        default=None,
        description="Parts that the provider takes: a number of parts a second, minute or hour. "
        "Unlimited when left out.",
        examples=["1 part/s", "100 parts/min"],
    )
    price: Annotated[str, AfterValidator(meanings.price)] | None = Field(
        default=None,
        description="What your provider asks for a part: shown beside texts, and nothing else.",
        examples=["0.0079 USD", "0.045 CNY"],
    )
    account_limit: Word | None = Field(
        default=None,
        description="The `[accounts]` table of the account that this channel is at, where the "
        "account as a whole has a limit.",
        examples=["twilio"],
    )
    registrations: tuple[Word, ...] = Field(
        default=(),
        description="The `[registrations]` tables that this channel sends under: its 10DLC "
        "campaign, its brand.",
        examples=[["salon_brand"]],
    )
    backups: tuple[Word, ...] = Field(
        default=(),
        description="Channels that carry its texts while its provider fails, the first of them "
        "that does not: they must sign, end marketing and reach people as it does "
        "(docs/how-to/fall-back-on-another-channel.md).",
        examples=[["other"]],
    )
    order: Literal["sent", "delivered"] = Field(
        default="sent",
        description='When the next text to somebody leaves. "delivered": once the provider has '
        "reported that the one before arrived or never will, or 15 seconds later. For gateways "
        "that report, where texts overtake each other.",
    )
    signature: str = Field(
        default="",
        description="Put to every text once and counted in its parts.",
        examples=["Salon Mei: ", "【美发沙龙】"],
    )
    signatures: tuple[Word, ...] = Field(
        default=(),
        description="Further signatures of this number that an author may write instead. A text "
        "that bears another one, or two, is refused before the provider hears of it.",
        examples=[["【美发沙龙】", "【美发会员】"]],
    )
    sign_at: Literal["front", "end"] = Field(
        default="front", description="Where the provider wants the signature."
    )
    opt_out: Annotated[
        dict[str, str],
        BeforeValidator(meanings.by_language),
        AfterValidator(meanings.ways_out),
    ] = Field(
        default={},
        description="How marketing ends on this channel, where that is not as `[opt_out]` has it: "
        "a text, or a text for each language.",
        examples=["拒收请回复R"],
    )
    optout_reply: Literal["us", "provider"] = Field(
        default="us",
        description='Who confirms a STOP. "provider" where the company does it by itself.',
    )
    joins: bool | None = Field(
        default=None,
        description="Whether the parts of a long text come one by one without numbers: a text that "
        "just fills a part then waits some seconds for the next. Left out, it is so for "
        "`generic_http` without `incoming.part`; other providers join them.",
    )
    fallback: Annotated[
        dict[str, str],
        BeforeValidator(meanings.by_language),
        AfterValidator(meanings.known_languages),
    ] = Field(
        default={},
        description="What answers when nothing else does: the name of a flow, a text, or a text "
        'for each language, as in `fallback = {en = "Text MENU.", zh = "请发送“菜单”。"}`.',
        examples=["main_menu"],
    )
    media: Literal["mms", "link"] | None = Field(
        default=None,
        description='How the `media` of a step travels. "link": its links stand behind the text. '
        '"mms": as MMS to the United States, Canada and the country of the channel itself, as '
        "links elsewhere. Left out, it is MMS between numbers of the United States and Canada, "
        "where the provider carries it (its connect page says so; `generic_http` whose body has "
        "{{media}}).",
    )
    reach: str = Field(
        default="",
        description="The contact's field that says where this channel reaches them, such as an "
        "e-mail address; `[contact]` declares it. Left out, it is the number.",
        examples=["email"],
    )
    path_token: Annotated[SecretStr, AfterValidator(meanings.path_token)] | None = Field(
        default=None,
        description="A secret in the webhook's path, at least 16 letters or digits. Needed where "
        "the provider signs nothing; `convo doctor --token` prints a fresh one.",
        examples=["env:KANNEL_PATH_TOKEN"],
    )

    model_config = ConfigDict(str_strip_whitespace=False)


class ProgrammeSection(Section):
    """Something people join: one consent."""

    about: Annotated[
        dict[str, Word],
        BeforeValidator(meanings.by_language),
        AfterValidator(meanings.known_languages),
    ] = Field(
        description="What they join, in a few words: one text, or one for each language.",
        examples=["About two survey texts a month"],
    )
    double_opt_in: bool = Field(
        default=False,
        description="Whether a join word must be confirmed by a YES; "
        "`convo check` refuses a flow that gives this consent without asking for it.",
    )
    confirm_within: Annotated[str, AfterValidator(meanings.days)] = Field(
        default="24h",
        description="How long a consent question stays open: whoever answers later is asked "
        "again, and until then is as if never asked.",
        examples=["24h", "3d"],
    )


class AnytimeSection(Section):
    """Words that are understood at every step of every flow."""

    words: Annotated[tuple[Word, ...], Field(min_length=1)] = Field(
        description="The words.", examples=[["menu", "菜单"]]
    )
    flow: Word = Field(description="The flow that they start.", examples=["main_menu"])


class TextsSection(Section):
    """What texts may cost. `convo check` counts each at its longest, as it would leave."""

    parts: int | None = Field(
        default=None,
        ge=1,
        description="Parts that a text may take, where its flow does not say `parts`. Any number "
        "when left out.",
        examples=[2],
    )
    emoji: int | None = Field(
        default=None,
        ge=0,
        description="Emoji that a text may have, where its flow does not say `emoji`. Any number "
        "when left out; what each costs `convo check` says anyway.",
        examples=[1],
    )


class FoldersSection(Section):
    """Where the authored files are, seen from the folder of convo.toml."""

    flows: Word = Field(default="flows", description="The folder of the flow files.")
    handlers: Annotated[Word, AfterValidator(meanings.package)] = Field(
        default="keyword_handlers", description="The folder of the keyword handlers and actions."
    )


class PrivacySection(Section):
    """What somebody is told who asks what you keep of them."""

    words: tuple[Word, ...] = Field(
        default=(),
        description="Words that ask it, as a whole message; no flow may have them.",
        examples=[["privacy", "隐私"]],
    )
    policy: Annotated[
        dict[str, str],
        BeforeValidator(meanings.by_language),
        AfterValidator(meanings.known_languages),
    ] = Field(
        default={},
        description="Your policy in a sentence, or where it stands: one text, or one for each "
        "language. The kinds of data that are kept of the number are told behind it.",
        examples=["Our privacy policy: https://salon.example/privacy"],
    )


class LawSection(Section):
    """Which law profile is for whom. Each country has its own; this is for other choices."""

    default: Annotated[str, AfterValidator(meanings.law_profile)] = Field(
        default="strict",
        description="The profile of contacts whose country has none of its own: one of "
        f"{', '.join(PROFILES)}.",
        examples=["strict"],
    )
    stop_scope: Literal["all", "programme"] = Field(
        default="all",
        description='What a STOP ends: "all" your texts, or the "programme" of what they were '
        "sent last, and all at the second STOP, at STOP ALL, or when that was of no programme. The "
        "FCC's rule that one STOP ends everything is waived until 2027-01-31 (DA 26-12).",
    )
    countries: dict[
        Annotated[str, AfterValidator(meanings.country)],
        Annotated[str, AfterValidator(meanings.law_profile)],
    ] = Field(
        default_factory=dict[str, str],
        description="Other profiles for the contacts of single countries, by their two letters.",
        examples=[{"GB": "eu"}],
    )


class OwnSystemsSection(Section):
    """Your own systems, which flows reach by `call`."""

    secret: Annotated[SecretStr, AfterValidator(meanings.shared_secret)] | None = Field(
        default=None,
        description="Signs every call, so that your system knows it is ours: Standard Webhooks, "
        "`whsec_` and base64, or any text of at least 24 characters. Unsigned when left out.",
        examples=["env:OWN_SYSTEMS_SECRET"],
    )


class EventsSection(Section):
    """Where the events go that flows `emit`."""

    url: Annotated[str, AfterValidator(meanings.own_url)] | None = Field(
        default=None,
        description="Your own system's address, https or on this machine. Events are posted to it "
        "as JSON, signed as calls are (`[own_systems] secret`) and tried again for a minute. "
        "Without it they are only recorded.",
        examples=["https://crm.example/convo-events"],
    )


class CodesSection(Section):
    """Exclusive codes, which flows give with `do: code`."""

    file: Word = Field(
        description="One code a line, seen from the folder of convo.toml. The order decides who "
        "gets which, so add new ones at the end and leave the others where they are.",
        examples=["codes/spring.txt"],
    )


class ConvoToml(Section):
    """The whole file."""

    business: BusinessSection
    store: StoreSection = StoreSection()
    server: ServerSection = ServerSection()
    channels: dict[str, ChannelSection]
    accounts: dict[str, AccountSection] = Field(default_factory=dict[str, AccountSection])
    registrations: dict[str, RegistrationSection] = Field(
        default_factory=dict[str, RegistrationSection]
    )
    programmes: dict[str, ProgrammeSection] = Field(default_factory=dict[str, ProgrammeSection])
    contact: Annotated[dict[str, FieldKind], AfterValidator(meanings.no_own_names)] = Field(
        default_factory=dict[str, FieldKind],
        description="What you keep of every contact, known in flows as `contact.NAME`.",
    )
    anytime: dict[str, AnytimeSection] = Field(default_factory=dict[str, AnytimeSection])
    quiet: dict[Quiet, HoursText] = Field(
        default_factory=dict[Quiet, dict[str, str]],
        description="When you may speak first, by class of message, in the contact's own time; "
        "one span or several, for every day or by days, as in "
        '`marketing = {mon-sat = "9:00-20:00", sun = "12:00-20:00"}`. Their country\'s law '
        "counts beside it. Answers to a text that just came go out at any hour, unless `replies` "
        "has hours for them; emergencies and one-time codes always do.",
        examples=["9:00-20:00"],
    )
    windows: dict[str, WindowSection] = Field(default_factory=dict[str, WindowSection])
    holidays: HolidaysSection = HolidaysSection()
    caps: CapsSection | None = None
    opt_out: Annotated[dict[str, str], AfterValidator(meanings.ways_out)] = Field(
        default_factory=dict[str, str],
        description="How every text of class marketing ends, by language, where an author has not "
        "written it: in English `Reply STOP to opt out`, in Chinese `回T退订`, unless you say "
        "otherwise. Its word must be one that stops us where the contact lives; else ours is used.",
        examples=["拒收请回复R"],
    )
    law: LawSection = LawSection()
    privacy: PrivacySection = PrivacySection()
    own_systems: OwnSystemsSection = OwnSystemsSection()
    events: EventsSection = EventsSection()
    codes: dict[str, CodesSection] = Field(default_factory=dict[str, CodesSection])
    places: dict[str, PlaceList] = Field(default_factory=dict[str, PlaceList])
    doubts: DoubtsSection = DoubtsSection()
    breaker: BreakerSection = BreakerSection()
    texts: TextsSection = TextsSection()
    console: ConsoleSection | None = None
    folders: FoldersSection = FoldersSection()
