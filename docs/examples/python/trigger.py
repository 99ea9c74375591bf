"""Makes an API campaign, then sends one person one message, although the call is made twice."""
import uuid

import herald

order = str(uuid.uuid4())
campaign = herald.call("POST", "campaigns", {
    "name": f"Order updates {order}",
    "type": "API",
    "channelId": herald.call("GET", "channels")["channels"][0]["id"],
    "content": {"template": {"templateId": herald.approved_template("order_update", "en_US")}},
})["id"]
herald.call("POST", f"campaigns/{campaign}:launch", {})

for attempt in (1, 2):  # as if the answer to the first had been lost
    answer = herald.call("POST", f"campaigns/{campaign}:trigger", {"recipients": [{
        "phone": "+12125550104",
        "name": "Guest",
        "parameters": {"body.1": "Guest", "body.2": order, "body.3": "Friday", "button.0.1": order},
    }]}, Idempotency_Key=f"order-{order}-shipped")
    for result in answer["results"]:
        print(f"attempt {attempt}: message {result['messageId']}{result.get('errorMessage', '')}")
