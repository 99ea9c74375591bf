/**
 * What evidence is, what a set of it means, and how a batch of it is merged. Everything about
 * exactness (promise P1) is here.
 */
@NullMarked
package dev.herald.analytics.evidence;

import org.jspecify.annotations.NullMarked;
