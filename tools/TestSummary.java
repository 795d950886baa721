import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/// Closes `./vivace test`: reads the modules' Surefire reports and prints what failed, how many tests were skipped and
/// why, and the totals in Surefire's format. The exit status is not 0 when Maven failed, a test failed or none ran.
///
/// Arguments: the project's root folder, Maven's exit status.
final class TestSummary {
    private final List<String> failed = new java.util.ArrayList<>();
    private final Map<String, Integer> skippedByReason = new TreeMap<>();
    private int tests;
    private int failures;
    private int errors;
    private int skipped;

    public static void main(String[] arguments) throws Exception {
        var summary = new TestSummary();
        summary.readAll(Path.of(arguments[0]));
        System.exit(summary.print(Integer.parseInt(arguments[1])));
    }

    private void readAll(Path root) throws Exception {
        List<Path> reports;
        try (var files = Files.walk(root, 4)) {
            reports = files.filter(TestSummary::isReport).sorted().toList();
        }
        for (Path report : reports) {
            read(report);
        }
    }

    private static boolean isReport(Path file) {
        String name = file.getFileName().toString();
        return file.getParent().endsWith("target/surefire-reports") && name.startsWith("TEST-") && name.endsWith(".xml");
    }

    private void read(Path report) throws Exception {
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
        NodeList cases = document.getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            count((Element) cases.item(i));
        }
    }

    private void count(Element test) {
        tests++;
        String name = test.getAttribute("classname") + "." + test.getAttribute("name");
        if (child(test, "failure") != null) {
            failures++;
            failed.add(name + ": " + message(child(test, "failure")));
        } else if (child(test, "error") != null) {
            errors++;
            failed.add(name + ": " + message(child(test, "error")));
        } else if (child(test, "skipped") != null) {
            skipped++;
            skippedByReason.merge(message(child(test, "skipped")), 1, Integer::sum);
        }
    }

    private static Element child(Element parent, String tag) {
        return (Element) parent.getElementsByTagName(tag).item(0);
    }

    private static String message(Element outcome) {
        String text = outcome.getAttribute("message");
        if (text.isBlank()) {
            text = outcome.getTextContent();
        }
        String line = text.strip().lines().findFirst().orElse("");
        line = line.replaceFirst("^(\\S+\\.TestAbortedException: )?(Assumption failed: )?(skipped: )?", "");
        return line.isEmpty() ? "no reason given" : line;
    }

    private int print(int mavenStatus) throws IOException {
        System.out.println();
        failed.forEach(line -> System.out.println("[ERROR] " + line));
        System.out.println("[INFO] skipped tests: " + skipped + (skipped == 0 ? "" : ", because"));
        skippedByReason.forEach((reason, count) -> System.out.printf("[INFO] %6d  %s%n", count, reason));
        boolean bad = mavenStatus != 0 || failures + errors > 0 || tests == 0;
        if (mavenStatus != 0) {
            System.out.println("[ERROR] Maven ended with exit status " + mavenStatus + ", see above");
        }
        if (tests == 0) {
            System.out.println("[ERROR] no test ran");
        }
        System.out.printf(
                "[%s] Tests run: %d, Failures: %d, Errors: %d, Skipped: %d%n",
                bad ? "ERROR" : "INFO", tests, failures, errors, skipped);
        return bad ? 1 : 0;
    }
}
