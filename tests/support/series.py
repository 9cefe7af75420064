"""Random series of events, and whether one that was moved is still the same series.

  series.py make SEED COUNT        a JSON list of series, each as an iCalendar object and as Google's event, with a move
  series.py check < JSON           [{"before": lines, "after": lines, "move": …}, …] -> a JSON list of what is wrong

`lines` is an iCalendar object, or what Google keeps of a series: DTSTART and the recurrence list, one a line. Rules are
expanded by dateutil on the clocks of the series; occurrences are compared by their number in the series.
"""
import datetime as dt
import json
import random
import sys
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
ZONES = ["Europe/Rome", "America/New_York", "Australia/Sydney", "Asia/Kolkata"]
MOST = 40


# ---------------------------------------------------------------- times: (clock, form, zone)

def spelled(clock, form):
    text = clock.strftime("%Y%m%dT%H%M%S")
    return text[:8] if form == "day" else text + ("Z" if form == "utc" else "")


def params_of(form, zone):
    return {"day": ";VALUE=DATE", "zoned": ";TZID=%s" % zone}.get(form, "")


def parsed(params, text):
    """A time as (clock, form, zone)."""
    if len(text) == 8:
        return dt.datetime.strptime(text, "%Y%m%d"), "day", None
    clock = dt.datetime.strptime(text[:15], "%Y%m%dT%H%M%S")
    if text.endswith("Z"):
        return clock, "utc", None
    return (clock, "zoned", params["TZID"]) if "TZID" in params else (clock, "floating", None)


def zone_of(form, zone):
    return ZoneInfo(zone) if form == "zoned" else dt.timezone.utc if form == "utc" else None


def on_clock(time, start):
    """What the clocks of a series with this start show at a time."""
    clock, form, zone = time
    if form == "day":
        return dt.datetime.combine(clock.date(), start[0].time())
    own, series = zone_of(form, zone), zone_of(start[1], start[2])
    if own is None or series is None:
        return clock
    return clock.replace(tzinfo=own).astimezone(series).replace(tzinfo=None)


def from_clock(clock, start, form, zone):
    """The clock of another form and zone at that moment of a series with this start."""
    own, series = zone_of(form, zone), zone_of(start[1], start[2])
    if own is None or series is None:
        return clock
    return clock.replace(tzinfo=series).astimezone(own).replace(tzinfo=None)


# ---------------------------------------------------------------- reading

def content_lines(text):
    for line in text.replace("\r\n", "\n").replace("\n ", "").split("\n"):
        if ":" in line:
            name, value = line.split(":", 1)
            name, *params = name.split(";")
            yield name.upper(), dict(p.split("=", 1) for p in params), value


class Series:
    def __init__(self, text):
        self.rules, self.exdates, self.rdates, self.overrides, self.until = [], [], [], [], None
        self.types, event, depth = set(), None, []
        for name, params, value in content_lines(text):
            if name == "BEGIN":
                depth.append(value)
                event = {} if value == "VEVENT" else event
            elif name == "END":
                depth.pop()
                if value == "VEVENT" and "RECURRENCE-ID" in event:
                    self.overrides.append(event)
            elif depth and depth[-1] != "VEVENT":
                continue
            elif name in ("RECURRENCE-ID", "DTSTART", "DTEND") and event is not None:
                event[name] = parsed(params, value)
                if name == "DTSTART":
                    last_start = event[name]
            elif name == "DTSTART":
                self.start = parsed(params, value)
            if name in ("RRULE", "EXDATE", "RDATE") and event is not None:
                self.start = last_start
            if name == "RRULE":
                self.rules.append(value)
            if name in ("EXDATE", "RDATE"):
                times = [parsed(params, part.split("/")[0]) for part in value.split(",")]
                (self.exdates if name == "EXDATE" else self.rdates).extend(times)

    def occurrences(self):
        """What the rules give, on the clocks of the series; UNTIL is read by its form."""
        found = set()
        for rule in self.rules:
            parts = dict(part.split("=", 1) for part in rule.split(";"))
            until = parts.pop("UNTIL", None)
            limit = dt.datetime.max
            if until:
                time = parsed({}, until)
                self.until = time[1]
                limit = on_clock(time, self.start)
            count = 0
            for clock in rrulestr(";".join("%s=%s" % p for p in parts.items()), dtstart=self.start[0]):
                count += 1
                if clock > limit or count > MOST:
                    break
                found.add(clock)
        return sorted(found)


# ---------------------------------------------------------------- comparing

def numbers(series, clocks):
    raw = series.occurrences()
    return sorted(str(raw.index(clock) if clock in raw else clock) for clock in clocks)


def problems(case):
    before, after = Series(case["before"]), Series(case["after"])
    raw, moved = before.occurrences(), after.occurrences()
    move = case["move"]
    if spelled(after.start[0], after.start[1]) != move["dtstart"] or after.start[2] != move.get("zone"):
        yield "starts at %s, not at %s" % (after.start, move["dtstart"])
    if len(raw) != len(moved):
        yield "has %d occurrences, not %d" % (len(moved), len(raw))
    shift = after.start[0] - before.start[0]
    if moved and moved[0] != after.start[0]:
        yield "its first occurrence is %s" % moved[0]
    if move["steady"] and [clock - shift for clock in moved] != raw:
        yield "the occurrences have not moved alike: %s, %s" % (raw, moved)
    for what in ("exdates", "overrides"):
        lists = [[on_clock(t["RECURRENCE-ID"] if what == "overrides" else t, s.start) for t in getattr(s, what)]
                 for s in (before, after)]
        were, are = numbers(before, lists[0]), numbers(after, lists[1])
        if were != are:
            yield "%s were numbers %s and are %s" % (what, were, are)
    dates = [on_clock(t, before.start) for t in before.rdates]
    wanted = [moved[raw.index(clock)] if clock in raw[:len(moved)] else clock + shift for clock in dates]
    if wanted != [on_clock(t, after.start) for t in after.rdates]:
        yield "dates are %s and were %s" % (after.rdates, before.rdates)
    for one, other in zip(before.overrides, after.overrides):
        along = one["DTSTART"] == one["RECURRENCE-ID"]
        if other["DTSTART"] != (other["RECURRENCE-ID"] if along else one["DTSTART"]):
            yield "an override is at %s, was at %s" % (other["DTSTART"], one["DTSTART"])
    is_day = after.start[1] == "day"
    for time in after.exdates + after.rdates + [o["RECURRENCE-ID"] for o in after.overrides]:
        if (time[1] == "day") != is_day:
            yield "%s is not of the start's type" % (time,)
    if after.until and after.until != {"day": "day", "floating": "floating"}.get(after.start[1], "utc"):
        yield "UNTIL is %s beside a start that is %s" % (after.until, after.start[1])


# ---------------------------------------------------------------- making

def random_rule(r, start):
    """A rule, and whether every move of its start can be followed."""
    interval = ";INTERVAL=%d" % r.choice([2, 3]) if r.random() < 0.4 else ""
    day = DAYS[start.weekday()]
    other = DAYS[(start.weekday() + 2) % 7]
    return r.choice([
        ("FREQ=DAILY" + interval, True),
        ("FREQ=WEEKLY" + interval, True),
        ("FREQ=WEEKLY;BYDAY=%s%s" % (day, interval), True),
        ("FREQ=WEEKLY;BYDAY=%s,%s;WKST=SU%s" % (day, other, interval), False),
        ("FREQ=MONTHLY" + interval, start.day <= 28),
        ("FREQ=MONTHLY;BYMONTHDAY=%d%s" % (start.day, interval), start.day <= 28),
        ("FREQ=MONTHLY;BYDAY=%d%s" % ((start.day - 1) // 7 + 1, day), False),
        ("FREQ=YEARLY", (start.month, start.day) != (2, 29)),
        ("FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=%d" % (start.month, start.day), (start.month, start.day) != (2, 29)),
        (None, True),
    ])


def random_start(r):
    form = r.choice(["day", "zoned", "zoned", "zoned", "utc", "floating"])
    clock = dt.datetime(2027, 1, 1) + dt.timedelta(days=r.randrange(365))
    if form != "day":
        clock += dt.timedelta(minutes=15 * r.randrange(20, 95))  # clocks do not change then
    return clock, form, r.choice(ZONES) if form == "zoned" else None


def random_move(r, start):
    clock, form, zone = start
    kind = r.choice(["time", "time", "day", "week", "both", "type", "zone"])
    if kind in ("day", "both"):
        clock += dt.timedelta(days=r.choice([-3, -1, 1, 2, 9, 40]))
    if kind == "week":
        clock += dt.timedelta(days=7 * r.choice([-1, 1, 5]))
    if kind in ("time", "both") and form != "day":
        clock = clock.replace(hour=r.randrange(5, 23), minute=r.choice([0, 30]))
    if kind == "type" and form == "day":
        clock, form, zone = clock.replace(hour=r.randrange(5, 23)), *r.choice([("zoned", "Europe/Rome"), ("utc", None)])
    elif kind == "type":
        clock, form, zone = clock.replace(hour=0, minute=0), "day", None
    if kind == "zone" and form == "zoned":
        zone = r.choice(ZONES)
    return clock, form, zone


def listed(name, times):
    """A line for each form and zone."""
    groups = {}
    for clock, form, zone in times:
        groups.setdefault(params_of(form, zone), []).append(spelled(clock, form))
    return ["%s%s:%s" % (name, params, ",".join(texts)) for params, texts in groups.items()]


def in_some_zone(r, clock, start):
    """An occurrence of the series, at times spelled in UTC or another zone."""
    form, zone = start[1], start[2]
    if form == "zoned" and r.random() < 0.3:
        form, zone = r.choice([("utc", None), ("zoned", r.choice(ZONES))])
    return from_clock(clock, start, form, zone), form, zone


def random_series(r, uid):
    start = random_start(r)
    clock, form, zone = start
    rule, follows = random_rule(r, clock)
    if rule and r.random() < 0.4:
        rule += ";COUNT=%d" % r.randrange(2, 12)
    text = ["DTSTART:" + spelled(clock, form)] + (["RRULE:" + rule] if rule else [])
    series = Series("\n".join(text))
    series.start = start
    raw = series.occurrences()
    if rule and "COUNT" not in rule and r.random() < 0.6:
        last = r.choice(raw[1:12]) + (dt.timedelta(days=r.choice([0, 0, 1])))
        until = from_clock(last, start, "utc", None) if form in ("zoned", "utc") else last
        rule += ";UNTIL=" + spelled(until, "utc" if form in ("zoned", "utc") else form)
        raw = [c for c in raw if c <= last]
    picked = r.sample(raw[1:], min(len(raw) - 1, r.randrange(5))) if len(raw) > 1 else []
    cut = r.randrange(len(picked) + 1)
    exdates = [in_some_zone(r, c, start) for c in picked[:cut]]
    further = [clock + dt.timedelta(days=r.randrange(1, 300)) for _ in range(r.randrange(3) if rule else 3)]
    # One that could be an occurrence and is none may move with them or by days.
    rdates = [in_some_zone(r, c, start) for c in further if c in raw or c.day != clock.day]
    lines = (["RRULE:" + rule] if rule else []) + listed("EXDATE", exdates) + listed("RDATE", rdates)
    hour = dt.timedelta(days=1) if form == "day" else dt.timedelta(hours=1)
    overrides = []
    for at in picked[cut:]:
        own = at if r.random() < 0.5 else at + dt.timedelta(days=1)
        overrides.append("\r\n".join([
            "BEGIN:VEVENT", "UID:" + uid, "DTSTAMP:20260101T000000Z",
            "RECURRENCE-ID%s:%s" % (params_of(form, zone), spelled(at, form)),
            "DTSTART%s:%s" % (params_of(form, zone), spelled(own, form)),
            "DTEND%s:%s" % (params_of(form, zone), spelled(own + hour, form)),
            "SUMMARY:Changed", "END:VEVENT"]))
    to = random_move(r, start)
    same_day = to[0].date() == clock.date()
    sentence_may = not follows and not same_day or "MONTHLY" in (rule or "") and to[0].day > 28 and not same_day \
        or "YEARLY" in (rule or "") and (to[0].month, to[0].day) == (2, 29)
    master = ["BEGIN:VEVENT", "UID:" + uid, "DTSTAMP:20260101T000000Z", "SUMMARY:Series",
              "DTSTART%s:%s" % (params_of(form, zone), spelled(clock, form)),
              "DTEND%s:%s" % (params_of(form, zone), spelled(clock + hour, form))] + lines + ["END:VEVENT"]
    to_end = to[0] + (dt.timedelta(days=1) if to[1] == "day" else dt.timedelta(hours=1))
    return {
        "uid": uid, "recurrence": lines, "overrides": len(overrides), "may_refuse": sentence_may,
        "before": "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN"] + master + overrides
                              + ["END:VCALENDAR", ""]),
        "start": as_member(start), "end": as_member((clock + hour, form, zone)), "start_zone": zone,
        "move": {"due": as_member(to), "end": as_member((to_end, to[1], to[2])), "zone": to[2],
                 "dtstart": spelled(to[0], to[1]),
                 "steady": "MONTHLY" not in (rule or "") and "YEARLY" not in (rule or "")},
    }


def as_member(time):
    clock, form, _ = time
    return clock.strftime("%Y-%m-%d") if form == "day" else clock.isoformat() + ("Z" if form == "utc" else "")


if __name__ == "__main__":
    if sys.argv[1] == "make":
        rng = random.Random(int(sys.argv[2]))
        answer = [random_series(rng, "S-%d@fleetmonitor" % (i + 1)) for i in range(int(sys.argv[3]))]
    else:
        answer = [{"uid": case["uid"], "problem": problem} for case in json.load(sys.stdin) for problem in problems(case)]
    json.dump(answer, sys.stdout)
