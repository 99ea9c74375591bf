package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The types that the dashboard's comments state hold. TypeScript reads them, in the browser that
 * the other tests use, so that nobody has to install it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(SharedStage.class)
class TypesTest {
  private static final Path DASHBOARD =
      Path.of("..", "gateway", "src", "main", "resources", "dashboard", "js");

  private static final String CHECK =
      """
      (files) => {
        const options = {
          allowJs: true, checkJs: true, noEmit: true, noUnusedLocals: true,
          target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
          moduleResolution: ts.ModuleResolutionKind.Bundler,
          lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
        };
        const host = {
          fileExists: (name) => name in files,
          readFile: (name) => files[name],
          getSourceFile: (name, language) =>
            name in files ? ts.createSourceFile(name, files[name], language, true) : undefined,
          getDefaultLibFileName: () => '/lib/lib.d.ts',
          getDefaultLibLocation: () => '/lib',
          writeFile() {},
          getCurrentDirectory: () => '/',
          getCanonicalFileName: (name) => name,
          useCaseSensitiveFileNames: () => true,
          getNewLine: () => '\\n',
          directoryExists: () => true,
          getDirectories: () => [],
        };
        const own = Object.keys(files).filter((name) => name.startsWith('/js/'));
        return ts.getPreEmitDiagnostics(ts.createProgram(own, options, host)).map((found) => {
          const text = ts.flattenDiagnosticMessageText(found.messageText, ' ');
          if (!found.file) return text;
          const line = found.file.getLineAndCharacterOfPosition(found.start).line + 1;
          return `${found.file.fileName}:${line} ${text}`;
        });
      }
      """;

  private final Page page;

  TypesTest(Browser browser) throws IOException, URISyntaxException {
    page = browser.blank();
    page.addScriptTag(new Page.AddScriptTagOptions().setContent(library().get("typescript.js")));
  }

  @Test
  void everyFileOfTheDashboardKeepsToItsTypes() throws IOException, URISyntaxException {
    Map<String, String> files = dashboard();
    assertThat(files).hasSizeGreaterThan(50);
    assertThat(check(files)).isEmpty();
  }

  @Test
  void whatDoesNotFitIsFound() throws IOException, URISyntaxException {
    assertThat(
            check(
                Map.of(
                    "/js/wrong.js",
                    "/** @param {number} n */ export const f = (n) => n;\nf('text');\n")))
        .singleElement()
        .asString()
        .startsWith("/js/wrong.js:2 ");
  }

  private List<?> check(Map<String, String> files) throws IOException, URISyntaxException {
    Map<String, String> all = new TreeMap<>(files);
    library()
        .forEach(
            (name, text) -> {
              if (name.endsWith(".d.ts")) {
                all.put("/lib/" + name, text);
              }
            });
    return (List<?>) page.evaluate(CHECK, all);
  }

  private static Map<String, String> dashboard() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> found = Files.walk(DASHBOARD)) {
      for (Path file : found.filter(path -> path.toString().endsWith(".js")).toList()) {
        files.put("/js/" + DASHBOARD.relativize(file), Files.readString(file));
      }
    }
    return files;
  }

  // TypeScript itself and what it knows of the language and of browsers.
  private static Map<String, String> library() throws IOException, URISyntaxException {
    URI jar =
        TypesTest.class
            .getResource("/META-INF/maven/org.webjars.npm/typescript/pom.properties")
            .toURI();
    Map<String, String> files = new TreeMap<>();
    try (FileSystem inside = FileSystems.newFileSystem(jar, Map.of());
        Stream<Path> found = Files.walk(inside.getPath("/META-INF/resources/webjars/typescript"))) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        boolean needed = name.equals("typescript.js") || name.matches("lib\\..*\\.ts|lib\\.d\\.ts");
        if (needed && file.getParent().endsWith("lib")) {
          files.put(name, Files.readString(file, StandardCharsets.UTF_8));
        }
      }
    }
    return files;
  }
}
