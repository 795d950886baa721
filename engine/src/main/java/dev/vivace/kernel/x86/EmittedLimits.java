package dev.vivace.kernel.x86;

import dev.vivace.kernel.Arithmetic;
import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.x86.asm.Assembler;
import dev.vivace.kernel.x86.asm.Code;
import dev.vivace.kernel.x86.asm.Condition;
import dev.vivace.kernel.x86.asm.Gpr;
import dev.vivace.kernel.x86.asm.Label;
import dev.vivace.kernel.x86.asm.Mem;
import dev.vivace.kernel.x86.asm.Op;
import dev.vivace.kernel.x86.asm.Tile;
import dev.vivace.kernel.x86.asm.Vec;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Loops for [dev.vivace.kernel.Limits]: reading and nothing else, calculating and nothing else. Safe for all threads.
public final class EmittedLimits {
    /// Orders in which a part can be read, see [#read].
    public static final int WAYS = 4;

    /// Streams of each way, and how far ahead of them lines are asked for; 0 leaves that to the processor.
    private static final int[] STREAMS = {1, 1, 2, 4};

    private static final int[] AHEAD = {0, 2048, 2048, 1024};

    /// A stream moves on by this many bytes at a time.
    private static final int STRIDE = 256;

    /// More than latency times throughput of any of these instructions, and few enough for 16 registers.
    private static final int ACCUMULATORS = 12;

    private static final int TILE_ACCUMULATORS = 6;

    /// Instructions of a round: [#ACCUMULATORS] twice.
    private static final int VECTOR_INSTRUCTIONS = 2 * ACCUMULATORS;

    private final Target target;
    private final Kernel[] reads = new Kernel[WAYS];
    private final Kernel[] loops = new Kernel[Arithmetic.values().length];

    private EmittedLimits(Target target) {
        this.target = target;
        for (int way = 0; way < WAYS; way++) {
            int chosen = way;
            reads[way] = new Kernel(() -> reading(STREAMS[chosen], AHEAD[chosen]));
        }
        for (Arithmetic arithmetic : Arithmetic.values()) {
            boolean tiles = arithmetic == Arithmetic.BF16_TILES || arithmetic == Arithmetic.INT8_TILES;
            loops[arithmetic.ordinal()] = new Kernel(() -> tiles ? tiles(arithmetic) : vectors(arithmetic));
        }
    }

    /// The loops of the level of `kernels`; empty unless those are emitted.
    public static Optional<EmittedLimits> of(Kernels kernels) {
        return kernels instanceof X86Kernels emitted
                ? Optional.of(new EmittedLimits(emitted.target()))
                : Optional.empty();
    }

    /// Reads all of `part` but what its end leaves over of a stride of all streams.
    ///
    /// @param way which order, below [#WAYS]
    public void read(MemorySegment part, int way) {
        long each = part.byteSize() / STREAMS[way] / STRIDE * STRIDE;
        if (each > 0) {
            reads[way].call(part.address(), each, 0, 0, 0, 0);
        }
    }

    /// Operations of a round of [#calculate]; 0 where this level has no such unit.
    public long operationsPerRound(Arithmetic arithmetic) {
        long lanes = target.lanes();
        return switch (arithmetic) {
            case F32 -> 2 * lanes * VECTOR_INSTRUCTIONS;
            case BF16 -> target.bf16() ? 4 * lanes * VECTOR_INSTRUCTIONS : 0;
            // Without a dot product a step takes three instructions; counted are its operations all the same.
            case INT8 -> 8 * lanes * VECTOR_INSTRUCTIONS;
            case BF16_TILES -> target.tiles() ? 2L * 16 * 16 * 32 * TILE_ACCUMULATORS : 0;
            case INT8_TILES -> target.tiles() ? 2L * 16 * 16 * 64 * TILE_ACCUMULATORS : 0;
        };
    }

    /// Runs `rounds` rounds of independent instructions on registers.
    public void calculate(Arithmetic arithmetic, int rounds) {
        if (operationsPerRound(arithmetic) == 0) {
            throw new IllegalArgumentException(target.isa() + " has no " + arithmetic);
        }
        loops[arithmetic.ordinal()].call(rounds, 0, 0, 0, 0, 0);
    }

    private Vec vec(int index) {
        return Vec.of(index, target.bits());
    }

    /// `(address, bytes of each stream)`. Every vector is read by an instruction that also uses it, as any kernel's
    /// would.
    private Code reading(int streams, int ahead) {
        Assembler a = new Assembler("read" + streams + "x" + ahead);
        Gpr[] at = {Gpr.RDI, Gpr.R8, Gpr.R9, Gpr.R10};
        for (int s = 1; s < streams; s++) {
            a.lea(at[s], Mem.at(at[s - 1], Gpr.RSI, 1, 0));
        }
        Label loop = a.here();
        int bytes = target.bits() / 8;
        int used = 0;
        for (int s = 0; s < streams; s++) {
            for (int offset = 0; offset < STRIDE; offset += bytes) {
                if (ahead > 0 && offset % 64 == 0) {
                    a.prefetch(0, Mem.at(at[s], ahead + offset));
                }
                Vec sum = vec(used++ % 8);
                a.emit(Op.VPORD, sum, sum, Mem.at(at[s], offset));
            }
        }
        for (int s = 0; s < streams; s++) {
            a.add(at[s], STRIDE);
        }
        a.sub(Gpr.RSI, STRIDE);
        a.jump(Condition.NE, loop);
        a.emit(Op.VZEROUPPER);
        a.ret();
        return a.finish();
    }

    /// `(rounds)`. Registers hold zeros: no number is slow to calculate with.
    private Code vectors(Arithmetic arithmetic) {
        Assembler a = new Assembler("peak " + arithmetic);
        int last = ACCUMULATORS + 2;
        for (int i = 0; i <= last; i++) {
            a.emit(Op.VPXORD, vec(i), vec(i), vec(i));
        }
        Vec left = vec(ACCUMULATORS);
        Vec right = vec(ACCUMULATORS + 1);
        Label loop = a.here();
        for (int i = 0; i < VECTOR_INSTRUCTIONS; i++) {
            Vec sum = vec(i % ACCUMULATORS);
            switch (arithmetic) {
                case F32 -> a.emit(Op.VFMADD231PS, sum, left, right);
                case BF16 -> a.emit(Op.VDPBF16PS, sum, left, right);
                case INT8 -> dot(a, sum, left, right, vec(last));
                case BF16_TILES, INT8_TILES -> throw new IllegalArgumentException(arithmetic + " is no vector's");
            }
        }
        a.dec(Gpr.RDI);
        a.jump(Condition.NE, loop);
        a.emit(Op.VZEROUPPER);
        a.ret();
        return a.finish();
    }

    private void dot(Assembler a, Vec sum, Vec left, Vec right, Vec products) {
        if (target.dot()) {
            a.emit(Op.VPDPBUSD, sum, left, right);
            return;
        }
        // The processor renames `products`: steps stay independent.
        a.emit(Op.VPMADDUBSW, products, left, right);
        a.emit(Op.VPMADDWD, products, products, right);
        a.emit(Op.VPADDD, sum, sum, products);
    }

    /// `(rounds)`, on whole tiles of zeros.
    private Code tiles(Arithmetic arithmetic) {
        Assembler a = new Assembler("peak " + arithmetic);
        a.emit(Op.LDTILECFG, a.words(wholeTiles()));
        for (Tile tile : Tile.values()) {
            a.emit(Op.TILEZERO, tile);
        }
        Op op = arithmetic == Arithmetic.BF16_TILES ? Op.TDPBF16PS : Op.TDPBUSD;
        Label loop = a.here();
        for (int i = 0; i < TILE_ACCUMULATORS; i++) {
            a.emit(op, Tile.values()[i], Tile.TMM6, Tile.TMM7);
        }
        a.dec(Gpr.RDI);
        a.jump(Condition.NE, loop);
        a.emit(Op.TILERELEASE);
        a.ret();
        return a.finish();
    }

    /// Palette 1; 64 bytes a row in 16-bit fields from byte 16, 16 rows in bytes from 48 (Intel's manual, volume 1,
    /// 18.3).
    private static int[] wholeTiles() {
        int[] words = new int[16];
        words[0] = 1;
        for (int i = 0; i < 4; i++) {
            words[4 + i] = 64 << 16 | 64;
        }
        words[12] = 0x10101010;
        words[13] = 0x10101010;
        return words;
    }
}
