/// The seams: where a method steps into the engine, and the nouns that it meets there.
///
/// - Twelve seams, listed in [Seam][dev.vivace.seam.Seam], each an interface that extends
///   [Part][dev.vivace.seam.Part]; the engine's plain defaults live in `dev.vivace.runtime`.
/// - Three lifetimes: [Technique][dev.vivace.seam.Technique] (options) → [Part][dev.vivace.seam.Part] (bound to
///   a model) → [PartState][dev.vivace.seam.PartState] (per sequence).
/// - [Plan][dev.vivace.seam.Plan]: a validated list of techniques; [Card][dev.vivace.seam.Card] and
///   [Claim][dev.vivace.seam.Claim] say what a technique is and what it may stand beside.
/// - Nouns of a step: [Batch][dev.vivace.seam.Batch], [Rows][dev.vivace.seam.Rows],
///   [Sequence][dev.vivace.seam.Sequence], [KvView][dev.vivace.seam.KvView],
///   [Selection][dev.vivace.seam.Selection], [Partial][dev.vivace.seam.Partial],
///   [Results][dev.vivace.seam.Results], [PackedModel][dev.vivace.seam.PackedModel].
///
/// To add a method: implement [Technique][dev.vivace.seam.Technique] in its module; see CONTRIBUTING.md.
package dev.vivace.seam;
