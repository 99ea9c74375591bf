package dev.herald.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What is under deploy/ cannot be run here. That it can be read, and speaks of programs, settings
 * and ports there are, can be seen.
 */
class DeploymentTest {
  private static final Path DEPLOY = Path.of("../deploy");
  private static final Pattern SETTING = Pattern.compile("HERALD_[A-Z0-9_]*[A-Z0-9]");
  private static final Pattern DOCUMENTED = Pattern.compile("`(HERALD_[A-Z0-9_]+)`");
  // Of the start scripts, not of the services.
  private static final Set<String> OF_SCRIPTS = Set.of("HERALD_JAVA_OPTIONS");

  @Test
  void everySettingThatIsNamedExists() throws IOException {
    Set<String> known = new TreeSet<>(OF_SCRIPTS);
    known.addAll(found(Path.of("../docs/configuration.md"), DOCUMENTED, 1));
    for (Path folder : List.of(DEPLOY, Path.of("src/main/conf"))) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(known).as("%s", file).containsAll(found(file, SETTING, 0));
        }
      }
    }
  }

  @Test
  void everyUnitStartsAProgramThereIs() throws IOException {
    for (String service : Archive.SERVICES) {
      String unit = Files.readString(DEPLOY.resolve("systemd/herald-" + service + ".service"));
      assertThat(unit)
          .contains("ExecStart=/opt/herald/bin/" + service + "\n")
          .contains("EnvironmentFile=/etc/herald/" + service + ".env\n");
      assertThat(Path.of("src/main/bin", service)).isExecutable();
    }
  }

  @Test
  void aDeploymentHasProbesLimitsAndABudget() throws IOException {
    Map<String, Integer> ports =
        Map.of(
            "gateway", 8080,
            "campaign-service", 9101,
            "analytics-service", 9102,
            "billing-service", 9103);
    for (String service : Archive.SERVICES) {
      Map<String, Object> kinds = new HashMap<>();
      documents("kubernetes/" + service + ".yaml")
          .forEach(document -> kinds.put((String) at(document, "kind"), document));
      assertThat(kinds.keySet())
          .containsExactlyInAnyOrder("Service", "Deployment", "PodDisruptionBudget");

      Object pod = at(kinds.get("Deployment"), "spec", "template", "spec");
      Object container = at(pod, "containers", "0");
      assertThat(at(container, "command", "0")).isEqualTo(service);
      assertThat(at(container, "ports", "0", "containerPort")).isEqualTo(ports.get(service));
      assertThat((Integer) at(pod, "terminationGracePeriodSeconds")).isGreaterThan(60);
      assertThat(at(container, "resources", "limits", "memory")).isNotNull();
      assertThat(at(container, "livenessProbe", "httpGet", "path")).isEqualTo("/healthz");
      if (service.equals("gateway")) {
        assertThat(at(container, "readinessProbe", "httpGet", "path")).isEqualTo("/readyz");
      } else {
        assertThat(at(container, "readinessProbe", "grpc", "port")).isEqualTo(ports.get(service));
        assertThat(at(kinds.get("Service"), "spec", "clusterIP")).isEqualTo("None");
      }
      assertThat(at(kinds.get("PodDisruptionBudget"), "spec", "minAvailable")).isEqualTo(1);
      assertThat(at(kinds.get("PodDisruptionBudget"), "spec", "selector"))
          .isEqualTo(at(kinds.get("Deployment"), "spec", "selector"));
    }
  }

  @Test
  void theComposeFileStartsProgramsThereAre() throws IOException {
    Object services = at(documents("docker/compose.yaml").getFirst(), "services");
    Set<Object> programs = new HashSet<>();
    ((Map<?, ?>) services)
        .forEach(
            (name, service) -> {
              if (((Map<?, ?>) service).containsKey("command")) {
                programs.add(at(service, "command", "0"));
              }
            });
    assertThat(programs).isEqualTo(Set.copyOf(Archive.SERVICES));
  }

  private static List<Object> documents(String file) throws IOException {
    List<Object> all = new ArrayList<>();
    new Yaml(new SafeConstructor(new LoaderOptions()))
        .loadAll(Files.readString(DEPLOY.resolve(file)))
        .forEach(all::add);
    return all;
  }

  private static Object at(Object node, String... path) {
    Object found = node;
    for (String step : path) {
      found =
          found instanceof List<?> list
              ? list.get(Integer.parseInt(step))
              : ((Map<?, ?>) found).get(step);
    }
    return found;
  }

  private static Set<String> found(Path file, Pattern pattern, int group) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map((MatchResult match) -> match.group(group))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
