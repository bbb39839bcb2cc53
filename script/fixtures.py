#!/usr/bin/env python3
"""Writes what the tests compare our dates with, computed by programs that are not ours.

    python3 -m venv /tmp/fixtures && /tmp/fixtures/bin/pip install holidays python-dateutil
    /tmp/fixtures/bin/python script/fixtures.py

Writes tests/fixtures/holidays.csv and tests/fixtures/recurrence.json; the same every time.
"""
import json
import pathlib
import random
from datetime import date, datetime, timedelta

import holidays
from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

FOLDER = pathlib.Path(__file__).parent.parent / "tests" / "fixtures"
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# What a series may be at most.
MOST = 200
MONTHS = 18


def write_holidays():
    lines = ["date"]
    for year in range(2000, 2041):
        lines += sorted(str(day) for day in holidays.country_holidays("SE", years=year, include_sundays=False))
    (FOLDER / "holidays.csv").write_text("\n".join(lines) + "\n")


def dates_of(rule, start):
    """The dates, or None if they are more or later than a series may have."""
    begin = datetime.fromisoformat(start)
    end = begin + relativedelta(months=MONTHS)
    found = []
    for at in rrulestr(rule, dtstart=begin):
        if at > end or len(found) == MOST:
            return None
        found.append(at.date().isoformat())
    return found or None


# Rules whose dates people know, or that meet what is odd in a calendar.
BY_HAND = [
    ("FREQ=WEEKLY;COUNT=16", "2026-03-06"),
    ("FREQ=WEEKLY;UNTIL=20260619", "2026-03-06"),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=12", "2026-11-30"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=20", "2026-12-03"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU;COUNT=12", "2026-12-20"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=MO;COUNT=12", "2026-12-20"),
    ("FREQ=WEEKLY;BYDAY=TU;COUNT=5", "2026-11-23"),
    ("FREQ=MONTHLY;COUNT=8", "2026-01-31"),
    ("FREQ=MONTHLY;BYMONTHDAY=29,30,31;COUNT=20", "2027-01-01"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=15", "2027-01-01"),
    ("FREQ=MONTHLY;BYDAY=2TU;COUNT=12", "2026-11-10"),
    ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=12", "2026-11-01"),
    ("FREQ=MONTHLY;BYDAY=5MO;COUNT=5", "2026-11-01"),
    ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2", "2026-01-01"),
    ("FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE,3WE;COUNT=10", "2026-11-04"),
    ("FREQ=DAILY;INTERVAL=10;COUNT=40", "2026-11-23"),
    ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=100", "2026-11-23"),
    ("FREQ=DAILY;UNTIL=20270301", "2026-12-24"),
]


def random_rule(pick):
    frequency = pick.choice(["DAILY", "WEEKLY", "MONTHLY"])
    parts = [f"FREQ={frequency}"]
    if pick.random() < 0.5:
        parts.append(f"INTERVAL={pick.randint(1, 6)}")
    if frequency == "WEEKLY" and pick.random() < 0.7:
        parts.append("BYDAY=" + ",".join(pick.sample(DAYS, pick.randint(1, 4))))
    if frequency == "WEEKLY" and pick.random() < 0.3:
        parts.append("WKST=" + pick.choice(DAYS))
    if frequency == "MONTHLY":
        if pick.random() < 0.5:
            days = pick.sample([*range(1, 32), *range(-5, 0)], pick.randint(1, 3))
            parts.append("BYMONTHDAY=" + ",".join(map(str, days)))
        elif pick.random() < 0.8:
            days = [f"{pick.choice([1, 2, 3, 4, 5, -1, -2, ''])}{pick.choice(DAYS)}" for _ in range(pick.randint(1, 2))]
            parts.append("BYDAY=" + ",".join(days))
    start = date(2026, 1, 1) + timedelta(days=pick.randint(0, 1500))
    if pick.random() < 0.5:
        parts.append(f"COUNT={pick.randint(1, 60)}")
    else:
        parts.append(f"UNTIL={start + timedelta(days=pick.randint(0, 500)):%Y%m%d}")
    return ";".join(parts), start.isoformat()


def write_recurrence():
    pick = random.Random(21)
    cases = []
    for rule, start in BY_HAND + [random_rule(pick) for _ in range(250)]:
        dates = dates_of(rule, start)
        if dates is None:
            assert (rule, start) not in BY_HAND, rule
            continue
        cases.append({"rule": rule, "start": start, "dates": dates})
    text = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (FOLDER / "recurrence.json").write_text(f"[\n{text}\n]\n")


FOLDER.mkdir(exist_ok=True)
write_holidays()
write_recurrence()
