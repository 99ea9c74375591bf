package dev.herald.campaign.trigger;

import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.message.ApiParameters;
import dev.herald.campaign.message.ParameterPlan;

/**
 * How calls for a campaign are read.
 *
 * @param flaws says what is wrong with resolved values
 */
record TriggerPlan(Campaign campaign, ApiParameters parameters, ParameterPlan flaws) {}
