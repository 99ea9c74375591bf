package dev.herald.campaign.trigger;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.v1.SendTestMessageResponse;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** What became of test messages, and the hidden campaigns they travelled in. */
public final class TestResultStore {

  Optional<SendTestMessageResponse> find(Handle handle, CampaignId hidden, int ordinal) {
    return handle
        .createQuery(
            """
            select accepted, error_code, error_message from test_result
             where campaign_id = :campaign and ordinal = :ordinal
            """)
        .bind("campaign", hidden.value())
        .bind("ordinal", ordinal)
        .map(
            (row, context) ->
                SendTestMessageResponse.newBuilder()
                    .setAccepted(row.getBoolean("accepted"))
                    .setErrorCode(row.getInt("error_code"))
                    .setErrorMessage(row.getString("error_message"))
                    .build())
        .findOne();
  }

  /** Results that nobody waits for any more. */
  public void forgetOld(Handle handle) {
    handle.execute("delete from test_result where created_at < now() - interval '1 day'");
  }

  /** Campaigns that carried test messages an hour ago or earlier. */
  public List<CampaignId> oldCampaigns(Handle handle, int limit) {
    return handle
        .createQuery(
            """
            select campaign_id from campaign
             where hidden and status = 'LIVE' and launched_at < now() - interval '1 hour'
             limit :limit
            """)
        .bind("limit", limit)
        .map((row, context) -> new CampaignId(row.getLong("campaign_id")))
        .list();
  }
}
