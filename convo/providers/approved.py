"""What companies share that send nothing but approved templates: how these stand in convo.toml."""

import re
from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from convo.core.approved import Gaps, Template, TouchingGaps, covering
from convo.core.business import Channel
from convo.core.numbers import PhoneNumber
from convo.errors import Invalid, SettingsError
from convo.policy.leaving import signatures_of, signed

MAINLAND_DIGITS = 11

#: How other companies write a gap: a text that has one of these was registered elsewhere.
_OTHERS = re.compile(r"\$\{\w*\}|\{\w*\}|#\w+#")
_SIGNATURE = re.compile(r"【([^【】]+)】")


class TemplateOptions(BaseModel):
    """The templates of a channel, each as it was registered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: How the company writes the gaps of a text.
    gaps: ClassVar[Gaps]

    templates: Mapping[str, str] = Field(
        default={},
        description="Every approved template: the company's id of it, and its text as you have "
        "registered it there, without the signature. `convo templates CHANNEL` lists what your "
        "flows need.",
    )

    @model_validator(mode="after")
    def _can_be_read(self) -> "TemplateOptions":
        for id, wording in self.templates.items():
            if not id.strip() or not wording.strip():
                raise ValueError("a template needs an id and a text.")
            if wording.strip() != wording or wording.startswith("【"):
                raise ValueError(
                    f'the template "{id}" stands without its signature, and without spaces or '
                    "empty lines around it."
                )
            left = self.gaps.pattern.sub("", wording)
            if other := _OTHERS.search(left):
                shown = self.gaps.written("name", 1)
                raise ValueError(
                    f'"{other[0]}" in the template "{id}" is no gap of this company: these look '
                    f"like {shown}."
                )
        try:
            _ = self.approved
        except TouchingGaps as error:
            raise ValueError(
                f'two gaps of the template "{error}" stand side by side, so nobody can tell where '
                "the first one ends. Put a word or a sign between them."
            ) from None
        return self

    @property
    def approved(self) -> tuple[Template, ...]:
        """Raises `TouchingGaps`."""
        return tuple(
            Template(id=id, wording=wording, gaps=self.gaps)
            for id, wording in self.templates.items()
        )


def sign_names(channel: Channel) -> Mapping[str, str]:
    """The channel's signatures by what the company calls each: 【沙龙】 is 沙龙 there.

    Raises `SettingsError` where there is none, or one that is not in 【】.
    """
    names: dict[str, str] = {}
    for signature in signatures_of(channel):
        if (inside := _SIGNATURE.fullmatch(signature.strip())) is None:
            raise SettingsError(
                [
                    f"channels.{channel.name}.signature: write it in 【】, as it was approved; "
                    f'"{signature}" is not.'
                ]
            )
        names[signature] = inside[1]
    if not names:
        raise SettingsError(
            [
                f"channels.{channel.name}.signature: it is missing. {channel.provider} sends no "
                "text without an approved one; write it like 【美发沙龙】."
            ]
        )
    return names


def template_of(text: str, channel: Channel) -> tuple[Template, Mapping[str, str], str]:
    """Which template a text is, the values of its gaps, and the signature that it bears.

    Raises `Invalid` when it is none: the gate lets none such leave, but one may have been kept
    before its template was taken out of convo.toml.
    """
    body, signature = signed(text, channel)
    found = covering(body.strip(), channel.templates or ())
    if found is None:
        raise Invalid("no approved template covers the text any more", code="no-template")
    return *found, signature or channel.signature


def mainland(contact: PhoneNumber) -> str:
    """The eleven digits of a number of mainland China. Raises `Invalid` for every other."""
    digits = contact.e164.removeprefix("+86")
    if digits == contact.e164 or len(digits) != MAINLAND_DIGITS:
        raise Invalid("it is no number of mainland China, and templates go nowhere else")
    return digits
