package dev.herald.gateway.link;

import dev.herald.gateway.identity.Actor;
import dev.herald.gateway.v1.ListLinksRequest;
import dev.herald.gateway.v1.ListLinksResponse;
import dev.herald.gateway.v1.TrackedLink;

/** Translates between the contract of LinkService and the store. */
public final class LinkRpc {
  private final Links links;

  LinkRpc(Links links) {
    this.links = links;
  }

  public ListLinksResponse list(Actor actor, ListLinksRequest request) {
    ListLinksResponse.Builder response = ListLinksResponse.newBuilder();
    links
        .counted(actor.workspace(), request.getCampaignId())
        .forEach(
            row ->
                response.addLinks(
                    TrackedLink.newBuilder()
                        .setTarget(row.target())
                        .setMessages(row.counts().messages())
                        .setClicks(row.counts().clicks())
                        .setPreviews(row.counts().previews())));
    return response.build();
  }
}
