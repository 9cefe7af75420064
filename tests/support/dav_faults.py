"""Faults that a test orders in advance: each applies to the next requests that match it.

{"kind": "status", "method": "PUT", "path": "regex", "on": "create", "skip": 0, "times": 1, …}

"on" is what a request is about: "open", "changes", "fetch", "create", "update", "delete", "write" (the three), "any"; "except" leaves one out.

kind      what happens                                          further members
status    answers without doing anything                        code, headers, body
delay     does it after a wait                                   ms
drop      closes the connection without doing anything
lose      does it, closes the connection without an answer
cut       does it, sends only the first bytes of the body        bytes
hang      reads the request and never answers
replace   does it, answers with another body                     code, headers, body
raw       sends these bytes instead of an answer                   text (each character a byte), close
bomb      answers with a small gzip body that grows huge         megabytes, code, headers
drip      does it, sends ten pieces of the body a second         bytes (1)
trickle   does it, answers without Content-Length, then closes
forget    answers as if it had done it, and keeps nothing
lag       does it, and reads are answered from before it for a while reads
missing   does not find the objects that are asked for
damaged   does it, the first object in the answer is no object          body
odd       does it, one row of the listing is not to be understood
tokenless does it, the listing comes without its token

With "outage": true the network is gone afterwards: every later request is dropped.
"""

import math
import re
import threading


WRITES = ("create", "update", "delete")


class Faults:
    def __init__(self):
        self.lock = threading.Lock()
        self.rules = []

    def order(self, rule):
        with self.lock:
            self.rules.append(dict(rule, skip=rule.get("skip", 0), times=rule.get("times", 1)))

    def clear(self):
        with self.lock:
            self.rules = []

    @staticmethod
    def matches(rule, method, path, name):
        if rule.get("method", method) != method or not re.search(rule.get("path", ""), path):
            return False
        if rule.get("except") == name:
            return False
        wanted = rule.get("on", "any")
        return wanted in ("any", name) or (wanted == "write" and name in WRITES)

    def next_for(self, method, path, name=None):
        """The fault for this request, or None. Counts it as used."""
        with self.lock:
            for rule in self.rules:
                if not self.matches(rule, method, path, name):
                    continue
                if rule["skip"] > 0:
                    rule["skip"] -= 1
                    continue
                if rule["times"] == 0:
                    continue
                rule["times"] -= 1
                if rule.get("outage"):
                    self.rules = [{"kind": "drop", "skip": 0, "times": math.inf}]
                return rule
        return None
