/**
 * The dispatch protocol as a small model whose every interleaving is looked at: what {@code
 * BatchStore}, {@code ChannelDispatcher} and {@code BatchRun} do, step by step, with a crash or a
 * lost answer possible between any two steps.
 */
@NullMarked
package dev.herald.campaign.dispatch.model;

import org.jspecify.annotations.NullMarked;
