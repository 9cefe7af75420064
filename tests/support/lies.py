"""What scripted servers do that no server says it does: see the last kinds of dav_faults.py.

A store has `calendars`; what a calendar holds is its `items` (CalDAV) or `events` (Google).
"""

import copy
import re

from dav_faults import WRITES


class Liar:
    def __init__(self, store):
        self.store = store
        self.forget()

    def forget(self):
        """From now on reads are answered as things are."""
        self.old, self.reads = None, 0

    def carry_out(self, name, fault, handle):
        """What `handle` answers to a request about `name`, done or not done as the fault says."""
        kind, is_write = fault and fault["kind"], name in WRITES
        if kind == "missing" and name == "fetch":
            return self.among(emptied(self.store.calendars), handle)
        if not is_write and self.reads > 0:
            self.reads -= 1
            return self.among(self.old, handle)
        before = copy.deepcopy(self.store.calendars) if is_write and kind in ("forget", "lag") else None
        answer = handle()
        if before and kind == "forget":
            keep_numbers(before, self.store.calendars)
            self.store.calendars = before
        elif before:
            self.old, self.reads = before, fault.get("reads", 2)
        return answer

    def among(self, calendars, handle):
        """Carries out as if the store held other calendars."""
        now, self.store.calendars = self.store.calendars, calendars
        try:
            return handle()
        finally:
            self.store.calendars = now


def keep_numbers(calendars, later):
    """No version gets the number of one that was forgotten: an ETag names one version for ever."""
    for name, calendar in calendars.items():
        if hasattr(calendar, "revision"):
            calendar.revision = later[name].revision


def emptied(calendars):
    bare = {name: copy.copy(calendar) for name, calendar in calendars.items()}
    for calendar in bare.values():
        setattr(calendar, "events" if hasattr(calendar, "events") else "items", {})
    return bare


# ---------------------------------------------------------------------- CalDAV


def dav_name(method, headers, body):
    """What a request is about."""
    if method == "PUT":
        return "create" if headers.get("If-None-Match") else "update"
    if method == "DELETE":
        return "delete"
    if method == "GET" or b"calendar-multiget" in body:
        return "fetch"
    if method == "REPORT" or (method == "PROPFIND" and b"getetag" in body and headers.get("Depth") == "1"):
        return "changes"
    return "open"


def worse_dav(fault, name, body):
    """The answer to a CalDAV request, made worse."""
    kind = fault and fault["kind"]
    if kind == "damaged" and name == "fetch":
        bad = fault.get("body", "")
        if "<C:calendar-data>" not in body:
            return bad
        return re.sub(r"(<C:calendar-data>).*?(</C:calendar-data>)", lambda m: m.group(1) + bad + m.group(2), body, count=1, flags=re.S)
    if kind == "odd" and name == "changes":
        at = body.rfind("<href>/cal/")
        return body if at < 0 else body[:at] + "<href>/inner" + body[at + len("<href>"):]
    if kind == "tokenless" and name == "changes":
        return re.sub(r"<sync-token>.*?</sync-token>", "", body, flags=re.S)
    return body


# ---------------------------------------------------------------------- Google


def google_name(method, path):
    if "/events" not in path:
        return "open"
    one = not path.endswith("/events")
    return {"GET": "fetch" if one else "changes", "POST": "create", "PUT": "create", "PATCH": "update", "DELETE": "delete"}.get(method, "open")


def worse_google(fault, body):
    """An answer of the Calendar API, made worse."""
    kind = fault and fault["kind"]
    if not isinstance(body, dict) or kind not in ("damaged", "odd", "tokenless"):
        return body
    body = copy.deepcopy(body)
    events = body.get("items", [body] if "id" in body else [])
    if kind == "tokenless":
        body.pop("nextSyncToken", None)
    elif events and kind == "damaged":
        events[0].pop("start", None)
    elif body.get("items"):
        body["items"][0] = fault.get("row")
    return body
