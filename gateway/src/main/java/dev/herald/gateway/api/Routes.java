package dev.herald.gateway.api;

import static dev.herald.gateway.api.Route.delete;
import static dev.herald.gateway.api.Route.get;
import static dev.herald.gateway.api.Route.patch;
import static dev.herald.gateway.api.Route.post;

import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.billing.v1.RateCardServiceGrpc;
import dev.herald.billing.v1.StatementServiceGrpc;
import dev.herald.billing.v1.WalletServiceGrpc;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.ChannelServiceGrpc;
import dev.herald.campaign.v1.ContactServiceGrpc;
import dev.herald.campaign.v1.ConversionServiceGrpc;
import dev.herald.campaign.v1.ReplyServiceGrpc;
import dev.herald.campaign.v1.SendingRulesServiceGrpc;
import dev.herald.campaign.v1.TemplateServiceGrpc;
import dev.herald.gateway.alert.AlertRpc;
import dev.herald.gateway.identity.IdentityRpc;
import dev.herald.gateway.identity.OidcRoutes;
import dev.herald.gateway.identity.SessionRoutes;
import dev.herald.gateway.identity.WorkspaceRpc;
import dev.herald.gateway.link.LinkRpc;
import dev.herald.gateway.subscription.SubscriptionRpc;
import dev.herald.gateway.v1.AlertServiceGrpc;
import dev.herald.gateway.v1.GetSignInOptionsRequest;
import dev.herald.gateway.v1.GetSignInOptionsResponse;
import dev.herald.gateway.v1.IdentityServiceGrpc;
import dev.herald.gateway.v1.LinkServiceGrpc;
import dev.herald.gateway.v1.QuarantineServiceGrpc;
import dev.herald.gateway.v1.SignInRequest;
import dev.herald.gateway.v1.SignOutRequest;
import dev.herald.gateway.v1.SubscriptionServiceGrpc;
import dev.herald.gateway.v1.WorkspaceServiceGrpc;
import dev.herald.gateway.webhook.QuarantineRpc;
import java.util.List;
import java.util.stream.Stream;

/**
 * The whole API, one line a route: what is asked for → the method of a contract that answers → what
 * stands at the top of the JSON. Who may call, what is valid and what is meant stands in the
 * contract.
 */
final class Routes {
  private Routes() {}

  static List<Route> table(
      IdentityRpc identity,
      WorkspaceRpc workspaces,
      SessionRoutes session,
      OidcRoutes oidc,
      QuarantineRpc quarantine,
      SubscriptionRpc subscriptions,
      LinkRpc links,
      AlertRpc alerts) {
    return Stream.of(
            campaigns(),
            audience(),
            analytics(),
            money(),
            channels(),
            templates(),
            contacts(),
            identity(identity, session, oidc),
            workspaces(workspaces),
            quarantine(quarantine),
            subscriptions(subscriptions),
            sendingRules(),
            links(links),
            alerts(alerts))
        .flatMap(List::stream)
        .toList();
  }

  private static List<Route> campaigns() {
    return List.of(
        post("/campaigns", CampaignServiceGrpc.getCreateCampaignMethod()).as("campaign"),
        get("/campaigns", CampaignServiceGrpc.getListCampaignsMethod())
            .answered(new CampaignList()),
        post("/campaigns/{campaignId}:launch", CampaignServiceGrpc.getLaunchCampaignMethod())
            .as("campaign"),
        post("/campaigns/{campaignId}:pause", CampaignServiceGrpc.getPauseCampaignMethod())
            .as("campaign"),
        post("/campaigns/{campaignId}:resume", CampaignServiceGrpc.getResumeCampaignMethod())
            .as("campaign"),
        post("/campaigns/{campaignId}:stop", CampaignServiceGrpc.getStopCampaignMethod())
            .as("campaign"),
        post("/campaigns/{campaignId}:trigger", CampaignServiceGrpc.getTriggerCampaignMethod())
            .largeBody()
            .unaudited(),
        post("/campaigns/{campaignId}:test", CampaignServiceGrpc.getSendTestMessageMethod()),
        post(
            "/campaigns/{campaignId}:retryUnconfirmed",
            CampaignServiceGrpc.getRetryUnconfirmedMethod()),
        post("/campaigns/{campaignId}:estimate", CampaignServiceGrpc.getEstimateCampaignMethod())
            .unaudited(),
        get("/campaigns/{campaignId}:estimate", CampaignServiceGrpc.getEstimateCampaignMethod()),
        get("/campaigns/{campaignId}", CampaignServiceGrpc.getGetCampaignMethod()).as("campaign"),
        patch("/campaigns/{campaignId}", CampaignServiceGrpc.getUpdateCampaignMethod())
            .as("campaign"),
        delete("/campaigns/{campaignId}", CampaignServiceGrpc.getDeleteCampaignMethod()),
        get(
            "/campaigns/{campaignId}/statusChanges",
            CampaignServiceGrpc.getListStatusChangesMethod()),
        get("/campaigns/{campaignId}/replyCounts", ReplyServiceGrpc.getListReplyCountsMethod()),
        get("/campaigns/{campaignId}/replies", ReplyServiceGrpc.getListRepliesMethod()),
        post("/conversions", ConversionServiceGrpc.getRecordConversionMethod())
            .as("conversion")
            .unaudited(),
        get(
            "/campaigns/{campaignId}/conversionTotals",
            ConversionServiceGrpc.getListConversionTotalsMethod()),
        get(
            "/campaigns/{campaignId}/conversions",
            ConversionServiceGrpc.getListConversionsMethod()));
  }

  private static List<Route> audience() {
    return List.of(
        post("/campaigns/{campaignId}/audience", AudienceServiceGrpc.getUploadAudienceMethod())
            .uploaded(),
        get("/campaigns/{campaignId}/audience", AudienceServiceGrpc.getGetAudienceImportMethod())
            .as("import"),
        post(
                "/campaigns/{campaignId}/audience:fromContacts",
                AudienceServiceGrpc.getSetAudienceFromContactsMethod())
            .as("import"),
        post(
                "/campaigns/{campaignId}/audience:fromCampaign",
                AudienceServiceGrpc.getSetAudienceFromCampaignMethod())
            .as("import"),
        get("/campaigns/{campaignId}/audience/errors", AudienceServiceGrpc.getListRowErrorsMethod())
            .orCsv(new RowErrorExport()),
        post("/campaigns/{campaignId}/recipients", AudienceServiceGrpc.getAddRecipientsMethod())
            .largeBody(),
        get("/campaigns/{campaignId}/recipients", AudienceServiceGrpc.getListRecipientsMethod()));
  }

  private static List<Route> analytics() {
    return List.of(
        get(
                "/campaigns/{campaignId}/analytics",
                CampaignAnalyticsServiceGrpc.getGetCampaignAnalyticsMethod())
            .as("analytics"),
        get(
                "/campaigns/{campaignId}/analytics:watch",
                CampaignAnalyticsServiceGrpc.getWatchCampaignAnalyticsMethod())
            .watched("analytics")
            .as("analytics"),
        get("/campaigns:watch", CampaignAnalyticsServiceGrpc.getWatchWorkspaceMethod())
            .watched("campaigns"),
        get(
            "/campaigns/{campaignId}/failures",
            CampaignAnalyticsServiceGrpc.getListFailureReasonsMethod()),
        get(
            "/campaigns/{campaignId}/countries",
            CampaignAnalyticsServiceGrpc.getListCountryMetricsMethod()),
        get(
            "/campaigns/{campaignId}/hours",
            CampaignAnalyticsServiceGrpc.getListLaunchHoursMethod()),
        get(
            "/campaigns/{campaignId}/series",
            CampaignAnalyticsServiceGrpc.getGetTimeSeriesMethod()),
        get(
                "/campaigns/{campaignId}/messages",
                CampaignAnalyticsServiceGrpc.getListMessagesMethod())
            .answered(new MessageList()),
        get(
                "/campaigns/{campaignId}/messages.csv",
                CampaignAnalyticsServiceGrpc.getExportMessagesMethod())
            .exported(new MessageExport(MessageExport.Format.CSV)),
        get(
                "/campaigns/{campaignId}/messages.xlsx",
                CampaignAnalyticsServiceGrpc.getExportMessagesMethod())
            .exported(new MessageExport(MessageExport.Format.XLSX)),
        post(
            "/campaigns/{campaignId}:reconcile",
            CampaignAnalyticsServiceGrpc.getReconcileCampaignMethod()),
        get("/overview", CampaignAnalyticsServiceGrpc.getGetWorkspaceOverviewMethod()),
        get("/unattributed", CampaignAnalyticsServiceGrpc.getListUnattributedMethod()));
  }

  private static List<Route> money() {
    return List.of(
        get(
            "/campaigns/{campaignId}/statement",
            StatementServiceGrpc.getGetCampaignStatementMethod()),
        get(
                "/campaigns/{campaignId}/statement.csv",
                StatementServiceGrpc.getExportCampaignStatementMethod())
            .exported(new StatementExport()),
        get("/wallet", WalletServiceGrpc.getGetWalletMethod()).as("wallet"),
        get("/wallet/notices", WalletServiceGrpc.getListWalletNoticesMethod()),
        patch("/wallet", WalletServiceGrpc.getUpdateWalletMethod()).as("wallet"),
        post("/wallet:topUp", WalletServiceGrpc.getTopUpWalletMethod()).as("wallet"),
        get("/wallet/entries", WalletServiceGrpc.getListLedgerEntriesMethod()),
        get(
                "/wallet/statements/{month}.csv",
                StatementServiceGrpc.getExportMonthlyStatementMethod())
            .exported(new StatementExport()),
        get("/wallet/statements/{month}", StatementServiceGrpc.getGetMonthlyStatementMethod()),
        get("/wallet:audit", StatementServiceGrpc.getAuditLedgerMethod()),
        get("/rateCards", RateCardServiceGrpc.getListRateCardsMethod()),
        get("/rateCard", RateCardServiceGrpc.getGetRateCardMethod()).as("rate_card"),
        post("/wallet:estimate", RateCardServiceGrpc.getEstimateCostMethod()).unaudited());
  }

  private static List<Route> channels() {
    return List.of(
        post("/channels", ChannelServiceGrpc.getConnectChannelMethod()).as("channel"),
        get("/channels", ChannelServiceGrpc.getListChannelsMethod()),
        post("/channels/{channelId}:check", ChannelServiceGrpc.getCheckChannelMethod())
            .as("channel"),
        post("/channels/{channelId}:syncTemplates", TemplateServiceGrpc.getSyncTemplatesMethod()),
        get("/channels/{channelId}", ChannelServiceGrpc.getGetChannelMethod()).as("channel"),
        patch("/channels/{channelId}", ChannelServiceGrpc.getUpdateChannelMethod()).as("channel"),
        delete("/channels/{channelId}", ChannelServiceGrpc.getDisconnectChannelMethod()));
  }

  private static List<Route> templates() {
    return List.of(
        get("/templates", TemplateServiceGrpc.getListTemplatesMethod()),
        get("/templates/{templateId}", TemplateServiceGrpc.getGetTemplateMethod()).as("template"),
        post("/templates/{templateId}:preview", TemplateServiceGrpc.getPreviewTemplateMethod())
            .unaudited());
  }

  private static List<Route> contacts() {
    return List.of(
        post("/contacts", ContactServiceGrpc.getUpsertContactsMethod()).largeBody(),
        get("/contacts", ContactServiceGrpc.getListContactsMethod()),
        get("/contacts:count", ContactServiceGrpc.getCountContactsMethod()),
        post("/contacts:optOut", ContactServiceGrpc.getSetOptOutMethod()).as("contact"),
        post("/contacts:erase", ContactServiceGrpc.getEraseContactMethod()),
        get("/contacts/{contactId}", ContactServiceGrpc.getGetContactMethod()).as("contact"));
  }

  private static List<Route> identity(
      IdentityRpc identity, SessionRoutes session, OidcRoutes oidc) {
    return List.of(
        get("/me", IdentityServiceGrpc.getGetMeMethod()).by(identity::getMe),
        post("/me:password", IdentityServiceGrpc.getChangePasswordMethod())
            .by(identity::changePassword),
        post("/session", IdentityServiceGrpc.getSignInMethod())
            .<SignInRequest, dev.herald.gateway.v1.SignInResponse>openBy(session::signIn)
            .unaudited(),
        get("/session:options", IdentityServiceGrpc.getGetSignInOptionsMethod())
            .<GetSignInOptionsRequest, GetSignInOptionsResponse>openBy(
                (ctx, request, address, requestId) -> oidc.options()),
        delete("/session", IdentityServiceGrpc.getSignOutMethod())
            .<SignOutRequest, dev.herald.gateway.v1.SignOutResponse>openBy(
                (ctx, request, address, requestId) -> session.signOut(ctx, request))
            .unaudited(),
        post("/session:signOutEverywhere", IdentityServiceGrpc.getSignOutEverywhereMethod())
            .by(identity::signOutEverywhere),
        get("/users", IdentityServiceGrpc.getListUsersMethod()).by(identity::listUsers),
        post("/users", IdentityServiceGrpc.getInviteUserMethod())
            .by(identity::inviteUser)
            .as("user"),
        post("/users/{userId}:signInLink", IdentityServiceGrpc.getCreateSignInLinkMethod())
            .by(identity::createSignInLink),
        patch("/users/{userId}", IdentityServiceGrpc.getUpdateUserMethod())
            .by(identity::updateUser)
            .as("user"),
        delete("/users/{userId}", IdentityServiceGrpc.getDeleteUserMethod())
            .by(identity::deleteUser),
        get("/apiKeys", IdentityServiceGrpc.getListApiKeysMethod()).by(identity::listApiKeys),
        post("/apiKeys", IdentityServiceGrpc.getCreateApiKeyMethod())
            .by(identity::createApiKey)
            .as("api_key"),
        delete("/apiKeys/{apiKeyId}", IdentityServiceGrpc.getDeleteApiKeyMethod())
            .by(identity::deleteApiKey),
        post("/token", IdentityServiceGrpc.getCreateTokenMethod())
            .by(identity::createToken)
            .unaudited(),
        get("/workspace", IdentityServiceGrpc.getGetWorkspaceMethod())
            .by(identity::getWorkspace)
            .as("workspace"),
        patch("/workspace", IdentityServiceGrpc.getUpdateWorkspaceMethod())
            .by(identity::updateWorkspace)
            .as("workspace"),
        get("/auditLog", IdentityServiceGrpc.getListAuditLogMethod()).by(identity::listAuditLog));
  }

  private static List<Route> workspaces(WorkspaceRpc workspaces) {
    return List.of(
        get("/workspaces", WorkspaceServiceGrpc.getListWorkspacesMethod()).by(workspaces::list),
        post("/workspaces", WorkspaceServiceGrpc.getCreateWorkspaceMethod())
            .by(workspaces::create)
            .as("workspace"));
  }

  private static List<Route> quarantine(QuarantineRpc quarantine) {
    return List.of(
        get("/quarantine", QuarantineServiceGrpc.getListQuarantineMethod()).by(quarantine::list),
        post(
                "/quarantine/{quarantineId}:replay",
                QuarantineServiceGrpc.getReplayQuarantinedMethod())
            .by(quarantine::replay)
            .as("quarantined"));
  }

  private static List<Route> sendingRules() {
    return List.of(
        get("/sending-rules", SendingRulesServiceGrpc.getGetSendingRulesMethod()).as("rules"),
        patch("/sending-rules", SendingRulesServiceGrpc.getUpdateSendingRulesMethod()).as("rules"));
  }

  private static List<Route> links(LinkRpc links) {
    return List.of(
        get("/campaigns/{campaignId}/links", LinkServiceGrpc.getListLinksMethod()).by(links::list));
  }

  private static List<Route> alerts(AlertRpc alerts) {
    return List.of(
        get("/alerts", AlertServiceGrpc.getListAlertsMethod()).by(alerts::list),
        post("/alerts:seen", AlertServiceGrpc.getMarkAlertsSeenMethod())
            .by(alerts::seen)
            .unaudited(),
        post("/alerts:test", AlertServiceGrpc.getSendTestAlertMethod())
            .by(alerts::test)
            .as("alert"),
        get("/alertSettings", AlertServiceGrpc.getGetAlertSettingsMethod())
            .by(alerts::settings)
            .as("settings"),
        patch("/alertSettings", AlertServiceGrpc.getUpdateAlertSettingsMethod())
            .by(alerts::update)
            .as("settings"));
  }

  private static List<Route> subscriptions(SubscriptionRpc subscriptions) {
    return List.of(
        post("/subscriptions", SubscriptionServiceGrpc.getCreateSubscriptionMethod())
            .by(subscriptions::create)
            .as("subscription"),
        get("/subscriptions", SubscriptionServiceGrpc.getListSubscriptionsMethod())
            .by(subscriptions::list),
        post(
                "/subscriptions/{subscriptionId}:rotateSecret",
                SubscriptionServiceGrpc.getRotateSubscriptionSecretMethod())
            .by(subscriptions::rotateSecret)
            .as("subscription"),
        post(
                "/subscriptions/{subscriptionId}:test",
                SubscriptionServiceGrpc.getTestSubscriptionMethod())
            .by(subscriptions::test)
            .as("delivery"),
        get("/subscriptions/{subscriptionId}", SubscriptionServiceGrpc.getGetSubscriptionMethod())
            .by(subscriptions::get)
            .as("subscription"),
        patch(
                "/subscriptions/{subscriptionId}",
                SubscriptionServiceGrpc.getUpdateSubscriptionMethod())
            .by(subscriptions::update)
            .as("subscription"),
        delete(
                "/subscriptions/{subscriptionId}",
                SubscriptionServiceGrpc.getDeleteSubscriptionMethod())
            .by(subscriptions::delete),
        get(
                "/subscriptions/{subscriptionId}/deliveries",
                SubscriptionServiceGrpc.getListDeliveriesMethod())
            .by(subscriptions::listDeliveries),
        post(
                "/subscriptions/{subscriptionId}/deliveries:replayFailed",
                SubscriptionServiceGrpc.getReplayFailedDeliveriesMethod())
            .by(subscriptions::replayFailed),
        post(
                "/subscriptions/{subscriptionId}/deliveries/{deliveryId}:replay",
                SubscriptionServiceGrpc.getReplayDeliveryMethod())
            .by(subscriptions::replay)
            .as("delivery"),
        get(
                "/subscriptions/{subscriptionId}/deliveries/{deliveryId}",
                SubscriptionServiceGrpc.getGetDeliveryMethod())
            .by(subscriptions::getDelivery)
            .as("delivery"));
  }
}
