/** What all gRPC edges share. */
@NullMarked
package dev.herald.campaign.rpc;

import org.jspecify.annotations.NullMarked;
