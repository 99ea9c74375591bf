#!/usr/bin/env bash
# Tells whether a delivery comes from Herald: exit code 0 if it does.
# usage: verify.sh "VALUE OF THE HEADER Herald-Signature" <BODY      (the raw body, byte by byte)
set -euo pipefail
: "${HERALD_WEBHOOK_SECRET:?the secret of the subscription}"

IFS=, read -r -a parts <<<"$1"
sent=${parts[0]#t=}
expected=$({ printf '%s.' "$sent"; cat; } |
  openssl dgst -sha256 -hmac "$HERALD_WEBHOOK_SECRET" | sed 's/^.*= *//')

[ $(($(date +%s) - sent)) -lt 300 ] || { echo "too old" >&2; exit 1; }
for part in "${parts[@]:1}"; do
  if [ "$part" = "v1=$expected" ]; then echo "from Herald"; exit 0; fi
done
echo "not from Herald" >&2
exit 1
