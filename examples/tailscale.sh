#!/usr/bin/env bash
# Over Tailscale: the node listens on this machine's tailnet address alone, so only machines of the tailnet reach it, from
# anywhere and through any NAT. Others connect by its MagicDNS name. Tried with a stand-in for the `tailscale` program only.
#
#   machine A:  examples/tailscale.sh listen
#   machine B:  examples/tailscale.sh connect machine-a
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  sed -n '2,6s/^# \{0,1\}//p' "$0"
  exit 2
}
command -v tailscale >/dev/null || { echo "This needs Tailscale: https://tailscale.com/download" >&2; exit 1; }

case "${1:-}" in
  listen)
    # `--address tailscale` asks `tailscale ip -4` for the address.
    npx agora --name "${AGORA_NAME:-$(hostname -s)}" start --daemon --address tailscale
    echo "On the other machine: examples/tailscale.sh connect $(hostname -s)"
    ;;
  connect)
    [ $# -eq 2 ] || usage
    npx agora --name "${AGORA_NAME:-$(hostname -s)}" start --daemon --address tailscale --connect "$2:7312"
    npx agora --name "${AGORA_NAME:-$(hostname -s)}" connect "$2:7312"
    npx agora --name "${AGORA_NAME:-$(hostname -s)}" peers
    ;;
  *) usage ;;
esac
