/** Requests to addresses that users choose: only to where the operator lets them go. */
@NullMarked
package dev.herald.gateway.egress;

import org.jspecify.annotations.NullMarked;
