namespace Strata.ApiServer.Http;

/// <summary>The form in which a client wants an answer.</summary>
/// <param name="Shape">What to show of objects.</param>
/// <param name="IsYaml">YAML instead of JSON.</param>
internal readonly record struct Rendering(RenderingShape Shape, bool IsYaml);
