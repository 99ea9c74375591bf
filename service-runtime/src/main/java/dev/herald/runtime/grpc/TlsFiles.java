package dev.herald.runtime.grpc;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PEM files of TLS that are looked at again and again: a renewed certificate serves new connections
 * without a restart. Files that cannot be used are left, and what was read before goes on.
 */
final class TlsFiles {
  private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);

  private final Duration period;
  private final ScheduledExecutorService timer;

  /**
   * @param period how often the files are looked at
   */
  TlsFiles(Duration period) {
    this.period = period;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("tls-files").factory());
  }

  /** Who we are. */
  X509ExtendedKeyManager identity(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    AdvancedTlsX509KeyManager manager = new AdvancedTlsX509KeyManager();
    keep(
        List.of(certificate, key),
        () -> manager.updateIdentityCredentials(certificate.toFile(), key.toFile()));
    return manager;
  }

  /** Who must have signed a server's certificate, which must be for the host we asked for. */
  X509ExtendedTrustManager servers(Path authority) throws IOException, GeneralSecurityException {
    return trust(authority, Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION);
  }

  /** Who must have signed a client's certificate. */
  X509ExtendedTrustManager clients(Path authority) throws IOException, GeneralSecurityException {
    return trust(authority, Verification.CERTIFICATE_ONLY_VERIFICATION);
  }

  void close() {
    timer.shutdownNow();
  }

  private X509ExtendedTrustManager trust(Path authority, Verification verification)
      throws IOException, GeneralSecurityException {
    AdvancedTlsX509TrustManager manager =
        AdvancedTlsX509TrustManager.newBuilder().setVerification(verification).build();
    keep(List.of(authority), () -> manager.updateTrustCredentials(authority.toFile()));
    return manager;
  }

  private interface Reading {
    void read() throws IOException, GeneralSecurityException;
  }

  private void keep(List<Path> files, Reading reading)
      throws IOException, GeneralSecurityException {
    AtomicReference<List<FileTime>> last = new AtomicReference<>(times(files));
    reading.read();
    var _ =
        timer.scheduleWithFixedDelay(
            () -> again(files, reading, last), period.toMillis(), period.toMillis(), MILLISECONDS);
  }

  // What cannot be read is tried again the next time.
  private static void again(
      List<Path> files, Reading reading, AtomicReference<List<FileTime>> last) {
    try {
      List<FileTime> now = times(files);
      if (!now.equals(last.get())) {
        reading.read();
        last.set(now);
        log.info("TLS files renewed files={}", files);
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      log.error("The TLS files have changed and cannot be used files={}", files, e);
    }
  }

  private static List<FileTime> times(List<Path> files) throws IOException {
    List<FileTime> times = new ArrayList<>();
    for (Path file : files) {
      times.add(Files.getLastModifiedTime(file));
    }
    return times;
  }
}
