package dev.vivace.kernel.x86;

import dev.vivace.FormatException;
import dev.vivace.kernel.Isa;
import dev.vivace.kernel.x86.Alternative.Way;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A [Tuning] as a small text: what it is, the processor's model, the level, a line for each alternative with the way
/// taken and the nanoseconds of each, and `end`. Read strictly: whatever is not as we would have written it is refused.
///
/// @param model the processor it was measured on
/// @param isa the level
/// @param contests what it must decide
record TuningText(Cpu.Model model, Isa isa, List<Contest> contests) {
    private static final String HEADER = "vivace-tuning 1";
    private static final String END = "end";
    private static final int LONGEST = 80;
    private static final Pattern TIME = Pattern.compile("(\\w+)=(\\d{1,15})");

    String write(Tuning tuning) {
        StringBuilder text = new StringBuilder(HEADER + "\ncpu " + model.id() + "\nlevel " + isa + "\n");
        tuning.verdicts().forEach((alternative, verdict) -> {
            text.append(alternative).append(' ').append(verdict.way());
            verdict.nanos()
                    .forEach((way, nanos) ->
                            text.append(' ').append(way).append('=').append(nanos));
            text.append('\n');
        });
        return text.append(END).append('\n').toString();
    }

    /// @throws FormatException if the text is damaged, or for another processor, level or version
    Tuning read(String text) {
        List<String> lines = text.lines().toList();
        expect(lines, 0, HEADER);
        expect(lines, 1, "cpu " + model.id());
        expect(lines, 2, "level " + isa);
        expect(lines, 3 + contests.size(), END);
        if (lines.size() != 4 + contests.size() || !text.endsWith("\n")) {
            throw new FormatException("it has " + lines.size() + " lines, expected " + (4 + contests.size()));
        }
        Map<Alternative, Tuning.Verdict> verdicts = new EnumMap<>(Alternative.class);
        for (int i = 0; i < contests.size(); i++) {
            verdicts.put(contests.get(i).alternative(), verdict(contests.get(i), lines.get(3 + i)));
        }
        return new Tuning(verdicts);
    }

    private static void expect(List<String> lines, int at, String expected) {
        String seen = at < lines.size() ? "\"" + cut(lines.get(at)) + "\"" : "nothing";
        if (at >= lines.size() || !lines.get(at).equals(expected)) {
            throw new FormatException("line " + (at + 1) + " is " + seen + ", expected \"" + expected + "\"");
        }
    }

    private static String cut(String line) {
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }

    private static Tuning.Verdict verdict(Contest contest, String line) {
        String[] words = line.split(" ", -1);
        List<Way> ways = contest.order();
        FormatException wrong = new FormatException(
                "line \"" + cut(line) + "\" does not decide " + contest.alternative() + " between " + ways);
        int times = ways.size() == 1 ? 0 : ways.size();
        if (words.length != 2 + times || !words[0].equals(contest.alternative().name())) {
            throw wrong;
        }
        Map<Way, Long> nanos = new EnumMap<>(Way.class);
        for (int i = 0; i < times; i++) {
            Matcher time = TIME.matcher(words[2 + i]);
            if (!time.matches() || !time.group(1).equals(ways.get(i).name())) {
                throw wrong;
            }
            nanos.put(ways.get(i), Long.parseLong(time.group(2)));
        }
        Way chosen = ways.stream()
                .filter(way -> way.name().equals(words[1]))
                .findFirst()
                .orElseThrow(() -> wrong);
        return new Tuning.Verdict(chosen, nanos);
    }
}
