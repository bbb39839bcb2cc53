"""People who book and count at both processes without pause, and note what they were answered and when."""
import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from service import Answer

HERE = ZoneInfo("Europe/Stockholm")
SHARED_FLOOR = ("aulan", "aulan-a", "aulan-b")
ALONE = ("kafeet", "verkstaden", "konferens-1", "konferens-2", "motesrummet")
BOOKERS_AT_ONCE, COUNTERS_AT_ONCE = 20, 12
# One address gets 20 letters an hour; more would wait longer than anybody here does.
LETTERS_EACH = 15
# Seconds until the same request again, after an error, and until a reader looks again; and until the next booking, or a fast program
# would have used up all letters before the end.
AGAIN, REST = 0.2, 0.25
# Days that readers look at: more than are booked.
DAYS = 60


@dataclass(frozen=True)
class Sight:
    """What a reader saw of the calendar: the bookings in it, and how old it was if it said so."""

    process: int
    came: float
    status: int
    retry_after: str
    as_of: datetime | None
    bookings: frozenset


@dataclass
class Wish:
    """A booking or a count that somebody wants once; `last` is what came of it."""

    kind: str
    name: str
    token: str
    body: dict
    key: str | None
    last: Answer | None = None
    tries: int = 0

    @property
    def may_repeat(self):
        return self.key is not None or "client_id" in self.body


def look(service, token):
    """The calendar, through a connection of its own."""
    today = datetime.now(HERE).date()
    connection = http.client.HTTPConnection(service.address, timeout=60)
    try:
        path = f"/api/v1/calendar?from={today}&to={today + timedelta(days=DAYS)}"
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        answered, as_of = json.loads(response.read()), response.headers.get("Nobel21-As-Of")
    finally:
        connection.close()
    bookings = frozenset(one["id"] for one in answered.get("entries", ()))
    return Sight(service.number, time.monotonic(), response.status, response.headers.get("Retry-After", ""), as_of and datetime.fromisoformat(as_of), bookings)


class Load:
    """`begin`, wait, `end`; then `wishes` and `answers` hold all that happened."""

    def __init__(self, services, bookers, counters, organisation, seed):
        self.services, self.organisation, self.seed = services, organisation, seed
        self.bookers, self.counters = bookers, counters
        self.lock, self.over = threading.Lock(), threading.Event()
        self.wishes, self.answers, self.sights, self.gets, self.broken = [], [], [], Counter(), []
        self.contested, self.free, self.turn = count(), count(), count()
        self.threads = [threading.Thread(target=self.work, args=(self.booking, n)) for n in range(BOOKERS_AT_ONCE)]
        self.threads += [threading.Thread(target=self.work, args=(self.visit, n)) for n in range(BOOKERS_AT_ONCE, BOOKERS_AT_ONCE + COUNTERS_AT_ONCE)]
        self.threads += [threading.Thread(target=self.watch, args=(service,)) for service in services]

    def begin(self):
        for thread in self.threads:
            thread.start()

    def end(self):
        """Nobody begins anything new; what was begun is brought to its end."""
        self.over.set()
        for thread in self.threads:
            thread.join()

    def watch(self, service):
        try:
            while not self.over.is_set():
                sight = look(service, self.bookers[0])
                with self.lock:
                    self.sights.append(sight)
                time.sleep(AGAIN)
        except BaseException as error:
            with self.lock:
                self.broken.append(repr(error))
            raise

    def work(self, wanted, number):
        chance = random.Random(f"{self.seed} {number}")
        try:
            for n in count(number):
                if self.over.is_set():
                    return
                wish = wanted(chance, f"{number}-{n}")
                self.bring_about(wish, n)
                if wish.kind == "booking":
                    time.sleep(REST)
        except BaseException as error:
            with self.lock:
                self.broken.append(repr(error))
            raise

    def bring_about(self, wish, turn):
        """Sends it until it is answered for good, in turn to both processes, for a minute at most."""
        path, end = f"/{wish.kind}s", time.monotonic() + 60
        while True:
            answer = self.services[turn % len(self.services)].post(path, wish.body, wish.token, wish.key)
            wish.last, wish.tries, turn = answer, wish.tries + 1, turn + 1
            with self.lock:
                self.answers.append(answer)
                if not answer.failed or not wish.may_repeat:
                    break
            if time.monotonic() > end:
                break
            time.sleep(AGAIN)
        with self.lock:
            self.wishes.append(wish)
            if answer.status == 409 and wish.kind == "booking":
                self.gets[wish.token] -= 1

    def booking(self, chance, name):
        with self.lock:
            # Every other one wants what five others want at the same time, or floor that is part of it.
            if chance.random() < 0.5:
                slot, room = next(self.contested) // 6, chance.choice(SHARED_FLOOR)
            else:
                number = next(self.free)
                slot, room = number // len(ALONE), ALONE[number % len(ALONE)]
            token = next(one for one in (self.bookers[next(self.turn) % len(self.bookers)] for _ in self.bookers) if self.gets[one] < LETTERS_EACH)
            self.gets[token] += 1
        day = datetime.now(HERE).date() + timedelta(days=2 + slot // 14)
        start = datetime(day.year, day.month, day.day, 7 + slot % 14, tzinfo=HERE)
        end = start.replace(hour=start.hour + 1)
        body = {
            "room": room, "organisation_id": self.organisation, "title": f"Byte {name}", "category": "meeting",
            "starts_at": start.isoformat(), "ends_at": end.isoformat(), "expected_participants": 3,
        }
        return Wish("booking", body["title"], token, body, str(uuid.UUID(int=chance.getrandbits(128))) if chance.random() < 0.75 else None)

    def visit(self, chance, name):
        one = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        body = {"headcount": chance.randint(1, 40), "purpose": "walk_in"}
        token = chance.choice(self.counters)
        # Both ways in which a count may be sent again.
        if chance.random() < 0.5:
            return Wish("visit", name, token, body | {"client_id": one}, None)
        return Wish("visit", name, token, body, one)
