"""Random series and when they take place within a window, found with dateutil.

  occurrences.py SEED COUNT -> JSON list of {"text", "from", "to", "zone", "expected": [[begin, end, changed], ...]}

Instants are seconds since 1970; of days and of times without a zone what clocks show, as if that were UTC.
"""
import datetime as dt
import json
import random
import sys
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
ZONES = ["Europe/Rome", "America/New_York", "Australia/Sydney", "Asia/Kolkata"]
WINDOW_ZONE = "Europe/Rome"
UTC = dt.timezone.utc


def rule(r):
    freq = r.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = ["FREQ=" + freq]
    if r.random() < 0.5:
        parts.append("INTERVAL=%d" % r.randint(1, 4))
    if freq == "WEEKLY" and r.random() < 0.7:
        parts.append("BYDAY=" + ",".join(r.sample(DAYS, r.randint(1, 3))))
        if r.random() < 0.4:
            parts.append("WKST=" + r.choice(DAYS))
    elif freq == "MONTHLY":
        parts.append(r.choice(["BYMONTHDAY=%d" % r.choice([1, 15, 29, 31, -1, -3]),
                               "BYDAY=%d%s" % (r.choice([1, 2, 4, 5, -1]), r.choice(DAYS)),
                               "BYDAY=MO,TU,WE,TH,FR;BYSETPOS=%d" % r.choice([1, -1])]))
    elif freq == "YEARLY" and r.random() < 0.6:
        parts.append("BYMONTH=%d;BYDAY=%d%s" % (r.randint(1, 12), r.choice([1, 2, -1]), r.choice(DAYS)))
    elif freq == "DAILY" and r.random() < 0.3:
        parts.append("BYMONTH=%s" % ",".join(str(m) for m in sorted(r.sample(range(1, 13), 3))))
    return ";".join(parts)


class Clock:
    """The form of a series' times: how they are spelled, and which moments they are."""

    def __init__(self, form, zone):
        self.form, self.zone = form, zone

    def line(self, name, *clocks):
        params = {"day": ";VALUE=DATE", "zoned": ";TZID=" + self.zone}.get(self.form, "")
        return name + params + ":" + ",".join(self.spelled(c) for c in clocks)

    def spelled(self, clock):
        text = clock.strftime("%Y%m%dT%H%M%S")
        return text[:8] if self.form == "day" else text + ("Z" if self.form == "utc" else "")

    def moment(self, clock):
        zone = ZoneInfo(self.zone) if self.form == "zoned" else UTC
        return int(clock.replace(tzinfo=zone).timestamp())

    def has_zone(self):
        return self.form in ("zoned", "utc")


def event(lines):
    return ["BEGIN:VEVENT", "UID:u@example.org", "DTSTAMP:20260101T000000Z"] + lines + ["END:VEVENT"]


def make(r):
    clock = Clock(r.choice(["day", "zoned", "zoned", "utc", "floating"]), r.choice(ZONES))
    about = dt.datetime(2025, r.randint(1, 12), r.randint(1, 28), r.choice([0, 2, 9, 13, 23]), r.choice([0, 30]))
    if clock.form == "day":
        about = about.replace(hour=0, minute=0)
    text = rule(r)
    start = next(iter(rrulestr(text, dtstart=about)))  # the start is an occurrence: otherwise RFC 5545 leaves it open
    if r.random() < 0.3:
        text += ";COUNT=%d" % r.randint(1, 60)
    elif r.random() < 0.4:
        last = start + dt.timedelta(days=r.randint(0, 900))
        text += ";UNTIL=" + until(clock, last)
    length = dt.timedelta(days=r.randint(1, 3)) if clock.form == "day" else dt.timedelta(minutes=r.choice([0, 30, 60, 3000]))
    begin = about + dt.timedelta(days=r.randint(-60, 900))
    window = (begin, begin + dt.timedelta(days=r.choice([1, 7, 42, 400])))

    found = rruleset()
    found.rrule(rrulestr(naive_until(text, clock), dtstart=start))
    first = [c for _, c in zip(range(400), found)]
    gone = r.sample(first, min(len(first), r.randint(0, 3)))
    more = [start + dt.timedelta(days=r.randint(1, 500)) for _ in range(r.randint(0, 2))]
    lines = [clock.line("DTSTART", start), clock.line("DTEND", start + length), "SUMMARY:series", "RRULE:" + text]
    for one in gone:
        found.exdate(one)
    for one in more:
        found.rdate(one)
    if gone:
        lines.append(clock.line("EXDATE", *gone))
    if more:
        lines.append(clock.line("RDATE", *more))

    zone = ZoneInfo(WINDOW_ZONE)
    absolute = [int(w.replace(tzinfo=zone).timestamp()) for w in window]
    shown = [int(w.replace(tzinfo=UTC).timestamp()) for w in window]
    low, high = absolute if clock.has_zone() else shown
    expected, parts = [], event(lines)

    def within(a, b):
        return a < high and (b > low or a >= low)

    standing = [c for c in first + more if c not in gone]
    moved = r.sample(standing, min(len(standing), r.randint(0, 2)))
    taken = {clock.moment(c) for c in moved}
    for one in moved:
        to = one + dt.timedelta(days=r.randint(-5, 5), hours=0 if clock.form == "day" else r.randint(-3, 3))
        status = r.choice(["CONFIRMED", "CONFIRMED", "CANCELLED"])
        parts += event([clock.line("RECURRENCE-ID", one), clock.line("DTSTART", to), clock.line("DTEND", to + length),
                        "SUMMARY:moved", "STATUS:" + status])
        if status == "CONFIRMED" and within(clock.moment(to), clock.moment(to + length)):
            expected.append([clock.moment(to), clock.moment(to + length), True])
    seen = set()
    span = length.total_seconds() if clock.form != "zoned" else None
    for one in found:
        if one > window[1] + dt.timedelta(days=10):
            break
        at = clock.moment(one)
        end = at + int(span if span is not None else clock.moment(start + length) - clock.moment(start))
        if at not in seen and at not in taken and within(at, end):
            expected.append([at, end, False])
        seen.add(at)
    return {"text": "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN"] + parts + ["END:VCALENDAR", ""]),
            "from": absolute[0], "to": absolute[1], "zone": WINDOW_ZONE, "expected": sorted(expected)}


def until(clock, last):
    if clock.form == "zoned":
        return dt.datetime.fromtimestamp(clock.moment(last), UTC).strftime("%Y%m%dT%H%M%SZ")
    return clock.spelled(last)


def naive_until(text, clock):
    """UNTIL on the clocks of the series, as dateutil wants it for a start without a zone."""
    parts = dict(p.split("=", 1) for p in text.split(";"))
    last = parts.get("UNTIL", "")
    if last.endswith("Z"):
        at = dt.datetime.strptime(last, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        zone = ZoneInfo(clock.zone) if clock.form == "zoned" else UTC
        parts["UNTIL"] = at.astimezone(zone).strftime("%Y%m%dT%H%M%S")
    return ";".join("%s=%s" % p for p in parts.items())


def main():
    r = random.Random(int(sys.argv[1]))
    json.dump([make(r) for _ in range(int(sys.argv[2]))], sys.stdout)


main()
