# Sourced by the other programs: a call to Herald carries the API key, and fails when it is refused.
set -euo pipefail
: "${HERALD_URL:=http://localhost:8080}"
: "${HERALD_API_KEY:?set it to an API key}"

herald() { # herald PATH [what curl takes]
  curl --silent --show-error --fail-with-body \
    --header "Authorization: Bearer $HERALD_API_KEY" "$HERALD_URL/api/v1/$1" "${@:2}"
}

herald_json() { # herald_json PATH BODY [what curl takes]
  herald "$1" --header 'Content-Type: application/json' --data "$2" "${@:3}"
}

approved_template() { # approved_template NAME LANGUAGE: prints its id
  herald 'templates?statuses=APPROVED' | jq --raw-output --arg name "$1" --arg language "$2" \
    'first(.templates[] | select(.name == $name and .language == $language)).id'
}
