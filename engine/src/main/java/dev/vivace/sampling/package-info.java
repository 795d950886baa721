/// From logits to the next token: the sampling chain, log-probabilities and stop strings.
///
/// [Sampling][dev.vivace.sampling.Sampling] is what a caller asks for: an ordered chain of stages, a seed and
/// how many
/// log-probabilities. [Sampler][dev.vivace.sampling.Sampler] is the state of one request. A new stage is one record
/// that implements [Stage][dev.vivace.sampling.Stage], a line in its `permits`, a
/// [StageName][dev.vivace.sampling.StageName] and a knob of
/// [SamplingBuilder][dev.vivace.sampling.SamplingBuilder].
///
/// | stage | what it does | paper |
/// |---|---|---|
/// | [Penalties][dev.vivace.sampling.Penalties] | makes tokens seen before less likely | Keskar et al. 2019, CTRL |
/// | [LogitBias][dev.vivace.sampling.LogitBias] | adds to, or bans, chosen tokens | |
/// | [TopK][dev.vivace.sampling.TopK] | keeps the k most likely | Fan, Lewis, Dauphin 2018 |
/// | [TopP][dev.vivace.sampling.TopP] | keeps the smallest set that holds mass p | Holtzman et al. 2020 |
/// | [MinP][dev.vivace.sampling.MinP] | keeps what is at least p times the most likely | Nguyen et al. 2025 |
/// | [Temperature][dev.vivace.sampling.Temperature] | flattens, sharpens, or picks the best | |
///
/// Stages never sort the candidates: they stay in the order of their ids, so that a stage which removes nothing
/// changes no bit of the result, and equal logits are told apart by id alone.
/// [StopStrings][dev.vivace.sampling.StopStrings] ends a text at given strings, wherever token borders fall.
package dev.vivace.sampling;
