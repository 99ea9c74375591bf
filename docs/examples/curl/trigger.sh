#!/usr/bin/env bash
# Makes an API campaign, then sends one person one message, although the call is made twice.
source "$(dirname "$0")/herald.sh"

order=$RANDOM$RANDOM
channel=$(herald channels | jq --raw-output '.channels[0].id')
template=$(approved_template order_update en_US)
campaign=$(herald_json campaigns "$(
  jq --null-input --arg channel "$channel" --arg template "$template" --arg order "$order" '{
    name: "Order updates \($order)", type: "API", channelId: $channel,
    content: {template: {templateId: $template}}}'
)" | jq --raw-output .id)
herald_json "campaigns/$campaign:launch" '{}' >/dev/null

for attempt in 1 2; do # as if the answer to the first had been lost
  herald_json "campaigns/$campaign:trigger" "$(jq --null-input --arg order "$order" '{recipients: [
      {phone: "+12125550104", name: "Guest",
       parameters: {"body.1": "Guest", "body.2": $order, "body.3": "Friday", "button.0.1": $order}}]}')" \
    --header "Idempotency-Key: order-$order-shipped" |
    jq --raw-output '.results[] | "attempt '$attempt': message \(.messageId)\(.errorMessage // "")"'
done
