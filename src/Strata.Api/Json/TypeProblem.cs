namespace Strata.Api.Json;

/// <summary>A value of the wrong type.</summary>
/// <param name="Path">For example <c>spec.replicas</c>.</param>
/// <param name="Message">Upstream's words, for example <c>json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32</c>.</param>
public sealed record TypeProblem(string Path, string Message);
