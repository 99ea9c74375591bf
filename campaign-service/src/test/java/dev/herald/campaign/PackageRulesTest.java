package dev.herald.campaign;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.grpc.BindableService;
import org.jdbi.v3.core.statement.SqlStatement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dependencies point inward: edge → rules ← store. */
class PackageRulesTest {
  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .importUrl(CampaignService.class.getProtectionDomain().getCodeSource().getLocation());
  }

  private static boolean isNamed(JavaClass one, String... endings) {
    String name = one.getName().replaceFirst("\\$.*", "");
    for (String ending : endings) {
      if (name.endsWith(ending)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void onlyStoresSpeakSql() {
    noClasses()
        .that(
            describe(
                "are no stores",
                one -> !isNamed(one, "Store", "RequestLog", "RecipientCopy", "Rows")))
        .and()
        .resideOutsideOfPackage("dev.herald.campaign.v1")
        .should()
        .dependOnClassesThat(
            assignableTo(SqlStatement.class)
                .or(
                    resideInAnyPackage(
                        "java.sql", "org.postgresql..", "org.jdbi.v3.core.mapper..")))
        .check(classes);
  }

  @Test
  void onlyEdgesSpeakGrpc() {
    noClasses()
        .that(
            describe(
                "are no edges",
                one -> !isNamed(one, "Rpc", "Client", "UploadCall", "CampaignService")))
        .and()
        .resideOutsideOfPackages("dev.herald.campaign.v1", "dev.herald.campaign.rpc")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.grpc..").or(assignableTo(BindableService.class)))
        .check(classes);
  }

  @Test
  void valuesAndPureRulesKnowNeitherDatabaseNorNetwork() {
    noClasses()
        .that()
        .resideInAnyPackage("..message", "..phone")
        .or(
            describe(
                "are pure rules",
                one ->
                    isNamed(
                        one,
                        ".Lifecycle",
                        ".Campaign",
                        ".Keywords",
                        ".ErrorTable",
                        ".MetaError",
                        ".TokenBucket",
                        ".Breaker",
                        ".PairLimit",
                        ".Backlog",
                        ".Template",
                        ".TemplatePreview",
                        ".AudienceReader",
                        ".CsvFile")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jdbi..", "java.sql", "io.grpc..", "java.net.http..")
        .check(classes);
  }

  @Test
  void onlyTheClientOfWhatsAppOpensConnections() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..whatsapp.http")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.net.Socket")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.channels", "java.net.http", "javax.net.ssl")
        .check(classes);
  }
}
