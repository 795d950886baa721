package dev.vivace.runtime;

import dev.vivace.seam.Placement;

/// The default placement: everything in this machine's memory.
final class SingleMachine implements Placement {}
