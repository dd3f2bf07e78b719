#!/usr/bin/env bash
# Two machines on one network: what to type on each. With an argument it does its part; without one it says what to do.
#
#   machine A:  examples/two-machines.sh listen
#   machine B:  examples/two-machines.sh connect 192.168.1.10:7312
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  sed -n '2,5s/^# \{0,1\}//p' "$0"
  exit 2
}

case "${1:-}" in
  listen)
    npx agora --name alice start --daemon
    npx agora --name alice identity
    echo
    echo "Now run on the other machine, with this machine's address:"
    echo "  examples/two-machines.sh connect $(hostname -I 2>/dev/null | cut -d' ' -f1):7312"
    echo "and then here, to let its first message in and to answer:"
    echo "  npx agora --name alice requests"
    echo "  npx agora --name alice requests accept bob"
    echo "  npx agora --name alice messages"
    echo "  npx agora --name alice send \"Hello Bob!\" --to bob"
    ;;
  connect)
    [ $# -eq 2 ] || usage
    npx agora --name bob start --daemon --connect "$2"
    npx agora --name bob connect "$2"
    npx agora --name bob send "Hello Alice!" --to alice
    ;;
  *) usage ;;
esac
