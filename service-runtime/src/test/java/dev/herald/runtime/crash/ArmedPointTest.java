package dev.herald.runtime.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArmedPointTest {
  private final AtomicInteger ended = new AtomicInteger();

  @Test
  void theNamedHitEndsTheProcessAndTheFileIsGone(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("crash"), "campaign.claim.committed 3\n");
    ArmedPoint point = ArmedPoint.watch(file, ended::incrementAndGet);
    point.reached("campaign.claim.before-commit");
    point.reached("campaign.claim.committed");
    point.reached("campaign.claim.committed");
    assertThat(ended).hasValue(0);
    assertThat(file).exists();
    point.reached("campaign.claim.committed");
    assertThat(ended).hasValue(1);
    assertThat(file).doesNotExist();
    point.reached("campaign.claim.committed");
    assertThat(ended).hasValue(1);
  }

  @Test
  void aPointCanBeArmedAndDisarmedWhileTheProcessRuns(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("crash");
    ArmedPoint point = ArmedPoint.watch(file, ended::incrementAndGet);
    point.reached("a.point");
    Files.writeString(file, "a.point 1");
    await()
        .until(
            () -> {
              point.reached("a.point");
              return ended.get() == 1;
            });
  }

  @Test
  void withoutThePropertyAPointDoesNothing() {
    assertThat(System.getProperty(CrashPoint.PROPERTY)).isNull();
    CrashPoint.reached("campaign.claim.committed");
  }
}
