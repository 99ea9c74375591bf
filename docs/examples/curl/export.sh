#!/usr/bin/env bash
# Writes every recipient with its outcome to a file.
source "$(dirname "$0")/herald.sh"
campaign=${1:?usage: export.sh CAMPAIGN FILE.csv}
file=${2:?usage: export.sh CAMPAIGN FILE.csv}

# curl ends with an error when the call is refused or the answer breaks off: then the file is not to be used.
herald "campaigns/$campaign/messages.csv" --output "$file"
