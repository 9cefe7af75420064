"""The calendars and events of a scripted Google Calendar account, strict to the public API v3 reference.

What is only recalled from practice and not stated in the reference is marked "recalled".
"""

import base64
import copy
import datetime
import json
import re
import threading
import zoneinfo

EVENT_ID = re.compile(r"^[a-v0-9]{5,1024}$")
DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
DATE_TIME = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$")
EVENT_TYPES = ("birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation")
READ_ONLY = ("kind", "etag", "htmlLink", "created", "updated", "creator", "iCalUID", "hangoutLink")
KEY_MAX, VALUE_MAX, PROPERTIES_MAX, PROPERTIES_BYTES = 44, 1024, 300, 32 * 1024


class Refusal(Exception):
    """An error answer: HTTP status, reason, message."""

    def __init__(self, code, reason, message):
        super().__init__(message)
        self.code, self.reason, self.message = code, reason, message


def bad(message, reason="invalid"):
    return Refusal(400, reason, message)


def too_old():
    return Refusal(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")


class Clock:
    """The time of changes, where it is not the time that it is."""

    said = None


def now():
    return Clock.said or datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def deep_merge(old, patch):
    """PATCH semantics: objects merge, null deletes, arrays are replaced whole."""
    result = dict(old)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = deep_merge(result[name], value)
        elif isinstance(value, dict):
            result[name] = deep_merge({}, value)
        else:
            result[name] = value
    return result


def moment(point, zone):
    """A comparable form of a start or end; also checks it."""
    if not isinstance(point, dict):
        raise bad("Missing end time." if zone is None else "Missing time.", "required")
    date, date_time = point.get("date"), point.get("dateTime")
    if (date is None) == (date_time is None):
        raise bad("Invalid start or end: exactly one of date and dateTime is needed.")
    if date is not None:
        if not DATE.match(date):
            raise bad("Invalid value for: Invalid format: %s" % date)
        try:
            return "date", datetime.date.fromisoformat(date)
        except ValueError:
            raise bad("Invalid date %s" % date)
    found = DATE_TIME.match(date_time)
    if not found:
        raise bad("Invalid value for: Invalid format: %s" % date_time)
    if not found.group(2) and not point.get("timeZone") and not zone:
        raise bad("Missing time zone definition for start time.")
    try:
        if found.group(2):
            return "dateTime", datetime.datetime.fromisoformat(date_time.replace("Z", "+00:00"))
        local = zoneinfo.ZoneInfo(point.get("timeZone") or zone)
        return "dateTime", datetime.datetime.fromisoformat(date_time).replace(tzinfo=local).astimezone(datetime.timezone.utc)
    except (ValueError, zoneinfo.ZoneInfoNotFoundError):
        raise bad("Invalid dateTime %s" % date_time)


def check_times(event, zone):
    if "start" not in event:
        raise bad("Missing start time.", "required")
    if "end" not in event:
        raise bad("Missing end time.", "required")
    start_kind, start = moment(event["start"], zone)
    end_kind, end = moment(event["end"], zone)
    if start_kind != end_kind:
        raise bad("The start and end of the event must both be dates or both be date-times.")
    if end < start or (start_kind == "date" and end == start):
        raise bad("The specified time range is empty.", "timeRangeEmpty")


def check_reminders(event):
    overrides = event.get("reminders", {}).get("overrides", [])
    if overrides and event["reminders"].get("useDefault"):
        raise bad("Cannot specify both default reminders and overrides at the same time.", "cannotUseDefaultRemindersAndSpecifyOverride")
    if len(overrides) > 5:
        raise bad("Too many override reminders.", "tooManyReminders")
    for reminder in overrides:
        if reminder.get("method") not in ("popup", "email") or not 0 <= reminder.get("minutes", -1) <= 40320:
            raise bad("Invalid reminder.")


def clip_properties(event):
    """Too long keys vanish and too long values are cut, without a word; too many are refused."""
    properties = event.get("extendedProperties")
    if not properties:
        return
    count = size = 0
    for copies in properties.values():
        for key in list(copies):
            if len(key) > KEY_MAX:
                del copies[key]
                continue
            if not isinstance(copies[key], str):
                raise bad("Invalid value for extended property.")
            copies[key] = copies[key][:VALUE_MAX]
            count += 1
            size += len(key) + len(copies[key].encode())
    if count > PROPERTIES_MAX or size > PROPERTIES_BYTES:
        raise bad("Extended properties exceed the limit.")


def check_event(event, zone):
    check_times(event, zone)
    check_reminders(event)
    clip_properties(event)
    if "colorId" in event and str(event["colorId"]) not in [str(n) for n in range(1, 12)]:
        raise bad("Invalid color id.")
    if event.get("status", "confirmed") not in ("confirmed", "tentative", "cancelled"):
        raise bad("Invalid status.")
    if event.get("transparency", "opaque") not in ("opaque", "transparent"):
        raise bad("Invalid transparency.")
    url = event.get("source", {}).get("url", "https://x")
    if not url.startswith(("http://", "https://")):
        raise bad("Invalid source url.")


class Calendar:
    def __init__(self, calendar_id, summary, role="owner", primary=False, zone="UTC"):
        self.id, self.summary, self.role, self.primary, self.zone = calendar_id, summary, role, primary, zone
        self.events = {}
        self.log = []  # event ids in order of change
        self.serial = 0
        self.oldest = 0  # tokens before this are expired

    def empty(self):
        self.events = {}
        self.forget_tokens()

    def touch(self, event):
        self.serial += 1
        event["etag"] = '"%d"' % (3000000000000000 + self.serial)
        event["updated"] = now()
        self.events[event["id"]] = event
        self.log.append(event["id"])
        return event

    def find(self, event_id):
        event = self.events.get(event_id)
        if event is None:
            raise Refusal(404, "notFound", "Not Found")
        return event

    def need_writer(self):
        if self.role not in ("owner", "writer"):
            raise Refusal(403, "requiredAccessLevel", "You need to have writer access to this calendar.")

    @staticmethod
    def check_match(event, if_match):
        if if_match and if_match != "*" and if_match != event["etag"]:
            raise Refusal(412, "conditionNotMet", "Precondition Failed")

    def insert(self, body):
        self.need_writer()
        body = {name: value for name, value in body.items() if value is not None}
        event_id = body.get("id")
        if event_id is not None and body.get("iCalUID"):
            raise bad("id and iCalUID cannot both be given at creation.")
        if event_id is None:
            event_id = base64.b32hexencode(b"%020d" % (self.serial + 1)).decode().lower().rstrip("=")
        if not EVENT_ID.match(event_id):
            raise bad("Invalid resource id value.")
        if event_id in self.events:
            raise Refusal(409, "duplicate", "The requested identifier already exists.")
        event = {name: value for name, value in copy.deepcopy(body).items() if name not in READ_ONLY}
        check_event(event, self.zone)
        event.update(kind="calendar#event", id=event_id, created=now(), iCalUID=body.get("iCalUID", event_id + "@google.com"),
                     creator={"email": "alice@example.com", "self": True}, organizer={"email": self.id, "self": True})
        for name, value in (("status", "confirmed"), ("sequence", 0), ("eventType", "default"), ("reminders", {"useDefault": True})):
            event.setdefault(name, value)
        return self.touch(event)

    def replace(self, event_id, body, if_match, revive_forbidden):
        self.need_writer()
        old = self.find(event_id)
        self.check_match(old, if_match)
        if old["status"] == "cancelled" and revive_forbidden:
            raise Refusal(403, "forbidden", "Forbidden")
        # Recalled; that a missing one counts as 0 is stricter than what is known.
        if (body.get("sequence") or 0) < old.get("sequence", 0):
            raise bad("Invalid sequence value. The specified sequence number is below the current sequence number of the resource.")
        event = {name: value for name, value in copy.deepcopy(body).items() if name not in READ_ONLY and value is not None}
        check_event(event, self.zone)
        for name in ("kind", "created", "creator", "iCalUID", "organizer", "eventType"):
            if name in old:
                event[name] = old[name]
        event["id"] = event_id
        event.setdefault("status", old["status"])  # recalled
        event.setdefault("sequence", old.get("sequence", 0))
        event.setdefault("reminders", {"useDefault": True})
        return self.touch(event)

    def patch(self, event_id, body, if_match):
        self.need_writer()
        old = self.find(event_id)
        self.check_match(old, if_match)
        if old.get("eventType", "default") != "default" and ("summary" in body or "start" in body):
            raise bad("Event type cannot be changed this way.", "eventTypeRestriction")
        merged = deep_merge(old, {name: value for name, value in copy.deepcopy(body).items() if name not in READ_ONLY})
        if (merged.get("start"), merged.get("end")) != (old.get("start"), old.get("end")):
            merged["sequence"] = max(merged.get("sequence", 0), old.get("sequence", 0) + 1)
        if old["status"] != "cancelled" or merged["status"] != "cancelled":
            check_event(merged, self.zone)
        if merged["status"] == "cancelled":
            return self.delete(event_id, None)
        return self.touch(merged)

    def delete(self, event_id, if_match):
        self.need_writer()
        old = self.find(event_id)
        if old["status"] == "cancelled":
            raise Refusal(410, "deleted", "Resource has been deleted")
        self.check_match(old, if_match)
        tomb = dict(old, status="cancelled")
        return self.touch(tomb)

    def change_occurrence(self, body):
        """An occurrence that a person changes or cancels becomes an event of its own, with the iCalUID of its series."""
        series = self.find(body["recurringEventId"])
        original = body["originalStartTime"]
        when = original.get("date") or moment(original, self.zone)[1].strftime("%Y%m%dT%H%M%SZ")
        event = {name: value for name, value in copy.deepcopy(series).items() if name != "recurrence"}
        event.update(start=original, **body)
        event["id"] = "%s_%s" % (series["id"], when.replace("-", ""))
        return self.touch(event)

    def put(self, event):
        """An event as a person's program leaves it, in one piece."""
        old = self.events.get(event["id"], {})
        kept = {name: old[name] for name in READ_ONLY + ("eventType",) if name in old}
        return self.touch({"status": "confirmed", "eventType": "default", "sequence": 0, **event, **kept})

    # -------------------------------------------------------------- lists and tokens

    def token(self, serial, query):
        payload = json.dumps({"c": self.id, "s": serial, "q": query}, sort_keys=True).encode()
        return base64.urlsafe_b64encode(payload).decode()

    def read_token(self, text, query):
        try:
            payload = json.loads(base64.urlsafe_b64decode(text.encode()))
            serial, asked, owner = payload["s"], payload["q"], payload["c"]
        except (ValueError, KeyError, TypeError):
            raise bad("Sync token is no longer valid or malformed.")
        if owner != self.id or asked != query:
            raise bad("Sync token was made for another request.")
        if serial < self.oldest:
            raise too_old()
        return serial

    def forget_tokens(self):
        """All tokens so far become too old."""
        self.serial += 1
        self.log.append(None)
        self.oldest = self.serial

    def changed_since(self, serial):
        recent, seen = [], set()
        for event_id in reversed(self.log[serial:]):
            if event_id in self.events and event_id not in seen:
                seen.add(event_id)
                recent.append(self.events[event_id])
        return recent[::-1]

    @staticmethod
    def tombstone(event):
        """Only `id` is guaranteed on a deleted event; clients must not count on more."""
        if event["status"] != "cancelled":
            return event
        return {"kind": "calendar#event", "id": event["id"], "status": "cancelled", "etag": event["etag"]}

    def items(self, query):
        kind = query.get("eventTypes")
        if kind not in EVENT_TYPES + (None,):
            raise bad("Invalid value for eventTypes: " + kind)
        if "syncToken" in query:
            fixed = {name: value for name, value in query.items() if name in ("singleEvents", "maxResults", "eventTypes")}
            found = self.changed_since(self.read_token(query["syncToken"], fixed))
            return [self.tombstone(e) for e in found if kind in (None, e["eventType"])]
        found = [e for e in self.events.values() if e["status"] != "cancelled" or query.get("showDeleted") == "true"]
        found = [e for e in found if kind in (None, e["eventType"])]
        wanted = query.get("privateExtendedProperty")
        if wanted:
            key, _, value = wanted.partition("=")
            found = [e for e in found if e.get("extendedProperties", {}).get("private", {}).get(key) == value]
        if "iCalUID" in query:
            found = [e for e in found if e["iCalUID"] == query["iCalUID"]]
        return [self.tombstone(e) for e in found]


class Account:
    def __init__(self):
        self.lock = threading.RLock()
        self.calendars = {}
        self.add(Calendar("alice@example.com", "alice@example.com", primary=True))

    def add(self, calendar):
        self.calendars[calendar.id] = calendar
        return calendar

    def calendar(self, calendar_id):
        if calendar_id == "primary":
            return next(c for c in self.calendars.values() if c.primary)
        if calendar_id not in self.calendars:
            raise Refusal(404, "notFound", "Not Found")
        return self.calendars[calendar_id]
