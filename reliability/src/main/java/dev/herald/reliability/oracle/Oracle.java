package dev.herald.reliability.oracle;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Says what is wrong with an installation that has come to rest. It knows Herald only by what it
 * promises: the record of WhatsApp's stand-in, the answers clients got, and the tables.
 */
public final class Oracle {
  private final Path record;
  private final Path acknowledgements;

  public Oracle(Path record, Path acknowledgements) {
    this.record = record;
    this.acknowledgements = acknowledgements;
  }

  /**
   * Compares everything about these campaigns, and the whole ledger.
   *
   * @param database within a repeatable-read transaction: money moves while it is read
   * @return empty if all is as promised
   */
  public List<Violation> judge(Connection database, LongPredicate campaigns)
      throws IOException, SQLException {
    // In this order: what was acknowledged before must be in the tables read after.
    WhatsAppRecord taken = WhatsAppRecord.read(record);
    Promised promised = Promised.read(acknowledgements);
    List<Violation> violations = new ArrayList<>();
    for (Promised.Campaign campaign : promised.campaigns().values()) {
      if (campaigns.test(campaign.id)) {
        new CampaignJudge(database, campaign, taken.campaign(campaign.id), violations).judge();
      }
    }
    new LedgerJudge(database, violations).judge(promised.toppedUp());
    return violations;
  }
}
