"""What must be true afterwards, made of nothing but what people were answered, and held against the database and the API."""
import time
from collections import Counter, defaultdict
from datetime import datetime
from typing import NamedTuple

# Seconds that errors may outlast a fault: the service gives up waiting for a connection after 5.
GRACE = 8
# Seconds for the last letters once all are due, and at the most: one that was refused over and over waits for hours, which nobody does here.
LETTERS, AT_MOST = 120, 1200
HOLDS = ("pending", "confirmed", "held")


def check_answers(verdict, journals, faults):
    """Nothing but done, refused by the contract, or 503 with Retry-After while a fault excuses it."""
    surprises = [one for journal in journals for one in journal.surprises]
    for what, times in Counter(one.split(" {", 1)[0] for one in surprises).items():
        verdict.holds(False, f"{times} × {next(one for one in surprises if one.startswith(what))}")
    errors = [one for journal in journals for one in journal.errors]
    verdict.none([str(a) for a in errors if a.status == 503 and not a.retry_after.isdigit()], "503 without Retry-After")

    def excused(answer):
        # 408 is none of the contract's, whatever happens.
        return answer.status != 408 and any(
            answer.process in (fault.broke if answer.status == 0 else fault.excuses) and answer.came >= fault.began and answer.sent <= fault.over + GRACE
            for fault in faults
        )

    def when(answer):
        last = max((fault for fault in faults if fault.began <= answer.came), key=lambda fault: fault.began, default=None)
        after = f"{answer.came - last.over:+.1f} s from the end of {last.name}" if last else "before any fault"
        return f"{answer} after {answer.came - answer.sent:.1f} s, {after}"

    verdict.none([when(a) for a in errors if not excused(a)], "errors that no fault excuses")
    return errors


def check_bookings(verdict, journals, node):
    """Each change that was answered is there once: a version belongs to one change, and none is missing but for want of an answer."""
    rows = {
        row[0]: dict(zip(("id", "version", "status", "room", "title", "starts_at", "ends_at"), (row[0], int(row[1]), *row[2:5], float(row[5]), float(row[6]))))
        for row in node.sql(
            """SELECT b.id, b.version, status, r.slug, title, extract(epoch FROM starts_at), extract(epoch FROM ends_at)
               FROM bookings b JOIN rooms r ON r.id = b.room_id""",
            "nobel21",
        )
    }
    unanswered = sum((journal.unanswered for journal in journals), Counter())
    made = Counter(one["id"] for journal in journals for one in journal.made)
    verdict.none([one for one, times in made.items() if times > 1], "bookings that two requests were answered with as made")
    versions = defaultdict(dict)
    for journal in journals:
        for one in journal.made:
            versions[one["id"]][one["version"]] = one
    for journal in journals:
        for one in journal.changed:
            before = versions[one["id"]].setdefault(one["version"], one)
            verdict.holds(before is one, f"two changes that both made version {one['version']}: {before}, {one}")
    lost = [known[max(known)] for one, known in versions.items() if one not in rows]
    verdict.none(lost, "bookings that somebody was told of and are lost")
    dates = Counter((row["title"], row["starts_at"]) for row in rows.values())
    verdict.none([what for what, times in dates.items() if times > 1], "bookings that are there twice")
    verdict.none([row for row in rows.values() if row["id"] not in made and not unanswered[row["title"]]], "bookings that nobody was promised")
    wrong, untold = [], []
    for one, known in versions.items():
        if one not in rows:
            continue
        row, last = rows[one], max(known)
        if row["version"] < last or (row["version"] == last and row != known[last]):
            wrong.append((row, known[last]))
        elif row["version"] - len(known) > unanswered[one] + unanswered[row["title"]]:
            untold.append((row, sorted(known), unanswered[one]))
    verdict.none(wrong, "bookings that are not as was last answered")
    verdict.none(untold, "bookings changed by nobody")
    return rows


def check_floor(verdict, node):
    """Nobody has floor that another has, and each booking that stands and each open offer has its own, once, and nothing besides."""
    overlaps = node.sql(
        """SELECT a.id, b.id FROM occupancies a JOIN occupancies b ON a.space_id = b.space_id AND a.id < b.id
           AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at""",
        "nobel21",
    )
    verdict.none(overlaps, "occupancies that overlap")
    # Set-up and clean-up included. Whatever else a booking or an offer has, or has twice, is left over from before.
    wrong = node.sql(
        """WITH theirs AS (
             SELECT b.id, s.space_id, b.starts_at - setup_minutes * interval '1 minute', b.ends_at + cleanup_minutes * interval '1 minute'
               FROM bookings b JOIN room_spaces s ON s.room_id = b.room_id WHERE status IN ('pending', 'confirmed', 'held')
             UNION ALL
             SELECT w.id, s.space_id, offer_starts_at - setup_minutes * interval '1 minute', offer_ends_at + cleanup_minutes * interval '1 minute'
               FROM waitlist w JOIN rooms r ON r.id = w.room_id JOIN room_spaces s ON s.room_id = w.room_id WHERE status = 'offered'),
           taken AS (SELECT coalesce(booking_id, waitlist_id), space_id, starts_at, ends_at FROM occupancies WHERE closure_id IS NULL)
           SELECT 'lacks', * FROM (TABLE theirs EXCEPT ALL TABLE taken) AS without
           UNION ALL SELECT 'has', * FROM (TABLE taken EXCEPT ALL TABLE theirs) AS beside""",
        "nobel21",
    )
    verdict.none(wrong, "bookings and offers with floor that is not theirs, or without theirs")
    return len(overlaps)


def everything(verdict, service, path, token):
    items, cursor = [], ""
    while cursor is not None:
        answer = service.ask("GET", f"{path}&limit=200{cursor and f'&cursor={cursor}'}", token=token)
        if answer.status != 200:
            verdict.holds(False, f"{path}: {answer}")
            break
        items += answer.body["items"]
        cursor = answer.body["next_cursor"]
    return items


def check_service(verdict, services, token, rows):
    """Both processes tell of the same bookings as the database, and of no room that two hold."""
    spaces = {room["slug"]: room["spaces"] for room in everything(verdict, services[0], "/rooms?", token)}
    for service in services:
        told = everything(verdict, service, "/bookings?", token)
        same = {one["id"]: (one["version"], one["status"]) for one in told} == {row["id"]: (row["version"], row["status"]) for row in rows.values()}
        verdict.holds(same, f"process {service.number} tells of {len(told)} bookings, the database has {len(rows)}, or other versions of them")
        taken = sorted(
            (space, *(datetime.fromisoformat(one[end]) for end in ("starts_at", "ends_at"))) for one in told if one["status"] in HOLDS for space in spaces[one["room"]]
        )
        verdict.none([(a, b) for a, b in zip(taken, taken[1:]) if a[0] == b[0] and b[1] < a[2]], f"double bookings that process {service.number} tells of")


def check_visits(verdict, journals, node, services, token):
    """Each count is there once with its number, a correction makes it what it should have been, and the tallies are their sum."""
    rows = node.sql("SELECT id, coalesce(client_id::text, ''), headcount, coalesce(corrects::text, '') FROM visits", "nobel21")
    answered = [one for journal in journals for one in journal.counted]
    verdict.none([one for one, times in Counter(one for one, _ in answered).items() if times > 1], "counts that two requests were answered with")
    counted = dict(answered)
    corrected = {one: number for journal in journals for one, number in journal.corrected.items()}
    unanswered = sum((journal.unanswered for journal in journals), Counter())
    # By the id that the client gave it, or else the service: so it was noted.
    name_of = {one: client or one for one, client, _, corrects in rows if not corrects}
    there = Counter(name_of.values())
    verdict.none([one for one in counted if there[one] != 1], "counts that were answered and are lost, or there twice")
    untold = Counter((client or f"{number} counted") for one, client, number, corrects in rows if not corrects and name_of[one] not in counted)
    verdict.none([one for one, times in untold.items() if times > unanswered[one]], "counts that nobody was told of")
    now = Counter()
    for one, _, headcount, corrects in rows:
        now[corrects or one] += int(headcount)
    wrong = [
        (one, number) for one, number in now.items()
        if not unanswered[one] and number != corrected.get(one, counted.get(name_of.get(one), number))
    ]
    verdict.none(wrong, "counts whose number is not what was answered")
    total = sum(now.values())
    for service in services:
        told = sum(one["headcount"] for one in everything(verdict, service, "/visits?", token))
        verdict.holds(told == total, f"process {service.number} tells of {told} people, the rows of {total}")
    days = {day for (day,) in node.sql("SELECT DISTINCT (at AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Stockholm')::date FROM visits", "nobel21")}
    if len(days) == 1:
        for service in services:
            today = service.ask("GET", "/visits/today", token=token).body
            verdict.holds(today["date"] not in days or today["total"] == total, f"process {service.number} tells of {today['total']} today, the rows of {total}")
    return len(there), total


class Letter(NamedTuple):
    """As the database has it. One that waits is `in hand` while whoever sends it has it to itself, or has died with it; `unsent` otherwise, and
    due in so many seconds."""

    name: str
    address: str
    to: str
    state: str
    attempts: str
    due: str


def look(node):
    """All letters at one moment: between two looks a lease may run out, and a letter would be neither in anybody's hands nor sent."""
    rows = node.sql(
        """SELECT message_id, to_address, to_key, CASE WHEN status <> 'waiting' THEN status
             WHEN leased_until >= now() AT TIME ZONE 'UTC' THEN 'in hand' ELSE 'unsent' END, attempts,
             extract(epoch FROM next_attempt_at - now() AT TIME ZONE 'UTC') FROM letters""",
        "nobel21",
    )
    return [Letter(name.strip("<>"), *rest) for name, *rest in rows]


def check_letters(verdict, node, mailbox, kills):
    """Each letter comes once. What a killed process had in hand waits until its lease is over, and may come twice if it had left."""
    began = all_due = time.monotonic()
    while True:
        letters, now = look(node), time.monotonic()
        states = Counter(letter.state for letter in letters)
        if not states["unsent"] and states["in hand"] <= kills:
            break
        # A clock that was wrong has put some off by as much.
        all_due = max([all_due, *(now + float(letter.due) for letter in letters if letter.state == "unsent")])
        if now > min(all_due + LETTERS, began + AT_MOST):
            break
        time.sleep(1)
    took = time.monotonic() - began
    unsent = [letter for letter in letters if letter.state in ("unsent", "failed")]
    verdict.none(unsent, f"letters not sent {LETTERS} s after the last was due, or {AT_MOST} s after the load")
    verdict.holds(states["in hand"] <= kills, f"{states['in hand']} letters are in the hands of nobody, {kills} processes were killed")
    # Whoever got 20 letters in an hour waits for the next, and one on its way counts as sent. One that was on its way when others were
    # held back has left since, or is on its way still; or it was given back, or its lease ran out, and then it went out again unless
    # another had its place. A clock that is wrong by less than a minute moves the hour, but takes nothing away from 20.
    got = Counter(letter.to for letter in letters if letter.state in ("sent", "in hand"))
    verdict.none([letter.to for letter in letters if letter.state == "held" and got[letter.to] < 20], "letters held back from people who got fewer than 20")
    sent = {(letter.name, letter.address) for letter in letters if letter.state == "sent"}
    left = {(letter.name, letter.address) for letter in letters if letter.state == "in hand"}
    came = Counter(mailbox.letters())
    twice = [letter for letter, times in came.items() if times > 1]
    verdict.holds(len(twice) <= kills and all(came[letter] == 2 for letter in twice), f"{len(twice)} letters came more than once, {kills} processes were killed")
    verdict.none(sorted(sent - came.keys()), "letters that did not come")
    verdict.none(sorted(came.keys() - sent - left), "letters that came and are not known to have been sent")
    check_told(verdict, node)
    return len(came), len(twice), len(left), took


def check_told(verdict, node):
    """Each change of a booking is told in one letter: whether it came about twice or was written down twice, somebody would read it twice."""
    wrong = node.sql(
        """SELECT reference, b.status, version, string_agg(kind, ' ' ORDER BY l.created_at, l.id)
           FROM bookings b LEFT JOIN letters l ON l.booking_id = b.id AND kind <> 'booking_reminder' WHERE series_id IS NULL
           GROUP BY b.id HAVING count(kind) <> version OR count(*) FILTER (WHERE kind = 'booking_cancelled') <> (b.status = 'cancelled')::int
             OR count(*) FILTER (WHERE kind = 'booking_rejected') <> (b.status = 'rejected')::int""",
        "nobel21",
    )
    verdict.none(wrong, "bookings whose letters are not those of their changes")
    # A series is told of in one letter, which has all its dates for the reader's calendar, and so is its end.
    wrong = node.sql(
        """WITH told AS (SELECT kind, date[1]::uuid AS booking FROM letters, regexp_matches(calendar, 'UID:([0-9a-f-]{36})', 'g') AS date WHERE booking_id IS NULL)
           SELECT reference, status, version, string_agg(kind, ' ' ORDER BY kind) FROM bookings b LEFT JOIN told ON booking = b.id WHERE series_id IS NOT NULL
           GROUP BY b.id HAVING count(kind) <> version OR count(*) FILTER (WHERE kind = 'series_cancelled') <> (status = 'cancelled')::int""",
        "nobel21",
    )
    verdict.none(wrong, "dates of series of which the series' letters do not tell, or twice")
    # Nobody takes an offer back here, so that each wish has one at most.
    (offers,) = node.sql("SELECT (SELECT count(*) FROM waitlist WHERE held_until IS NOT NULL), (SELECT count(*) FROM letters WHERE kind = 'waitlist_offer')", "nobel21")
    verdict.holds(offers[0] == offers[1], f"{offers[0]} wishes got an offer, {offers[1]} letters tell of one")
