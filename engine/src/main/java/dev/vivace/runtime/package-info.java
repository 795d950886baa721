/// The one runtime of decoder models: steps over packed rows, the paged cache, and each seam's plain default.
///
/// - A step: [StepRunner][dev.vivace.runtime.StepRunner] takes a batch through the layers; `StepState` gives
///   rows their slots.
/// - The cache: `CachedSequence` over `CacheLayer`s over a `PagePool`, shared copy-on-write.
/// - Attention: `ModelMask` and `AttentionSelector` say which slots, `AttentionPlan` cuts them into a flat list
///   of work, `AttentionWork` runs it, `KvStaging` makes pages readable that are not.
/// - Defaults: `FormatLinear`, `SoftmaxMixer`, `DenseFeedForward`, `PagedCache`, `ChunkedPrefill`, `OneByOne`,
///   `ContinuousBatching`, `SingleMachine`.
/// - Requests: `EngineLoop` runs everybody's steps on one thread.
///
/// Nothing here is named by a technique; techniques meet the runtime through `dev.vivace.seam` alone.
package dev.vivace.runtime;
