package dev.herald.simulator.cloudapi;

import dev.herald.simulator.journal.ButtonTap;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.template.Template;
import org.jspecify.annotations.Nullable;

/**
 * A send request that WhatsApp would take.
 *
 * @param template null for a free message
 * @param mediaLink whether WhatsApp has to fetch a file for it
 * @param tap what a tap on a quick-reply button would send back; null without such a button
 */
record Send(
    MessageKind kind, @Nullable Template template, boolean mediaLink, @Nullable ButtonTap tap) {}
