"""Signs that are written often, by which two readings of the same bytes are told apart."""

from __future__ import annotations

CHINESE = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事"
    "成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日者意无力它与长把机十民第公此已工"
    "使情明性知全三又关点正业外将两高间由问很最重并物手应向头文体美相见被利什二等产或新己制身果加月话合回特代内信表化老给世"
    "位次度门任常先海通教原东声提立及比员解水名真论处走各入几口认条平系气题活更别打女变四神总何电数安少报才结反受目太量再感"
    "建务做接必场件计管期市直资命山金指许统区保至队形社便空决展马科司五基眼书非则听白却界达光放强即像难且思完设式色路记南品"
    "住告类求据程北边该交规万取格望术领共确传师观清今让识候带导运买卖价元送单款号码优惠券店播付包邮架限秒杀满减折扣库存请谢"
    "您吗吧呢啊哦哈六七八九百千快抢免费试穿尺裙衣鞋面膜欢迎关注粉丝主间链接客服退换货质码红黑蓝绿灰"
)
"""Of simplified Chinese, about two thirds of running text and what shops say."""
KOREAN = frozenset(
    "이다는을의에가한고지하기도로사자인를은어나리시대해서아들게일정수있그것라전만부보장제상주여내니면과안스동으했성원구조유"
    "공우적습요세비무할행판매료배송품격방오늘선착순감합트벤드문바당신위마진중계회화소분용까네거없때음모러치선습간천만원개월"
    "년일요경연반미현단관심번여름겨울봄가을옷신발색상크기좋예쁘최저추카드결제쿠폰적립증정특별새로명연락환영"
)
"""Of Korean, syllables of particles, endings and what shops say."""


def share(words: str, often: frozenset[str]) -> float:
    """Of the signs that are no ASCII, how many are written often; 0 of none."""
    signs = [sign for sign in words if sign > "\x7f"]
    return sum(sign in often for sign in signs) / len(signs) if signs else 0.0
