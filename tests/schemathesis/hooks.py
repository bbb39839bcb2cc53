"""What schemathesis sends: who asks, and in half of the requests what could succeed. Made-up ids alone would meet nothing but 404.

What is asked for here on the side is not judged; it only lets the requests that are get further in.
"""
import atexit
import os
import random
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from itertools import islice
from pathlib import Path

import requests
import schemathesis

URL = os.environ["ATTACK_URL"]
ROLE = os.environ["ATTACK_ROLE"]
PEOPLE = {"booker": "bokare@example.org", "reception": "reception@example.org", "admin": "admin@example.org"}
# Who looks up what exists. A stranger could not.
EYES = "admin" if ROLE == "anonymous" else ROLE
# These end sessions: they get one of their own.
ENDING = {"refresh_token", "delete_session", "end_my_session", "end_my_other_sessions", "change_password"}
chance = random.Random(os.environ["ATTACK_SEED"])
answers = defaultdict(Counter)


# ---------------------------------------------------------------- who asks
class Session:
    running = {}
    # A browser that somebody has signed in with before is not slowed down by the failures of others.
    browsers = {}

    def __init__(self, role):
        self.since = time.monotonic()
        credentials = {"email": PEOPLE[role], "password": "nobel21-demo"}
        # Wrong passwords were tried too, and before there is such a browser their delay holds for everybody.
        while (answer := requests.post(f"{URL}/api/v1/auth/token", json=credentials, cookies=self.browsers.get(role))).status_code == 429:
            time.sleep(int(answer.headers["Retry-After"]))
        answer.raise_for_status()
        self.browsers[role] = {"nobel21_browser": answer.cookies["nobel21_browser"]}
        self.refresh = answer.cookies["nobel21_refresh"]
        self.bearer = f"Bearer {answer.json()['access_token']}"

    @classmethod
    def of(cls, role):
        """A token holds for ten minutes: it is renewed well before."""
        if role not in cls.running or time.monotonic() - cls.running[role].since > 300:
            cls.running[role] = cls(role)
        return cls.running[role]


def ask(method, path, role, **rest):
    answer = requests.request(method, f"{URL}/api/v1{path}", headers={"Authorization": Session.of(role).bearer}, **rest)
    if answer.status_code == 401:
        Session.running.pop(role)
    return answer.json() if answer.ok else {}


# ---------------------------------------------------------------- what exists
def some(path, key, role=EYES, unless=lambda row: False, **query):
    """A member of a row of a list, or None."""
    rows = ask("GET", path, role, params={"limit": 50} | query).get("items", [])
    return chance.choice([row[key] for row in rows if not unless(row) and row.get(key)] or [None])


def some_booking(key="id", **query):
    return some("/bookings", key, chance.choice([EYES, "admin"]), order=chance.choice(["asc", "desc"]), **query)


def soon():
    """A quarter of an hour by day in the weeks around today."""
    midnight = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=chance.randint(-3, 40), minutes=15 * chance.randint(28, 72))


EXISTING = {
    "room": lambda: some("/rooms", "slug"),
    "organisation_id": lambda: some("/organisations", "id"),
    "booking_id": some_booking,
    "person_id": lambda: some("/users", "id", "admin"),
    "expected_participants": lambda: chance.randint(1, 8),
    "date": lambda: soon().date().isoformat(),
    "dates": lambda: sorted({soon().date().isoformat() for _ in range(3)}),
    "alternative_text": lambda: "Dörren i söder, skärmen i norr.",
    "rule": lambda: f"FREQ=WEEKLY;COUNT={chance.randint(1, 5)}",
}


def existing(value, name=None):
    """The same with what exists in the place of what was made up."""
    if name in EXISTING and value is not None:
        return EXISTING[name]() or value
    if isinstance(value, list):
        return [existing(item) for item in value]
    if not isinstance(value, dict):
        return value
    value = {name: existing(item, name) for name, item in value.items()}
    if "expected_participants" in value:
        # Not every room has every layout.
        value.pop("layout", None)
    if {"starts_at", "ends_at"} <= value.keys():
        start = soon()
        value |= {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=15 * chance.randint(2, 12))).isoformat()}
    return value


def days_from_now(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).date().isoformat()


# Bookings with which something can be done.
FITTING = {
    "approve": {"status": "pending"},
    "reject": {"status": "pending"},
    "{id}": {"from": days_from_now(1)},
    "cancel": {"from": days_from_now(1)},
    "check-in": {"from": days_from_now(0), "to": days_from_now(1)},
    "report": {"from": days_from_now(-2), "to": days_from_now(1)},
}


def existing_path(path, parameters):
    for name in [name for name in ("id", "slug", "person_id", "code") if name in parameters]:
        # The people of the demo stay who they are.
        guest = lambda row: row.get("email") in PEOPLE.values()
        if name == "person_id":
            found = some(f"/organisations/{parameters['id']}/members", name, "admin", guest)
        elif name == "code":
            found = ask("POST", f"/bookings/{some_booking()}/evaluation-link", "admin").get("code")
        elif path.startswith("/series"):
            found = some_booking("series_id", **{"from": days_from_now(1)})
        elif path.startswith("/bookings"):
            found = some_booking(**FITTING.get(path.split("/")[-1], {})) or some_booking()
        else:
            found = some(path.split("/{")[0], name, chance.choice([EYES, "admin"]), guest)
        parameters[name] = found or parameters[name]


# ---------------------------------------------------------------- secrets and files
def pairing_code():
    device = some("/devices", "id", "admin", lambda row: row["kind"] != "kiosk" or row["revoked_at"])
    device = device or ask("POST", "/devices", "admin", json={"kind": "kiosk", "name": "Surfplattan"}).get("id")
    return ask("POST", f"/devices/{device}/pairing-code", "admin").get("code", "")


def kiosk():
    answer = requests.post(f"{URL}/api/v1/kiosk/pair", json={"code": pairing_code()})
    return answer.cookies.get("kiosk", "")


def counter():
    device = f"device-{chance.random()}"
    return device, ask("POST", "/counters", "admin", json={"name": "Dörren", "door": "Entrén", "device_id": device})["token"]


def calendar_file():
    start = soon()
    return f"""BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//attack//EN\r\nBEGIN:VEVENT\r\nUID:{chance.random()}\r\nSUMMARY:Möte\r
DTSTAMP:{start:%Y%m%dT%H%M%SZ}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""


def visits_file():
    with open("sample/year-2023/visits.csv", encoding="utf-8") as lines:
        return "".join(line.replace("2023", str(chance.randint(2020, 2025)), 1) for line in islice(lines, 5))


FILES = {"image/png": Path("docs/phone.png").read_bytes, "text/calendar": calendar_file, "text/csv": visits_file}


# ---------------------------------------------------------------- hooks
@schemathesis.hook
def before_load_schema(context, schema):
    """Some paths do not begin with /api/v1, and schemathesis knows of one beginning only: each path gets its own."""
    schema["paths"] = {("" if "servers" in item else "/api/v1") + path: item for path, item in schema["paths"].items()}
    schema["servers"] = [{"url": "/"}]


@schemathesis.hook
def before_call(context, case, kwargs):
    operation, path, headers = case.operation.definition.raw["operationId"], case.operation.path.removeprefix("/api/v1"), case.headers
    headers.setdefault("X-Forwarded-For", f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}")
    if ROLE != "anonymous":
        session = Session(ROLE) if operation in ENDING else Session.of(ROLE)
        headers.setdefault("Authorization", session.bearer)
        if operation in ENDING:
            case.cookies["nobel21_refresh"] = session.refresh
    if operation == "listen_to_changes" and case.query.get("seconds", 600) not in range(-1, 1):
        case.query["seconds"] = 1
    # A head that is longer than a server reads is refused before the service sees it.
    if isinstance(case.query, dict):
        case.query = {name: value[:4000] if isinstance(value, str) else value for name, value in case.query.items()}
    if chance.random() < 0.5:
        may_succeed(case, operation, path, headers)
    if operation == "update_settings" and isinstance(case.body, dict):
        # Or the admin, who has but a password here, would be none from then on, and little would be tried.
        case.body.pop("second_factor_required", None)


def may_succeed(case, operation, path, headers):
    if isinstance(case.path_parameters, dict):
        existing_path(path, case.path_parameters)
    if isinstance(case.query, dict):
        case.query = existing(case.query)
        if path.endswith("calendar.ics") and "key" in case.query:
            key = ask("POST", case.formatted_path.removeprefix("/api/v1").replace("calendar.ics", "calendar-key"), "admin")
            case.query["key"] = key.get("url", "key=").split("key=")[1]
    if case.media_type in FILES:
        case.body = FILES[case.media_type]()
    elif isinstance(case.body, dict):
        # The contract's own example with what exists, and at most one member made up.
        made_up = chance.sample(list(case.body.items()), min(len(case.body), chance.randint(0, 1)))
        example = existing(case.operation.definition.raw["requestBody"]["content"][case.media_type].get("example"))
        case.body = example | dict(made_up) if isinstance(example, dict) else example or case.body
        if operation == "create_token":
            case.body |= {"email": chance.choice(list(PEOPLE.values())), "password": "nobel21-demo"}
        if operation == "pair_kiosk":
            case.body["code"] = pairing_code()
    if operation in {"read_kiosk", "count_at_kiosk"}:
        case.cookies["kiosk"] = kiosk()
    if operation == "send_counts":
        device, token = counter()
        case.path_parameters["device"] = device
        headers["Authorization"] = f"Bearer {token}"
        if isinstance(case.body, dict):
            case.body["sensor"] = {"serial": device}
    if operation == "create_token_for_programs" and isinstance(case.body, dict):
        case.body["current_password"] = "nobel21-demo"
    if "If-Match" in headers:
        headers["If-Match"] = "*"
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = str(chance.random())


@schemathesis.hook
def after_call(context, case, response):
    answers[case.operation.label][response.status_code] += 1
    if response.status_code == 401:
        # Perhaps the session was ended: the next request gets a new one.
        Session.running.pop(ROLE, None)


@atexit.register
def summary():
    """How far in it got: what never succeeds has seen little of itself tried."""
    total = sum(answers.values(), Counter())
    print("\nAnswers:", ", ".join(f"{n} x {status}" for status, n in sorted(total.items())))
    if ROLE == "admin":
        print("Never succeeded:", ", ".join(sorted(label for label, seen in answers.items() if min(seen) >= 300)) or "none")
