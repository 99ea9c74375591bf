package dev.herald.gateway.webhook;

import dev.herald.runtime.config.Secret;

/**
 * The secrets of a channel with an app of its own. Who holds them can sign any body, so what they
 * sign counts only for this workspace and this business account.
 */
record ChannelSecret(
    long channelId, Secret appSecret, Secret verifyToken, long workspaceId, String wabaId) {}
