"""Every kind of user at once at two processes, while what can go wrong does; then all is held against what people were answered."""
import argparse
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from faults import Clock, Faults, Proxy
from house import House, sign_in
from kinds import BY_REQUEST, KINDS, at_work
from letters import Mailbox
from memory import FLAT, LONG_ENOUGH, Memory
from model import check_answers, check_bookings, check_floor, check_letters, check_service, check_visits
from nodes import Node, make_folder
from verdict import Verdict

# Processes of users: more would take the service's time, fewer would not keep it busy.
CROWDS = 3


def open_house(stack, folder, minutes):
    """A database behind the proxy, a mail server, two processes, and accounts enough: each gets 20 letters an hour."""
    make_folder(folder / "nodes")
    node = Node("node", folder / "nodes")
    stack.callback(node.stop)
    node.make()
    node.sql("CREATE DATABASE nobel21")
    proxy = Proxy(node.port)
    stack.callback(proxy.program.kill)
    mailbox = stack.enter_context(Mailbox())
    stack.callback(mailbox.shutdown)
    house = House(folder / "house", proxy.url, NOBEL21_SMTP_URL=mailbox.url, NOBEL21_TRUSTED_PROXIES="127.0.0.1")
    people_each = 2 + minutes
    organisation = house.furnish_for({"booker": CROWDS * len(KINDS) * people_each, "reception": CROWDS, "admin": CROWDS}, node)
    node.sql(f"UPDATE rooms SET needs_approval = true WHERE slug = '{BY_REQUEST}'; UPDATE house_settings SET second_factor_required = false", "nobel21")
    clock = Clock(folder / "house" / "clock")
    processes = [stack.enter_context(house.process(1)), stack.enter_context(house.process(2, **clock.env))]
    return node, proxy, mailbox, clock, processes, {"organisation": organisation, "people_each": people_each}


def pair_kiosks(service, token):
    """One for each crowd; gives their cookies."""
    kiosks = []
    for number in range(CROWDS):
        device = service.post("/devices", {"kind": "kiosk", "name": f"Entrén {number}"}, token).body["id"]
        code = service.post(f"/devices/{device}/pairing-code", None, token).body["code"]
        kiosks.append(f"kiosk={service.post('/kiosk/pair', {'code': code}).cookies['kiosk']}")
    return kiosks


def live(stack, house, processes, minutes, faults):
    """People use the house, faults happen; gives what the people noted and how long they were at it."""
    apart = multiprocessing.get_context("spawn")
    over, crowds = apart.Event(), []
    addresses = [(process.service.number, f"http://{process.listen}") for process in processes]
    for number in range(CROWDS):
        hear, tell = apart.Pipe(duplex=False)
        crowd = apart.Process(target=at_work, args=(number, addresses, house, over, tell), daemon=True)
        crowd.start()
        # Or its end would not be heard.
        tell.close()
        stack.callback(crowd.kill)
        crowds.append(hear)
    began = time.monotonic()
    faults.go_on(began + minutes * 60)
    time.sleep(max(0, began + minutes * 60 - time.monotonic()))
    over.set()
    journals = [hear.recv() for hear in crowds]
    return journals, time.monotonic() - began


def soak(minutes, seed):
    verdict = Verdict()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nobel21-soak-")))
        # The user of PostgreSQL passes through.
        folder.chmod(0o711)
        node, proxy, mailbox, clock, processes, house = open_house(stack, folder, minutes)
        services = [process.service for process in processes]
        (admin,) = sign_in(services[0], "admin")
        house |= {"seed": seed, "kiosks": pair_kiosks(services[0], admin)}
        faults = Faults(random.Random(seed), processes, proxy, clock, mailbox)
        memory = Memory(processes[0])
        memory.start()
        journals, seconds = live(stack, house, processes, minutes, faults)
        memory.over.set()
        clock.step(0)
        while abs(clock.wrong_by(processes[1])) > 2:
            time.sleep(0.1)

        errors = check_answers(verdict, journals, faults.happened)
        rows = check_bookings(verdict, journals, node)
        double = check_floor(verdict, node)
        (admin,) = sign_in(services[0], "admin")
        check_service(verdict, services, admin, rows)
        counts, people = check_visits(verdict, journals, node, services, admin)
        happened = Counter(fault.name for fault in faults.happened)
        verdict.holds(len(happened) == len(faults.kinds) and errors, "not every kind of fault happened, or nobody noticed: this was no test")
        letters, twice, left, took = check_letters(verdict, node, mailbox, happened["kill -9"])
        did = sum((journal.outcomes for journal in journals), Counter())
        second, last = memory.quarters()
        if minutes >= LONG_ENOUGH:
            verdict.holds(last <= second * FLAT, f"memory grew from {second:.1f} to {last:.1f} MiB")

        contested = did["turned down as taken"]
        print(f"  {contested} contested attempts turned down as taken, {contested / seconds:.0f} a second; {did['booked']} booked, {double} double bookings")
        print("  " + ", ".join(f"{number} {what}" for what, number in sorted(did.items())))
        print("  faults: " + ", ".join(f"{number} × {name}" for name, number in sorted(happened.items())))
        print(f"  {len(errors)} times 503 or a broken connection, {sum(sum(j.unanswered.values()) for j in journals)} requests whose outcome nobody was told")
        print(f"  {len(rows)} bookings and {counts} counts of {people} people as answered; slowest answer {max(j.slowest for j in journals):.1f} s")
        print(f"  {letters} letters, {twice} of them twice, the last {took:.0f} s after the load; {left} that a killed process had in hand wait for their turn")
        print(f"  memory of the process that was not killed: {second:.1f} MiB in the second quarter, {last:.1f} in the last"
              + ("" if minutes >= LONG_ENOUGH else f" (judged from {LONG_ENOUGH} minutes on)"))
        if verdict.wrong:
            for log in sorted((folder / "house").glob("*.log")):
                unusual = [line for line in log.read_text().splitlines() if '"ERROR"' in line]
                print(f"  {log.name}: {len(unusual)} errors", *unusual[:5], sep="\n    ")
    return verdict.wrong


def main():
    parser = argparse.ArgumentParser(prog="script/soak", description="Lets every kind of user at the service at once while faults happen.")
    parser.add_argument("minutes", type=int, help="how long; two at least, or not every fault has its turn")
    parser.add_argument("--seed", type=int, default=21, help="of all that is left to chance (default: %(default)s)")
    args = parser.parse_args()
    # Whoever stops it leaves nothing behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("soak: stopped"))
    print(f"== {args.minutes} minutes, seed {args.seed}", flush=True)
    try:
        wrong = soak(args.minutes, args.seed)
    except BaseException:
        print(f"soak: broke off, seed {args.seed}", flush=True)
        raise
    for what in wrong:
        print(f"  WRONG: {what}", flush=True)
    if wrong:
        sys.exit(f"soak: not as it should be, seed {args.seed}")
    print("soak: passed")


if __name__ == "__main__":
    main()
