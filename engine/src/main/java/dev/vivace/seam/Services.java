package dev.vivace.seam;

import dev.vivace.kernel.Kernels;
import dev.vivace.kernel.Workers;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// What the engine lends to parts, so that they hold no globals and tests can put in their own.
///
/// @param clock the time
/// @param random the source of the model's own randomness (requests have their own)
/// @param kernels the arithmetic chosen for this machine
/// @param workers the threads of the step; only the step's own thread may use them
/// @param lanes threads beside the step
/// @param transport other machines
/// @param artifacts side files
public record Services(
        InstantSource clock,
        RandomGenerator random,
        Kernels kernels,
        Workers workers,
        Lanes lanes,
        Transport transport,
        Artifacts artifacts) {}
