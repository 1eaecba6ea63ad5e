"""Answers to service questions, from the facts of the product alone; what they lack is said.

A question is data: words in it choose a topic and a product, nothing of it comes back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from studio.core.i18n import translate, translate_both
from studio.host.assistant.model import ServiceAnswer
from studio.host.guard.claim import Known
from studio.host.guard.judge import product_named


class Topic(NamedTuple):
    """What may be asked: words, and the facts that answer, the first that is there."""

    name: str
    words: re.Pattern[str]
    facts: tuple[str, ...]


SIZES = re.compile(
    r"\d|码|均码|[大中小]号|\b(?:[2-6]?x{1,3}[ls]|[sml]|one size|small|medium|large)\b",
    re.IGNORECASE,
)
"""A variant that is a size: 35, 160/84A, XL, 均码."""

TOPICS: tuple[Topic, ...] = tuple(
    Topic(name, re.compile(words, re.IGNORECASE), facts)
    for name, words, facts in (
        ("returns", r"退货|退换|退款|换货|能退|可以退|无理由|return|refund|"
            r"send (?:it )?back", ("returns",)),
        ("delivery", r"发货|包邮|运费|邮费|几天到|多久到|什么时候到|快递|shipping|deliver|"
            r"postage|ship", ("shipping", "delivery")),
        ("warranty", r"质保|保修|坏了|warranty|guarantee", ("warranty",)),
        ("size", r"尺码|码数|穿什么码|多大码|什么码|几码|身高|斤|偏大|偏小|size|fit|尺寸|多长|"
            r"多大", ("size", "variants")),
        ("material", r"材质|面料|成分|什么做的|纯棉|配料|含.{0,4}吗|material|fabric|made of|"
            r"ingredient", ("material", "ingredients", "composition")),
        ("origin", r"产地|哪里产|哪儿产|国产|进口|origin|made in|where .{0,16}from", ("origin",)),
        ("shelf_life", r"保质期|赏味|过期|shelf|expire|best before", ("shelf_life", "storage")),
        ("battery", r"续航|电池|充一次|充电|battery|charge", ("battery",)),
        ("care", r"怎么洗|机洗|手洗|清洗|保养|wash|care", ("care", "storage")),
        ("weight", r"多重|净重|几克|重量|weigh|heavy", ("weight",)),
        ("stock", r"还有货|有货吗|还有吗|剩多少|库存|in stock|left\b|available", ("stock",)),
        ("price", r"多少钱|什么价|价格|怎么卖|几块|price|how much|"
            r"cost", ("offer_price", "price", "list_price")),
        ("colour", r"颜色|什么色|colou?r", ("variants",)),
    )
)  # fmt: skip


def _fits(topic: Topic, name: str, known: Known) -> bool:
    """Variants tell sizes where they are sizes, and colours where they are none."""
    if name not in known.facts:
        return False
    if name != "variants":
        return True
    return (topic.name == "size") == bool(SIZES.search(known.facts[name].value))


def answer_to(question: str, current: str, goods: Mapping[str, Known]) -> ServiceAnswer:
    """What the facts say to a question.

    Args:
        current: id of the product that is on; a question may name another.
    """
    product = product_named(question, goods, current)
    topic = next((topic for topic in TOPICS if topic.words.search(question)), None)
    if topic is None:
        return ServiceAnswer("", translate_both("assistant.not_understood"), product=product)
    label = {code: translate(f"assistant.topic_{topic.name}", code) for code in ("zh", "en")}
    known = goods.get(product)
    name = next((n for n in topic.facts if known is not None and _fits(topic, n, known)), "")
    if known is None or not name:
        words = (
            translate("assistant.unknown", "zh", topic=label["zh"]),
            translate("assistant.unknown", "en", topic=label["en"]),
        )
        return ServiceAnswer(topic.name, words, product=product)
    fact = known.facts[name]
    texts = tuple(
        translate("assistant.says", code, topic=label[code], value=fact.value)
        for code in ("zh", "en")
    )
    return ServiceAnswer(
        topic.name, (texts[0], texts[1]), True, f"{fact.source}: {name}", name, product
    )
