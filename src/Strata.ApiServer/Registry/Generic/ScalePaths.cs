namespace Strata.ApiServer.Registry.Generic;

/// <summary>Where a kind keeps what its Scale shows; dot-separated JSON paths.</summary>
/// <param name="SpecReplicas">For example <c>spec.replicas</c>.</param>
/// <param name="StatusReplicas">For example <c>status.replicas</c>.</param>
/// <param name="Selector">Path of the label selector object, for example <c>spec.selector</c>.</param>
/// <param name="HasPlainSelector">Whether the selector is a map of labels, as ReplicationControllers have.</param>
internal sealed record ScalePaths(string SpecReplicas, string StatusReplicas, string Selector, bool HasPlainSelector = false);
