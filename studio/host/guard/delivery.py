"""When goods are sent, who pays the postage, and how long they may be sent back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.host.guard.claim import NUMBER, Claim, Spoken, value_of

SENT = ("shipping", "delivery", "dispatch", "use")
BACK = ("returns", "warranty")
DAY_H = 24.0
LEGAL_DAYS = 7
_SENDS = (
    r"(?:就|都|立刻|马上|准时|全部|一定|保证|给大家|给你们?)*(?:能|可以|会)?(?:给大家|给你们?)?(?:发货|"
    r"发出|发走|寄出|发完|发(?=$|[，。,!！]))"
)
_DISPATCH = re.compile(
    rf"(?P<today>今天|今晚|当天|当日|现货秒|马上|拍完立刻|下单立刻){_SENDS}"
    rf"|(?P<hours>{NUMBER})\s?个?小时(?:之内|以内|内)?{_SENDS}|(?P<days>{NUMBER})\s?天(?:之内|"
    rf"以内|内)?{_SENDS}"
    rf"|(?P<en_today>(?:ships?|shipped|dispatch(?:ed)?|sent|goes out) (?:out )?(?:today|"
    rf"the same day|same day|tonight|immediately))"
    rf"|(?:ships?|shipped|dispatch(?:ed)?|sent)(?: out)? (?:with)?in (?P<en_hours>{NUMBER}) hours?"
    rf"|(?:ships?|shipped|dispatch(?:ed)?|sent)(?: out)? (?:with)?in (?P<en_days>{NUMBER}) days?"
)  # fmt: skip
_FACT_HOURS = re.compile(
    rf"(?P<hours>{NUMBER})\s?(?:个?小时|hours?|h\b)|(?P<days>{NUMBER})\s?(?:个?工作日|天|"
    rf"(?:working )?days?)|"
    rf"(?P<today>当天|当日|same day|today)"
)
_FREE = re.compile(
    r"(?P<all>(?:新疆|西藏|内蒙古?|青海|海南|偏远(?:地区)?)[^不，,。]{0,6}|全国|全场|所有地区|哪里都|不管哪里)?(?:都|统统|一律)?(?:包邮|免运费|免邮费?|"
    r"不要运费)|free (?:shipping|delivery|postage)"
)
_NOT_FREE = re.compile(
    r"不包邮|不免|自付|到付|除外|not free|no free|excluded|except|[¥$€£]\s?\d|\d\s?元"
)
_RETURN = re.compile(
    rf"(?P<days>{NUMBER})\s?天(?:之内|以内|内)?(?:无理由|包退|包换|退换|可退|免费退|随便退|不满意)"
    rf"|(?P<en3>{NUMBER})[ -]days? to (?:send|return|bring)"
    rf"|(?P<en>{NUMBER})[ -]days? (?:free )?(?:returns?|money[ -]back|refund)|(?:returns?|"
    rf"returned|send it back)(?: it)? (?:with)?in (?P<en2>{NUMBER}) days"
)  # fmt: skip
_WARRANTY = re.compile(
    rf"(?:质保|保修|包修|保用)(?P<after>{NUMBER}|终身)\s?年?|(?P<before>{NUMBER})\s?年(?:质保|"
    rf"保修|包修|包换)|(?P<life>终身(?:免费)?(?:质保|保修|包换|换新|维修))"
    rf"|(?P<en>{NUMBER})[ -]years? (?:warranty|guarantee)|(?P<en_life>lifetime (?:warranty|"
    rf"guarantee)|guaranteed for life)"
)  # fmt: skip
_YEARS = re.compile(rf"({NUMBER})\s?(?:年|years?|[- ]year)")
_MONTHS = re.compile(rf"({NUMBER})\s?(?:个月|months?)")
_DAYS = re.compile(rf"({NUMBER})\s?(?:天|日|[- ]?days?)")


def claims(spoken: Spoken) -> Iterator[Claim]:
    """Sooner, cheaper or longer than the facts say."""
    yield from _dispatch(spoken)
    yield from _postage(spoken)
    yield from _returns(spoken)
    yield from _warranty(spoken)


def _hours(match: re.Match[str]) -> float | None:
    groups = {name: value for name, value in match.groupdict().items() if value}
    if "today" in groups or "en_today" in groups:
        return DAY_H
    hours, days = groups.get("hours") or groups.get("en_hours"), groups.get("days")
    days = days or groups.get("en_days")
    if hours:
        return value_of(hours)
    number = value_of(days) if days else None
    return None if number is None else number * DAY_H


def _dispatch(spoken: Spoken) -> Iterator[Claim]:
    if spoken.known is None:
        return
    text = spoken.words(*SENT)
    limits = [hours for found in _FACT_HOURS.finditer(text) if (hours := _hours(found))]
    for match in _DISPATCH.finditer(spoken.text):
        hours = _hours(match)
        if hours is None:
            continue
        if not limits:
            yield Claim(*match.span(), "delivery", "", "look")
        elif hours < min(limits):
            yield Claim(*match.span(), "delivery", spoken.source(*SENT))


def _postage(spoken: Spoken) -> Iterator[Claim]:
    if spoken.known is None:
        return
    text = spoken.words(*SENT)
    is_free, is_limited = bool(_FREE.search(text)), bool(_NOT_FREE.search(text))
    for match in _FREE.finditer(spoken.text):
        if not spoken.source(*SENT) and not is_free:
            yield Claim(*match.span(), "delivery", "", "look")
        elif not is_free or (is_limited and ("不包邮" in text or match["all"])):
            yield Claim(*match.span(), "delivery", spoken.source(*SENT))


def _returns(spoken: Spoken) -> Iterator[Claim]:
    if spoken.known is None:
        return
    text = spoken.words(*BACK)
    limits = [days for found in _DAYS.finditer(text) if (days := value_of(found[1]))]
    for match in _RETURN.finditer(spoken.text):
        days = value_of(match["days"] or match["en"] or match["en2"] or match["en3"])
        if days is None or (days <= LEGAL_DAYS and not limits):
            continue
        if not limits:
            yield Claim(*match.span(), "returns", "", "look")
        elif days > max(limits):
            yield Claim(*match.span(), "returns", spoken.source(*BACK))


def _warranty(spoken: Spoken) -> Iterator[Claim]:
    if spoken.known is None:
        return
    text = spoken.words("warranty")
    years = [number for found in _YEARS.finditer(text) if (number := value_of(found[1]))]
    years += [number / 12 for found in _MONTHS.finditer(text) if (number := value_of(found[1]))]
    for match in _WARRANTY.finditer(spoken.text):
        said = match["after"] or match["before"] or match["en"] or "终身"
        number = 100.0 if said == "终身" else value_of(said)
        if number is None or ("终身" in text or "lifetime" in text):
            continue
        if not years:
            yield Claim(*match.span(), "returns", "", "look")
        elif number > max(years):
            yield Claim(*match.span(), "returns", spoken.source("warranty"))
