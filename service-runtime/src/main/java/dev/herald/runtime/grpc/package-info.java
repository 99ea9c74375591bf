/**
 * gRPC servers and channels with limits, deadlines, access control, validation and one mapping of
 * errors.
 */
@NullMarked
package dev.herald.runtime.grpc;

import org.jspecify.annotations.NullMarked;
