package dev.herald.billing.statement;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.herald.billing.ledger.Account;
import dev.herald.billing.ledger.Cause;
import dev.herald.billing.ledger.Entry;
import dev.herald.billing.ledger.Subject;
import dev.herald.billing.money.Micros;
import dev.herald.billing.reservation.Line;
import java.io.StringWriter;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Statements as CSV (RFC 4180, UTF-8): one amount column whose sum over all rows but the closing
 * one is the closing balance, so that a spreadsheet can check it.
 */
public final class StatementCsv {
  private static final String[] MONTH_HEADER = {
    "kind",
    "time",
    "campaign_id",
    "country",
    "market",
    "category",
    "lot",
    "messages",
    "unit_price",
    "amount",
    "currency",
    "note"
  };
  private static final String[] CAMPAIGN_HEADER = {
    "country",
    "market",
    "category",
    "lot",
    "rate_card",
    "list_price",
    "markup_ppm",
    "unit_price",
    "reserved_messages",
    "charged_messages",
    "free_messages",
    "released_messages",
    "unattempted_messages",
    "open_messages",
    "charged",
    "refunded",
    "currency"
  };
  private static final String FORMULA_STARTS = "=+-@\t\r＝＋－＠";

  private final Consumer<String> pieces;

  private StatementCsv(Consumer<String> pieces) {
    this.pieces = pieces;
  }

  /** A whole month, as many pieces as it takes. */
  public static void month(
      Statements statements, long workspaceId, YearMonth month, Consumer<String> pieces) {
    statements.read(workspaceId, month, new Month(new StatementCsv(pieces)));
  }

  private static final class Month implements Statements.Reader {
    private final StatementCsv csv;
    private @Nullable MonthlyStatement sums;

    Month(StatementCsv csv) {
      this.csv = csv;
    }

    @Override
    public void begin(MonthlyStatement statement) {
      sums = statement;
      csv.piece(
          writer -> {
            writer.writeRecord(MONTH_HEADER);
            Instant begin = statement.month().atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
            balance("OPENING_BALANCE", begin, statement.opening(), statement.currency(), writer);
          });
    }

    @Override
    public void payments(List<Entry> some) {
      csv.piece(writer -> some.forEach(entry -> payment(entry, currency(), writer)));
    }

    @Override
    public void lines(List<StatementLine> some) {
      csv.piece(writer -> some.forEach(line -> monthLine(line, currency(), writer)));
    }

    @Override
    public void end() {
      csv.piece(writer -> monthEnd(begun(), writer));
    }

    private String currency() {
      return begun().currency();
    }

    private MonthlyStatement begun() {
      return Objects.requireNonNull(sums);
    }
  }

  /** One campaign, line by line. */
  public static void campaign(CampaignStatement statement, Consumer<String> pieces) {
    new StatementCsv(pieces)
        .piece(
            writer -> {
              writer.writeRecord(CAMPAIGN_HEADER);
              statement.lines().forEach(line -> campaignLine(line, statement.currency(), writer));
            });
  }

  private void piece(Consumer<CsvWriter> rows) {
    StringWriter text = new StringWriter();
    // A plain writer: closing it would only flush what is flushed anyway.
    CsvWriter writer =
        CsvWriter.builder().lineDelimiter(LineDelimiter.CRLF).bufferSize(0).build(text);
    rows.accept(writer);
    String piece = text.toString();
    if (!piece.isEmpty()) {
      pieces.accept(piece);
    }
  }

  private static void payment(Entry payment, String currency, CsvWriter writer) {
    Micros amount =
        payment.debit() == Account.FUNDING ? payment.amount() : payment.amount().times(-1);
    String note = payment.subject() instanceof Subject.Payment paid ? paid.note() : "";
    writer.writeRecord(
        payment.cause().name(),
        payment.createdAt().toString(),
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        amount.decimal(),
        currency,
        text(note));
  }

  private static void monthEnd(MonthlyStatement statement, CsvWriter writer) {
    Instant end =
        statement.over()
            ? statement.month().plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC)
            : statement.generatedAt();
    balance("CLOSING_BALANCE", end, statement.closing(), statement.currency(), writer);
  }

  private static void balance(
      String kind, Instant at, Micros amount, String currency, CsvWriter writer) {
    writer.writeRecord(
        kind, at.toString(), "", "", "", "", "", "", "", amount.decimal(), currency, "");
  }

  private static void monthLine(StatementLine line, String currency, CsvWriter writer) {
    if (line.chargedMessages() > 0) {
      monthLine(
          Cause.CHARGE, line, line.chargedMessages(), line.charged().times(-1), currency, writer);
    }
    if (line.refundedMessages() > 0) {
      monthLine(Cause.REFUND, line, line.refundedMessages(), line.refunded(), currency, writer);
    }
  }

  private static void monthLine(
      Cause cause,
      StatementLine line,
      long messages,
      Micros amount,
      String currency,
      CsvWriter writer) {
    writer.writeRecord(
        cause.name(),
        "",
        Long.toString(line.key().campaignId()),
        line.key().country(),
        text(line.market()),
        line.category().name(),
        Integer.toString(line.key().lot()),
        Long.toString(messages),
        line.unitPrice().decimal(),
        amount.decimal(),
        currency,
        "");
  }

  private static void campaignLine(Line line, String currency, CsvWriter writer) {
    writer.writeRecord(
        line.key().country(),
        text(line.price().market()),
        line.price().category().name(),
        Integer.toString(line.key().lot()),
        line.price().rateCard(),
        line.price().listPrice().decimal(),
        Integer.toString(line.price().markup().ppm()),
        line.price().unitPrice().decimal(),
        Integer.toString(line.totals().reserved()),
        Integer.toString(line.totals().charged()),
        Integer.toString(line.freeCharged()),
        Integer.toString(line.totals().released()),
        Integer.toString(line.totals().unattempted()),
        Long.toString(Math.max(0, line.totals().open())),
        line.charged().decimal(),
        line.refunded().decimal(),
        currency);
  }

  // A spreadsheet must not run what somebody wrote into a note.
  private static String text(String value) {
    return !value.isEmpty() && FORMULA_STARTS.indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
  }
}
