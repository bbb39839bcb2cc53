#!/usr/bin/env python3
"""Reads a calendar from standard input as other programs read it, and prints as JSON what they understood.

Two parsers that are not ours, icalendar and vobject, must understand the same. What breaks a rule of RFC 5545 (calendars),
5546 (invitations) or 7986 (names of calendars) is named on standard error, one line each, and the exit status is 1.
"""
import json
import re
import sys
from datetime import datetime, timezone

import icalendar
import vobject

# RFC 5545, 3.6: what a calendar and an event must have, and what they may have once at most.
CALENDAR_NEEDS = ["VERSION", "PRODID"]
CALENDAR_ONCE = ["CALSCALE", "METHOD", "REFRESH-INTERVAL", "NAME", "X-WR-CALNAME", "X-PUBLISHED-TTL"]
EVENT_NEEDS = ["UID", "DTSTAMP", "DTSTART"]
EVENT_ONCE = ["CLASS", "CREATED", "DESCRIPTION", "DTEND", "DURATION", "GEO", "LAST-MODIFIED", "LOCATION", "ORGANIZER", "PRIORITY",
              "RECURRENCE-ID", "RRULE", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "URL"]
STATUSES = ["TENTATIVE", "CONFIRMED", "CANCELLED"]

faults = []


def want(right, what):
    if not right:
        faults.append(what)


def of(component, name):
    """All values of a property."""
    found = component.get(name, [])
    return found if isinstance(found, list) else [found]


def count(component, needs, once, where):
    for name in needs:
        want(len(of(component, name)) == 1, f"{where} has {name} {len(of(component, name))} times, not once")
    for name in once:
        want(len(of(component, name)) <= 1, f"{where} has {name} more than once")


def text(component, name):
    found = of(component, name)
    return str(found[0]) if found else None


def instant(value):
    """A time as an instant; what has no zone is none."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def lines(raw):
    """RFC 5545, 3.1: lines of at most 75 octets that end with CRLF, and nothing cut within a letter."""
    want(raw.endswith(b"\r\n"), "the last line does not end with CRLF")
    want(not re.search(rb"(?<!\r)\n|\r(?!\n)", raw), "a line ends with a bare CR or LF")
    for number, line in enumerate(raw.split(b"\r\n")[:-1], 1):
        want(line.strip() != b"", f"line {number} is empty")
        want(len(line) <= 75, f"line {number} has {len(line)} octets")
        want(not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", line), f"line {number} has a control character")
        try:
            line.decode()
        except UnicodeDecodeError:
            faults.append(f"line {number} is cut within a letter")


def zoned(component, zones, where):
    """RFC 5545, 3.3.5 and 3.6.5: times in UTC, or in a zone that the calendar explains."""
    for name in ["DTSTART", "DTEND", "RECURRENCE-ID"]:
        for value in of(component, name):
            zone = value.params.get("TZID")
            want(instant(value.dt) is not None, f"{where}: {name} is no instant")
            want(zone is None or zone in zones, f"{where}: {name} is in {zone}, which is not explained")
            want(zone is not None or value.to_ical().endswith(b"Z"), f"{where}: {name} is neither in UTC nor in a zone")
    for name in ["DTSTAMP", "CREATED", "LAST-MODIFIED"]:
        for value in of(component, name):
            want(value.to_ical().endswith(b"Z"), f"{where}: {name} is not in UTC")


def publication(events):
    """What RFC 5546, 3.2.1 wants: any number of events, each with its organiser, and nobody invited."""
    uids = [text(event, "UID") for event in events]
    want(len(uids) >= 1 and len(set(uids)) == len(uids), "a publication has each event once")
    for event in events:
        count(event, ["ORGANIZER", "SEQUENCE", "SUMMARY"], [], "a publication")
        want(not of(event, "ATTENDEE"), "a publication has an ATTENDEE")


def invitation(calendar, events):
    """RFC 5546, 3.2.2 and 3.2.5: one event, from somebody to somebody."""
    method = text(calendar, "METHOD")
    if method == "PUBLISH":
        publication(events)
        return
    want(method in ["REQUEST", "CANCEL"], f"the method is {method}")
    want(len({text(event, "UID") for event in events}) == 1, "an invitation is about one event")
    for event in events:
        count(event, ["ORGANIZER", "SEQUENCE", "SUMMARY"], [], "an invitation")
        want(len(of(event, "ATTENDEE")) >= 1, "an invitation has no ATTENDEE")
        for party in of(event, "ORGANIZER") + of(event, "ATTENDEE"):
            want(re.fullmatch(r"mailto:[^\s@]+@[^\s@]+", str(party)), f"{party} is no address")
        status = text(event, "STATUS")
        want((status == "CANCELLED") == (method == "CANCEL"), f"{method} of what is {status}")


def checked(calendar):
    want(not calendar.errors, f"unreadable: {calendar.errors}")
    count(calendar, CALENDAR_NEEDS, CALENDAR_ONCE, "the calendar")
    want(text(calendar, "VERSION") == "2.0", "the version is not 2.0")
    want(calendar.subcomponents, "a calendar has at least one component")
    for value in of(calendar, "REFRESH-INTERVAL"):
        want(value.params.get("VALUE") == "DURATION", "REFRESH-INTERVAL is not said to be a duration")
        want(re.fullmatch(r"P(\d+W|(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)", str(value)), f"REFRESH-INTERVAL is {value}")
    zones = [text(zone, "TZID") for zone in calendar.walk("VTIMEZONE")]
    events = calendar.walk("VEVENT")
    for event in events:
        where = f"event {text(event, 'UID')}"
        want(not event.errors, f"{where} is unreadable: {event.errors}")
        count(event, EVENT_NEEDS, EVENT_ONCE, where)
        zoned(event, zones, where)
        want(len(of(event, "DTEND")) + len(of(event, "DURATION")) == 1, f"{where} has not one end")
        want((instant(event.decoded("DTEND")) or "") > (instant(event.decoded("DTSTART")) or ""), f"{where} ends before it begins")
        want(text(event, "STATUS") in STATUSES, f"{where} has the status {text(event, 'STATUS')}")
        want(re.fullmatch(r"\d+", text(event, "SEQUENCE") or "0"), f"{where}: SEQUENCE is no number")
        want(re.match(r"https?://", text(event, "URL") or "http://"), f"{where}: URL is none")
    known = [(text(event, "UID"), text(event, "RECURRENCE-ID")) for event in events]
    want(len(known) == len(set(known)), "a UID is there twice")
    if "METHOD" in calendar:
        invitation(calendar, events)
    return events


def party(value):
    return {"address": str(value).removeprefix("mailto:"), "name": value.params.get("CN")}


def understood(event):
    return {
        "uid": text(event, "UID"),
        "sequence": int(text(event, "SEQUENCE") or 0),
        "status": text(event, "STATUS"),
        "stamp": instant(event.decoded("DTSTAMP")),
        "starts_at": instant(event.decoded("DTSTART")),
        "ends_at": instant(event.decoded("DTEND")),
        "summary": text(event, "SUMMARY"),
        "location": text(event, "LOCATION"),
        "description": text(event, "DESCRIPTION"),
        "url": text(event, "URL"),
        "organizer": next(map(party, of(event, "ORGANIZER")), None),
        "attendees": [party(value) for value in of(event, "ATTENDEE")],
    }


def by_the_other(event):
    """The same facts, as vobject reads them."""
    read = lambda name: event.contents[name][0].value if name in event.contents else None
    address = lambda line: {"address": line.value.removeprefix("mailto:"), "name": line.params.get("CN", [None])[0]}
    return {
        "uid": read("uid"),
        "sequence": int(read("sequence") or 0),
        "status": read("status"),
        "stamp": instant(read("dtstamp")),
        "starts_at": instant(read("dtstart")),
        "ends_at": instant(read("dtend")),
        "summary": read("summary"),
        "location": read("location"),
        "description": read("description"),
        "url": read("url"),
        "organizer": next(map(address, event.contents.get("organizer", [])), None),
        "attendees": [address(line) for line in event.contents.get("attendee", [])],
    }


def main():
    raw = sys.stdin.buffer.read()
    lines(raw)
    calendar = icalendar.Calendar.from_ical(raw)
    events = [understood(event) for event in checked(calendar)]
    [other] = vobject.readComponents(raw.decode())
    other.validate(raiseException=True)
    theirs = [by_the_other(event) for event in other.contents.get("vevent", [])]
    want(events == theirs, f"icalendar understands {events}, vobject {theirs}")
    if faults:
        sys.exit("\n".join(faults))
    print(json.dumps({
        "method": text(calendar, "METHOD"),
        "name": text(calendar, "NAME"),
        "zones": [text(zone, "TZID") for zone in calendar.walk("VTIMEZONE")],
        "events": events,
    }))


main()
