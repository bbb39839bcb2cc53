"""People who are signed in somehow and ask one of both processes until they are answered, and what they note of it."""
import random
import re
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from house import PASSWORD

HERE = ZoneInfo("Europe/Stockholm")
# Seconds until the same request again after an error, and after which nobody tries any more.
AGAIN, PATIENCE = 0.2, 40


@dataclass
class Journal:
    """What one process of users was answered; the model is made of all of them."""

    # Bookings as they were after each change that was answered, and how often a change was not: of which title, id or number of people.
    made: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    unanswered: Counter = field(default_factory=Counter)
    # Head counts by the id that the client gave them, or else the service, with the number; what those with this id of the service should
    # have been.
    counted: list = field(default_factory=list)
    corrected: dict = field(default_factory=dict)
    errors: list = field(default_factory=list)
    surprises: list = field(default_factory=list)
    outcomes: Counter = field(default_factory=Counter)
    slowest: float = 0


def seen(booking):
    return {name: booking[name] for name in ("id", "version", "status", "room", "title")} | {
        name: datetime.fromisoformat(booking[name]).timestamp() for name in ("starts_at", "ends_at")
    }


class Person:
    """An account, signed in when it is first needed and again when its hour is over."""

    def __init__(self, role, number):
        self.email, self.token, self.refresh = f"{role}-{number}@example.org", None, None
        # At home, not all behind one address: who tries to sign in there when the network is cut has failed, and slows others down.
        self.sender = f"10.{len(role)}.{number // 250}.{number % 250 + 1}"


class User(threading.Thread):
    """`day` is what it does over and over; seconds of `rest` in between."""

    rest = 0.2

    def __init__(self, name, services, people, journal, lock, over, house):
        super().__init__(name=name, daemon=True)
        self.services, self.people, self.journal, self.lock, self.over, self.house = services, people, journal, lock, over, house
        self.chance, self.numbers = random.Random(f"{house['seed']} {name}"), count()

    def run(self):
        try:
            while not self.over.is_set():
                self.day()
                time.sleep(self.rest)
        except BaseException as error:
            self.surprise(f"{type(self).__name__} was sent home by {error!r}")
            raise

    def surprise(self, what):
        with self.lock:
            self.journal.surprises.append(what)

    def note(self, outcome):
        with self.lock:
            self.journal.outcomes[outcome] += 1

    def new_name(self):
        return f"Byte {self.name}-{next(self.numbers)}"

    def new_key(self):
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def send(self, method, path, body=None, person=None, key=None, cookie=None, match=None, but=(), repeat=None):
        """The answer for good: done, or one of the refusals in `but`. None if nobody knows whether it was done, or there was none."""
        repeat = method == "GET" or key is not None if repeat is None else repeat
        end, signed_in = time.monotonic() + PATIENCE, 0
        while True:
            service = self.chance.choice(self.services)
            if person is not None and person.token is None and not self.sign_in(person, service):
                return None
            answer = service.ask(method, path, body, person and person.token, key, match, cookie, person and person.sender)
            with self.lock:
                self.journal.slowest = max(self.journal.slowest, answer.came - answer.sent)
            if answer.status in (200, 201, 204) or (answer.status, answer.code) in but:
                return answer
            if answer.status == 401 and person is not None and signed_in < 5:
                # Ten minutes are over, or a clock says so.
                person.token, signed_in = None, signed_in + 1
                continue
            if answer.status in (0, 408, 503):
                with self.lock:
                    self.journal.errors.append(answer)
            elif (answer.status, answer.code) != (409, "idempotency_key_in_use"):
                self.surprise(f"{method} {re.sub('[0-9a-f-]{36}', '{id}', path.split('?')[0])}: {answer} {answer.body}")
                return None
            if not repeat or time.monotonic() > end:
                return None
            time.sleep(AGAIN)

    def sign_in(self, person, service):
        """By the cookie while it holds, by the password otherwise."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if person.refresh is None:
                answer = service.ask("POST", "/auth/token", {"email": person.email, "password": PASSWORD}, sender=person.sender)
            else:
                # Good once: after an answer that did not come it is void, and its whole family with it.
                answer = service.ask("POST", "/auth/refresh", cookie=f"nobel21_refresh={person.refresh}", sender=person.sender)
                person.refresh = None
            if answer.status == 200:
                person.token, person.refresh = answer.body["access_token"], answer.cookies["nobel21_refresh"]
                return True
            if answer.status in (0, 408, 503):
                with self.lock:
                    self.journal.errors.append(answer)
                time.sleep(AGAIN)
            elif answer.status == 429:
                # Tries that a fault broke off count as failed.
                self.note("sign-ins told to wait")
                time.sleep(int(answer.retry_after))
            elif answer.status != 401:
                self.surprise(f"signing in: {answer} {answer.body}")
                return False
            service = self.chance.choice(self.services)
        self.surprise(f"{person.email} could not sign in for {PATIENCE} s")
        return False

    def wish(self, room, day, hour):
        start = datetime.combine(datetime.now(HERE).date() + timedelta(days=day), datetime.min.time(), HERE).replace(hour=hour)
        return {
            "room": room, "organisation_id": self.house["organisation"], "title": self.new_name(), "category": "meeting",
            "starts_at": start.isoformat(), "ends_at": start.replace(hour=hour + 1).isoformat(), "expected_participants": 3,
        }

    def made(self, booking, title):
        """Each request has a title of its own: another's booking is no answer to it."""
        if booking["title"] != title:
            self.surprise(f"a booking that was asked for as {title} is answered as {booking['title']}")
        with self.lock:
            self.journal.made.append(seen(booking))

    def changed(self, booking):
        with self.lock:
            self.journal.changed.append(seen(booking))

    def counted(self, one, headcount):
        with self.lock:
            self.journal.counted.append((one, headcount))

    def unanswered(self, what):
        with self.lock:
            self.journal.unanswered[what] += 1
