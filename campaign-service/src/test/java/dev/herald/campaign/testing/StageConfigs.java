package dev.herald.campaign.testing;

import dev.herald.campaign.CampaignConfig;
import dev.herald.campaign.dispatch.DispatchConfig;
import dev.herald.campaign.whatsapp.CloudApiConfig;
import java.time.Duration;

/** Configurations of a service that gives up, or forgets, sooner than a real one. */
public final class StageConfigs {
  private StageConfigs() {}

  /** Times short enough to wait for in a test. */
  public static DispatchConfig quickDispatch(Duration sendTimeout) {
    return new DispatchConfig(
        Duration.ofSeconds(3),
        Duration.ofMillis(100),
        Duration.ofSeconds(2),
        sendTimeout,
        Duration.ofSeconds(1));
  }

  /** The same with short patience for WhatsApp, with quick dispatch and doubt that ages at once. */
  public static CampaignConfig impatient(CampaignConfig config, Duration sendTimeout) {
    CloudApiConfig api = config.whatsapp();
    return changed(
        config,
        new CloudApiConfig(
            api.baseUrl(),
            api.version(),
            api.simulatorUrl(),
            Duration.ofMillis(500),
            sendTimeout,
            256),
        quickDispatch(sendTimeout),
        config.expireAfter(),
        Duration.ZERO,
        config.clusterEpoch());
  }

  /** The same giving messages up after a silence of this length. */
  public static CampaignConfig expiringAfter(CampaignConfig config, Duration silence) {
    return changed(
        config,
        config.whatsapp(),
        config.dispatch(),
        silence,
        config.unconfirmedAge(),
        config.clusterEpoch());
  }

  /** The same after an operator has said that the database was restored. */
  public static CampaignConfig clusterEpoch(CampaignConfig config, int epoch) {
    return changed(
        config,
        config.whatsapp(),
        config.dispatch(),
        config.expireAfter(),
        config.unconfirmedAge(),
        epoch);
  }

  private static CampaignConfig changed(
      CampaignConfig config,
      CloudApiConfig whatsapp,
      DispatchConfig dispatch,
      Duration expireAfter,
      Duration unconfirmedAge,
      int clusterEpoch) {
    return new CampaignConfig(
        config.database(),
        config.grpc(),
        config.analyticsTarget(),
        config.billingTarget(),
        config.peerSecurity(),
        config.jwks(),
        config.serviceSecret(),
        config.messageKeySecrets(),
        config.publicUrl(),
        config.encryptionKeys(),
        whatsapp,
        dispatch,
        config.maxAudience(),
        expireAfter,
        unconfirmedAge,
        config.replyWindow(),
        config.repliesKept(),
        config.conversionWindow(),
        config.stopKeywords(),
        config.startKeywords(),
        clusterEpoch);
  }
}
