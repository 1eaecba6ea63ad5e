"""Awards, certificates, patents without a fact; others run down."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.host.guard.claim import Claim, Spoken

_AWARD = re.compile(
    r"(?:获得?|拿过?|得过|荣获|斩获|夺得)了?(?:过)?.{0,8}?(?:金奖|银奖|大奖|奖项|设计奖|冠军|"
    r"认证|专利)"
    r"|(?:国际|国家|发明|实用新型|独家)?专利(?:技术|产品|配方|设计)|(?<!没)有(?:国家|发明|国际|独家|自己的){1,2}专利"
    r"|(?:通过|有)了?.{0,10}?(?:认证|质检报告)|award[ -]winning|\bwon (?:a|an|the|"
    r"several).{0,24}?(?:award|prize|medal)|\b(?:nasa|fda|government)[ -]approved"
    r"|\bpatented\b|\b(?:certified (?:by|organic)|has .{0,16}certificat)|"
    r"no other brand (?:even )?comes"
)
PROOFS = re.compile(
    r"金奖|银奖|大奖|奖项|设计奖|冠军|认证|专利|质检报告|award|prize|medal|patent|certif|approved|brand"
)
_DRAW = re.compile(r"抽|中奖|奖品|抽奖|draw|lucky|giveaway")
_RIVAL = re.compile(
    r"比(?:别家|别人家?|其他家|隔壁|同行|其他品牌|大牌)|(?:秒杀|碾压|吊打|完胜|甩开)(?:别家|"
    r"别人家|同行|大牌|.{0,4}(?:牌|同款))"
    r"|(?:别家|隔壁家?|同行|其他家|其他直播间)(?:的|那些|那家|他们)?(?:都是|全是|就是|卖的是)?(?:假|垃圾|次品|"
    r"骗|坑|不行|贵得?)"
    r"|大牌(?:同款|平替)|平替.{0,8}(?:水|霜|牌|同款)|成分一模一样|比.{1,4}大牌|"
    r"other (?:sellers|shops|brands|stores)[a-z ]{0,24}(?:fakes?|garbage|trash|junk|lying)|"
    r"(?:better|cheaper) than (?:other|any|all|the)|unlike (?:other|"
    r"the) (?:brands?|shops?)"
)  # fmt: skip


def claims(spoken: Spoken) -> Iterator[Claim]:
    """Praise that rests on nothing, or on others."""
    known = spoken.all_words()
    for match in _AWARD.finditer(spoken.text):
        proof = PROOFS.search(match[0])
        if _DRAW.search(spoken.text) or proof is None or proof[0] in known:
            continue
        yield Claim(*match.span(), "award", "")
    for match in _RIVAL.finditer(spoken.text):
        yield Claim(*match.span(), "rival", "")
