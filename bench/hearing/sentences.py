"""Sentences that a host must not say, and others that she may; a part is kept unseen.

Made from the packs' own examples and from facts of six products with what differs from them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from studio.host.packs.files import shipped_packs

UNSEEN_SHARE = 0.3


class SaidLine(NamedTuple):
    """A sentence of the set.

    Attributes:
        product: it is about.
        is_wrong: the guard should alarm.
    """

    text: str
    language: str
    product: str
    is_wrong: bool

    @property
    def is_unseen(self) -> bool:
        """Kept from whoever works on the rules."""
        digest = hashlib.sha256(self.text.encode()).digest()
        return digest[0] < 256 * UNSEEN_SHARE


PRODUCTS: tuple[dict[str, Any], ...] = (
    {
        "id": "coat",
        "number": 1,
        "name": "双面呢大衣",
        "price_cents": 159900,
        "was_cents": 199900,
        "stock": 10,
        "category": "服装",
        "variants": [{"sku": f"coat-{s}", "name": s} for s in ("S", "M", "L", "XL")],
    },
    {
        "id": "tea",
        "number": 2,
        "name": "白茶饼",
        "price_cents": 8900,
        "stock": 400,
        "category": "食品",
    },
    {
        "id": "phones",
        "number": 3,
        "name": "头戴耳机",
        "price_cents": 29900,
        "was_cents": 39900,
        "stock": 60,
        "category": "数码",
    },
    {
        "id": "cream",
        "number": 4,
        "name": "保湿面霜",
        "price_cents": 12800,
        "stock": 120,
        "category": "化妆品 护肤",
    },
    {
        "id": "shirt",
        "number": 5,
        "name": "linen shirt",
        "price_cents": 4900,
        "currency": "USD",
        "stock": 30,
        "category": "clothes",
        "variants": [{"sku": f"shirt-{s}", "name": s} for s in ("S", "M", "L")],
    },
    {
        "id": "bottle",
        "number": 6,
        "name": "water bottle",
        "price_cents": 1900,
        "currency": "USD",
        "stock": 80,
        "category": "home",
    },
)
_FACTS: dict[str, dict[str, str]] = {
    "coat": {"material": "羊毛 80%、羊绒 20%", "origin": "内蒙古", "size": "衣长 108 厘米",
             "shipping": "48小时内发货，包邮，新疆西藏除外", "returns": "7天无理由退换"},
    "tea": {"origin": "福建", "weight": "350 克", "shipping": "3天内发货，包邮",
            "shelf_life": "保质期 24 个月", "returns": "7天无理由退换"},
    "phones": {"battery": "续航 30 小时", "warranty": "质保1年", "origin": "广东",
               "shipping": "48小时内发货，包邮", "returns": "7天无理由退换", "weight": "250 克"},
    "cream": {"spec": "50 毫升", "origin": "上海", "ingredients": "透明质酸、甘油、烟酰胺",
              "shipping": "48小时内发货，包邮", "returns": "7天无理由退换"},
    "shirt": {"material": "linen 55%, cotton 45%", "origin": "made in Portugal",
              "shipping": "ships within 48 hours, free shipping", "returns": "14 day returns"},
    "bottle": {"material": "stainless steel", "origin": "made in China", "spec": "500 ml",
               "shipping": "ships within 3 days, postage $5", "returns": "30 day returns",
               "warranty": "1 year"},
}  # fmt: skip
WRONG: dict[str, tuple[str, ...]] = {
    "coat": (
        "这件大衣今天只要一千二百九十九元",
        "直播间价格九百九十九块",
        "原价两千九百九十九元",
        "到手价一千三百九十九",
        "两件只要两千元",
        "这是百分之百羊绒的",
        "羊绒含量百分之五十",
        "面料是真丝的",
        "纯羊毛的大衣",
        "里料是桑蚕丝",
        "我们最大到XXL码",
        "衣长一百二十厘米",
        "这个面料是意大利进口的",
        "产自新西兰",
        "原装进口的面料",
        "今天就发货",
        "二十四小时内发货",
        "全国包邮，新疆也包邮",
        "三十天无理由退换",
        "十五天包退",
        "获得过国际设计大奖",
        "比别家便宜一半",
        "完胜大牌",
        "只剩三件了",
        "最后两件",
        "羊毛含量百分之九十五",
    ),
    "tea": (
        "白茶今天只要六十九元",
        "这饼茶卖五十九块",
        "秒杀价四十九元",
        "原产地是云南",
        "这是日本进口的茶叶",
        "净重五百克",
        "保质期三十六个月",
        "今天就发货",
        "当天发货",
        "十五天无理由退货",
        "得过金奖的白茶",
        "通过了有机认证",
        "比别家的都香",
        "只剩二十件了",
        "最后五十份",
        "三十天包退",
        "直播价七十九元",
        "净重两百五十克",
        "产自云南的老树",
    ),
    "phones": (
        "耳机今天只要一百九十九元",
        "直播价二百四十九块",
        "原价五百九十九元",
        "续航六十小时",
        "续航可以到四十小时",
        "质保三年",
        "终身质保",
        "五年质保",
        "这是德国进口的",
        "产自日本",
        "今天就发货",
        "二十四小时内发货",
        "三十天无理由退换",
        "拿过国际金奖",
        "独家专利技术",
        "吊打同行",
        "比别家的音质好",
        "只剩十件了",
        "最后三十台",
        "重量只有一百八十克",
        "到手价一百五十九",
        "六十天包退",
        "现价九十九块钱",
    ),
    "cream": (
        "面霜今天只要九十八元",
        "直播价八十八块",
        "一百毫升的大瓶",
        "这是法国进口的",
        "韩国原装进口",
        "含有胶原蛋白，获得过国际金奖",
        "今天就发货",
        "三十天无理由退货",
        "十五天包退",
        "大牌平替",
        "比大牌好用",
        "通过了国家认证",
        "只剩二十瓶了",
        "原价两百九十八元",
        "产地是日本",
        "到手价六十九元",
        "一瓶七十五毫升",
        "二十四小时内发货",
    ),
    "shirt": (
        "This shirt is only thirty nine dollars today.",
        "The price is $29.",
        "It was $99 before.",
        "It is one hundred percent linen.",
        "This is pure cotton.",
        "It's made of silk.",
        "It comes in size XXL.",
        "We have it up to XL.",
        "It is made in Italy.",
        "It is imported from France.",
        "It ships within 24 hours.",
        "It ships today.",
        "You get sixty day returns.",
        "We give ninety day returns.",
        "This is an award-winning design.",
        "It is patented.",
        "It is better than other brands.",
        "It is cheaper than any other shop.",
        "The shirt costs nineteen dollars.",
        "It is 80 percent linen.",
        "It is made in the USA.",
        "For just twenty nine dollars.",
    ),
    "bottle": (
        "This bottle is only nine dollars.",
        "The price is $12.",
        "It holds 750 ml.",
        "It is made of titanium.",
        "It is made in Germany.",
        "It is made in the USA.",
        "We have free shipping on it.",
        "It ships the same day.",
        "It ships within 24 hours.",
        "It has a lifetime warranty.",
        "You get a five year warranty.",
        "It comes with ninety day returns.",
        "It won a design award.",
        "It is better than other bottles.",
        "It is unlike other brands.",
        "It was $49 before.",
        "It costs fifteen dollars.",
        "It is imported from Japan.",
    ),
}
RIGHT: dict[str, tuple[str, ...]] = {
    "coat": (
        "大家晚上好，欢迎来到直播间",
        "这件大衣今天是一千五百九十九元",
        "里面有羊毛和羊绒",
        "羊毛含量百分之八十",
        "最大码到XL",
        "衣长是一百零八厘米",
        "身高一米六五穿M码就可以",
        "四十八小时之内发货",
        "七天无理由退换",
        "有宝宝问是不是纯羊绒的？不是的",
        "最后十件了",
        "这个不是最好的，但是很适合通勤",
        "新疆和西藏不包邮",
        "喜欢的朋友可以点一下关注",
        "颜色比较耐看，搭什么都可以",
        "来自广东的朋友你好",
        "这个扣子是一颗一颗缝上去的",
        "我来给大家转一圈看看背面",
        "袖子这里稍微宽松一点",
        "最好先试一下尺码",
    ),
    "tea": (
        "白茶八十九元一饼",
        "产自福建",
        "净重三百五十克",
        "最佳赏味期写在包装上",
        "用九十度的水泡就可以",
        "第一泡可以快一点出汤",
        "三天之内发货",
        "有朋友问能不能治病？茶就是茶",
        "闻起来有一点花香",
        "七天无理由退货",
        "保质期二十四个月",
        "一次放五克就够了",
        "我先给大家泡一杯看看颜色",
        "这个汤色是杏黄色的",
        "喝起来不会很苦",
        "送长辈也很合适",
    ),
    "phones": (
        "耳机今天二百九十九元",
        "续航三十小时",
        "质保一年",
        "四十八小时内发货",
        "颜色有黑色和白色",
        "戴着不会夹头",
        "我现在戴给大家看一下",
        "按住这里三秒就可以开机",
        "盒子里有一根充电线",
        "七天无理由退换",
        "重量二百五十克",
        "还有六十件",
        "可以同时连手机和电脑",
        "满三百减三十",
        "运费我们来出",
        "有人问防不防水？不能泡水",
    ),
    "cream": (
        "面霜一百二十八元",
        "一瓶五十毫升",
        "早晚洗完脸用",
        "挖黄豆大小就够了",
        "里面有透明质酸和甘油",
        "敏感肌先在耳后试一下",
        "产地是上海",
        "质地是乳霜状的",
        "推开来不会油",
        "味道很淡",
        "七天无理由退货",
        "不能治病，只是保湿",
        "开封之后半年内用完",
        "大家可以看一下成分表",
    ),
    "shirt": (
        "Good evening everybody and welcome.",
        "The shirt is forty nine dollars.",
        "It is fifty five percent linen.",
        "It is made in Portugal.",
        "It comes in small, medium and large.",
        "It ships within two days.",
        "You have fourteen days to send it back.",
        "Shipping is free.",
        "It is not the best shirt in the world.",
        "You can wash it at thirty degrees.",
        "Let me show you the back of it.",
        "The buttons are made by hand.",
        "Somebody asks, is it pure cotton?",
        "I am one metre seventy and I wear a medium.",
        "The collar is soft.",
        "It looks good with jeans.",
    ),
    "bottle": (
        "The bottle is nineteen dollars.",
        "It holds five hundred millilitres.",
        "It is stainless steel.",
        "It keeps water cold for hours.",
        "The lid screws on tightly.",
        "You can put it in a bag.",
        "It ships within three days.",
        "You get a one year warranty.",
        "Thirty day returns as always.",
        "It comes in blue and green.",
        "Please wash it before first use.",
        "Thanks for the question.",
    ),
}
_FIGURES = re.compile(r"[0-9$£€]|百分之|元|made in")
_CN_GOODS = {"cn-food": "tea", "cn-cosmetics": "cream"}
_EN_PACKS = ("us-basics", "uk-basics")


def sheet(language: str) -> dict[str, Any]:
    """The facts of the products of a language, as ``shopcast listen`` reads them."""
    ids = ("coat", "tea", "phones", "cream") if language == "zh" else ("shirt", "bottle")
    return {
        "products": [product for product in PRODUCTS if product["id"] in ids],
        "facts": [
            {"product": id, "name": name, "value": value, "source": "label"}
            for id in ids for name, value in _FACTS[id].items()
        ],
        "explaining": ids[0], "places": ["cn"] if language == "zh" else ["us", "uk"],
        "language": language,
    }  # fmt: skip


def lines() -> Iterator[SaidLine]:
    """The whole set."""
    for is_wrong, table in ((True, WRONG), (False, RIGHT)):
        for product, texts in table.items():
            language = "en" if product in ("shirt", "bottle") else "zh"
            for text in texts:
                yield SaidLine(text, language, product, is_wrong)
    for pack in shipped_packs():
        language = "zh" if pack.id.startswith("cn") else "en"
        if language == "en" and pack.id not in _EN_PACKS:
            continue
        product = _CN_GOODS.get(pack.id, "phones" if language == "zh" else "bottle")
        for rule in pack.rules:
            for is_wrong, texts in ((True, rule.hits), (False, rule.clean)):
                for text in texts:
                    has_han = any("\u3400" <= sign <= "\u9fff" for sign in text)
                    if not is_wrong and _FIGURES.search(text):
                        continue  # true of its own goods, not of these
                    if has_han == (language == "zh"):
                        yield SaidLine(text, language, product, is_wrong)
