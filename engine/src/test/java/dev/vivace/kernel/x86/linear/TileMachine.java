package dev.vivace.kernel.x86.linear;

import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Imm;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Operand;
import dev.vivace.kernel.x86.asm.Tile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A processor with tiles, as Intel's manual (volume 2) describes it, for exactly the instructions that
/// [TileKernel] uses. It works on real memory but only inside segments that it was given; what the real one would
/// refuse, and state that is left behind, fails.
final class TileMachine implements TileKernel.Loader {
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int TILE_ROWS = 16;
    private static final int ROW_BYTES = 64;

    private final List<MemorySegment> readable = new ArrayList<>();
    private final List<MemorySegment> writable = new ArrayList<>();
    private final Map<Gpr, Long> registers = new EnumMap<>(Gpr.class);
    private final Map<Tile, byte[][]> tiles = new EnumMap<>(Tile.class);
    private final Map<Tile, int[]> shapes = new EnumMap<>(Tile.class);
    private final Deque<Long> stack = new ArrayDeque<>();
    private boolean zero;

    /// Memory that code may read, and write if `writes`.
    void permit(MemorySegment segment, boolean writes) {
        readable.add(segment);
        if (writes) {
            writable.add(segment);
        }
    }

    @Override
    public TileKernel.Caller load(int rows, int panels) {
        Code code = TileKernel.of(rows, panels);
        return arguments -> run(code, arguments);
    }

    private void run(Code code, long arguments) {
        Map<Integer, Integer> places = new HashMap<>();
        for (int i = 0; i < code.lines().size(); i++) {
            places.put(code.lines().get(i).offset(), i);
        }
        registers.clear();
        for (Gpr saved : new Gpr[] {Gpr.RBX, Gpr.RBP, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15}) {
            registers.put(saved, (long) saved.name().hashCode());
        }
        registers.put(Gpr.RDI, arguments);
        for (int at = 0; ; ) {
            Code.Line line = code.lines().get(at);
            String name = line.mnemonic().split(" ")[0];
            if (name.equals("ret")) {
                break;
            }
            if (name.equals("jne")) {
                at = zero ? at + 1 : known(places.get(target(code, line)), line);
            } else {
                step(name, line.operands());
                at++;
            }
        }
        require(shapes.isEmpty() && stack.isEmpty(), "tiles are released and the stack is as it was");
        for (Gpr saved : new Gpr[] {Gpr.RBX, Gpr.RBP, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15}) {
            require(get(saved) == saved.name().hashCode(), saved + " belongs to the caller");
        }
    }

    /// Where a jump goes: its last four bytes count from its end.
    private static int target(Code code, Code.Line line) {
        int end = line.offset() + line.length();
        return end + MemorySegment.ofArray(code.bytes()).get(ValueLayout.JAVA_INT_UNALIGNED, end - 4L);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("does not hold: " + what);
        }
    }

    private static <T> T known(@Nullable T value, Object what) {
        if (value == null) {
            throw new AssertionError("nothing is known of " + what);
        }
        return value;
    }

    private int[] shape(Tile tile) {
        return known(shapes.get(tile), tile);
    }

    private byte[][] rows(Tile tile) {
        return known(tiles.get(tile), tile);
    }

    private void step(String name, List<Operand> o) {
        switch (name) {
            case "push" -> stack.push(get(o.get(0)));
            case "pop" -> set(o.get(0), stack.pop());
            case "mov" -> set(o.get(0), get(o.get(1)));
            case "add" -> set(o.get(0), get(o.get(0)) + get(o.get(1)));
            case "dec" -> {
                set(o.get(0), get(o.get(0)) - 1);
                zero = get(o.get(0)) == 0;
            }
            case "shl" -> set(o.get(0), get(o.get(0)) << get(o.get(1)));
            case "imul" -> set(o.get(0), get(o.get(1)) * get(o.get(2)));
            case "ldtilecfg" ->
                configure(MemorySegment.ofAddress(address((Mem) o.get(0))).reinterpret(ROW_BYTES));
            case "tilerelease" -> {
                shapes.clear();
                tiles.clear();
            }
            case "tilezero" -> tiles.put(configured(o.get(0)), new byte[TILE_ROWS][ROW_BYTES]);
            case "tileloadd" -> load(configured(o.get(0)), (Mem) o.get(1));
            case "tilestored" -> store((Mem) o.get(0), configured(o.get(1)));
            case "tdpbf16ps" -> multiply(configured(o.get(0)), configured(o.get(1)), configured(o.get(2)));
            default -> throw new AssertionError("unknown instruction " + name + " " + o);
        }
    }

    private long get(Operand operand) {
        return switch (operand) {
            case Gpr register -> known(registers.get(register), register);
            case Imm number -> number.value();
            case Mem memory -> at(readable, address(memory), 8).get(I64, 0);
            default -> throw new AssertionError(operand);
        };
    }

    private void set(Operand operand, long value) {
        registers.put((Gpr) operand, value);
    }

    private long address(Mem memory) {
        require(memory.index() == null, memory + " is base and displacement");
        return get(known(memory.base(), memory)) + memory.displacement();
    }

    private static MemorySegment at(List<MemorySegment> permitted, long address, int bytes) {
        for (MemorySegment segment : permitted) {
            long offset = address - segment.address();
            if (offset >= 0 && offset + bytes <= segment.byteSize()) {
                return segment.asSlice(offset, bytes);
            }
        }
        throw new AssertionError(bytes + " bytes at " + Long.toHexString(address) + " belong to nobody");
    }

    private void configure(MemorySegment memory) {
        byte[] bytes = memory.toArray(ValueLayout.JAVA_BYTE);
        require(bytes[0] == 1 && bytes[1] == 0, "palette 1 from row 0");
        tiles.clear();
        for (Tile tile : Tile.values()) {
            int rowBytes = bytes[16 + 2 * tile.ordinal()] & 0xFF | bytes[17 + 2 * tile.ordinal()] << 8;
            int rows = bytes[48 + tile.ordinal()];
            require(rows >= 1 && rows <= TILE_ROWS && rowBytes >= 4 && rowBytes <= ROW_BYTES, tile + " has a shape");
            shapes.put(tile, new int[] {rows, rowBytes});
        }
    }

    private Tile configured(Operand operand) {
        Tile tile = (Tile) operand;
        require(shapes.containsKey(tile), tile + " is configured");
        return tile;
    }

    /// The address of a row of a tile in memory.
    private long row(Mem memory, int row) {
        long index = get(known(memory.index(), memory));
        return get(known(memory.base(), memory)) + memory.displacement() + row * memory.scale() * index;
    }

    private void load(Tile tile, Mem memory) {
        byte[][] rows = new byte[TILE_ROWS][ROW_BYTES];
        int[] shape = shape(tile);
        for (int r = 0; r < shape[0]; r++) {
            MemorySegment source = at(readable, row(memory, r), shape[1]);
            MemorySegment.copy(source, 0, MemorySegment.ofArray(rows[r]), 0, shape[1]);
        }
        tiles.put(tile, rows);
    }

    private void store(Mem memory, Tile tile) {
        int[] shape = shape(tile);
        for (int r = 0; r < shape[0]; r++) {
            MemorySegment target = at(writable, row(memory, r), shape[1]);
            MemorySegment.copy(MemorySegment.ofArray(rows(tile)[r]), 0, target, 0, shape[1]);
        }
    }

    /// Sums of first and of second factors apart, from zero, each term with one rounding; then both together, then
    /// onto the tile.
    private void multiply(Tile sums, Tile left, Tile right) {
        int rows = shape(sums)[0];
        int pairs = shape(left)[1] / 4;
        require(shape(left)[0] == rows && shape(right)[0] == pairs, "tiles match");
        require(shape(right)[1] == shape(sums)[1], "tiles match");
        for (int r = 0; r < rows; r++) {
            MemorySegment sum = MemorySegment.ofArray(rows(sums)[r]);
            for (int n = 0; n < shape(sums)[1] / 4; n++) {
                float[] parts = new float[2];
                for (int k = 0; k < pairs; k++) {
                    for (int i = 0; i < 2; i++) {
                        float a = bf16(rows(left)[r], 2 * k + i);
                        float b = bf16(rows(right)[k], 2 * n + i);
                        parts[i] = flush(Math.fma(a, b, parts[i]));
                    }
                }
                float before = flush(sum.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * n));
                float after = flush(before + flush(parts[0] + parts[1]));
                sum.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * n, after);
            }
        }
    }

    private static float bf16(byte[] row, int index) {
        return flush(Float.intBitsToFloat((row[2 * index] & 0xFF) << 16 | row[2 * index + 1] << 24));
    }

    private static float flush(float value) {
        return Math.abs(value) < Float.MIN_NORMAL ? value * 0 : value;
    }
}
