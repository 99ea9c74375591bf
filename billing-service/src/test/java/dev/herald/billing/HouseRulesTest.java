package dev.herald.billing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Dependencies point inward. */
class HouseRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.herald.billing");

  @Test
  void onlyTheEdgeKnowsTheContracts() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..money..",
            "..ledger..",
            "..reservation..",
            "..ratecard..",
            "..wallet..",
            "..payment..",
            "..statement..",
            "..audit..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "dev.herald.billing.v1..", "dev.herald.billing.edge..")
        .check(CLASSES);
  }

  @Test
  void pricesKnowNoDatabase() {
    noClasses()
        .that()
        .resideInAnyPackage("..money..", "..ratecard..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jdbi..", "java.sql..")
        .check(CLASSES);
  }
}
