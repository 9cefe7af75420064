# Servers for benchmarks; to be read with "." by a script that has made the folder "$work".
# shellcheck shell=sh
# shellcheck disable=SC2034 # url and cal are for the script

# start_server NAME COMMAND...: one of the servers of tests/support; sets url and, where it says so, cal. It lives as long
# as this shell, or until stop_server. Where it does not start the script ends with status 77.
start_server() {
  name=$1; shift
  rm -f "${work:?}/hold"; mkfifo "$work/hold"; : >"$work/out"
  "$@" <"$work/hold" >"$work/out" &
  server=$!
  exec 3>"$work/hold"
  until grep -q url= "$work/out"; do
    kill -0 "$server" 2>/dev/null || { echo "left out: $name cannot be started here"; exit 77; }
    sleep 0.1
  done
  url=$(sed -n 's/.*url=\([^ ]*\).*/\1/p' "$work/out")
  cal=$(sed -n 's/.* cal=\([^ ]*\).*/\1/p' "$work/out")
}
stop_server() { exec 3>&-; wait; }
