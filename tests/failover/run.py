"""Lets a primary die under load and holds what is there afterwards against what was answered."""
import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from house import House, sign_in
from letters import Mailbox
from load import Load, look
from nodes import Nodes
from verdict import Verdict

BOOKERS, COUNTERS = 150, 4
# Seconds: the load before the kill, what a watchman takes to notice (both at random in between), how long the load goes on afterwards,
# how long errors may outlast the promotion. The service gives up waiting for a connection after 5: sometimes before the watchman comes.
BEFORE, NOTICED, AFTERWARDS, GRACE = (4, 6), (2, 9), 10, 5
# So many requests in a row must succeed at each process in the end.
IN_A_ROW = 25
# Seconds for the last letters: longer than the pause after a failed round, shorter than a lease.
LETTERS = 120


def check_answers(verdict, load, killed, promoted):
    """Errors are 503 with Retry-After, and none before the kill or long after the promotion. Gives the seconds from the first to the last."""
    errors = sorted((answer for answer in load.answers if answer.failed), key=lambda answer: answer.came)
    verdict.none(load.broken, "people whom an error of this test's own sent home")
    verdict.none([str(a) for a in errors if a.status != 503], "errors other than 503")
    verdict.none([str(a) for a in errors if a.status == 503 and not a.retry_after.isdigit()], "503 without Retry-After")
    verdict.none([str(a) for a in errors if a.came < killed], "errors before the primary was killed")
    verdict.none([f"{a} after {a.came - promoted:.1f} s" for a in errors if a.came > promoted + GRACE], f"errors later than {GRACE} s after the promotion")
    verdict.holds(errors, "nobody noticed that the primary was gone: this was no test")
    verdict.none([wish.name for wish in load.wishes if wish.may_repeat and wish.last.failed], "requests that never got through")
    window = errors[-1].came - errors[0].came if errors else 0
    verdict.holds(window <= promoted - killed + GRACE, f"errors for {window:.1f} s, the promotion took {promoted - killed:.1f} s")
    return errors, window


def check_sights(verdict, load, killed, asked, promoted):
    """Whoever reads goes on at both processes, and misses nothing that was answered before the instant that its answer names."""
    old = [sight for sight in load.sights if sight.as_of]
    failed = [sight for sight in load.sights if sight.status != 200]
    verdict.none([sight.status for sight in failed if sight.status != 503 or not sight.retry_after.isdigit()], "readers' errors other than 503 with Retry-After")
    verdict.none([sight.process for sight in failed if not killed < sight.came < promoted + GRACE], "readers' errors at another time")
    for service in load.services:
        seen = [sight for sight in old if sight.process == service.number and killed < sight.came < asked and sight.status == 200]
        verdict.holds(seen, f"nobody could read from process {service.number} before the promotion")
    verdict.none([sight.process for sight in old if not killed < sight.came < promoted + GRACE], "calendars from a standby while there was a primary")
    # Both clocks are this machine's.
    clock = time.time() - time.monotonic()
    done = [(wish.last.came + clock, wish.last.body["id"]) for wish in load.wishes if wish.kind == "booking" and wish.last.status == 201]
    late = [one for sight in old if sight.status == 200 for came, one in done if came < sight.as_of.timestamp() and one not in sight.bookings]
    verdict.none(late, "bookings missing in a calendar that is said to be younger")
    return len(old), len(failed)


def check_rows(verdict, load, primary):
    """What was answered is there once; what was turned down is not there."""
    bookings = [wish for wish in load.wishes if wish.kind == "booking"]
    titles = Counter(title for (title,) in primary.sql("SELECT title FROM bookings", "nobel21"))
    ids = {one for (one,) in primary.sql("SELECT id FROM bookings", "nobel21")}
    done = [wish for wish in bookings if not wish.last.failed and wish.last.status != 409]
    verdict.none([wish.name for wish in done if wish.last.body["id"] not in ids or titles[wish.name] == 0], "bookings answered with 201 that are lost")
    verdict.none([name for name, rows in titles.items() if rows > 1], "bookings that are there twice")
    verdict.none([wish.name for wish in bookings if wish.last.status == 409 and titles[wish.name]], "bookings turned down that are there all the same")
    verdict.none(list(titles.keys() - {wish.name for wish in bookings}), "bookings that nobody made")

    visits = [wish for wish in load.wishes if wish.kind == "visit"]
    there = Counter(one for (one,) in primary.sql("SELECT id FROM visits", "nobel21"))
    told = Counter(wish.last.body.get("id") for wish in visits if not wish.last.failed)
    verdict.none([one for one in told if there[one] != 1], "counts answered with 201 that are lost")
    verdict.none([one for one, answers in told.items() if answers > 1], "counts that two requests got")
    verdict.none([one for one in there if one not in told], "counts that are there twice, or that nobody made")

    overlaps = primary.sql(
        """SELECT a.id, b.id FROM occupancies a JOIN occupancies b ON a.space_id = b.space_id AND a.id < b.id
           AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at""",
        "nobel21",
    )
    verdict.none(overlaps, "occupancies that overlap")
    bare = primary.sql("SELECT id FROM bookings b WHERE status = 'confirmed' AND NOT EXISTS (SELECT 1 FROM occupancies WHERE booking_id = b.id)", "nobel21")
    verdict.none(bare, "confirmed bookings without their floor")
    return len(done), len(told)


def check_letters(verdict, primary, mailbox):
    """Each letter that was committed comes once; gives how long the last one took."""
    began = time.monotonic()
    waiting = "SELECT count(*) FROM letters WHERE status <> 'sent'"
    while primary.value(waiting, "nobel21") != "0" and time.monotonic() < began + LETTERS:
        time.sleep(0.5)
    took = time.monotonic() - began
    unsent = primary.sql("SELECT status, attempts, leased_until, last_error FROM letters WHERE status <> 'sent'", "nobel21")
    verdict.none(unsent, f"letters not sent within {LETTERS} s")
    written = {(name.strip("<>"), address) for name, address in primary.sql("SELECT message_id, to_address FROM letters", "nobel21")}
    came = Counter(mailbox.letters())
    verdict.none([letter for letter, times in came.items() if times > 1], "letters that came more than once")
    verdict.none(sorted(written - came.keys()), "letters that did not come")
    verdict.none(sorted(came.keys() - written), "letters of which the database knows nothing")
    silent = primary.sql("SELECT reference FROM bookings b WHERE (SELECT count(*) FROM letters WHERE booking_id = b.id) <> 1", "nobel21")
    verdict.none(silent, "bookings without their one letter")
    return len(came), took


def check_service(verdict, services, tokens):
    """Both answer again as if nothing had been."""
    for service in services:
        answers = [service.post("/visits", {"headcount": 1, "purpose": "other"}, tokens[n % len(tokens)]) for n in range(IN_A_ROW)]
        verdict.none([str(answer) for answer in answers if answer.status != 201], "requests that failed in the end")
        sight = look(service, tokens[0])
        verdict.holds(sight.status == 200 and not sight.as_of, f"process {service.number} still reads from a standby in the end")


def once(seed):
    chance = random.Random(seed)
    began = time.monotonic()
    verdict = Verdict()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nobel21-failover-")))
        # The user of PostgreSQL passes through.
        folder.chmod(0o711)
        nodes = Nodes(folder / "nodes")
        stack.callback(nodes.stop)
        nodes.begin()
        mailbox = stack.enter_context(Mailbox())
        stack.callback(mailbox.shutdown)
        house = House(folder / "house", nodes.url(), NOBEL21_SMTP_URL=mailbox.url)
        organisation = house.furnish_for({"booker": BOOKERS, "reception": COUNTERS}, nodes.primary)
        services = [stack.enter_context(house.process(number)).service for number in (1, 2)]
        bookers, counters = sign_in(services[0], "booker", BOOKERS), sign_in(services[1], "reception", COUNTERS)
        print(f"  three nodes and two processes run after {time.monotonic() - began:.0f} s", flush=True)
        load = Load(services, bookers, counters, organisation, seed)
        load.begin()
        time.sleep(chance.uniform(*BEFORE))
        killed = time.monotonic()
        processes = nodes.primary.kill()
        time.sleep(chance.uniform(*NOTICED))
        asked = time.monotonic()
        old, new, other = nodes.promote()
        promoted = time.monotonic()
        print(f"  {old.name} and its {processes - 1} children killed, {new.name} promoted, {other.name} follows it", flush=True)
        time.sleep(AFTERWARDS)
        load.end()
        errors, window = check_answers(verdict, load, killed, promoted)
        old, unread = check_sights(verdict, load, killed, asked, promoted)
        bookings, counts = check_rows(verdict, load, new)
        check_service(verdict, services, counters)
        letters, took = check_letters(verdict, new, mailbox)
        late = max((a.came - promoted for a in errors), default=0)
        slowest = max(a.came - a.sent for a in load.answers)
        taken = sum(a.status == 409 for a in load.answers)
        again = sum(wish.tries > 1 for wish in load.wishes)
        print(f"  {len(load.answers)} requests: {bookings} bookings, {taken} turned down as taken, {counts} counts, {len(errors)} errors; {again} went through at a later try")
        print(f"  without a primary for {promoted - killed:.1f} s ({asked - killed:.1f} s until noticed, {promoted - asked:.1f} s for the promotion and the first commit)")
        print(f"  errors for {window:.1f} s, the last {late:+.1f} s from the first commit; slowest answer {slowest:.1f} s; {letters} letters, the last {took:.0f} s after the load")
        print(f"  {len(load.sights)} looks at the calendar: {old} from a standby, {unread} errors")
        if verdict.wrong:
            for log in sorted((folder / "house").glob("*.log")):
                unusual = [line for line in log.read_text().splitlines() if '"ERROR"' in line]
                print(f"  {log.name}: {len(unusual)} errors", *unusual[:5], sep="\n    ")
    return verdict.wrong


def main():
    parser = argparse.ArgumentParser(prog="script/test-failover", description="Kills a primary under load and looks whether anything is lost or there twice.")
    parser.add_argument("times", nargs="?", type=int, default=1, help="how often (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=21, help="of the first time, then the next numbers (default: %(default)s)")
    args = parser.parse_args()
    # Whoever stops it leaves no nodes behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("test-failover: stopped"))
    failed = False
    for seed in range(args.seed, args.seed + args.times):
        print(f"== seed {seed}", flush=True)
        for what in once(seed):
            failed = True
            print(f"  WRONG: {what}", flush=True)
    if failed:
        sys.exit("test-failover: not as it should be")
    print("nothing lost, nothing twice")


main()
