package dev.herald.billing.edge;

import static dev.herald.billing.edge.Protos.answer;
import static dev.herald.billing.edge.Protos.money;
import static dev.herald.billing.edge.Protos.timestamp;

import com.google.protobuf.ByteString;
import dev.herald.billing.audit.AuditReport;
import dev.herald.billing.audit.LedgerAudit;
import dev.herald.billing.ledger.Entry;
import dev.herald.billing.money.Micros;
import dev.herald.billing.reservation.Line;
import dev.herald.billing.statement.CampaignCost;
import dev.herald.billing.statement.CampaignStatement;
import dev.herald.billing.statement.MonthlyStatement;
import dev.herald.billing.statement.StatementCsv;
import dev.herald.billing.statement.StatementLine;
import dev.herald.billing.statement.Statements;
import dev.herald.billing.v1.AuditLedgerRequest;
import dev.herald.billing.v1.AuditLedgerResponse;
import dev.herald.billing.v1.CampaignStatementLine;
import dev.herald.billing.v1.ExportCampaignStatementRequest;
import dev.herald.billing.v1.ExportCampaignStatementResponse;
import dev.herald.billing.v1.ExportMonthlyStatementRequest;
import dev.herald.billing.v1.ExportMonthlyStatementResponse;
import dev.herald.billing.v1.GetCampaignStatementRequest;
import dev.herald.billing.v1.GetCampaignStatementResponse;
import dev.herald.billing.v1.GetMonthlyStatementRequest;
import dev.herald.billing.v1.GetMonthlyStatementResponse;
import dev.herald.billing.v1.StatementServiceGrpc;
import dev.herald.runtime.access.Caller;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.time.YearMonth;

/** Statements and the audit of the caller's books. */
public final class StatementRpc extends StatementServiceGrpc.StatementServiceImplBase {
  private static final String LINES_LIST = "statement-lines.1";

  private final Statements statements;
  private final LedgerAudit audit;

  public StatementRpc(Statements statements, LedgerAudit audit) {
    this.statements = statements;
    this.audit = audit;
  }

  @Override
  public void getMonthlyStatement(
      GetMonthlyStatementRequest request, StreamObserver<GetMonthlyStatementResponse> observer) {
    int limit = request.getPageSize() == 0 ? Statements.MAX_LINES : request.getPageSize();
    MonthlyStatement statement =
        statements.month(
            Caller.current().workspace(),
            YearMonth.parse(request.getMonth()),
            after(request.getPageToken()),
            limit);
    String currency = statement.currency();
    GetMonthlyStatementResponse.Builder response =
        GetMonthlyStatementResponse.newBuilder()
            .setMonth(statement.month().toString())
            .setOpening(money(statement.opening(), currency))
            .setToppedUp(money(statement.toppedUp(), currency))
            .setAdjusted(money(statement.adjusted(), currency))
            .setCharged(money(statement.charged(), currency))
            .setRefunded(money(statement.refunded(), currency))
            .setClosing(money(statement.closing(), currency))
            .setGenerateTime(timestamp(statement.generatedAt()))
            .setFinal(statement.over());
    for (Entry payment : statement.payments()) {
      response.addPayments(Protos.entry(payment, currency));
    }
    for (StatementLine line : statement.lines()) {
      response.addLines(proto(line, currency));
    }
    if (!statement.complete()) {
      StatementLine.Key last = statement.lines().getLast().key();
      response.setNextPageToken(
          PageToken.write(LINES_LIST)
              .number(last.campaignId())
              .text(last.country())
              .number(last.lot())
              .token());
    }
    answer(observer, response.build());
  }

  @Override
  public void exportMonthlyStatement(
      ExportMonthlyStatementRequest request,
      StreamObserver<ExportMonthlyStatementResponse> observer) {
    StatementCsv.month(
        statements,
        Caller.current().workspace(),
        YearMonth.parse(request.getMonth()),
        new Pieces<>(
            observer,
            piece ->
                ExportMonthlyStatementResponse.newBuilder()
                    .setCsv(ByteString.copyFromUtf8(piece))
                    .build()));
    observer.onCompleted();
  }

  @Override
  public void getCampaignStatement(
      GetCampaignStatementRequest request, StreamObserver<GetCampaignStatementResponse> observer) {
    CampaignStatement statement =
        statements.campaign(Caller.current().workspace(), request.getCampaignId());
    GetCampaignStatementResponse.Builder response =
        GetCampaignStatementResponse.newBuilder()
            .setCost(proto(statement.cost(), statement.currency()))
            .setChargeBasis(Protos.basis(statement.chargeBasis()))
            .addAllExplanation(statement.explanation());
    statement.lines().forEach(line -> response.addLines(proto(line, statement.currency())));
    answer(observer, response.build());
  }

  @Override
  public void exportCampaignStatement(
      ExportCampaignStatementRequest request,
      StreamObserver<ExportCampaignStatementResponse> observer) {
    StatementCsv.campaign(
        statements.campaign(Caller.current().workspace(), request.getCampaignId()),
        new Pieces<>(
            observer,
            piece ->
                ExportCampaignStatementResponse.newBuilder()
                    .setCsv(ByteString.copyFromUtf8(piece))
                    .build()));
    observer.onCompleted();
  }

  @Override
  public void auditLedger(
      AuditLedgerRequest request, StreamObserver<AuditLedgerResponse> observer) {
    AuditReport report = audit.audit(Caller.current().workspace());
    answer(
        observer,
        AuditLedgerResponse.newBuilder()
            .setExact(report.exact())
            .setEntriesChecked(report.entriesChecked())
            .addAllDifferences(report.differences())
            .setDebits(money(report.debits(), report.currency()))
            .setCredits(money(report.credits(), report.currency()))
            .build());
  }

  static dev.herald.billing.v1.CampaignCost proto(CampaignCost cost, String currency) {
    return dev.herald.billing.v1.CampaignCost.newBuilder()
        .setCampaignId(cost.campaignId())
        .setReserved(money(cost.reserved(), currency))
        .setCharged(money(cost.charged(), currency))
        .setReleased(money(cost.released(), currency))
        .setRefunded(money(cost.refunded(), currency))
        .setChargedMessages(shown(cost.chargedMessages()))
        .setReservedInAll(money(cost.reservedInAll(), currency))
        .setFailedCost(money(Micros.ZERO, currency))
        .setChargedLate(money(cost.chargedLate(), currency))
        .setFreeMessages(shown(cost.freeMessages()))
        .build();
  }

  private static StatementLine.Key after(String token) {
    if (token.isEmpty()) {
      return StatementLine.Key.FIRST;
    }
    PageToken.Reader reader = PageToken.read(LINES_LIST, token);
    StatementLine.Key key =
        new StatementLine.Key(reader.number(), reader.text(), shown(reader.number()));
    reader.end();
    return key;
  }

  private static dev.herald.billing.v1.StatementLine proto(StatementLine line, String currency) {
    return dev.herald.billing.v1.StatementLine.newBuilder()
        .setCampaignId(line.key().campaignId())
        .setCountry(line.key().country())
        .setMarket(line.market())
        .setCategory(Protos.category(line.category()))
        .setLot(line.key().lot())
        .setUnitPrice(money(line.unitPrice(), currency))
        .setChargedMessages(shown(line.chargedMessages()))
        .setCharged(money(line.charged(), currency))
        .setRefundedMessages(shown(line.refundedMessages()))
        .setRefunded(money(line.refunded(), currency))
        .build();
  }

  private static CampaignStatementLine proto(Line line, String currency) {
    return CampaignStatementLine.newBuilder()
        .setCountry(line.key().country())
        .setMarket(line.price().market())
        .setCategory(Protos.category(line.price().category()))
        .setLot(line.key().lot())
        .setRateCard(line.price().rateCard())
        .setRateCardSha256(line.price().rateCardSha256())
        .setListPrice(money(line.price().listPrice(), currency))
        .setMarkupPpm(line.price().markup().ppm())
        .setUnitPrice(money(line.price().unitPrice(), currency))
        .setReservedMessages(line.totals().reserved())
        .setChargedMessages(line.totals().charged())
        .setFreeMessages(line.freeCharged())
        .setCharged(money(line.charged(), currency))
        .setReleasedMessages(line.totals().released())
        .setUnattemptedMessages(line.totals().unattempted())
        .setOpenMessages(shown(Math.max(0, line.totals().open())))
        .setRefunded(money(line.refunded(), currency))
        .build();
  }

  // Counts over many lines may in theory exceed what the contract can show; money never does.
  private static int shown(long count) {
    return (int) Math.min(count, Integer.MAX_VALUE);
  }
}
