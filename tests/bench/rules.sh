#!/bin/sh
# rules.sh FMCAL_LUA [COUNT] [TIMES]: what the process costs in which rules run. First pushes of COUNT entries into a folder,
# in turn without a rules file and with one that changes each title, there and back: medians of wall and processor time.
set -eu
fmcal=$(realpath "$1")
count=${2:-10000} times=${3:-5}
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$work"' EXIT

cat > "$work/rules.lua" <<'RULES'
local PREFIX = "[ACADEMY] "
return {
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = PREFIX .. event.title
    return event
  end,
  to_entry = function(event, entry, ctx)
    local title = event.title or ""
    if title:sub(1, #PREFIX) == PREFIX then event.title = title:sub(#PREFIX + 1) end
    return ctx.defaults.to_entry(event, entry, ctx)
  end,
}
RULES

"$fmcal" "$here/gen_board.lua" "$work/plain.json" "$count" '{"provider":"vdir","endpoint":"cal","calendarId":"main"}'
"$fmcal" "$here/gen_board.lua" "$work/rules.json" "$count" \
  '{"provider":"vdir","endpoint":"cal","calendarId":"main","rules":"rules.lua"}'
python3 - "$fmcal" "$work" "$times" <<'PYTHON'
import os, resource, shutil, statistics, subprocess, sys, time

fmcal, work, times = sys.argv[1], sys.argv[2], int(sys.argv[3])

def run(kind):
    folder = os.path.join(work, kind)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "cal"))
    shutil.copy(os.path.join(work, kind + ".json"), os.path.join(folder, "board.json"))
    shutil.copy(os.path.join(work, "rules.lua"), folder)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([fmcal, "sync.lua", "-q", os.path.join(folder, "board.json")], check=True)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

runs = {"plain": [], "rules": []}
for _ in range(times):
    for kind in runs:
        runs[kind].append(run(kind))
medians = {kind: [statistics.median(column) for column in zip(*list_of)] for kind, list_of in runs.items()}
for kind, (wall, cpu) in medians.items():
    print(f"{kind:8} {wall:7.3f} s wall  {cpu:7.3f} s CPU")
print(f"ratio    {medians['rules'][0] / medians['plain'][0]:7.2f}         {medians['rules'][1] / medians['plain'][1]:7.2f}")
PYTHON
