"""The calendars of the scripted CalDAV server: objects, versions, tombstones, sync tokens."""

import copy
import hashlib
import re
import threading

UNFOLD = re.compile(r"\r?\n[ \t]")
UID = re.compile(r"^UID(?:;[^:\r\n]*)?:(.*?)\r?$", re.M | re.I)


def uid_of(text):
    found = UID.search(UNFOLD.sub("", text))
    return found.group(1).strip() if found else None


def hash_of(text):
    return hashlib.sha1(text.encode()).hexdigest()


def reordered(text):
    """The same object with the lines of each VEVENT sorted, as servers that parse what they store give it back."""

    def sort_lines(match):
        lines = sorted(line for line in re.split("\r?\n", UNFOLD.sub("", match.group(2))) if line)
        return match.group(1) + "".join(line + "\r\n" for line in lines) + match.group(3)

    if "BEGIN:VALARM" in text:
        return text
    return re.sub(r"^(BEGIN:VEVENT\r?\n)(.*?)^(END:VEVENT)", sort_lines, text, flags=re.S | re.M)


class Item:
    def __init__(self, text, revision):
        self.text = text
        self.uid = uid_of(text)
        self.revision = revision

    def strong_etag(self, options):
        return '"%s"' % (hash_of(self.text) if options["content_tokens"] else self.revision)

    def etag(self, options):
        return ("W/" if options["weak_etags"] else "") + self.strong_etag(options)

    def component(self):
        return "VTODO" if "BEGIN:VTODO" in self.text else "VEVENT"


class Calendar:
    def __init__(self, name, display_name=None, components=("VEVENT",), writable=True, color="#ff8800ff"):
        self.name = name
        self.display_name = display_name or name
        self.components = tuple(components)
        self.writable = writable
        self.color = color
        self.items = {}
        self.names = {}  # by UID: {name: None}, in the order in which they came
        self.tombstones = {}
        self.revision = 1
        self.oldest_token = 0
        self.contents = {}  # by their tokens, where those are made of content: {name: item}

    def touch(self):
        self.revision += 1
        return self.revision

    def forget_name(self, name):
        if name in self.items:
            self.names[self.items[name].uid].pop(name, None)

    def put(self, name, text):
        item = Item(text, self.touch())
        if name not in self.items or self.items[name].uid != item.uid:
            self.forget_name(name)
            self.names.setdefault(item.uid, {})[name] = None
        self.items[name] = item
        self.tombstones.pop(name, None)
        return self.items[name]

    def delete(self, name):
        self.forget_name(name)
        del self.items[name]
        self.tombstones[name] = self.touch()

    def holder_of(self, uid):
        return next(iter(self.names.get(uid, {})), None)

    def changes_since(self, revision):
        """(name, item or None) of everything changed after a revision, oldest change first."""
        changed = [(item.revision, name, item) for name, item in self.items.items() if item.revision > revision]
        gone = [(at, name, None) for name, at in self.tombstones.items() if at > revision]
        return sorted(changed + gone, key=lambda row: row[0])

    def content_token(self):
        """A token for what the calendar holds now, as servers on top of git make them: the same content, the same token."""
        token = "content-" + hash_of("".join(name + item.text for name, item in sorted(self.items.items())))
        self.contents[token] = dict(self.items)
        return token

    def changes_since_content(self, token):
        """As changes_since(), what is different from the content that a token stands for; None: no such token."""
        if token and token not in self.contents:
            return None
        old, now = self.contents.get(token, {}), self.items
        changed = [(0, name, item) for name, item in now.items() if name not in old or old[name].text != item.text]
        return changed + [(0, name, None) for name in old if name not in now]


class Store:
    """Everything one server holds. Take `lock` around any use."""

    def __init__(self):
        self.lock = threading.RLock()
        self.calendars = {"kanban": Calendar("kanban", "Kanban")}
        self.kept = {}

    def keep(self):
        self.kept = copy.deepcopy(self.calendars)

    def go_back(self):
        self.calendars = copy.deepcopy(self.kept)

    def add_calendar(self, name, **settings):
        self.calendars[name] = Calendar(name, **settings)

    def calendar_of_uid(self, uid):
        """(calendar name, object name) of a UID anywhere in the account, or None."""
        for calendar in self.calendars.values():
            name = calendar.holder_of(uid)
            if name:
                return calendar.name, name
        return None
