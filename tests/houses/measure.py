"""Runs many houses on this machine and measures what each costs, idle and as busy as a house can be."""
import argparse
import csv
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cluster import Cluster
from house import SAMPLE, House, sign_in
from letters import Mailbox

HERE = ZoneInfo("Europe/Stockholm")
ROLES = ("booker", "reception")
ROOMS = ("kafeet", "verkstaden", "konferens-1", "konferens-2", "motesrummet")
# A house is as busy as in the busiest hour of its year, so many times over.
TIMES = 10
# Seconds: until the work after a start is done and its connections are given back, of each measurement.
SETTLED, IDLE, LOADED = 100, 30, 60
# One answer in twenty may take longer than so many milliseconds: what people begin to notice.
LIMIT = 200
PEOPLE_AT_ONCE = 24
TICKS = os.sysconf("SC_CLK_TCK")


def busiest_hour():
    """How many counts, heads and gatherings the busiest hours of the sample have."""
    counts, heads, gatherings = Counter(), Counter(), Counter()
    with open(SAMPLE / "visits.csv", encoding="utf-8") as file:
        for visit in csv.DictReader(file):
            hour = visit["arrived_at"][:13]
            counts[hour] += 1
            heads[hour] += int(visit["headcount"])
    with open(SAMPLE / "bookings.csv", encoding="utf-8") as file:
        for booking in csv.DictReader(file):
            gatherings[booking["starts_at"][:13]] += 1
    return {"count": max(counts.values()), "look": max(heads.values()), "book": max(gatherings.values())}


def cpu(processes):
    """Seconds of processor that these have used, with their children that have ended."""
    used = 0
    for process in processes:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        used += sum(int(field) for field in fields[11:15])
    return used / TICKS


def memory(processes):
    """Megabytes: resident, and each one's fair part of what several share."""
    resident = fair = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
        except (FileNotFoundError, ProcessLookupError):
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
        resident, fair = resident + sizes["Rss"], fair + sizes["Pss"]
    return resident / 1024, fair / 1024


def busy(before=None):
    """The share of the machine's processors in use since `before`, whoever used them, or what to hand over as such."""
    values = [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    now = (sum(values), values[3] + values[4])
    return now if before is None else 1 - (now[1] - before[1]) / (now[0] - before[0])


class Load:
    """People at all houses together: they come at random, as often as the rate says, and wait for nobody."""

    def __init__(self, houses, rates, seed):
        self.houses, self.seed = houses, seed
        self.kinds, self.weights = list(rates), list(rates.values())
        self.gap = 3600 / (sum(self.weights) * len(houses))
        self.lock, self.took, self.failed = threading.Lock(), defaultdict(list), Counter()
        self.slots = Counter()

    def run(self, seconds):
        self.next, self.end = time.monotonic(), time.monotonic() + seconds
        self.chance = random.Random(self.seed)
        people = [threading.Thread(target=self.live) for _ in range(PEOPLE_AT_ONCE)]
        for person in people:
            person.start()
        for person in people:
            person.join()

    def live(self):
        while True:
            with self.lock:
                self.next += self.chance.expovariate(1 / self.gap)
                due, kind = self.next, self.chance.choices(self.kinds, self.weights)[0]
                house, number = self.chance.choice(self.houses), uuid.UUID(int=self.chance.getrandbits(128), version=4)
                slot = self.slots[house]
                self.slots[house] += kind == "book"
            if due >= self.end:
                return
            time.sleep(max(0, due - time.monotonic()))
            answer = getattr(self, kind)(house, slot, str(number))
            with self.lock:
                # From when it was due: who had to wait for a free person here has waited.
                self.took[kind].append((time.monotonic() - due) * 1000)
                if answer.status not in (200, 201):
                    self.failed[kind, answer.status or answer.code] += 1

    def look(self, house, *_):
        monday = datetime.now(HERE).date() + timedelta(days=1)
        return house.service.ask("GET", f"/calendar?from={monday}&to={monday + timedelta(days=7)}", token=house.tokens["booker"])

    def book(self, house, slot, key):
        turn, room = divmod(slot, len(ROOMS))
        day = datetime.now(HERE).date() + timedelta(days=2 + turn // 14)
        start = datetime(day.year, day.month, day.day, 7 + turn % 14, tzinfo=HERE)
        body = {
            "room": ROOMS[room], "organisation_id": house.organisation, "title": "Styrelsemöte", "category": "board_meeting",
            "starts_at": start.isoformat(), "ends_at": start.replace(hour=start.hour + 1).isoformat(), "expected_participants": 3,
        }
        return house.service.post("/bookings", body, house.tokens["booker"], key)

    def count(self, house, _, key):
        body = {"headcount": 3, "purpose": "walk_in", "client_id": key}
        return house.service.post("/visits", body, house.tokens["reception"])

    def percentiles(self, kind):
        """The slowest of half, of 95 and of 99 in a hundred, in milliseconds; none if nobody came."""
        times = sorted(self.took[kind])
        return [times[min(len(times) * share // 100, len(times) - 1)] for share in (50, 95, 99)] if times else []


class Guest:
    """A house that runs, and who is signed in there."""

    def __init__(self, process):
        self.service = process.service
        self.tokens = {role: sign_in(self.service, role)[0] for role in ROLES}
        me = self.service.ask("GET", "/me", token=self.tokens["booker"]).body
        self.organisation = me["memberships"][0]["organisation_id"]


def model(folder, engine, cluster):
    """A house with a year in it, that all others begin as a copy of."""
    database = cluster.add("model") if engine == "postgres" else None
    house = House(folder / "model", database)
    house.furnish(ROLES)
    (house.folder / "secret").unlink(missing_ok=True)
    return house


def another(number, folder, engine, cluster, first, mailbox):
    name, place = f"house{number}", folder / f"house{number}"
    database = None
    if engine == "postgres":
        database = cluster.add(name, like="model")
    else:
        shutil.copytree(first.folder, place)
    return House(place, database, NOBEL21_SMTP_URL=mailbox.url, NOBEL21_WORKERS="2")


def strangers(guests, cluster):
    """Whoever is somebody in one house is nobody in the next, with the same ids in both."""
    one, other = guests[0], guests[1]
    for role, token in one.tokens.items():
        answers = tuple(guest.service.ask("GET", "/me", token=token).status for guest in (other, one))
        if answers != (401, 200):
            yield f"a {role}'s token is answered {answers[0]} by another house, {answers[1]} by its own"
    if cluster and not (cluster.refuses("house1", "house2") and not cluster.refuses("house1", "house1")):
        yield "the role of one house gets into another's database"


def measure(engine, number, rates, seed):
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nobel21-houses-")))
        folder.chmod(0o711)
        cluster = None
        if engine == "postgres":
            # As many as `docs/scaling.md` reckons for a house, and a few for whoever looks after them.
            cluster = stack.enter_context(Cluster(folder / "cluster", connections=number * 9 + 20).running())
        mailbox = stack.enter_context(Mailbox())
        stack.callback(mailbox.shutdown)
        first = model(folder, engine, cluster)
        houses = [another(n, folder, engine, cluster, first, mailbox) for n in range(1, number + 1)]
        processes = [stack.enter_context(house.process()) for house in houses]
        time.sleep(SETTLED)
        programs = [process.program.pid for process in processes]
        database = cluster.processes if cluster else list

        def spent():
            return cpu(programs), cpu(database())

        before, began = spent(), time.monotonic()
        time.sleep(IDLE)
        idle = [(after - b) / (time.monotonic() - began) * 3600 / number for after, b in zip(spent(), before)]
        idle_memory, idle_database = memory(programs), memory(database())
        idle_connections = cluster.connections() if cluster else 0
        guests = [Guest(process) for process in processes]
        wrong = list(strangers(guests, cluster)) if number > 1 else []
        load = Load(guests, rates, seed)
        before, began, machine = spent(), time.monotonic(), busy()
        load.run(LOADED)
        loaded = [(after - b) / (time.monotonic() - began) * 3600 / number for after, b in zip(spent(), before)]
        machine = busy(machine)
        loaded_memory, loaded_database = memory(programs), memory(database())
        loaded_connections = cluster.connections() if cluster else 0
        if load.failed:
            wrong.append(f"requests that failed: {dict(load.failed)}")
    times = {kind: load.percentiles(kind) for kind in ("look", "book")}
    row = {
        "houses": number,
        "MB each, idle": f"{idle_memory[0] / number:.0f} ({idle_memory[1] / number:.0f})",
        "loaded": f"{loaded_memory[0] / number:.0f} ({loaded_memory[1] / number:.0f})",
        "CPU s an hour each, idle": f"{idle[0]:.1f}",
        "busy": f"{loaded[0]:.1f}",
    }
    if cluster:
        row |= {
            "PostgreSQL's CPU s, idle": f"{idle[1]:.1f}", "its busy": f"{loaded[1]:.1f}",
            "its MB each, idle": f"{idle_database[1] / number:.0f}", "its loaded": f"{loaded_database[1] / number:.0f}",
            "connections each": f"{idle_connections / number:.1f} / {loaded_connections / number:.1f}",
        }
    row |= {
        "requests/s": f"{sum(map(len, load.took.values())) / LOADED:.1f}",
        "week ms p50/95/99": "/".join(f"{ms:.0f}" for ms in times["look"]),
        "booking ms p50/95/99": "/".join(f"{ms:.0f}" for ms in times["book"]),
        "machine busy": f"{machine:.0%}",
        f"p95 under {LIMIT} ms": "yes" if all(ms[1] <= LIMIT for ms in times.values() if ms) else "no",
    }
    return row, wrong


def main():
    parser = argparse.ArgumentParser(prog="script/measure-houses", description="Runs many houses on this machine and measures what each costs.")
    parser.add_argument("engine", choices=("sqlite", "postgres"))
    parser.add_argument("houses", nargs="*", type=int, default=[1, 5, 20, 50], help="how many at once, one run for each number (default: 1 5 20 50)")
    parser.add_argument("--times", type=int, default=TIMES, help="how many times over the busiest hour of the sample (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=21, help="of when people come (default: %(default)s)")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("measure-houses: stopped"))
    rates = {kind: often * args.times for kind, often in busiest_hour().items()}
    print(f"{args.engine}; an hour of each house: {rates['look']} looks at a week, {rates['book']} bookings, {rates['count']} counts\n")
    failed = False
    for turn, number in enumerate(args.houses):
        row, wrong = measure(args.engine, number, rates, args.seed)
        if not turn:
            print("| " + " | ".join(row) + " |\n|" + "---:|" * len(row))
        print("| " + " | ".join(str(value) for value in row.values()) + " |", flush=True)
        for what in wrong:
            failed = True
            print(f"WRONG with {number} houses: {what}", flush=True)
    if failed:
        sys.exit("measure-houses: not as it should be")


main()
