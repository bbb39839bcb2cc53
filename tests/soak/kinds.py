"""Everybody who uses the house at once: each kind of user a class with its day, which it does over and over."""
import threading
import time
from datetime import datetime, timedelta
from itertools import count

from people import HERE, Journal, Person, User
from service import Service

SHARED_FLOOR = ("aulan", "aulan-a", "aulan-b")
BOOKED_ALONE = ("kafeet", "verkstaden")
BY_REQUEST = "motesrummet"
IN_SERIES = ("konferens-1", "konferens-2")
# What everybody wants: these hours of so many days, and for so many seconds all of them the same hour.
HOURS, DAYS, WAVE = range(8, 20), range(2, 5), 0.5
# Where some move to; nobody books there at once.
QUIET_DAYS = range(5, 9)
# Bookers in each process of users.
CROWD = 8
# What may be answered besides done, wherever something is booked or moved.
TAKEN, STATE = (409, "booking_conflict"), (409, "wrong_state")


class Booker(User):
    """Wants what all others want; gives it back when the next wave comes to it; now and then moves or cancels."""

    rest = 0

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.mine = []

    def day(self):
        wave = int(time.monotonic() / WAVE) % (len(DAYS) * len(HOURS))
        slot = DAYS[wave // len(HOURS)], HOURS[wave % len(HOURS)]
        if (held := next((one for one in self.mine if one["slot"] == slot and one["room"] in SHARED_FLOOR), None)) and self.chance.random() < 0.7:
            self.cancel(held)
        if self.mine and self.chance.random() < 0.01:
            self.move(self.chance.choice(self.mine))
        if self.mine and self.chance.random() < 0.003:
            self.cancel(self.chance.choice(self.mine))
        if self.chance.random() < 0.5:
            self.book(self.chance.choice(SHARED_FLOOR), *slot)
        else:
            self.book(self.chance.choice(SHARED_FLOOR + BOOKED_ALONE + (BY_REQUEST,)), self.chance.choice(DAYS), self.chance.choice(HOURS))

    def book(self, room, day, hour):
        body, person = self.wish(room, day, hour), self.chance.choice(self.people)
        answer = self.send("POST", "/bookings", body, person, key=self.new_key(), but=(TAKEN,))
        if answer is None:
            self.unanswered(body["title"])
        elif answer.status == 201:
            self.note("booked")
            self.made(answer.body, body["title"])
            self.mine.append({"id": answer.body["id"], "slot": (day, hour), "room": room, "person": person})
        else:
            self.note("turned down as taken")

    def cancel(self, one):
        self.mine.remove(one)
        # A request that is refused meanwhile can not be cancelled any more.
        answer = self.send("POST", f"/bookings/{one['id']}/cancel", {}, one["person"], but=(STATE,))
        if answer is None:
            self.unanswered(one["id"])
        elif answer.status == 200:
            self.note("cancelled")
            self.changed(answer.body)

    def move(self, one):
        to = self.wish(one["room"], self.chance.choice((*DAYS, *QUIET_DAYS)), self.chance.choice(HOURS))
        body = {name: to[name] for name in ("starts_at", "ends_at")}
        answer = self.send("PATCH", f"/bookings/{one['id']}", body, one["person"], match="*", but=(TAKEN, STATE))
        if answer is None:
            self.unanswered(one["id"])
            self.mine.remove(one)
        elif answer.status == 200:
            self.note("moved")
            self.changed(answer.body)
            start = datetime.fromisoformat(answer.body["starts_at"])
            one["slot"] = ((start.date() - datetime.now(HERE).date()).days, start.hour)
        elif answer.code == "wrong_state":
            self.mine.remove(one)
        else:
            self.note("moves turned down as taken")


class SeriesBooker(User):
    """Takes three evenings at once, and gives them back."""

    def day(self):
        person, title = self.chance.choice(self.people), self.new_name()
        today, hour = datetime.now(HERE).date(), self.chance.choice((18, 19))
        dates = sorted(self.chance.sample(range(2, 14), 3))
        body = {
            "room": self.chance.choice(IN_SERIES), "organisation_id": self.house["organisation"], "title": title, "category": "course",
            "expected_participants": 8, "dates": [(today + timedelta(days=day)).isoformat() for day in dates],
            "from": f"{hour}:00", "to": f"{hour + 2}:00", "on_conflict": self.chance.choice(("skip", "fail")),
        }
        answer = self.send("POST", "/series", body, person, key=self.new_key(), but=(TAKEN,))
        if answer is None:
            return self.unanswered(title)
        if answer.status == 409:
            return self.note("series turned down as taken")
        self.note("series booked")
        made = {booking["id"]: booking["version"] for booking in answer.body["bookings"]}
        for booking in answer.body["bookings"]:
            self.made(booking, title)
        time.sleep(self.chance.uniform(0, 2))
        cancelled = self.send("POST", f"/series/{answer.body['id']}/cancel", {}, person)
        if cancelled is None:
            for one in made:
                self.unanswered(one)
        else:
            self.note("series cancelled")
            for booking in cancelled.body["series"]["bookings"]:
                if booking["version"] != made[booking["id"]]:
                    self.changed(booking)


class Admin(User):
    """Decides requests."""

    def day(self):
        person = self.people[0]
        page = self.send("GET", "/bookings?status=pending&limit=20", person=person)
        for booking in page.body["items"] if page else []:
            says, body = ("approve", None) if self.chance.random() < 0.6 else ("reject", {"reason": "Årsmöte"})
            answer = self.send("POST", f"/bookings/{booking['id']}/{says}", body, person, but=(STATE,))
            if answer is None:
                self.unanswered(booking["id"])
            elif answer.status == 200:
                self.note("requests decided")
                self.changed(answer.body)


class Waiter(User):
    """Waits for what is taken, and takes or declines what is offered."""

    def day(self):
        person, body = self.chance.choice(self.people), self.wish(self.chance.choice(SHARED_FLOOR), self.chance.choice(DAYS), self.chance.choice(HOURS))
        free, twice = (409, "time_is_free"), (409, "already_waiting")
        if (answer := self.send("POST", "/waitlist", body, person, key=self.new_key(), but=(free, twice))) and answer.status == 201:
            self.note("waited")
        page = self.send("GET", "/waitlist?status=offered", person=person)
        for entry in page.body["items"] if page else []:
            if self.chance.random() < 0.5:
                if self.send("POST", f"/waitlist/{entry['id']}/decline", person=person, but=(STATE,)):
                    self.note("offers answered")
                continue
            answer = self.send("POST", f"/waitlist/{entry['id']}/accept", person=person, but=(STATE, TAKEN))
            if answer is None:
                self.unanswered(entry["title"])
            elif answer.status == 200:
                self.note("offers answered")
                booking = self.send("GET", f"/bookings/{answer.body['booking_id']}", person=person)
                if booking is None:
                    self.unanswered(entry["title"])
                else:
                    self.made(booking.body, entry["title"])


class Receptionist(User):
    """Counts people, in either way in which a count may be sent again, and mends some counts."""

    rest = 0.05

    def day(self):
        person, key = self.people[0], self.new_key()
        body = {"headcount": self.chance.randint(1, 40), "purpose": "walk_in"}
        if self.chance.random() < 0.5:
            answer = self.send("POST", "/visits", body, person, key=key)
            if answer is None:
                # It has no name yet by which it could be found.
                return self.unanswered(f"{body['headcount']} counted")
            self.counted(answer.body["id"], body["headcount"])
        else:
            answer = self.send("POST", "/visits", body | {"client_id": key}, person, repeat=True)
            if answer is None:
                return self.unanswered(key)
            self.counted(key, body["headcount"])
        self.note("counted")
        if self.chance.random() < 0.1:
            right = self.chance.randint(0, 40)
            if right == body["headcount"]:
                return None
            mended = self.send("POST", f"/visits/{answer.body['id']}/correct", {"headcount": right, "reason": "Räknade fel"}, person, key=self.new_key())
            if mended is None:
                return self.unanswered(answer.body["id"])
            self.note("counts corrected")
            with self.lock:
                self.journal.corrected[answer.body["id"]] = right
        if self.chance.random() < 0.1:
            self.send("GET", "/visits/today", person=person)
        return None


class Kiosk(User):
    """People who count themselves; a kiosk takes 40 a minute, and a minute is more for a process whose clock was set back."""

    rest = 5

    def day(self):
        body = {"purpose": "walk_in", "headcount": self.chance.randint(1, 4), "client_id": self.new_key()}
        answer = self.send("POST", "/kiosk/counts", body, cookie=self.house["kiosks"][int(self.name.split(".")[0])], repeat=True)
        if answer is None:
            return self.unanswered(body["client_id"])
        self.note("counted at a kiosk")
        self.counted(body["client_id"], body["headcount"])
        return None


class Reader(User):
    """Looks at everything; no week that anybody is shown has a piece of floor taken twice."""

    def day(self):
        staff, day = self.people[0], datetime.now(HERE).date()
        monday, sunday = day - timedelta(days=day.weekday()), day + timedelta(days=7)
        month = f"{day:%Y-%m}"
        what = self.chance.choice((
            f"/calendar?from={day}&to={sunday}", f"/calendar?from={day}&to={sunday}", f"/availability?from={day + timedelta(days=1)}&to={sunday}&minutes=60",
            "/calendar.ics", "/rooms/aulan/calendar.ics", f"/statistics/monthly?from={month}&to={month}", f"/statistics/rooms?from={month}&to={month}",
            f"/bookings?from={monday}&limit=200", "/visits?limit=100", "/rooms", "/letters?limit=50", "/open/monthly.json",
        ))
        public = what.startswith(("/calendar", "/availability", "/rooms", "/open"))
        answer = self.send("GET", what, person=None if public else staff)
        if answer is None:
            return
        self.note("read")
        if what.startswith("/calendar?"):
            rooms = {room["slug"]: room["spaces"] for room in answer.body["rooms"]}
            taken = sorted((space, one["taken_from"], one["taken_until"]) for one in answer.body["entries"] for space in rooms[one["room"]])
            twice = [(a, b) for a, b in zip(taken, taken[1:]) if a[0] == b[0] and datetime.fromisoformat(b[1]) < datetime.fromisoformat(a[2])]
            if twice:
                self.surprise(f"a week that shows floor taken twice: {twice[:2]}")


class Guest(User):
    """Signs in, looks who it is, stays a while longer and leaves; afterwards its cookie opens nothing."""

    rest = 1

    def day(self):
        person = self.chance.choice(self.people)
        person.token = person.refresh = None
        if self.send("GET", "/me", person=person) is None:
            return
        # The cookie's turn.
        person.token = None
        if self.send("GET", "/me/sessions", person=person) is None or person.refresh is None:
            return
        cookie = f"nobel21_refresh={person.refresh}"
        if self.send("POST", "/auth/logout", cookie=cookie, repeat=True) is None:
            return
        if (answer := self.send("POST", "/auth/refresh", cookie=cookie, but=((401, "session_revoked"),), repeat=True)) and answer.status != 401:
            self.surprise(f"a cookie that opens the house after its owner left: {answer}")
        self.note("signed in and out")


KINDS = (*[Booker] * CROWD, SeriesBooker, SeriesBooker, Waiter, Admin, Receptionist, Kiosk, Reader, Guest)
STAFF = {Admin: "admin", Receptionist: "reception", Reader: "admin"}


def at_work(number, addresses, house, over, tell):
    """One process of users, until it is `over`; then it tells what happened."""
    services = [Service(place, url) for place, url in addresses]
    journal, lock, accounts = Journal(), threading.Lock(), count(number * len(KINDS) * house["people_each"])
    users = []
    for place, kind in enumerate(KINDS):
        if kind in STAFF:
            people = [Person(STAFF[kind], number)]
        else:
            people = [Person("booker", next(accounts)) for _ in range(house["people_each"])]
        users.append(kind(f"{number}.{place}", services, people, journal, lock, over, house))
    for user in users:
        user.start()
    for user in users:
        user.join()
    tell.send(journal)
