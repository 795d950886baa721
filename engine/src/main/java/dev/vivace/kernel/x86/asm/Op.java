package dev.vivace.kernel.x86.asm;

import static dev.vivace.kernel.x86.asm.Tuple.*;

import java.util.Locale;

/// The vector and tile instructions, one line each: how operands are placed, the opcode map (`0F` 1, `0F38` 2,
/// `0F3A` 3), the prefix (none 0, `66` 1, `F3` 2, `F2` 3), the opcode, the encodings that exist with their W
/// bits, and what memory is read. Encodings are Intel's (Software Developer's Manual, volume 2).
public enum Op {
    // Moves. A store is an instruction of its own.
    VMOVUPS(Form.RM, 1, 0, 0x10, W.BOTH0, FULL_MEM),
    VMOVUPS_STORE(Form.MR, 1, 0, 0x11, W.BOTH0, FULL_MEM),
    VMOVDQU8(Form.RM, 1, 3, 0x6F, W.EVEX0, FULL_MEM),
    VMOVDQU8_STORE(Form.MR, 1, 3, 0x7F, W.EVEX0, FULL_MEM),
    VMOVDQU16(Form.RM, 1, 3, 0x6F, W.EVEX1, FULL_MEM),
    VMOVDQU16_STORE(Form.MR, 1, 3, 0x7F, W.EVEX1, FULL_MEM),
    VMOVDQU32(Form.RM, 1, 2, 0x6F, W.EVEX0, FULL_MEM),
    VMOVDQU32_STORE(Form.MR, 1, 2, 0x7F, W.EVEX0, FULL_MEM),
    VMOVNTPS_STORE(Form.MR, 1, 0, 0x2B, W.BOTH0, FULL_MEM),
    VMOVSS(Form.RM, 1, 2, 0x10, W.BOTH0, SCALAR32),
    VMOVSS_STORE(Form.MR, 1, 2, 0x11, W.BOTH0, SCALAR32),
    VMOVD(Form.RM, 1, 1, 0x6E, W.BOTH0, SCALAR32),
    VMOVD_STORE(Form.MR, 1, 1, 0x7E, W.BOTH0, SCALAR32),
    VMOVQ(Form.RM, 1, 1, 0x6E, W.BOTH1, SCALAR64),
    VMOVQ_STORE(Form.MR, 1, 1, 0x7E, W.BOTH1, SCALAR64),
    VMOVQ_LOW_STORE(Form.MR, 1, 1, 0xD6, W.VEX0_EVEX1, SCALAR64),
    VMOVSHDUP(Form.RM, 1, 2, 0x16, W.BOTH0, FULL_MEM),
    VMOVSLDUP(Form.RM, 1, 2, 0x12, W.BOTH0, FULL_MEM),
    VMOVHLPS(Form.RVM, 1, 0, 0x12, W.BOTH0, NONE),
    VMASKMOVPS(Form.RVM, 2, 1, 0x2C, W.VEX0, NONE),
    VMASKMOVPS_STORE(Form.MVR, 2, 1, 0x2E, W.VEX0, NONE),
    VPCOMPRESSD_STORE(Form.MR, 2, 1, 0x8B, W.EVEX0, SCALAR32),
    VCOMPRESSPS_STORE(Form.MR, 2, 1, 0x8A, W.EVEX0, SCALAR32),

    // One element, or a part, for all lanes.
    VBROADCASTSS(Form.RM, 2, 1, 0x18, W.BOTH0, SCALAR32),
    VPBROADCASTB(Form.RM, 2, 1, 0x78, W.BOTH0, SCALAR8),
    VPBROADCASTW(Form.RM, 2, 1, 0x79, W.BOTH0, SCALAR16),
    VPBROADCASTD(Form.RM, 2, 1, 0x58, W.BOTH0, SCALAR32),
    VBROADCASTSD(Form.RM, 2, 1, 0x19, W.VEX0_EVEX1, SCALAR64),
    VPBROADCASTQ(Form.RM, 2, 1, 0x59, W.VEX0_EVEX1, SCALAR64),
    VPBROADCASTD_GPR(Form.RM, 2, 1, 0x7C, W.EVEX0, NONE),
    VBROADCASTF128(Form.RM, 2, 1, 0x1A, W.VEX0, NONE),
    VBROADCASTF32X4(Form.RM, 2, 1, 0x1A, W.EVEX0, MEM128),
    VBROADCASTF64X4(Form.RM, 2, 1, 0x1B, W.EVEX1, MEM256),

    // Integers.
    VPADDB(Form.RVM, 1, 1, 0xFC, W.BOTH0, FULL_MEM),
    VPADDW(Form.RVM, 1, 1, 0xFD, W.BOTH0, FULL_MEM),
    VPADDD(Form.RVM, 1, 1, 0xFE, W.BOTH0, FULL32),
    VPSUBB(Form.RVM, 1, 1, 0xF8, W.BOTH0, FULL_MEM),
    VPSUBW(Form.RVM, 1, 1, 0xF9, W.BOTH0, FULL_MEM),
    VPSUBD(Form.RVM, 1, 1, 0xFA, W.BOTH0, FULL32),
    VPMULLD(Form.RVM, 2, 1, 0x40, W.BOTH0, FULL32),
    VPMULLW(Form.RVM, 1, 1, 0xD5, W.BOTH0, FULL_MEM),
    VPMADDWD(Form.RVM, 1, 1, 0xF5, W.BOTH0, FULL_MEM),
    VPMADDUBSW(Form.RVM, 2, 1, 0x04, W.BOTH0, FULL_MEM),
    VPDPBUSD(Form.RVM, 2, 1, 0x50, W.BOTH0, FULL32),
    VPDPWSSD(Form.RVM, 2, 1, 0x52, W.BOTH0, FULL32),
    VPSADBW(Form.RVM, 1, 1, 0xF6, W.BOTH0, FULL_MEM),
    VPABSB(Form.RM, 2, 1, 0x1C, W.BOTH0, FULL_MEM),
    VPABSD(Form.RM, 2, 1, 0x1E, W.BOTH0, FULL32),
    VPSIGNB(Form.RVM, 2, 1, 0x08, W.VEX0, NONE),
    VPMINSD(Form.RVM, 2, 1, 0x39, W.BOTH0, FULL32),
    VPMAXSD(Form.RVM, 2, 1, 0x3D, W.BOTH0, FULL32),
    VPMINUD(Form.RVM, 2, 1, 0x3B, W.BOTH0, FULL32),
    VPMAXUD(Form.RVM, 2, 1, 0x3F, W.BOTH0, FULL32),

    // Bits. The 128- and 256-bit forms without a suffix and the AVX-512 forms are one line here.
    VPANDD(Form.RVM, 1, 1, 0xDB, W.BOTH0, FULL32),
    VPANDND(Form.RVM, 1, 1, 0xDF, W.BOTH0, FULL32),
    VPORD(Form.RVM, 1, 1, 0xEB, W.BOTH0, FULL32),
    VPXORD(Form.RVM, 1, 1, 0xEF, W.BOTH0, FULL32),
    VPTERNLOGD(Form.RVM_IMM, 3, 1, 0x25, W.EVEX0, FULL32),
    VANDPS(Form.RVM, 1, 0, 0x54, W.BOTH0, FULL32),
    VANDNPS(Form.RVM, 1, 0, 0x55, W.BOTH0, FULL32),
    VORPS(Form.RVM, 1, 0, 0x56, W.BOTH0, FULL32),
    VXORPS(Form.RVM, 1, 0, 0x57, W.BOTH0, FULL32),
    VPSLLW(Form.VMI, 1, 1, 0x71, 6, W.BOTH0, FULL_MEM),
    VPSRLW(Form.VMI, 1, 1, 0x71, 2, W.BOTH0, FULL_MEM),
    VPSRAW(Form.VMI, 1, 1, 0x71, 4, W.BOTH0, FULL_MEM),
    VPSLLD(Form.VMI, 1, 1, 0x72, 6, W.BOTH0, FULL32),
    VPSRLD(Form.VMI, 1, 1, 0x72, 2, W.BOTH0, FULL32),
    VPSRAD(Form.VMI, 1, 1, 0x72, 4, W.BOTH0, FULL32),
    VPSLLQ(Form.VMI, 1, 1, 0x73, 6, W.VEX0_EVEX1, FULL64),
    VPSRLQ(Form.VMI, 1, 1, 0x73, 2, W.VEX0_EVEX1, FULL64),
    VPSLLVD(Form.RVM, 2, 1, 0x47, W.BOTH0, FULL32),
    VPSRLVD(Form.RVM, 2, 1, 0x45, W.BOTH0, FULL32),
    VPSRAVD(Form.RVM, 2, 1, 0x46, W.BOTH0, FULL32),

    // Lanes in other places.
    VPUNPCKLBW(Form.RVM, 1, 1, 0x60, W.BOTH0, FULL_MEM),
    VPUNPCKLWD(Form.RVM, 1, 1, 0x61, W.BOTH0, FULL_MEM),
    VPUNPCKLDQ(Form.RVM, 1, 1, 0x62, W.BOTH0, FULL32),
    VPUNPCKLQDQ(Form.RVM, 1, 1, 0x6C, W.VEX0_EVEX1, FULL64),
    VPUNPCKHBW(Form.RVM, 1, 1, 0x68, W.BOTH0, FULL_MEM),
    VPUNPCKHWD(Form.RVM, 1, 1, 0x69, W.BOTH0, FULL_MEM),
    VPUNPCKHDQ(Form.RVM, 1, 1, 0x6A, W.BOTH0, FULL32),
    VPUNPCKHQDQ(Form.RVM, 1, 1, 0x6D, W.VEX0_EVEX1, FULL64),
    VUNPCKLPS(Form.RVM, 1, 0, 0x14, W.BOTH0, FULL32),
    VUNPCKHPS(Form.RVM, 1, 0, 0x15, W.BOTH0, FULL32),
    VUNPCKLPD(Form.RVM, 1, 1, 0x14, W.VEX0_EVEX1, FULL64),
    VUNPCKHPD(Form.RVM, 1, 1, 0x15, W.VEX0_EVEX1, FULL64),
    VSHUFPS(Form.RVM_IMM, 1, 0, 0xC6, W.BOTH0, FULL32),
    VPSHUFD(Form.RM_IMM, 1, 1, 0x70, W.BOTH0, FULL32),
    VPERMILPS(Form.RM_IMM, 3, 1, 0x04, W.BOTH0, FULL32),
    VPSHUFB(Form.RVM, 2, 1, 0x00, W.BOTH0, FULL_MEM),
    VPERMPS(Form.RVM, 2, 1, 0x16, W.BOTH0, FULL32),
    VPERMD(Form.RVM, 2, 1, 0x36, W.BOTH0, FULL32),
    VPERMW(Form.RVM, 2, 1, 0x8D, W.EVEX1, FULL_MEM),
    VPERMQ(Form.RM_IMM, 3, 1, 0x00, W.BOTH1, FULL64),
    VPERMT2PS(Form.RVM, 2, 1, 0x7F, W.EVEX0, FULL32),
    VPERMT2D(Form.RVM, 2, 1, 0x7E, W.EVEX0, FULL32),
    VPERMT2W(Form.RVM, 2, 1, 0x7D, W.EVEX1, FULL_MEM),
    VPERMI2PS(Form.RVM, 2, 1, 0x77, W.EVEX0, FULL32),
    VSHUFF32X4(Form.RVM_IMM, 3, 1, 0x23, W.EVEX0, FULL32),
    VSHUFI32X4(Form.RVM_IMM, 3, 1, 0x43, W.EVEX0, FULL32),
    VPERM2F128(Form.RVM_IMM, 3, 1, 0x06, W.VEX0, NONE),
    VEXTRACTF128(Form.MR_IMM, 3, 1, 0x19, W.VEX0, NONE),
    VEXTRACTF32X4(Form.MR_IMM, 3, 1, 0x19, W.EVEX0, MEM128),
    VEXTRACTF64X4(Form.MR_IMM, 3, 1, 0x1B, W.EVEX1, MEM256),
    VINSERTF128(Form.RVM_IMM, 3, 1, 0x18, W.VEX0, NONE),
    VINSERTF32X4(Form.RVM_IMM, 3, 1, 0x18, W.EVEX0, MEM128),
    VINSERTF64X4(Form.RVM_IMM, 3, 1, 0x1A, W.EVEX1, MEM256),
    VPALIGNR(Form.RVM_IMM, 3, 1, 0x0F, W.BOTH0, FULL_MEM),
    VALIGND(Form.RVM_IMM, 3, 1, 0x03, W.EVEX0, FULL32),
    VPBLENDD(Form.RVM_IMM, 3, 1, 0x02, W.VEX0, NONE),
    VBLENDVPS(Form.RVMR, 3, 1, 0x4A, W.VEX0, NONE),
    VBLENDMPS(Form.RVM, 2, 1, 0x65, W.EVEX0, FULL32),

    // Narrower and wider.
    VPACKSSDW(Form.RVM, 1, 1, 0x6B, W.BOTH0, FULL32),
    VPACKSSWB(Form.RVM, 1, 1, 0x63, W.BOTH0, FULL_MEM),
    VPACKUSDW(Form.RVM, 2, 1, 0x2B, W.BOTH0, FULL32),
    VPACKUSWB(Form.RVM, 1, 1, 0x67, W.BOTH0, FULL_MEM),
    VPMOVDB_STORE(Form.MR, 2, 2, 0x31, W.EVEX0, QUARTER_MEM),
    VPMOVSDB_STORE(Form.MR, 2, 2, 0x21, W.EVEX0, QUARTER_MEM),
    VPMOVDW_STORE(Form.MR, 2, 2, 0x33, W.EVEX0, HALF_MEM),
    VPEXTRW_STORE(Form.MR_IMM, 3, 1, 0x15, W.VEX0, NONE),
    VPMOVSXBW(Form.RM, 2, 1, 0x20, W.BOTH0, HALF_MEM),
    VPMOVSXBD(Form.RM, 2, 1, 0x21, W.BOTH0, QUARTER_MEM),
    VPMOVSXWD(Form.RM, 2, 1, 0x23, W.BOTH0, HALF_MEM),
    VPMOVZXBW(Form.RM, 2, 1, 0x30, W.BOTH0, HALF_MEM),
    VPMOVZXBD(Form.RM, 2, 1, 0x31, W.BOTH0, QUARTER_MEM),
    VPMOVZXWD(Form.RM, 2, 1, 0x33, W.BOTH0, HALF_MEM),

    // f32.
    VADDPS(Form.RVM, 1, 0, 0x58, W.BOTH0, FULL32),
    VSUBPS(Form.RVM, 1, 0, 0x5C, W.BOTH0, FULL32),
    VMULPS(Form.RVM, 1, 0, 0x59, W.BOTH0, FULL32),
    VDIVPS(Form.RVM, 1, 0, 0x5E, W.BOTH0, FULL32),
    VMINPS(Form.RVM, 1, 0, 0x5D, W.BOTH0, FULL32),
    VMAXPS(Form.RVM, 1, 0, 0x5F, W.BOTH0, FULL32),
    VSQRTPS(Form.RM, 1, 0, 0x51, W.BOTH0, FULL32),
    VADDSS(Form.RVM, 1, 2, 0x58, W.BOTH0, SCALAR32),
    VSUBSS(Form.RVM, 1, 2, 0x5C, W.BOTH0, SCALAR32),
    VMULSS(Form.RVM, 1, 2, 0x59, W.BOTH0, SCALAR32),
    VDIVSS(Form.RVM, 1, 2, 0x5E, W.BOTH0, SCALAR32),
    VMINSS(Form.RVM, 1, 2, 0x5D, W.BOTH0, SCALAR32),
    VMAXSS(Form.RVM, 1, 2, 0x5F, W.BOTH0, SCALAR32),
    VSQRTSS(Form.RVM, 1, 2, 0x51, W.BOTH0, SCALAR32),
    VUCOMISS(Form.RM, 1, 0, 0x2E, W.BOTH0, SCALAR32),
    VFMADD132PS(Form.RVM, 2, 1, 0x98, W.BOTH0, FULL32),
    VFMADD213PS(Form.RVM, 2, 1, 0xA8, W.BOTH0, FULL32),
    VFMADD231PS(Form.RVM, 2, 1, 0xB8, W.BOTH0, FULL32),
    VFMSUB213PS(Form.RVM, 2, 1, 0xAA, W.BOTH0, FULL32),
    VFMSUB231PS(Form.RVM, 2, 1, 0xBA, W.BOTH0, FULL32),
    VFMADDSUB213PS(Form.RVM, 2, 1, 0xA6, W.BOTH0, FULL32),
    VFMADDSUB231PS(Form.RVM, 2, 1, 0xB6, W.BOTH0, FULL32),
    VFNMADD213PS(Form.RVM, 2, 1, 0xAC, W.BOTH0, FULL32),
    VFNMADD231PS(Form.RVM, 2, 1, 0xBC, W.BOTH0, FULL32),
    VFMADD213SS(Form.RVM, 2, 1, 0xA9, W.BOTH0, SCALAR32),
    VFMADD231SS(Form.RVM, 2, 1, 0xB9, W.BOTH0, SCALAR32),
    VRCP14PS(Form.RM, 2, 1, 0x4C, W.EVEX0, FULL32),
    VRSQRT14PS(Form.RM, 2, 1, 0x4E, W.EVEX0, FULL32),
    VROUNDPS(Form.RM_IMM, 3, 1, 0x08, W.BOTH0, FULL32),
    VSCALEFPS(Form.RVM, 2, 1, 0x2C, W.EVEX0, FULL32),

    // f64.
    VADDPD(Form.RVM, 1, 1, 0x58, W.VEX0_EVEX1, FULL64),
    VMULPD(Form.RVM, 1, 1, 0x59, W.VEX0_EVEX1, FULL64),
    VFMADD231PD(Form.RVM, 2, 1, 0xB8, W.BOTH1, FULL64),
    VSUBPD(Form.RVM, 1, 1, 0x5C, W.VEX0_EVEX1, FULL64),
    VADDSD(Form.RVM, 1, 3, 0x58, W.VEX0_EVEX1, SCALAR64),
    VMULSD(Form.RVM, 1, 3, 0x59, W.VEX0_EVEX1, SCALAR64),
    VDIVSD(Form.RVM, 1, 3, 0x5E, W.VEX0_EVEX1, SCALAR64),
    VSQRTSD(Form.RVM, 1, 3, 0x51, W.VEX0_EVEX1, SCALAR64),

    // From one kind of number to another.
    VCVTDQ2PS(Form.RM, 1, 0, 0x5B, W.BOTH0, FULL32),
    VCVTPS2DQ(Form.RM, 1, 1, 0x5B, W.BOTH0, FULL32),
    VCVTTPS2DQ(Form.RM, 1, 2, 0x5B, W.BOTH0, FULL32),
    VCVTPH2PS(Form.RM, 2, 1, 0x13, W.BOTH0, HALF_MEM),
    VCVTPS2PH_STORE(Form.MR_IMM, 3, 1, 0x1D, W.BOTH0, HALF_MEM),
    VCVTPS2PD(Form.RM, 1, 0, 0x5A, W.BOTH0, HALF32),
    VCVTSS2SD(Form.RVM, 1, 2, 0x5A, W.BOTH0, SCALAR32),
    VCVTSI2SD(Form.RVM, 1, 3, 0x2A, W.VEX1, NONE),
    VCVTSD2SS(Form.RVM, 1, 3, 0x5A, W.VEX0_EVEX1, SCALAR64),
    VCVTNEPS2BF16(Form.RM, 2, 2, 0x72, W.EVEX0, FULL32),
    VDPBF16PS(Form.RVM, 2, 2, 0x52, W.EVEX0, FULL32),

    // Comparisons; those that give a mask register end in _K.
    VCMPPS(Form.RVM_IMM, 1, 0, 0xC2, W.VEX0, NONE),
    VCMPPS_K(Form.RVM_IMM, 1, 0, 0xC2, W.EVEX0, FULL32),
    VPCMPEQD(Form.RVM, 1, 1, 0x76, W.VEX0, NONE),
    VPCMPGTD(Form.RVM, 1, 1, 0x66, W.VEX0, NONE),
    VPCMPD_K(Form.RVM_IMM, 3, 1, 0x1F, W.EVEX0, FULL32),
    VPTESTMD_K(Form.RVM, 2, 1, 0x27, W.EVEX0, FULL32),
    VMOVMSKPS(Form.RM, 1, 0, 0x50, W.VEX0, NONE),
    KMOVW(Form.RM, 1, 0, 0x90, W.VEX0, NONE),
    KMOVW_GPR(Form.RM, 1, 0, 0x92, W.VEX0, NONE),
    KMOVW_TO_GPR(Form.RM, 1, 0, 0x93, W.VEX0, NONE),
    KMOVQ(Form.RM, 1, 0, 0x90, W.VEX1, NONE),
    KMOVQ_GPR(Form.RM, 1, 3, 0x92, W.VEX1, NONE),
    KORTESTW(Form.RM, 1, 0, 0x98, W.VEX0, NONE),
    KNOTW(Form.RM, 1, 0, 0x44, W.VEX0, NONE),

    // From many places: the index is a vector. VEX takes the mask as third operand, EVEX with the destination.
    VPGATHERDD(Form.GATHER, 2, 1, 0x90, W.BOTH0, SCALAR32),

    // Tiles.
    LDTILECFG(Form.M, 2, 0, 0x49, W.VEX0, NONE),
    TILERELEASE(Form.NOTHING, 2, 0, 0x49, W.VEX0, NONE),
    TILEZERO(Form.R, 2, 3, 0x49, W.VEX0, NONE),
    TILELOADD(Form.RM, 2, 3, 0x4B, W.VEX0, NONE),
    TILESTORED(Form.MR, 2, 2, 0x4B, W.VEX0, NONE),
    TDPBSSD(Form.RMV, 2, 3, 0x5E, W.VEX0, NONE),
    TDPBUSD(Form.RMV, 2, 1, 0x5E, W.VEX0, NONE),
    TDPBSUD(Form.RMV, 2, 2, 0x5E, W.VEX0, NONE),
    TDPBF16PS(Form.RMV, 2, 2, 0x5C, W.VEX0, NONE),

    // General registers, in the new encoding.
    BZHI(Form.RMV, 2, 0, 0xF5, W.VEX1, NONE),
    VZEROUPPER(Form.NOTHING, 1, 0, 0x77, W.VEX0, NONE);

    /// Where operands stand: `R` in ModRM.reg, `M` in ModRM.rm, `V` in vvvv; `IMM` a byte that follows.
    enum Form {
        RM(2),
        MR(2),
        RM_IMM(3),
        MR_IMM(3),
        RVM(3),
        RVM_IMM(4),
        RVMR(4),
        MVR(3),
        RMV(3),
        VMI(3),
        /// With VEX the mask is a third operand.
        GATHER(2, 3),
        M(1),
        R(1),
        NOTHING(0);

        private final int fewest;
        private final int most;

        Form(int operands) {
            this(operands, operands);
        }

        Form(int fewest, int most) {
            this.fewest = fewest;
            this.most = most;
        }

        boolean takes(int operands) {
            return operands >= fewest && operands <= most;
        }
    }

    /// Which encodings exist, and their W bits.
    enum W {
        VEX0(0, -1),
        VEX1(1, -1),
        EVEX0(-1, 0),
        EVEX1(-1, 1),
        BOTH0(0, 0),
        BOTH1(1, 1),
        VEX0_EVEX1(0, 1);

        private final int vex;
        private final int evex;

        W(int vex, int evex) {
            this.vex = vex;
            this.evex = evex;
        }
    }

    private final Form form;
    private final int map;
    private final int prefix;
    private final int opcode;
    private final int extension;
    private final W w;
    private final Tuple tuple;

    Op(Form form, int map, int prefix, int opcode, W w, Tuple tuple) {
        this(form, map, prefix, opcode, 0, w, tuple);
    }

    Op(Form form, int map, int prefix, int opcode, int extension, W w, Tuple tuple) {
        this.form = form;
        this.map = map;
        this.prefix = prefix;
        this.opcode = opcode;
        this.extension = extension;
        this.w = w;
        this.tuple = tuple;
    }

    Form form() {
        return form;
    }

    int map() {
        return map;
    }

    int prefix() {
        return prefix;
    }

    int opcode() {
        return opcode;
    }

    int extension() {
        return extension;
    }

    /// The W bit of the VEX form; negative where there is none.
    int vexW() {
        return w.vex;
    }

    /// The W bit of the EVEX form; negative where there is none.
    int evexW() {
        return w.evex;
    }

    Tuple tuple() {
        return tuple;
    }

    /// Whether general registers stand for their lower 32 bits.
    boolean hasNarrowRegisters() {
        return w != W.VEX1 && w != W.BOTH1;
    }

    /// The name in listings; some lines have another in each encoding.
    String mnemonic(boolean evex) {
        if (this == VROUNDPS) {
            return evex ? "vrndscaleps" : "vroundps";
        }
        boolean bits = this == VPANDD || this == VPANDND || this == VPORD || this == VPXORD;
        return bits && !evex ? mnemonic().substring(0, mnemonic().length() - 1) : mnemonic();
    }

    /// The name that stands in listings, without what only tells our lines apart.
    public String mnemonic() {
        String name = name().toLowerCase(Locale.ROOT);
        for (String suffix : new String[] {"_low_store", "_store", "_to_gpr", "_gpr", "_k"}) {
            name = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
        }
        return name;
    }
}
