"""Governance over this data folder: its services with the stores they look after."""

from __future__ import annotations

from studio.app.keeping import keeper_of
from studio.app.persons import own_requests, persons_of, reach_book
from studio.comments.persons import LiveComments
from studio.comments.service import CommentService
from studio.core.command import Bus
from studio.core.event import Events
from studio.core.paths import data_dir
from studio.core.service import Service
from studio.core.state import State
from studio.governance.people import PeopleKeys
from studio.governance.rights.book import OperatorBook
from studio.governance.rooms import GOVERN_SERVICES as OWN_SERVICES
from studio.governance.rooms import govern_services
from studio.governance.secrets import Secrets
from studio.insight.reach.service import ReachService
from studio.insight.record_reading import own_shelf
from studio.outputs.recording_folder import RecordingFolder
from studio.shop.stock.persons import LedgerPersons

GOVERN_SERVICES: tuple[type[Service], ...] = (*OWN_SERVICES, ReachService)


def governing(
    secrets: Secrets,
    people: PeopleKeys,
    operators: OperatorBook,
    comments: CommentService,
    recordings: RecordingFolder,
    bus: Bus,
    events: Events,
    state: State,
) -> tuple[Service, ...]:
    """Makes them."""
    lists, requests = reach_book(), own_requests(people)
    persons = persons_of(people, (LiveComments(comments.audience),), lists)
    keeper = keeper_of(people, secrets, recordings.path)
    shelf = own_shelf(lambda: recordings.path)
    buyers = LedgerPersons(data_dir() / "stock", people)
    return (
        *govern_services(
            secrets, people, persons, requests, operators, keeper, bus, events, state, shelf
        ),
        ReachService(lists, requests, buyers, people, events),
    )
