#!/usr/bin/env bash
# Creates a campaign, gives it the audience of a CSV file, asks what it will cost, launches it, prints its id.
source "$(dirname "$0")/herald.sh"
audience=${1:?usage: broadcast.sh AUDIENCE.csv}

channel=$(herald channels | jq --raw-output '.channels[0].id')
template=$(approved_template simple_news en_US)

campaign=$(herald_json campaigns "$(jq --null-input --arg channel "$channel" --arg template "$template" '{
    name: "Spring sale", type: "BROADCAST", channelId: $channel,
    content: {template: {templateId: $template, parameters: [
      {placeholder: "body.1", column: "first_name", fallback: "friend"}]}}}')" \
  --header "Idempotency-Key: spring-sale-$RANDOM$RANDOM" | jq --raw-output .id)

herald "campaigns/$campaign/audience" --header 'Content-Type: text/csv' --data-binary "@$audience" |
  jq --raw-output '"accepted \(.accepted), rejected \(.rejected)"' >&2
herald "campaigns/$campaign/audience/errors" |
  jq --raw-output '.errors[] | "row \(.row): \(.message)"' >&2
herald "campaigns/$campaign:estimate" | jq --compact-output .estimate.total >&2

herald_json "campaigns/$campaign:launch" '{}' >/dev/null
echo "$campaign"
