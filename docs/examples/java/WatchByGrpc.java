import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.WatchCampaignAnalyticsRequest;
import dev.herald.common.v1.CampaignStatus;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;

/**
 * Follows a campaign's figures by gRPC until every recipient has been attempted. Argument: the
 * campaign. HERALD_ANALYTICS_TARGET says where analytics-service is.
 */
final class WatchByGrpc {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  public static void main(String[] arguments) throws Exception {
    // The API key buys a token of minutes; the services themselves know no API keys.
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + Herald.post("token", "{}").get("token").asText());

    String target = System.getenv().getOrDefault("HERALD_ANALYTICS_TARGET", "localhost:9102");
    ManagedChannel channel = ManagedChannelBuilder.forTarget(target).usePlaintext().build();
    try {
      var stub =
          CampaignAnalyticsServiceGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
      var request =
          WatchCampaignAnalyticsRequest.newBuilder()
              .setCampaignId(Long.parseLong(arguments[0]))
              .build();
      var answers = stub.watchCampaignAnalytics(request);
      while (answers.hasNext()) {
        CampaignAnalytics now = answers.next().getAnalytics();
        System.out.printf(
            "%s: %d submitted, %d delivered, %d read, %d failed of %d%n",
            now.getStatus(),
            now.getSubmitted(),
            now.getDelivered(),
            now.getRead(),
            now.getFailed(),
            now.getAudience());
        if (now.getStatus() == CampaignStatus.SENT || now.getStatus() == CampaignStatus.STOPPED) {
          return;
        }
      }
    } finally {
      channel.shutdownNow();
    }
  }
}
