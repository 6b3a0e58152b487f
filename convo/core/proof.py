"""Which acts of consent are over, and since when: a store forgets no others."""

from collections.abc import Mapping, Sequence

from convo.core.contacts import Consent, ConsentState

#: Acts that follow one another on the same side belong together: the text that asked and the yes to
#: it are one proof, and so are two words of leaving.
_SIDES: Mapping[ConsentState, str] = {
    "asked": "for",
    "given": "for",
    "withdrawn": "against",
    "unknown": "neither",
}


def over_since(acts: Sequence[Consent]) -> tuple[int | None, ...]:
    """Since when each act of one contact is over (ms since 1970), None for what they stand on.

    `acts` are in the order in which they were kept. A consent ends with the leaving, a refusal with
    the next yes or asking, each with all that shows it; what they stand on now never does, however
    old it is. That nobody answered, or said no, is an end itself.
    """
    found: list[int | None] = [None] * len(acts)
    standing: dict[str, list[int]] = {}
    # An act that came late stands where it belongs: an older one never undoes a newer one.
    for place in sorted(range(len(acts)), key=lambda n: (acts[n].order, n)):
        act = acts[place]
        before = standing.setdefault(act.programme, [])
        if before and _SIDES[acts[before[-1]].state] != _SIDES[act.state]:
            for each in before:
                # What was brought from elsewhere bears the time at which it was given there.
                found[each] = max(acts[each].at, act.at)
            before.clear()
        if act.state == "unknown":
            found[place] = act.at
        else:
            before.append(place)
    return tuple(found)
