namespace Strata.ApiServer.Http;

/// <summary>One media range of an Accept header.</summary>
/// <param name="Type">Media type in lower case, without parameters.</param>
/// <param name="As">Kind to transform the answer to; empty for none.</param>
internal sealed record AcceptEntry(string Type, string As, string Group, string Version, double Quality)
{
    public bool IsMetaV1 => Group == "meta.k8s.io" && Version == "v1";
}
