package dev.vivace.kernel.x86.asm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Random instructions in [AssemblyText], each one that the processor has. What operands each line of [Op] takes is
/// written down here once more, from Intel's manual.
///
/// Letters of a shape: `V` a vector of the instruction's width, `H` and `Q` of half and quarter of it, `X` and `Y` of
/// 128 and 256 bits, `K` a mask, `G` and `D` a general register of 64 and 32 bits, `T` a tile, `I` a number, `M`
/// memory, `S` memory of a tile, `N` memory with a vector of offsets. Two letters: either.
final class RandomInstructions {
    private static final String[] GPR = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
    };
    private static final String[] NARROW = {
        "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d",
        "r15d"
    };
    private static final List<String> GENERAL = List.of(
            "mov G GMI",
            "mov M G",
            "mov32 D M",
            "mov32 M D",
            "movsxd G M",
            "movzx16 D M",
            "movzx8 D M",
            "lea G M",
            "add G GMJ",
            "sub G GMJ",
            "cmp G GMJ",
            "or G GM",
            "and G J",
            "xor G GM",
            "test G G",
            "imul G GM",
            "imul G G J",
            "shl G C",
            "shr G C",
            "inc G",
            "dec G",
            "cmovb G GM",
            "cmovae G GM",
            "cmove G GM",
            "cmovne G GM",
            "cmovbe G GM",
            "cmova G GM",
            "cmovl G GM",
            "cmovge G GM",
            "cmovle G GM",
            "cmovg G GM",
            "push G",
            "pop G",
            "ret",
            "sfence",
            "cpuid",
            "xgetbv",
            "prefetcht0 M",
            "prefetcht1 M",
            "prefetcht2 M",
            "prefetchnta M");
    private static final Set<Op> WITHOUT_MASK = EnumSet.of(
            Op.VMOVD,
            Op.VMOVD_STORE,
            Op.VMOVQ,
            Op.VMOVQ_STORE,
            Op.VMOVNTPS_STORE,
            Op.VMOVHLPS,
            Op.VUCOMISS,
            Op.VMOVQ_LOW_STORE,
            Op.VPEXTRW_STORE,
            Op.VPSADBW,
            Op.VCVTSI2SD);

    private final RandomGenerator random;
    private final Map<Op, Shape> shapes = new EnumMap<>(Op.class);

    /// What a line takes.
    ///
    /// @param operands letters of each
    /// @param narrowest its least width in bits
    /// @param widest its most
    private record Shape(String operands, int narrowest, int widest) {}

    RandomInstructions(RandomGenerator random) {
        this.random = random;
        for (Op op : Op.values()) {
            shape(usual(op), 128, 512, op);
        }
        shape("X M", 128, 128, Op.VMOVSS);
        shape("M X", 128, 128, Op.VMOVSS_STORE);
        shape("X DM", 128, 128, Op.VMOVD);
        shape("DM X", 128, 128, Op.VMOVD_STORE);
        shape("X GM", 128, 128, Op.VMOVQ);
        shape("GM X", 128, 128, Op.VMOVQ_STORE);
        shape("M X", 128, 128, Op.VMOVQ_LOW_STORE);
        shape("M X I", 128, 128, Op.VPEXTRW_STORE);
        shape("X X X", 128, 128, Op.VMOVHLPS);
        shape("V V M", 128, 256, Op.VMASKMOVPS);
        shape("VM V", 128, 512, Op.VPCOMPRESSD_STORE, Op.VCOMPRESSPS_STORE);
        shape("V XM", 256, 512, Op.VBROADCASTSS, Op.VBROADCASTSD);
        shape("V XM", 128, 512, Op.VPBROADCASTB, Op.VPBROADCASTW, Op.VPBROADCASTD, Op.VPBROADCASTQ);
        shape("V D", 128, 512, Op.VPBROADCASTD_GPR);
        shape("V M", 256, 256, Op.VBROADCASTF128);
        shape("V M", 256, 512, Op.VBROADCASTF32X4);
        shape("V M", 512, 512, Op.VBROADCASTF64X4);
        lanes();
        numbers();
        masksAndTiles();
    }

    private void lanes() {
        shape("V V VM", 256, 512, Op.VPERMPS, Op.VPERMD);
        shape("V VM I", 256, 512, Op.VPERMQ);
        shape("V V VM I", 256, 512, Op.VSHUFF32X4, Op.VSHUFI32X4);
        shape("V V VM I", 256, 256, Op.VPERM2F128);
        shape("XM V I", 256, 256, Op.VEXTRACTF128);
        shape("XM V I", 256, 512, Op.VEXTRACTF32X4);
        shape("YM V I", 512, 512, Op.VEXTRACTF64X4);
        shape("V V XM I", 256, 256, Op.VINSERTF128);
        shape("V V XM I", 256, 512, Op.VINSERTF32X4);
        shape("V V YM I", 512, 512, Op.VINSERTF64X4);
        shape("QM V", 128, 512, Op.VPMOVDB_STORE, Op.VPMOVSDB_STORE);
        shape("HM V", 128, 512, Op.VPMOVDW_STORE);
        shape("V HM", 128, 512, Op.VPMOVSXBW, Op.VPMOVSXWD, Op.VPMOVZXBW, Op.VPMOVZXWD);
        shape("V QM", 128, 512, Op.VPMOVSXBD, Op.VPMOVZXBD);
    }

    private void numbers() {
        for (Op op : Op.values()) {
            boolean scalar = op.name().matches("V\\w+S[SD]") && op.form() == Op.Form.RVM;
            if (scalar) {
                shape("X X XM", 128, 128, op);
            }
        }
        shape("X XM", 128, 128, Op.VUCOMISS);
        shape("X X GM", 128, 128, Op.VCVTSI2SD);
        shape("V HM", 128, 512, Op.VCVTPH2PS, Op.VCVTPS2PD);
        shape("HM V I", 128, 512, Op.VCVTPS2PH_STORE);
        shape("H VM", 256, 512, Op.VCVTNEPS2BF16);
        shape("K V VM I", 128, 512, Op.VCMPPS_K, Op.VPCMPD_K);
        shape("K V VM", 128, 512, Op.VPTESTMD_K);
        shape("D V", 128, 256, Op.VMOVMSKPS);
    }

    private void masksAndTiles() {
        shape("K KM", 128, 128, Op.KMOVW, Op.KMOVQ);
        shape("K D", 128, 128, Op.KMOVW_GPR);
        shape("D K", 128, 128, Op.KMOVW_TO_GPR);
        shape("K G", 128, 128, Op.KMOVQ_GPR);
        shape("K K", 128, 128, Op.KORTESTW, Op.KNOTW);
        shape("T S", 128, 128, Op.TILELOADD);
        shape("S T", 128, 128, Op.TILESTORED);
        shape("T", 128, 128, Op.TILEZERO);
        shape("M", 128, 128, Op.LDTILECFG);
        shape("G GM G", 128, 128, Op.BZHI);
    }

    private void shape(String operands, int from, int to, Op... ops) {
        for (Op op : ops) {
            shapes.put(op, new Shape(operands, from, Math.min(to, op.evexW() >= 0 ? 512 : 256)));
        }
    }

    private static String usual(Op op) {
        return switch (op.form()) {
            case RM -> "V VM";
            case MR -> "M V";
            case RM_IMM -> "V VM I";
            case MR_IMM -> "M V I";
            case RVM -> "V V VM";
            case RVM_IMM -> "V V VM I";
            case RVMR -> "V V VM V";
            case MVR -> "M V V";
            case VMI -> op.evexW() >= 0 ? "V VM I" : "V V I";
            case RMV, GATHER, M, R, NOTHING -> "";
        };
    }

    /// A random instruction of a general register.
    String general(int line) {
        String[] parts = GENERAL.get(line % GENERAL.size()).split(" ");
        List<String> operands = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            operands.add(operand(parts[i], 64, 16));
        }
        return (parts[0] + " " + String.join(", ", operands)).strip();
    }

    int generalLines() {
        return GENERAL.size();
    }

    /// A random instruction of this line.
    String of(Op op) {
        return switch (op.form()) {
            case GATHER -> gather(op);
            case RMV -> op == Op.BZHI ? shaped(op) : products(op);
            case RM, MR, RM_IMM, MR_IMM, RVM, RVM_IMM, RVMR, MVR, VMI, M, R, NOTHING -> shaped(op);
        };
    }

    private String shaped(Op op) {
        Shape shape = Objects.requireNonNull(shapes.get(op));
        int doublings = Integer.numberOfTrailingZeros(shape.widest() / shape.narrowest());
        int bits = shape.narrowest() << random.nextInt(doublings + 1);
        boolean masks = op.evexW() >= 0 && !WITHOUT_MASK.contains(op) && random.nextInt(3) == 0;
        // Registers from 16 on force EVEX: half of the time they are left out, so that VEX has its turn.
        int registers = op.evexW() >= 0 && random.nextBoolean() ? 32 : 16;
        List<String> operands = new ArrayList<>();
        boolean masked = false;
        for (String letters :
                shape.operands().isEmpty() ? new String[0] : shape.operands().split(" ")) {
            String operand = operand(letters, bits, registers);
            if (operand.startsWith("[") && op.tuple().canBroadcast() && random.nextBoolean()) {
                operand += "{bcst}";
            }
            if (masks && !masked && "xyz".indexOf(operand.charAt(0)) >= 0 && operand.startsWith("mm", 1)) {
                boolean zeroes = operands.isEmpty() && random.nextBoolean();
                operand += "{k" + (1 + random.nextInt(7)) + "}" + (zeroes ? "{z}" : "");
                masked = true;
            }
            operands.add(operand);
        }
        return (op.name() + " " + String.join(", ", operands)).strip();
    }

    private String gather(Op op) {
        int bits = 128 << random.nextInt(3);
        boolean evex = bits == 512 || random.nextBoolean();
        int first = random.nextInt(evex ? 32 : 16);
        int count = evex ? 32 : 16;
        String index = vector((first + 1 + random.nextInt(count - 2)) % count, bits);
        String memory = address(index);
        if (evex) {
            return op.name() + " " + vector(first, bits) + "{k" + (1 + random.nextInt(7)) + "}, " + memory;
        }
        return op.name() + " " + vector(first, bits) + ", " + memory + ", " + vector((first + 15) % 16, bits);
    }

    /// Products of tiles want three tiles.
    private String products(Op op) {
        int first = random.nextInt(8);
        return op.name() + " tmm" + first + ", tmm" + (first + 1) % 8 + ", tmm" + (first + 2 + random.nextInt(6)) % 8;
    }

    private String operand(String letters, int bits, int registers) {
        char letter = letters.charAt(random.nextInt(letters.length()));
        return switch (letter) {
            case 'V' -> vector(random.nextInt(registers), bits);
            case 'H' -> vector(random.nextInt(registers), Math.max(128, bits / 2));
            case 'Q' -> vector(random.nextInt(registers), Math.max(128, bits / 4));
            case 'X' -> vector(random.nextInt(registers), 128);
            case 'Y' -> vector(random.nextInt(registers), 256);
            case 'K' -> "k" + random.nextInt(8);
            case 'G' -> GPR[random.nextInt(16)];
            case 'D' -> NARROW[random.nextInt(16)];
            case 'T' -> "tmm" + random.nextInt(8);
            case 'C' -> "0x" + Integer.toHexString(random.nextInt(64));
            case 'J' -> "0x" + Long.toHexString(number((int) random.nextLong()));
            case 'I' -> "0x" + Long.toHexString(bits == 64 ? number(random.nextLong()) : random.nextInt(256));
            case 'S' -> address(index());
            case 'M' -> random.nextInt(8) == 0 ? "[rip+" + random.nextInt(1000) + "]" : address("");
            default -> throw new IllegalArgumentException("no letter " + letter);
        };
    }

    /// Small half of the time.
    private long number(long any) {
        return random.nextBoolean() ? any : any % 200;
    }

    private String vector(int index, int bits) {
        return "xyz".charAt(Integer.numberOfTrailingZeros(bits / 128)) + "mm" + index;
    }

    private String index() {
        int register = random.nextInt(15);
        return GPR[register < 4 ? register : register + 1];
    }

    private String address(String wanted) {
        String index = wanted.isEmpty() && random.nextBoolean() ? index() : wanted;
        int displacement = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> (int) random.nextLong();
            default -> (random.nextInt(270) - 135) * (1 << random.nextInt(7));
        };
        if (displacement == Integer.MIN_VALUE) {
            displacement = 0;
        }
        String sum = GPR[random.nextInt(16)] + (index.isEmpty() ? "" : "+" + index + "*" + (1 << random.nextInt(4)));
        if (displacement != 0) {
            sum += (displacement < 0 ? "-0x" : "+0x") + Integer.toHexString(Math.abs(displacement));
        }
        return "[" + sum + "]";
    }
}
