#!/usr/bin/env python3
"""What of a text a core dump of a process would hold.

    memory_scan.py PID < TEXTS

TEXTS: one a line. Prints a line for each text that is found in memory that the kernel would dump by default (see
core(5): private and anonymous mappings, and file mappings that were written to; not those marked MADV_DONTDUMP), and
how often: "TEXT-NUMBER MAPPING COUNT". Ends with "protected" where the system lets nobody but root read that memory.
"""

import re
import sys

HEAD = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ (\d+)\s*(.*)")


def mappings(pid):
    """(start, end, name) of what would be dumped."""
    current, found = None, []
    with open("/proc/%d/smaps" % pid, encoding="utf-8") as lines:
        for line in lines:
            head = HEAD.match(line)
            if head:
                start, end, mode, inode, name = head.groups()
                current = {"range": (int(start, 16), int(end, 16), name or "anonymous"), "anonymous": inode == "0",
                           "readable": mode[0] == "r"}
            elif line.startswith("Anonymous:"):
                current["anonymous"] = current["anonymous"] or line.split()[1] != "0"
            elif line.startswith("VmFlags:") and "dd" not in line.split() and current["anonymous"] and current["readable"]:
                found.append(current["range"])
    return found


def main():
    pid, texts = int(sys.argv[1]), [line.rstrip(b"\n") for line in sys.stdin.buffer if line.strip()]
    try:
        with open("/proc/%d/mem" % pid, "rb", 0) as memory:
            for start, end, name in mappings(pid):
                if name in ("[vvar]", "[vsyscall]", "[vvar_vclock]"):
                    continue
                data = bytearray()
                try:
                    for at in range(start, end, 1 << 24):
                        memory.seek(at)
                        data += memory.read(min(1 << 24, end - at))
                except (OSError, ValueError, OverflowError):
                    pass
                for number, text in enumerate(texts):
                    count = data.count(text)
                    if count:
                        print(number, name, count)
    except PermissionError:
        print("protected")


main()
