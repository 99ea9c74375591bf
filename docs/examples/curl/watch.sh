#!/usr/bin/env bash
# Follows a campaign's figures until every recipient has been attempted.
source "$(dirname "$0")/herald.sh"
campaign=${1:?usage: watch.sh CAMPAIGN}

print_until_over() { # 0 when the campaign is over, 1 when the stream has ended before
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      'data: '*)
        now=${line#data: }
        jq --raw-output '"\(.status): \(.submitted) submitted, \(.delivered) delivered, \(.read) read,"
          + " \(.failed) failed of \(.audience)"' <<<"$now"
        case $(jq --raw-output .status <<<"$now") in SENT | STOPPED) return 0 ;; esac
        ;;
      *'"reason"'*) echo "$line" >&2 ;; # refused
    esac
  done
  return 1
}

# Each event holds the whole present state: after a lost connection one just asks again.
set +e
while true; do
  herald "campaigns/$campaign/analytics:watch" --no-buffer --no-show-error | print_until_over
  ends=("${PIPESTATUS[@]}")
  [ "${ends[1]}" -eq 0 ] && exit 0
  [ "${ends[0]}" -eq 22 ] && exit 1 # refused, and will be refused again
  sleep 1
done
