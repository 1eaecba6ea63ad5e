"""The services of governance, in the order in which they load."""

from __future__ import annotations

from studio.core.command import Bus
from studio.core.event import Events
from studio.core.paths import data_dir
from studio.core.service import Service
from studio.core.state import State
from studio.governance.keeping.keeper import Keeper
from studio.governance.keeping.service import KeepingService
from studio.governance.keeping.shelf import RecordShelf
from studio.governance.people import PeopleKeys
from studio.governance.persons import Persons
from studio.governance.plugin_service import PluginListService
from studio.governance.privacy import PrivacyService
from studio.governance.requests import RequestBook
from studio.governance.rights.book import OperatorBook
from studio.governance.rights.service import RightsService
from studio.governance.secrets import Secrets
from studio.governance.service import AuditService
from studio.governance.watch.breach import BreachBook
from studio.governance.watch.service import WatchService

GOVERN_SERVICES: tuple[type[Service], ...] = (
    AuditService, RightsService, PluginListService, PrivacyService, KeepingService,
    WatchService,
)  # fmt: skip


def govern_services(
    secrets: Secrets,
    people: PeopleKeys,
    persons: Persons,
    requests: RequestBook,
    operators: OperatorBook,
    keeper: Keeper,
    bus: Bus,
    events: Events,
    state: State,
    shelf: RecordShelf | None = None,
) -> tuple[Service, ...]:
    """Makes them.

    Args:
        secrets: have the signing key.
        people, persons: whose words are kept, and where.
        requests: what they asked for and agreed to.
        operators: who runs the studio.
        keeper: how long what is written down is kept.
        bus, events, state: heard and told.
        shelf: of the records of shows.
    """
    audit, keeping = AuditService(secrets, people, events, state), KeepingService(keeper, state)
    privacy = PrivacyService(persons, people, operators, requests, events, state)
    breaches = BreachBook(data_dir() / "privacy" / "breaches.json")
    return (
        audit,
        RightsService(operators, bus, events, state),
        PluginListService(),
        privacy,
        keeping,
        WatchService(
            audit.log,
            operators,
            keeping.view,
            privacy.view,
            breaches,
            bus,
            events,
            state,
            place=lambda: audit.anchors.place,
            shelf=shelf,
        ),
    )
