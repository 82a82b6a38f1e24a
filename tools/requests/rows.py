"""The requests in the state database: read whole, written with what happened in one transaction, never twice by two people."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import Connection, ForeignKey, String, Text, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from tools.requests.model import Event, ShareRequest
from tools.requests.states import Action
from tools.requests.wanted import Wanted
from tools.state.tables import Base

NUMBERING = 0x5A57_0002  # any number that is ours: PostgreSQL's lock for giving out numbers
NUMBER = "GX{day:%Y%m%d}{n:05d}"  # 「GX」, eight digits of the day, five of the sequence


class RequestRow(Base):
    """`submission` is the same for two requests that ask the same while both are open, and unique; else NULL."""

    __tablename__ = "share_request"
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), index=True)
    department: Mapped[str] = mapped_column(String(200), index=True)
    officer: Mapped[str] = mapped_column(String(200))
    dataset: Mapped[str] = mapped_column(String(200), index=True)
    provider: Mapped[str] = mapped_column(String(200), index=True)
    created: Mapped[datetime]
    updated: Mapped[datetime]
    submitted: Mapped[date | None]
    ends: Mapped[date | None]
    submission: Mapped[str | None] = mapped_column(String(64), unique=True)
    body: Mapped[str] = mapped_column(Text)


class EventRow(Base):
    __tablename__ = "share_request_event"
    request: Mapped[str] = mapped_column(ForeignKey("share_request.number", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    day: Mapped[date]
    actor: Mapped[str] = mapped_column(String(200))
    actor_name: Mapped[str] = mapped_column(String(200))
    department: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)


class DemandRow(Base):
    """Data that somebody asked for and that the catalogue does not have."""

    __tablename__ = "data_demand"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
    day: Mapped[date]
    department: Mapped[str] = mapped_column(String(200))
    officer: Mapped[str] = mapped_column(String(200))
    wanted: Mapped[str] = mapped_column(String(400))
    purpose: Mapped[str] = mapped_column(String(400))


def next_number(connection: Connection, day: date) -> str:
    """A number that no request has; nobody else is given one until this transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite lets one transaction write at a time anyway
        connection.execute(select(func.pg_advisory_xact_lock(NUMBERING)))
    prefix = NUMBER.format(day=day, n=0)[:-5]
    last = connection.scalar(select(func.max(RequestRow.number)).where(RequestRow.number.like(f"{prefix}%")))
    return NUMBER.format(day=day, n=int(last[len(prefix) :]) + 1 if last else 1)


def read(connection: Connection, number: str) -> ShareRequest | None:
    """One request with its history."""
    body = connection.scalar(select(RequestRow.body).where(RequestRow.number == number))
    if body is None:
        return None
    events = connection.execute(
        select(EventRow.request, EventRow.position, EventRow.at, EventRow.body)
        .where(EventRow.request == number)
        .order_by(EventRow.position)
    )
    return _request(body, [_event(e.body) for e in events])


def read_all(connection: Connection, wanted: Wanted | None = None) -> list[ShareRequest]:
    """The requests that are wanted, with their histories, the newest number first."""
    wanted = wanted or Wanted()
    query = select(RequestRow.number, RequestRow.body).order_by(RequestRow.number.desc())
    if wanted.states:
        query = query.where(RequestRow.state.in_(sorted(wanted.states)))
    for column, value in (
        (RequestRow.department, wanted.department),
        (RequestRow.provider, wanted.provider),
        (RequestRow.dataset, wanted.dataset),
    ):
        if value:
            query = query.where(column == value)
    found = connection.execute(query).all()
    events: dict[str, list[Event]] = {}
    kept = query.with_only_columns(RequestRow.number).order_by(None).subquery()
    for row in connection.execute(
        select(EventRow.request, EventRow.body)
        .join(kept, kept.c.number == EventRow.request)
        .order_by(EventRow.request, EventRow.position)
    ):
        events.setdefault(row.request, []).append(_event(row.body))
    return [_request(row.body, events.get(row.number, [])) for row in found]


def stamp(connection: Connection) -> str:
    """Changes whenever any request does: how many there are, and how often they were changed."""
    row = connection.execute(select(func.count(), func.sum(RequestRow.version))).one()
    return f"{row[0]}-{row[1] or 0}"


def add(connection: Connection, request: ShareRequest, event: Event) -> None:
    """A new request. IntegrityError when its number is taken."""
    connection.execute(insert(RequestRow).values(number=request.number, **_columns(request, None)))
    _add_event(connection, request.number, event)


def change(connection: Connection, seen: int, request: ShareRequest, event: Event, submission: str | None) -> bool:
    """Replace version `seen` by `request`; False, and nothing done, when there is another version by now.

    IntegrityError when another open request has the same `submission`.
    """
    done = connection.execute(
        update(RequestRow)
        .where(RequestRow.number == request.number, RequestRow.version == seen)
        .values(**_columns(request, submission))
    )
    if done.rowcount != 1:
        return False
    _add_event(connection, request.number, event)
    return True


def open_twin(connection: Connection, submission: str, number: str) -> str | None:
    """The number of another open request that asks the same."""
    return connection.scalar(
        select(RequestRow.number).where(RequestRow.submission == submission, RequestRow.number != number)
    )


def add_demand(connection: Connection, demand: dict[str, object]) -> None:
    connection.execute(insert(DemandRow).values(**demand))


def demands(connection: Connection) -> Iterable[DemandRow]:
    """What was asked for and is not there, in the order of asking."""
    return connection.execute(select(*DemandRow.__table__.columns).order_by(DemandRow.at)).all()  # type: ignore[return-value]


def _columns(request: ShareRequest, submission: str | None) -> dict[str, object]:
    submitted = next((e.day for e in request.history if e.action is Action.SUBMIT), None)
    return {
        "version": request.version,
        "state": request.state.value,
        "department": request.department,
        "officer": request.officer,
        "dataset": request.dataset.id,
        "provider": request.dataset.provider,
        "created": _plain(request.created),
        "updated": _plain(request.updated),
        "submitted": submitted,
        "ends": request.ends,
        "submission": submission,
        "body": request.model_dump_json(exclude={"history"}),
    }


def _add_event(connection: Connection, number: str, event: Event) -> None:
    connection.execute(
        insert(EventRow).values(
            request=number,
            position=event.position,
            at=_plain(event.at),
            day=event.day,
            actor=event.actor,
            actor_name=event.actor_name,
            department=event.department,
            action=event.action.value,
            before=event.before.value,
            after=event.after.value,
            body=event.model_dump_json(),
        )
    )


def _plain(moment: datetime) -> datetime:
    """UTC without saying so: SQLite has no time zones, and the same rows must come out of every engine."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _event(body: str) -> Event:
    return Event.model_validate_json(body)


def _request(body: str, events: list[Event]) -> ShareRequest:
    return ShareRequest.model_validate({**json.loads(body), "history": events})
