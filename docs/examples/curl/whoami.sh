#!/usr/bin/env bash
# Prints whose key this is and what it may do.
source "$(dirname "$0")/herald.sh"

herald me | jq .
