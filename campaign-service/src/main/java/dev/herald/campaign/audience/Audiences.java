package dev.herald.campaign.audience;

import dev.herald.analytics.v1.MessageFilter;
import dev.herald.campaign.audience.AudienceReader.Reading;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStatus;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.CampaignType;
import dev.herald.campaign.campaign.Contents;
import dev.herald.campaign.contact.ContactFilter;
import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.conversion.ConversionStore;
import dev.herald.campaign.message.Columns;
import dev.herald.campaign.message.ParameterPlan;
import dev.herald.campaign.phone.PhoneNumbers;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.report.Reports;
import dev.herald.campaign.v1.ConversionFilter;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.crash.CrashPoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Gives a DRAFT its recipients. Each reading fills an audience of its own, in short transactions;
 * one last transaction makes it the campaign's. Until then, and if anything fails, the campaign's
 * audience is what it was.
 */
public final class Audiences {
  private static final int MAX_ATTRIBUTE_COLUMNS = CsvFile.MAX_COLUMNS - 2;
  static final int COPY_CHUNK = 5000;

  private final Jdbi jdbi;
  private final CampaignStore campaigns;
  private final RecipientStore recipients;
  private final ImportStore imports;
  private final ContactStore contacts;
  private final ConversionStore conversions;
  private final Contents contents;
  private final Reports reports;
  private final AnalyticsClient analytics;
  private final ContactImporter contactImporter;
  private final int maxRows;

  /** Recipients added one by one. */
  public record Added(int accepted, int duplicates, List<RowError> errors) {}

  /** One person, as given. */
  public record GivenRecipient(String phone, String name, Map<String, String> parameters) {}

  /** An import under way, and what its rows are read by. */
  record Started(Campaign campaign, long audience) {}

  public Audiences(
      Jdbi jdbi,
      CampaignStore campaigns,
      RecipientStore recipients,
      ImportStore imports,
      ContactStore contacts,
      ConversionStore conversions,
      Contents contents,
      Reports reports,
      AnalyticsClient analytics,
      ContactImporter contactImporter,
      int maxRows) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.recipients = recipients;
    this.imports = imports;
    this.contacts = contacts;
    this.conversions = conversions;
    this.contents = contents;
    this.reports = reports;
    this.analytics = analytics;
    this.contactImporter = contactImporter;
    this.maxRows = maxRows;
  }

  int maxRows() {
    return maxRows;
  }

  /** Begins a reading of a DRAFT broadcast's audience. */
  Started start(WorkspaceId workspace, CampaignId id, long totalBytes, List<String> tags) {
    long audience = Ids.next();
    return jdbi.inTransaction(
        tx -> {
          Campaign campaign = requireDraft(tx, workspace, id);
          if (imports.isRunning(tx, id)) {
            throw HeraldException.precondition(
                "AUDIENCE_IMPORT_RUNNING",
                "Another upload for this campaign is under way. Wait until it is done.");
          }
          recipients.create(tx, audience, id);
          imports.start(tx, workspace, id, audience, totalBytes, tags);
          return new Started(campaign, audience);
        });
  }

  private Campaign requireDraft(Handle tx, WorkspaceId workspace, CampaignId id) {
    Campaign campaign = campaigns.lockAndRequire(tx, workspace, id);
    if (campaign.type() != CampaignType.BROADCAST) {
      throw HeraldException.precondition(
          "NOT_A_BROADCAST", "An API campaign gets its recipients one call at a time.");
    }
    if (campaign.status() != CampaignStatus.DRAFT) {
      throw HeraldException.precondition(
          "CAMPAIGN_NOT_DRAFT",
          "The audience can be changed only while the campaign is a draft.",
          Map.of("status", campaign.status().name()));
    }
    return campaign;
  }

  ParameterPlan plan(Campaign campaign, Columns columns) {
    return jdbi.withHandle(
        handle -> contents.plan(handle, campaign.workspace(), campaign.content(), columns));
  }

  /** Ends a reading well: the new audience becomes the campaign's. */
  AudienceImport finish(Started started, int accepted, List<String> columns) {
    CampaignId id = started.campaign().id();
    WorkspaceId workspace = started.campaign().workspace();
    Campaign changed =
        jdbi.inTransaction(
            tx -> {
              requireDraft(tx, workspace, id);
              recipients.complete(tx, started.audience(), accepted, columns);
              recipients.adopt(tx, id, started.audience());
              int optedOut = recipients.optedOut(tx, workspace.value(), started.audience());
              if (!imports.done(tx, started.audience(), optedOut)) {
                throw HeraldException.aborted(
                    "IMPORT_INTERRUPTED", "The upload took too long. Upload the file again.");
              }
              Campaign campaign = campaigns.require(tx, workspace, id);
              reports.snapshot(tx, campaign);
              CrashPoint.reached("campaign.audience.before-commit");
              return campaign;
            });
    CrashPoint.reached("campaign.audience.committed");
    analytics.tellNow(changed);
    contactImporter.imported(started.audience(), accepted);
    return jdbi.withHandle(handle -> imports.find(handle, started.audience()).orElseThrow());
  }

  /** Ends a reading that failed: nothing has changed. */
  void fail(Started started, String reason, String message) {
    jdbi.useTransaction(
        tx -> {
          imports.failed(tx, started.audience(), reason, message);
          recipients.discard(tx, started.audience());
        });
  }

  /** Stores a part of a reading. */
  void store(
      Started started, RecipientCopy rows, List<RowError> errors, ImportStore.Progress progress) {
    jdbi.useTransaction(
        tx -> {
          if (!imports.progress(tx, started.audience(), progress)) {
            throw HeraldException.aborted(
                "IMPORT_INTERRUPTED", "The upload took too long. Upload the file again.");
          }
          rows.write(tx);
          imports.addErrors(tx, started.audience(), errors);
          CrashPoint.reached("campaign.chunk.before-commit");
        });
    CrashPoint.reached("campaign.chunk.committed");
  }

  void columns(Started started, List<String> columns) {
    jdbi.useHandle(handle -> imports.columns(handle, started.audience(), columns));
  }

  /** Adds recipients to a DRAFT broadcast; new parameter names become columns. */
  public Added add(Handle tx, WorkspaceId workspace, CampaignId id, List<GivenRecipient> given) {
    contacts.lockShared(tx, workspace);
    Campaign campaign = requireDraft(tx, workspace, id);
    if (imports.isRunning(tx, id)) {
      throw HeraldException.precondition(
          "AUDIENCE_IMPORT_RUNNING",
          "An upload for this campaign is under way. Wait until it is done.");
    }
    if (campaign.audience() + given.size() > maxRows) {
      throw HeraldException.precondition(
          "AUDIENCE_TOO_LARGE", "An audience has at most " + maxRows + " recipients.");
    }
    Columns columns = extended(campaign.columns(), given);
    ParameterPlan plan = contents.plan(tx, workspace, campaign.content(), columns);
    AudienceReader reader = new AudienceReader(columns, plan, campaign.defaultRegion());
    for (long phone : presentAmong(tx, campaign, given)) {
      reader.known(phone);
    }
    List<NewRecipient> taken = new ArrayList<>();
    List<RowError> errors = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      GivenRecipient one = given.get(i);
      switch (reader.read(i + 1, one.phone(), one.name().strip(), aligned(columns, one))) {
        case Reading.Taken good -> taken.add(good.recipient());
        case Reading.Duplicate duplicate -> {}
        case Reading.Faulty faulty -> errors.add(faulty.error());
      }
    }
    if (!taken.isEmpty()) {
      long audience = campaign.audienceId();
      recipients.complete(tx, audience, campaign.audience(), columns.all());
      int first = recipients.append(tx, audience, taken);
      contacts.upsertFromAudience(
          tx, workspace, audience, first, first + taken.size(), columns.parameters(), List.of());
      campaigns.touch(tx, id);
      reports.snapshot(tx, campaigns.require(tx, workspace, id));
    }
    return new Added(taken.size(), reader.duplicates(), errors);
  }

  private Set<Long> presentAmong(Handle tx, Campaign campaign, List<GivenRecipient> given) {
    Set<Long> phones = new HashSet<>();
    for (GivenRecipient one : given) {
      if (PhoneNumbers.parse(one.phone(), campaign.defaultRegion())
          instanceof dev.herald.campaign.phone.Parsed.Good good) {
        phones.add(good.number().digits());
      }
    }
    return recipients.present(tx, campaign.audienceId(), phones);
  }

  private static Columns extended(Columns columns, List<GivenRecipient> given) {
    Set<String> all = new LinkedHashSet<>(columns.all());
    if (all.isEmpty()) {
      all.add(Columns.PHONE);
      all.add(Columns.NAME);
    }
    for (GivenRecipient one : given) {
      for (String key : new java.util.TreeSet<>(one.parameters().keySet())) {
        if (Columns.isPhone(key) || Columns.isName(key) || key.isBlank() || key.length() > 100) {
          throw HeraldException.invalid(
              "recipients.parameters",
              "PARAMETER_NAME_INVALID",
              "A parameter's name has 1 to 100 characters and is neither phone nor name.");
        }
        if (Columns.of(List.copyOf(all)).indexOf(key) < 0) {
          all.add(key);
        }
      }
    }
    if (all.size() > CsvFile.MAX_COLUMNS) {
      throw HeraldException.invalid(
          "recipients.parameters",
          "TOO_MANY_COLUMNS",
          "An audience has at most " + CsvFile.MAX_COLUMNS + " different parameters.");
    }
    return Columns.of(List.copyOf(all));
  }

  private static List<@Nullable String> aligned(Columns columns, GivenRecipient one) {
    @Nullable String[] values = new @Nullable String[columns.parameters().size()];
    one.parameters().forEach((key, value) -> values[columns.indexOf(key)] = value.strip());
    return java.util.Arrays.asList(values);
  }

  /** Replaces a DRAFT's audience by the contacts that match now. */
  public AudienceImport fromContacts(WorkspaceId workspace, CampaignId id, ContactFilter filter) {
    Started started = start(workspace, id, 0, List.of());
    return guarded(
        started,
        () -> {
          List<String> attributes =
              jdbi.withHandle(
                  handle ->
                      contacts.attributeNames(handle, workspace, filter, MAX_ATTRIBUTE_COLUMNS));
          List<String> columns = new ArrayList<>(List.of(Columns.PHONE, Columns.NAME));
          attributes.stream()
              .filter(name -> !Columns.isPhone(name) && !Columns.isName(name))
              .forEach(columns::add);
          Columns layout = Columns.of(columns);
          int copied =
              jdbi.inTransaction(
                  tx -> {
                    int count =
                        contacts.copyToAudience(
                            tx, workspace, filter, started.audience(), layout.parameters());
                    refuseTooMany(count);
                    imports.progress(
                        tx, started.audience(), new ImportStore.Progress(count, count, 0, 0, 0));
                    return count;
                  });
          columns(started, columns);
          return finish(started, copied, columns);
        });
  }

  /** Replaces a DRAFT's audience by another campaign's recipients with a certain outcome. */
  public AudienceImport fromCampaign(
      WorkspaceId workspace,
      CampaignId id,
      CampaignId source,
      MessageFilter filter,
      ConversionFilter converted) {
    Campaign from = jdbi.withHandle(handle -> campaigns.require(handle, workspace, source));
    Started started = start(workspace, id, 0, List.of());
    return guarded(
        started,
        () -> {
          Retarget retarget =
              new Retarget(jdbi, recipients, conversions, this, started, from, converted);
          columns(started, from.columns().all());
          analytics.ordinals(workspace, source, filter, retarget::add);
          retarget.flush();
          return finish(started, retarget.accepted(), from.columns().all());
        });
  }

  private interface Work {
    AudienceImport run();
  }

  private AudienceImport guarded(Started started, Work work) {
    try {
      return work.run();
    } catch (HeraldException e) {
      fail(started, e.reason(), e.message());
      throw e;
    } catch (RuntimeException e) {
      fail(started, "IMPORT_FAILED", "The audience could not be stored. Try again.");
      throw e;
    }
  }

  void refuseTooMany(int count) {
    if (count > maxRows) {
      throw HeraldException.invalid(
          "chunk", "CSV_TOO_MANY_ROWS", "An audience has at most " + maxRows + " recipients.");
    }
  }

  /** The values of a recipient by column. */
  public static Map<String, String> byColumn(Columns columns, Recipient recipient) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < recipient.parameters().size() && i < columns.parameters().size(); i++) {
      String value = recipient.parameters().get(i);
      if (value != null && !value.isEmpty()) {
        values.put(columns.parameters().get(i), value);
      }
    }
    return values;
  }
}
