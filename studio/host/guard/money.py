"""Prices that are said: the one now, the one before, of several pieces; other sums are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.host.guard.claim import NUMBER, Claim, Spoken, value_of
from studio.host.script.claims import measures
from studio.shop.model import Product
from studio.shop.money import exponent

_UNIT = r"元|块钱|块|圆|rmb\b|yuan\b|dollars?\b|bucks\b|euros?\b|pounds?\b"
_SUM = re.compile(
    rf"(?P<sign>[¥$€£]|\brm)?\s?(?P<number>{NUMBER})\s?(?P<unit>{_UNIT})?"
    r"(?P<tail>(?<=块)[一二三四五六七八九1-9](?![0-9一二三四五六七八九十百千件个双套瓶盒支条张]))?"
)
_SAYS_PRICE = re.compile(
    r"(?:只要|只需要?|只卖|到手价?(?:只要)?|价格(?:是|只要)?|单价|卖价?|售价|现价|一口价|秒杀价?|"
    r"直播(?:间)?价|原价|券后价?|吊牌价|专柜价|price (?:is|of)|it'?s only|for only|for just|"
    r"now only|costs?|just)"
    r"(?:是|只|为|才)?\s?$"
)
_OLD = re.compile(
    r"(?:原价|吊牌价|专柜价|平时(?:卖|要)?|was|used to be|originally|before)(?:是|卖|要)?\s?$"
)
_OTHER_BEFORE = re.compile(
    r"(?:减|便宜|优惠|省|返|券|满|运费|邮费|补贴|红包|抵|差|贵|加|定金|押金|预算|找|找你|找零|save|over|"
    r"coupon of|voucher of|another|extra|成本|会员费|月费|weight|weighs|weighs about|box is)"
    r"(?:了|价|掉|去|是|个)?\s?$|"
    r"(?:运费|邮费|快递费)[^。.]{0,12}(?:收|是|要|加|付)\s?$"
)
_ELSEWHERE = re.compile(
    r"(?:隔壁|别家|人家|同行|别的店|别人|next door|elsewhere|other shops?)[^，,。.]{0,8}$"
)
_TAKEN = re.compile(r"\s?(?:块|元)?(?:就)?(?:带走|拿走|带回家|抱走|拿下|到手)")
_TODAY = re.compile(r"(?:今天|今晚|直播间|现在)(?:就|只|才)?$")
_OTHER_AFTER = re.compile(
    r"\s?(?:的)?(?:找|优惠|券|红包|运费|邮费|补贴|差价|以上|以内|以下|津贴|off\b|coupon|voucher|"
    r"shipping|postage|discount)"
)
_COUNTED = re.compile(
    r"\s?(?:件|个|双|套|盒|瓶|支|条|张|台|克|斤|公斤|千克|升|毫|厘|米|寸|码|号|折|成|倍|天|年|"
    r"月|日|小时|分钟|秒|度|岁|层|%|％|"
    r"percent|per cent|cm|mm|kg|ml|g\b|pieces|pairs|left|minutes|hours|days|years|people|"
    r"bottles|boxes)"
)
_SEVERAL = re.compile(
    rf"({NUMBER})\s?(?:件|双|套|盒|瓶|支|条|个|份|罐|包|pieces|pairs|bottles|boxes)"
)
MOST_PIECES = 20


def claims(spoken: Spoken) -> Iterator[Claim]:
    """Sums that are said as a price and are none."""
    text = spoken.text
    prices = [
        (match, value) for match in _SUM.finditer(text)
        if (value := _price_in(text, match)) is not None
    ]  # fmt: skip
    if not prices:
        return
    now, before = _allowed(spoken)
    if not now:
        return
    for match, value in prices:
        is_old = bool(_OLD.search(text[: match.start()]))
        if value in (before if is_old else now | before):
            continue
        if not is_old and _is_several(text, value, now):
            continue
        yield Claim(match.start(), match.end(), "price", _said(spoken, is_old=is_old))


def _price_in(text: str, match: re.Match[str]) -> float | None:
    """The sum, where the words around it make it a price."""
    before, after = text[: match.start()], text[match.end() :]
    value = value_of(match["number"])
    has_unit = bool(match["sign"] or match["unit"])
    if (
        value is None
        or _ELSEWHERE.search(before)
        or _OTHER_BEFORE.search(before)
        or _OTHER_AFTER.match(after)
    ):
        return None
    says_price = (
        _SAYS_PRICE.search(before)
        or (_TAKEN.match(after) and value >= 10)
        or (_TODAY.search(before) and value >= 20 and not after.strip("。.!！，,啊了吧 "))
    )
    if not has_unit and (not says_price or value < 5 or _COUNTED.match(after)):
        return None
    if has_unit and not match["sign"] and len(match["number"]) == 1 and value == 1:
        return None  # 一块 is together, or a piece
    tail = match["tail"]
    return round(value + (value_of(tail) or 0) / 10, 3) if tail else value


def _allowed(spoken: Spoken) -> tuple[set[float], set[float]]:
    """Prices now and before: of the product, and of others that the sentence names."""
    now: set[float] = set()
    before: set[float] = set()
    named = [k for k in spoken.others.values() if k.product.name.lower() in spoken.text]
    known = [spoken.known, *named]  # where nobody knows what it is about, no sum is wrong
    for entry in known:
        if entry is None:
            continue
        for price, was in _listed(entry.product):
            now.add(price)
            before.add(was or price)
        for name, fact in entry.facts.items():
            sums = {float(figure) for figure, what in measures(fact.value) if what == "money"}
            (before if name in ("was", "list_price") else now).update(sums)
    return now, before


def _listed(product: Product) -> Iterator[tuple[float, float]]:
    scale = 10 ** exponent(product.currency)
    for sku in product.skus:
        price, was = product.price_of(sku)
        yield price / scale, was / scale


def _is_several(text: str, value: float, now: set[float]) -> bool:
    """So much for two, for three: a number of pieces in the sentence times a price."""
    counts = {value_of(found[1]) for found in _SEVERAL.finditer(text)}
    return any(
        count is not None and 1 < count <= MOST_PIECES and round(count * price, 2) == value
        for count in counts
        for price in now
    )


def _said(spoken: Spoken, *, is_old: bool) -> str:
    names = ("was", "list_price", "price") if is_old else ("price", "list_price")
    own = spoken.source(*names)
    offer = "" if is_old else spoken.source("offer_price")
    return "; ".join(part for part in (own, offer) if part)
