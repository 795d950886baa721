package dev.vivace.kernel.x86.asm;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Instructions as tests write them, `NAME operand, operand`: the name of an [Op] line in capitals or of a method of
/// the [Assembler], operands as in listings. Memory at `[rip+NUMBER]` is a constant of that value.
final class AssemblyText {
    private static final Pattern MEMORY =
            Pattern.compile("\\[(\\w+)(?:\\+(\\w+)\\*(\\d))?(?:([+-])0x([0-9a-f]+))?](\\{bcst})?");
    private static final Pattern VECTOR = Pattern.compile("([xyz])mm(\\d+)(?:\\{k(\\d)})?(\\{z})?");

    private static final Pattern MASKED_LATER = Pattern.compile("(\\[[^]]*]|k\\d)(, [^,{]+)(\\{k\\d})(.*)");
    private static final Map<String, String> SAME = Map.of(
            "vpand",
            "vpandd",
            "vpandn",
            "vpandnd",
            "vpor",
            "vpord",
            "vpxor",
            "vpxord",
            "vrndscaleps",
            "vroundps",
            "mov32",
            "mov",
            "movzx8",
            "movzx",
            "movzx16",
            "movzx");

    private final Assembler assembler;
    private final Map<String, Line> methods = new HashMap<>();

    private interface Line {
        void emit(Operand[] operands);
    }

    AssemblyText(Assembler assembler) {
        this.assembler = assembler;
        moves();
        arithmetic();
        Assembler a = assembler;
        methods.put("push", o -> a.push(gpr(o[0])));
        methods.put("pop", o -> a.pop(gpr(o[0])));
        methods.put("ret", o -> a.ret());
        methods.put("sfence", o -> a.sfence());
        methods.put("cpuid", o -> a.cpuid());
        methods.put("xgetbv", o -> a.xgetbv());
        List<String> hints = List.of("prefetcht0", "prefetcht1", "prefetcht2", "prefetchnta");
        hints.forEach(name -> methods.put(name, o -> a.prefetch(hints.indexOf(name), (Mem) o[0])));
        for (Condition condition : Condition.values()) {
            methods.put("cmov" + condition, o -> a.cmov(condition, gpr(o[0]), o[1]));
        }
    }

    private void moves() {
        Assembler a = assembler;
        methods.put("mov", o -> {
            switch (o[0]) {
                case Mem target -> a.mov(target, gpr(o[1]));
                case Gpr target when o[1] instanceof Gpr source -> a.mov(target, source);
                case Gpr target when o[1] instanceof Mem source -> a.mov(target, source);
                case Gpr target -> a.mov(target, ((Imm) o[1]).value());
                default -> throw new IllegalArgumentException("mov " + Arrays.toString(o));
            }
        });
        methods.put("mov32", o -> {
            if (o[0] instanceof Mem target) {
                a.mov32(target, gpr(o[1]));
            } else {
                a.mov32(gpr(o[0]), (Mem) o[1]);
            }
        });
        methods.put("movsxd", o -> a.movsxd(gpr(o[0]), (Mem) o[1]));
        methods.put("movzx16", o -> a.movzx16(gpr(o[0]), (Mem) o[1]));
        methods.put("movzx8", o -> a.movzx8(gpr(o[0]), (Mem) o[1]));
        methods.put("lea", o -> a.lea(gpr(o[0]), (Mem) o[1]));
    }

    private void arithmetic() {
        Assembler a = assembler;
        methods.put("add", o -> {
            if (o[1] instanceof Imm imm) {
                a.add(gpr(o[0]), (int) imm.value());
            } else {
                a.add(gpr(o[0]), o[1]);
            }
        });
        methods.put("sub", o -> {
            if (o[1] instanceof Imm imm) {
                a.sub(gpr(o[0]), (int) imm.value());
            } else {
                a.sub(gpr(o[0]), o[1]);
            }
        });
        methods.put("cmp", o -> {
            if (o[1] instanceof Imm imm) {
                a.cmp(gpr(o[0]), (int) imm.value());
            } else {
                a.cmp(gpr(o[0]), o[1]);
            }
        });
        methods.put("or", o -> a.or(gpr(o[0]), o[1]));
        methods.put("and", o -> a.and(gpr(o[0]), (int) ((Imm) o[1]).value()));
        methods.put("xor", o -> a.xor(gpr(o[0]), o[1]));
        methods.put("test", o -> a.test(gpr(o[0]), gpr(o[1])));
        methods.put("imul", o -> {
            if (o.length == 3) {
                a.imul(gpr(o[0]), gpr(o[1]), (int) ((Imm) o[2]).value());
            } else {
                a.imul(gpr(o[0]), o[1]);
            }
        });
        methods.put("shl", o -> a.shl(gpr(o[0]), (int) ((Imm) o[1]).value()));
        methods.put("shr", o -> a.shr(gpr(o[0]), (int) ((Imm) o[1]).value()));
        methods.put("tzcnt", o -> a.tzcnt(gpr(o[0]), gpr(o[1])));
        methods.put("inc", o -> a.inc(gpr(o[0])));
        methods.put("dec", o -> a.dec(gpr(o[0])));
    }

    /// Writes one instruction.
    void emit(String line) {
        String[] parts = line.split(" ", 2);
        Operand[] operands = parts.length == 1
                ? new Operand[0]
                : Arrays.stream(parts[1].split(", ")).map(this::operand).toArray(Operand[]::new);
        if (Character.isUpperCase(parts[0].charAt(0))) {
            assembler.emit(Op.valueOf(parts[0]), operands);
        } else {
            Line method = methods.get(parts[0]);
            if (method == null) {
                throw new IllegalArgumentException("no instruction: " + line);
            }
            method.emit(operands);
        }
    }

    private Operand operand(String text) {
        if (text.startsWith("[rip+")) {
            boolean broadcasts = text.endsWith("{bcst}");
            Mem place = assembler.words(Integer.decode(text.substring(5, text.indexOf(']'))));
            return broadcasts ? place.broadcast() : place;
        }
        if (text.startsWith("[")) {
            return memory(text);
        }
        if (text.startsWith("0x")) {
            return new Imm(Long.parseUnsignedLong(text.substring(2), 16));
        }
        Matcher vector = VECTOR.matcher(text);
        if (vector.matches()) {
            int bits = 128 << "xyz".indexOf(vector.group(1));
            Mask mask = vector.group(3) == null ? Mask.K0 : Mask.valueOf("K" + vector.group(3));
            return new Vec(Integer.parseInt(vector.group(2)), bits, mask, vector.group(4) != null);
        }
        String name = text.toUpperCase(Locale.ROOT);
        if (name.startsWith("TMM")) {
            return Tile.valueOf(name);
        }
        return name.startsWith("K") ? Mask.valueOf(name) : general(text);
    }

    private static Operand memory(String text) {
        Matcher matcher = MEMORY.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no memory operand: " + text);
        }
        Operand index = null;
        if (matcher.group(2) != null) {
            Matcher vector = VECTOR.matcher(matcher.group(2));
            index = vector.matches()
                    ? Vec.of(Integer.parseInt(vector.group(2)), 128 << "xyz".indexOf(vector.group(1)))
                    : general(matcher.group(2));
        }
        int scale = matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3));
        int displacement = matcher.group(5) == null ? 0 : (int) Long.parseLong(matcher.group(4) + matcher.group(5), 16);
        return new Mem(general(matcher.group(1)), index, scale, displacement, matcher.group(6) != null, null);
    }

    private static Gpr general(String name) {
        return Arrays.stream(Gpr.values())
                .filter(register ->
                        register.toString().equals(name) || narrow(register).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no register: " + name));
    }

    private static String narrow(Gpr register) {
        String name = register.toString();
        return Character.isDigit(name.charAt(1)) ? name + "d" : "e" + name.substring(1);
    }

    private static Gpr gpr(Operand operand) {
        return (Gpr) operand;
    }

    /// The instruction as a disassembler has it, with what differs between encodings of one line made equal.
    static String plain(String line) {
        String[] parts = line.split(" ", 2);
        String name = parts[0].replaceAll("(_LOW)?_(STORE|TO_GPR|GPR|K)$", "").toLowerCase(Locale.ROOT);
        name = SAME.getOrDefault(name, name);
        if (parts.length == 1) {
            return name;
        }
        // The mask of a store or comparison stands on the result.
        Matcher mask = MASKED_LATER.matcher(parts[1]);
        return name + " " + (mask.matches() ? mask.group(1) + mask.group(3) + mask.group(2) + mask.group(4) : parts[1]);
    }
}
