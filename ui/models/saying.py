"""What the host may say now: the price of a product, its pieces, the question, words of plans."""

from __future__ import annotations

from typing import NamedTuple

from studio.comments.model import EntryView
from studio.host.guard.model import ClaimAlarm, GuardView
from studio.host.standin.model import StandInView
from studio.plans.model import ToldView
from studio.shop.model import Product, price_text
from ui.format import ms_short
from ui.i18n import pick, t
from ui.store import Store

HOST_ROLES = ("streamer", "host", "all", "")
URGENT = ("red", "amber", "attention")


def price_to_say(store: Store, product: Product) -> tuple[str, bool]:
    """The price she may say: an offer's while it runs, with its clock and pieces.

    Returns:
        The words, and whether they are an offer's.
    """
    sku = store.shop.variant.get(product.id, "")
    sku = sku or (product.skus[0] if len(product.skus) == 1 else "")
    cents = product.price_of(sku if product.variants else "")[0]
    words, is_offer = price_text(cents, product.currency), False
    for view in store.offers:
        if view.stage == "live" and view.offer.sku == sku and not view.offer.is_bundle:
            left = [price_text(view.cents, product.currency)]
            if view.left_s is not None:
                left.append(ms_short(view.left_s))
            if view.left is not None:
                left.append(t("offers.left", n=view.left))
            words, is_offer = "  ".join(left), True
    return words, is_offer


def question_to_answer(store: Store) -> EntryView | None:
    """The comment on the picture, else the best one that nobody answered."""
    part = store.comments
    return part.pinned or next((entry for entry in part.best if not entry.answered), None)


class HostMessage(NamedTuple):
    """What somebody wants the host to know, the latest of it.

    Attributes:
        id: of a message of the command post that she has not acknowledged; "" of others.
    """

    at_utc: str
    who: str
    text: str
    is_urgent: bool
    id: str = ""


def message_to_host(store: Store) -> HostMessage | None:
    """The latest of what plans told her and what was said to her at the command post."""
    found = [
        HostMessage(told.at_utc, "", pick(told.text), told.level in URGENT)
        for told in told_to_host(store)
    ]
    for message in store.post.messages if store.post.is_open else ():
        if message.role in HOST_ROLES:
            open_id = "" if message.read else message.id
            found.append(
                HostMessage(message.at_utc, message.who, message.text, not message.read, open_id)
            )
    return max(found, key=lambda message: message.at_utc, default=None)


def told_to_host(store: Store) -> list[ToldView]:
    """Words of plans that are for the host."""
    return [told for told in store.plans.told if told.role in HOST_ROLES]


def claim_to_correct(store: Store) -> ClaimAlarm | None:
    """The latest thing that was said and should be put right; None while all is well."""
    return next((alarm for alarm in store.guard.alarms if not alarm.dismissed_by), None)


def claim_words(alarm: ClaimAlarm) -> str:
    """The words and what to say instead, in a line."""
    return t("guard.alarm", said=alarm.said, advice=pick(alarm.advice))


def claim_reason(alarm: ClaimAlarm) -> str:
    """Why, the article, and what the facts say."""
    fact = alarm.fact or t("guard.no_fact")
    return t("guard.why", why=pick(alarm.why), article=alarm.article, fact=fact)


def speech_state(standin: StandInView) -> str:
    """What is to be known of the stand-in's voice: "waiting", "silent", "failed", or ""."""
    if standin.is_waiting:
        return "waiting"
    if not standin.is_in or not standin.voice:
        return ""
    return {"absent": "silent", "failed": "failed"}.get(standin.voice_state, "")


def hearing_words(guard: GuardView) -> str:
    """What the ears do: the last words, or what is wrong and what to do."""
    if any(guard.ears_error):
        return pick(guard.ears_error)
    words = t(f"guard.ears_{guard.ears}", words=guard.heard[-60:])
    if guard.meaning in ("absent", "failed"):
        return f"{words} · {t(f'guard.meaning_{guard.meaning}')}"
    return words
