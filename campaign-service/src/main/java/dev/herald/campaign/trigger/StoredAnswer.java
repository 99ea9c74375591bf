package dev.herald.campaign.trigger;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.herald.campaign.v1.TriggerCampaignResponse;
import dev.herald.campaign.v1.TriggerResult;
import java.util.List;

/**
 * A call's answer as it is kept for repetitions: without phone numbers, which would outlive the
 * erasure of their owner; they are read from the recipients when the answer is given again.
 */
final class StoredAnswer {
  private StoredAnswer() {}

  static byte[] write(List<TriggerAnswer> answers, int firstOrdinal) {
    TriggerCampaignResponse.Builder response = TriggerCampaignResponse.newBuilder();
    for (TriggerAnswer answer : answers) {
      response.addResults(
          switch (answer) {
            case TriggerAnswer.Taken taken ->
                TriggerResult.newBuilder().setOrdinal(firstOrdinal + taken.position());
            case TriggerAnswer.Refused refused ->
                TriggerResult.newBuilder()
                    .setErrorField(refused.field())
                    .setErrorReason(refused.reason())
                    .setErrorMessage(refused.message());
          });
    }
    return response.build().toByteArray();
  }

  static TriggerCampaignResponse read(byte[] stored) {
    try {
      return TriggerCampaignResponse.parseFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("A stored answer cannot be read.", e);
    }
  }
}
