"""Restarts a house's processes one after the other behind a proxy, under load, and looks whether anybody noticed."""
import argparse
import random
import signal
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from cluster import Cluster
from house import House, sign_in
from letters import Mailbox
from proxy import proxy
from service import Service

HERE = ZoneInfo("Europe/Stockholm")
NAME, OTHER_NAME = "boka.malmo.example", "boka.lund.example"
ROOMS = ("kafeet", "verkstaden", "konferens-1", "konferens-2", "motesrummet")
# The ports in docs/haproxy.cfg and docs/nginx.conf: two processes of this house, one of another.
PROCESSES, OTHER = (8021, 8022), 8031
ROLES = ("booker", "reception")
READERS, BOOKERS, COUNTERS, LISTENERS = 8, 4, 3, 3
# Seconds: between two requests of one person, how long an open calendar listens, after a start until the next stop, how long a process may take to stop.
PAUSE, LISTENS, SETTLED, STOPS_WITHIN = 0.05, 6, 2.5, 10.5
# How long the processes may say that they are ready when the database has gone, and after how long the proxy knows that they are not.
UNREADY_WITHIN, NOTICED = 30, 3


def house_at(port, name, said=lambda *_: None):
    """As whoever asks the proxy for this name meets it."""
    return Service(name, f"https://127.0.0.1:{port}", name, said)


class Load:
    def __init__(self, port, tokens, organisation, seed):
        self.service, self.tokens, self.organisation = house_at(port, NAME, self.note), tokens, organisation
        self.lock, self.over = threading.Lock(), threading.Event()
        self.answers, self.slowest, self.wrong = Counter(), 0, []
        self.booked, self.cancelled, self.counted, self.slots = [], [], [], count()
        people = [self.read] * READERS + [self.book] * BOOKERS + [self.count] * COUNTERS + [self.listen] * LISTENERS
        self.threads = [threading.Thread(target=self.live, args=(does, f"{seed} {n}")) for n, does in enumerate(people)]

    def note(self, method, path, answer):
        with self.lock:
            self.answers[method, "/".join(part for part in path.split("?")[0].split("/") if len(part) < 36), answer.status] += 1
            if not path.startswith("/calendar/changes"):
                self.slowest = max(self.slowest, answer.came - answer.sent)
            if answer.status not in (200, 201, 304):
                self.wrong.append(f"{method} {path}: {answer.status} {answer.code} after {answer.came - answer.sent:.1f} s")

    def live(self, does, seed):
        chance = random.Random(seed)
        try:
            while not self.over.is_set():
                does(chance)
                time.sleep(chance.uniform(0, 2 * PAUSE))
        except BaseException as error:
            with self.lock:
                self.wrong.append(f"this test's own error: {error!r}")
            raise

    def read(self, chance):
        day = datetime.now(HERE).date() + timedelta(days=chance.randrange(30))
        path = chance.choice((f"/calendar?from={day}&to={day + timedelta(days=7)}", "/rooms", "/me"))
        self.service.ask("GET", path, token=self.tokens["booker"])

    def book(self, chance):
        with self.lock:
            slot, room = divmod(next(self.slots), len(ROOMS))
        day = datetime.now(HERE).date() + timedelta(days=2 + slot // 14)
        start = datetime(day.year, day.month, day.day, 7 + slot % 14, tzinfo=HERE)
        body = {
            "room": ROOMS[room], "organisation_id": self.organisation, "title": "Byte", "category": "meeting",
            "starts_at": start.isoformat(), "ends_at": start.replace(hour=start.hour + 1).isoformat(), "expected_participants": 3,
        }
        # Some with a key, by which a proxy's or a client's second try would be known; none is needed.
        key = str(uuid.UUID(int=chance.getrandbits(128))) if chance.random() < 0.5 else None
        answer = self.service.post("/bookings", body, self.tokens["booker"], key)
        if answer.status == 201:
            one = answer.body["id"]
            self.booked.append(one)
            if chance.random() < 0.3 and self.service.post(f"/bookings/{one}/cancel", None, self.tokens["booker"]).status == 200:
                self.cancelled.append(one)

    def count(self, chance):
        body = {"headcount": chance.randint(1, 40), "purpose": "walk_in"}
        answer = self.service.post("/visits", body, self.tokens["reception"])
        if answer.status == 201:
            self.counted.append(answer.body["id"])

    def listen(self, _):
        self.service.ask("GET", f"/calendar/changes?seconds={LISTENS}")

    def begin(self):
        for thread in self.threads:
            thread.start()

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


def restart(process, verdict):
    """As `systemctl restart` does it."""
    asked = time.monotonic()
    code = process.stop()
    took = time.monotonic() - asked
    if code != 0 or took > STOPS_WITHIN:
        verdict.append(f"process {process.number} ended with {code} after {took:.1f} s")
    process.start()
    time.sleep(SETTLED)
    return took


def differences(cluster, load):
    """What is in the database and what was answered are the same."""
    sets = {
        "bookings": (load.booked, "SELECT id FROM bookings WHERE title = 'Byte'"),
        "cancelled bookings": (load.cancelled, "SELECT id FROM bookings WHERE title = 'Byte' AND status = 'cancelled'"),
        "counts": (load.counted, "SELECT id FROM visits WHERE recorded_by = (SELECT id FROM people WHERE email_key = 'reception-0@example.org')"),
    }
    for what, (answered, question) in sets.items():
        kept = {row[0] for row in cluster.sql(question, "malmo")}
        if kept != set(answered) or not kept:
            yield f"{len(kept)} {what} in the database, {len(answered)} answered"


def by_name(kind, port, token):
    """Each name leads to its own house, whose people are strangers in the other; nothing else leads anywhere."""
    answers = {
        "one's own house": (house_at(port, NAME).ask("GET", "/me", token=token).status, 200),
        "the other house": (house_at(port, OTHER_NAME).ask("GET", "/me", token=token).status, 401),
        "the other house's rooms": (house_at(port, OTHER_NAME).ask("GET", "/rooms").status, 200),
    }
    yield from (f"{kind}, {what}: {found}, not {wanted}" for what, (found, wanted) in answers.items() if found != wanted)
    nobody = house_at(port, "boka.example.org").ask("GET", "/rooms")
    if nobody.status != 404 and "RemoteDisconnected" not in nobody.code:
        yield f"{kind}, a name of nobody's: {nobody}"


def is_ready(process):
    try:
        with urllib.request.urlopen(f"http://{process.listen}/readyz", timeout=10):
            return True
    except urllib.error.HTTPError as answer:
        if answer.code != 503:
            raise
        return False


def without_database(cluster, processes, port):
    """With the database gone no process is ready, and people still hear it from the service itself: before the proxy has noticed, and after."""
    cluster.kill()
    end = time.monotonic() + UNREADY_WITHIN
    while ready := [process.number for process in processes if is_ready(process)]:
        if time.monotonic() > end:
            yield f"without a database: processes {ready} say that they are ready after {UNREADY_WITHIN} s"
            return
        time.sleep(0.1)
    noticed = time.monotonic() + NOTICED
    while True:
        is_last = time.monotonic() > noticed
        answer = house_at(port, NAME).ask("GET", "/rooms")
        if (answer.status, answer.code) != (503, "unavailable"):
            yield f"without a database: {answer.status} {answer.code} {answer.body}"
        if is_last:
            return
        time.sleep(0.2)


def once(rounds, seed):
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nobel21-restart-")))
        folder.chmod(0o711)
        cluster = stack.enter_context(Cluster(folder / "cluster").running())
        mailbox = stack.enter_context(Mailbox())
        stack.callback(mailbox.shutdown)
        settings = {"NOBEL21_SMTP_URL": mailbox.url, "NOBEL21_PUBLIC_URL": f"https://{NAME}", "NOBEL21_TRUSTED_PROXIES": "127.0.0.1"}
        house = House(folder / "malmo", cluster.add("malmo"), **settings)
        house.furnish(ROLES)
        organisation = cluster.value("SELECT organisation_id FROM memberships LIMIT 1", "malmo")
        processes = [stack.enter_context(house.process(n)) for n in range(1, len(PROCESSES) + 1)]
        tokens = {role: sign_in(processes[0].service, role)[0] for role in ROLES}
        other = House(folder / "lund", **settings)
        other.furnish(ROLES)
        other = stack.enter_context(other.process())
        ports = dict(zip(PROCESSES, (process.port for process in processes))) | {OTHER: other.port}
        port = stack.enter_context(proxy("haproxy", folder, ports))
        time.sleep(SETTLED)
        load, wrong, stops = Load(port, tokens, organisation, seed), [], []
        began = time.monotonic()
        load.begin()
        time.sleep(SETTLED)
        for _ in range(rounds):
            for process in processes:
                stops.append(restart(process, wrong))
        load.end()
        lasted = time.monotonic() - began
        wrong += load.wrong[:10] + list(differences(cluster, load))
        if load.wrong:
            wrong.append(f"{len(load.wrong)} requests failed")
        wrong += by_name("haproxy", port, tokens["booker"])
        with proxy("nginx", folder, {PROCESSES[0]: processes[0].port, OTHER: other.port}) as beside:
            wrong += by_name("nginx", beside, tokens["booker"])
        wrong += without_database(cluster, processes, port)
    print(f"  {len(stops)} restarts in {lasted:.0f} s, a stop took {min(stops):.1f} to {max(stops):.1f} s")
    print(f"  {sum(load.answers.values())} requests, the slowest {load.slowest:.2f} s:")
    for (method, path, status), times in sorted(load.answers.items(), key=str):
        print(f"    {times:6} {method} {path}: {status}")
    return wrong


def main():
    parser = argparse.ArgumentParser(prog="script/test-rolling-restart", description="Restarts the processes of a house in turn, behind HAProxy and under load; fails if one request does.")
    parser.add_argument("rounds", nargs="?", type=int, default=5, help="how often each process is restarted (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=21, help="of what people do (default: %(default)s)")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("test-rolling-restart: stopped"))
    wrong = once(args.rounds, args.seed)
    for what in wrong:
        print(f"  WRONG: {what}", flush=True)
    if wrong:
        sys.exit("test-rolling-restart: not as it should be")
    print("nobody noticed")


main()
